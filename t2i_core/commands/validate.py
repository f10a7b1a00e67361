"""validate: what is wrong with a dataset, one problem a line."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.config import read_settings

if TYPE_CHECKING:
    from t2i_core.commands.console import Console

SAMPLE = 16


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "validate",
        help="check a dataset and say what is wrong with it",
        description="Check the files of a dataset, one problem a line; exit code 1 when any of them is fatal.",
    )
    options.add_data(parser, folder_only=True)
    options.add_images(parser)
    parser.add_argument(
        "--encode",
        type=int,
        nargs="?",
        const=SAMPLE,
        default=0,
        metavar="N",
        help=f"also encode N pictures and captions again and compare them with the stored rows ({SAMPLE} if no N is given)",
    )
    options.add_model(parser, default="the one the dataset was built with; used with --encode")
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Check and list; 1 when a problem is fatal."""
    from t2i_core.dataset import check_embeddings, read_gallery, validate

    options.refuse_address(arguments, command="validate")
    settings = read_settings()
    data_dir = options.data_dir(arguments, settings)
    problems = list(validate(data_dir, arguments.images))
    fatal = any(problem.severity == "fatal" for problem in problems)
    if arguments.encode > 0 and not fatal:
        gallery = read_gallery(data_dir, arguments.images, derive=False)
        encoder = options.open_model(arguments, gallery)
        problems += check_embeddings(gallery, encoder, sample=arguments.encode, max_pixels=settings.max_pixels)
        fatal = any(problem.severity == "fatal" for problem in problems)
    if arguments.format == "json":
        console.write_json([asdict(problem) for problem in problems])
    else:
        for problem in problems:
            console.write(str(problem))
    if not problems:
        console.say(f"no problems found in {data_dir}")
    return 1 if fatal else 0
