"""serve: a dataset for other programs over HTTP, read only."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.errors import T2IError, count_of

if TYPE_CHECKING:
    from t2i_core.commands.console import Console
    from t2i_core.serving.limits import Limits

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8770
EPILOG = """\
GET /v1/search?q=a+dog&k=5 has the parameters of a page's link; POST /v1/search takes a request as JSON, as
`search --request` does. /v1/pictures/ID, /v1/thumbnails/ID, /v1/captions, /v1/evaluate; /v1/openapi.json describes them.
Without T2I_TOKEN only this computer can ask; with it every request must bring it: Authorization: Bearer TOKEN. Put a
proxy with TLS in front of it where others can listen on the way.

examples:
  python -m t2i_core serve --data photos-data
  curl 'http://127.0.0.1:8770/v1/search?q=a+dog+on+a+beach&k=5'
  T2I_TOKEN=... python -m t2i_core serve --data photos-data --host 0.0.0.0"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "serve",
        help="answer other programs over HTTP",
        description="Answer searches of other programs over HTTP: one dataset, read only, until Ctrl-C.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_data(parser)
    options.add_images(parser)
    options.add_model(parser, default="the one the dataset was built with")
    add_listening(parser)
    parser.set_defaults(run=run)


def add_listening(parser: argparse.ArgumentParser) -> None:
    """--host, --port, --rate and --seconds"""
    parser.add_argument(
        "--host",
        default=DEFAULT_HOST,
        help=f"address to listen at; 0.0.0.0 for every computer, which needs T2I_TOKEN (default: {DEFAULT_HOST})",
    )
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"0 for any that is free (default: {DEFAULT_PORT})"
    )
    parser.add_argument(
        "--rate",
        type=float,
        default=50.0,
        metavar="N",
        help="requests a second and address; 0 for any number (default: 50)",
    )
    parser.add_argument(
        "--seconds", type=float, default=30.0, metavar="S", help="what an answer may take (default: 30)"
    )


def read_limits(arguments: argparse.Namespace) -> Limits:
    """What --port, --rate and --seconds say; T2IError where they cannot be."""
    from t2i_core.serving.limits import Limits

    if not 0 <= arguments.port <= 65_535 or arguments.rate < 0 or arguments.seconds <= 0:
        raise T2IError(
            "A port is 0 to 65535, a rate 0 or more, and an answer may take more than 0 seconds, got "
            f"--port {arguments.port} --rate {arguments.rate:g} --seconds {arguments.seconds:g}."
        )
    return Limits(rate=arguments.rate, burst=max(1, round(2 * arguments.rate)), seconds=arguments.seconds)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Open the dataset and its model, then answer until stopped."""
    from t2i_core.api import Dataset
    from t2i_core.serving.answers import Answers
    from t2i_core.serving.http import make_app
    from t2i_core.serving.limits import read_token
    from t2i_core.serving.listening import listen

    token = read_token(arguments.host)  # before the model is loaded: a missing one should not take seconds to be told
    limits = read_limits(arguments)
    gallery = options.open_gallery(arguments, console)
    dataset = Dataset(gallery, model=arguments.model, device=arguments.device)
    dataset.engine  # noqa: B018  # the first who asks should not wait for the model
    app = make_app(Answers(dataset), limits=limits, token=token)
    listen(
        app, arguments.host, arguments.port,
        on_start=lambda address: console.say(f"Answering for {count_of(len(dataset), 'picture')} at {address}/v1 until Ctrl-C."),
    )  # fmt: skip
    return 0
