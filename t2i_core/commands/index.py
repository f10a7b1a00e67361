"""index: what makes large datasets open at once and searches over millions quick, made beforehand."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.errors import count_of

if TYPE_CHECKING:
    from t2i_core.commands.console import Console

EPILOG = """\
Rows and codes of a large dataset are also made when it is first opened. The approximate index is made here only; the
Search page then offers a switch, and searches stay exact until somebody uses it.

examples:
  python -m t2i_core index --data photos-data
  python -m t2i_core index --data photos-data --ann --recall 0.99"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "index",
        help="prepare a large dataset: memory-mapped rows, codes and, with --ann, an approximate index",
        description="Prepare a large dataset for opening at once and searching quickly.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_data(parser, folder_only=True)
    options.add_images(parser)
    parser.add_argument("--ann", action="store_true", help="also make an approximate index and measure its recall")
    parser.add_argument(
        "--recall",
        type=_share,
        default=0.98,
        metavar="R",
        help="share of the exact best 50 the approximate index is to find (default: 0.98)",
    )
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Open the dataset as a search would, and make the approximate index where it is wanted."""
    from t2i_core.dataset import make_ann, open_codes
    from t2i_core.index.opening import open_index

    options.refuse_address(arguments, command="index")
    gallery = options.open_gallery(arguments, console)
    index = open_index(gallery.image_embeddings, find_codes=lambda: open_codes(gallery))
    kind = type(index).__name__
    record: dict[str, Any] = {"images": len(gallery), "dimension": gallery.dimension, "index": kind, "ann": None}
    if arguments.ann:
        facts = make_ann(
            gallery,
            index,
            recall=arguments.recall,
            on_progress=lambda done: console.progress(
                f"cells: {done:,} of {len(gallery):,}", last=done == len(gallery)
            ),
        )
        record["ann"] = facts.to_record()
    if arguments.format == "json":
        console.write_json(record)
        return 0
    verb = "is" if len(gallery) == 1 else "are"
    console.write(
        f"{count_of(len(gallery), 'picture')} with {gallery.dimension} numbers each {verb} ready for exact search."
    )
    if arguments.ann:
        console.write(
            f"Approximate search finds {facts.recall:.1%} of the exact best {facts.top_k} for {facts.queries} of the "
            f"dataset's {facts.queried_with}, looking into {facts.probes:,} of {facts.cells:,} cells."
        )
    return 0


def _share(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most 1, got {text}")
    return number
