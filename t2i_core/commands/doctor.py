"""doctor: what this computer has for the app, what is missing, and the way out."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.config import read_settings

if TYPE_CHECKING:
    from t2i_core.commands.console import Console


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "doctor",
        help="say what this computer has and lacks for the app",
        description=(
            "Versions, processor, memory, disk, models, datasets or Milvus, and optional packages: one line each, with the way out. "
            "Exit code 1 if something is in the way."
        ),
    )
    options.add_data(parser)
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Look, and tell line by line."""
    from t2i_core.doctor import BAD, examine

    settings = read_settings()
    found = []
    for finding in examine(replace(settings, data_dir=options.data_dir(arguments, settings))):
        found.append(finding)
        if arguments.format == "table":
            console.write(str(finding))
    if arguments.format == "json":
        console.write_json([asdict(finding) for finding in found])
    return 1 if any(finding.kind == BAD for finding in found) else 0
