"""mcp: datasets for agents, over the Model Context Protocol, read only."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from t2i_core import opening
from t2i_core.commands import options
from t2i_core.commands.serve import add_listening, read_limits
from t2i_core.config import read_settings
from t2i_core.errors import count_of

if TYPE_CHECKING:
    from pathlib import Path

    from t2i_core.commands.console import Console

EPILOG = """\
The official SDK is needed: python -m pip install mcp==2.3.0
An agent starts this command and speaks with it over standard input and output, or finds it at http://HOST:PORT/mcp
(--http). For clients that are set up by JSON:

  {"mcpServers": {"photos": {"command": "python", "args": ["-m", "t2i_core", "mcp", "--data", "photos-data"]}}}

Tools: list_datasets, search_pictures, similar_to, view_pictures, find_captions, evaluate. None of them changes anything."""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "mcp",
        help="answer agents over the Model Context Protocol",
        description="Answer searches of agents by MCP: a dataset, or all in a folder; read only.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_data(parser)
    options.add_images(parser)
    options.add_model(parser, default="the one each dataset was built with")
    parser.add_argument(
        "--http",
        action="store_true",
        help="answer over HTTP at /mcp instead; other computers need T2I_TOKEN, as for `serve`",
    )
    add_listening(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Open the datasets, then answer until the agent leaves."""
    from t2i_core.serving.agents import PATH, check_installed, make_http_app, make_server, serve_stdio
    from t2i_core.serving.limits import read_token
    from t2i_core.serving.listening import listen
    from t2i_core.serving.tools import Toolbox

    check_installed()
    token = read_token(arguments.host) if arguments.http else ""
    limits = read_limits(arguments)
    import anyio

    from t2i_core.api import Dataset
    from t2i_core.serving.answers import Answers

    answers: dict[str, Answers] = {}
    for place in _places(options.data_dir(arguments, read_settings())):
        gallery = opening.open_gallery(place, arguments.images)
        name = gallery.name
        while name in answers:
            name += "'"
        answers[name] = Answers(Dataset(gallery, model=arguments.model, device=arguments.device))
    next(iter(answers.values())).dataset.engine  # noqa: B018  # the first question should not wait for the model
    server = make_server(Toolbox(answers))
    told = f"Answering agents for {count_of(len(answers), 'dataset')} ({', '.join(answers)})"
    if arguments.http:
        app = make_http_app(server, limits=limits, token=token)
        listen(
            app, arguments.host, arguments.port, lifespan=True,
            on_start=lambda address: console.say(f"{told} at {address}{PATH} until Ctrl-C."),
        )  # fmt: skip
        return 0
    console.say(f"{told} on standard input and output.")  # which belong to the protocol: this is standard error
    anyio.run(serve_stdio, server)
    return 0


def _places(data: Path) -> list[Path]:
    from t2i_core.dataset import list_datasets
    from t2i_core.index.address import is_address

    return [data] if is_address(data) else list_datasets(data) or [data]
