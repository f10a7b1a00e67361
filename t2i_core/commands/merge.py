"""merge: one dataset of the parts that `build --shard` made on several machines."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from t2i_core.commands import build, options
from t2i_core.config import read_settings

if TYPE_CHECKING:
    from t2i_core.commands.console import Console

EPILOG = """\
The dataset is the same to the last byte as one build would have made it. Give the options the shards were built with.

example (Slurm: docs/many-machines.md)
  python -m t2i_core build --images photos --data photos-data --shard 1/2
  python -m t2i_core build --images photos --data photos-data --shard 2/2
  python -m t2i_core merge --images photos --data photos-data"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "merge",
        help="make one dataset of the shards of a build",
        description="Join what `build --shard I/N` encoded on N machines into one dataset.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    build.add_what_is_built(
        parser,
        captions="the captions file the shards were built with, if one was named",
        model="the one the shards were built with",
    )
    options.add_format(parser)
    parser.set_defaults(run=run, batch_size=None, shard=None)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Merge, and tell what came of it."""
    from dataclasses import replace

    from t2i_core.building.shards import merge

    options.refuse_address(arguments, command="merge")
    merge_options = replace(build.find_options(arguments, read_settings()), model=arguments.model)
    return build.show(lambda **watched: merge(merge_options, **watched), arguments, console)
