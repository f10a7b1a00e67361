"""train: fine-tune a model on captioned pictures."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from t2i_core.commands.console import Console
    from t2i_core.commands.parser import CommandParser


def add_parser(commands: Any) -> None:
    """Describe the command to argparse; the training declares its own options."""
    parser: CommandParser = commands.add_parser(
        "train",
        help="fine-tune a model on your own captions",
        description="Train on captioned pictures; recall@k on held-out pictures is told before and after.",
    )
    parser.declare_late = _declare
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Hand over to the training."""
    from t2i_core.training import command

    return int(command.run(arguments) or 0)


def _declare(parser: argparse.ArgumentParser) -> None:
    from t2i_core.training import command

    command.add_arguments(parser)
