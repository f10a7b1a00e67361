"""Keeping what a search found: under a name beside the dataset, and as a file to hand on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from t2i_core.commands import options
from t2i_core.config import typed_path
from t2i_core.errors import count_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from t2i_core.commands.console import Console
    from t2i_core.marks.handouts import Handout
    from t2i_core.types import Gallery, SearchResult

# As in `t2i_core.marks.saving.FORMATS`, which loads more; a test compares them.
ENDINGS = (".csv", ".json", ".parquet", ".zip", ".html")
FILE_HELP = (
    "a file whose ending says what it becomes: .csv, .json or .parquet (a table), .zip (the pictures themselves), or .html (a "
    "contact sheet that opens without a network); each says which request and dataset made it"
)


def add_keeping(parser: argparse.ArgumentParser) -> None:
    """--save and --out of a search"""
    parser.add_argument(
        "--save",
        metavar="NAME",
        help="keep the search under a name beside the dataset; `searches` tells what changed since",
    )
    parser.add_argument("--out", type=typed_path, metavar="FILE", help=f"write the hits to {FILE_HELP}")


def check_keeping(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be kept before anything slow begins; DatasetError."""
    if arguments.queries is not None and (arguments.save is not None or arguments.out is not None):
        arguments.usage_error("--save and --out keep one search, got --queries. Run `batch` for many")
    if arguments.out is not None:
        from t2i_core.marks.saving import check_ending

        check_ending(arguments.out)
    if arguments.save is not None:
        from t2i_core.dataset.searches_file import search_name

        options.refuse_address(arguments, command="search --save")
        search_name(arguments.save)


def keep(result: SearchResult, gallery: Gallery, arguments: argparse.Namespace, console: Console) -> None:
    """Do what --save and --out ask for."""
    if arguments.save is not None:
        from t2i_core.marks.searches import save_search

        search = save_search(gallery.data_dir, arguments.save, result, gallery)
        console.say(f"saved as {search.name!r}, with its first {count_of(len(search.first), 'hit')}")
    if arguments.out is not None:
        from t2i_core.marks.handouts import handout_of_result

        write_handout(handout_of_result(gallery, result), arguments.out, console)


def write_handout(handout: Handout, path: Path, console: Console) -> None:
    """Write pictures to hand on, and say what was written."""
    from t2i_core.dataset import list_some
    from t2i_core.marks.saving import save_handout

    saved = save_handout(
        handout,
        path,
        lambda done, total: console.progress(f"{done:,} of {total:,} pictures", last=done == total),
    )
    if saved.without_file:
        told = f"{count_of(len(saved.without_file), 'picture')} without a file that can be read"
        console.say(f"warning: {told}: {list_some(saved.without_file)}.")
    console.say(f"{count_of(saved.pictures, 'picture')} written to {saved.path}")


def printable(line: str, *, width: int | None = None) -> str:
    """A line with nothing in it that could steer a terminal, cut to ``width`` columns: names come from anywhere."""
    return "".join(letter if letter.isprintable() else " " for letter in line.rstrip())[:width]


def write_lines(lines: Iterable[str], console: Console) -> None:
    """Lines for people."""
    for line in lines:
        console.write(printable(line, width=console.width))
