"""searches: saved searches of a dataset, and what came, went and moved since."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.commands.keeping import write_lines
from t2i_core.config import read_settings
from t2i_core.errors import T2IError, count_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from t2i_core.commands.console import Console
    from t2i_core.dataset.searches_file import SavedSearch
    from t2i_core.marks.searches import SearchChanges

MOST_TOLD = 20
EPILOG = """\
`search --save NAME` saves one, beside the dataset in searches.json. What changed is told against the first hits as they were then.

examples:
  python -m t2i_core search "a dog on a beach" --save beaches
  python -m t2i_core searches
  python -m t2i_core searches --changes beaches           # without a name: of all
  python -m t2i_core searches --show beaches | python -m t2i_core search --request -
  python -m t2i_core searches --remove beaches"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "searches",
        help="list saved searches, and what changed since they were saved",
        description="List the saved searches of a dataset, ask them again and say what came, went and moved, or remove one.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--changes", nargs="*", metavar="NAME", help="ask again, and tell what came, went and moved")
    what.add_argument("--show", metavar="NAME", help="the request as JSON, for `search --request -`")
    what.add_argument("--remove", metavar="NAME", help="forget a saved search")
    options.add_data(parser, folder_only=True)
    options.add_images(parser)
    options.add_model(parser, default="the one the dataset was built with; only --changes needs it")
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """List, show, remove, or tell changes; 1 when one of several could not be asked again."""
    from t2i_core.dataset.searches_file import read_searches
    from t2i_core.marks.searches import find_search, remove_search

    options.refuse_address(arguments, command="searches")
    folder: Path = options.data_dir(arguments, read_settings())
    if arguments.show is not None:
        console.write_json(find_search(folder, arguments.show).request.to_record())
        return 0
    if arguments.remove is not None:
        console.say(f"removed {remove_search(folder, arguments.remove).name!r}")
        return 0
    if arguments.changes is not None:
        named = arguments.changes
        searches = [find_search(folder, name) for name in named] if named else list(read_searches(folder))
        return _tell_changes(searches, arguments, console)
    for search in read_searches(folder):
        if arguments.format == "json":
            console.write_json(search.to_record())
        else:
            write_lines([f"{search.saved[:10]}  {search.name}  ({search.request.query.label})"], console)
    return 0


def _tell_changes(searches: list[SavedSearch], arguments: argparse.Namespace, console: Console) -> int:
    from t2i_core.marks.searches import changes_of

    if not searches:
        console.say("note: No search is saved yet. Save one: python -m t2i_core search SENTENCE --save NAME")
        return 0
    gallery = options.open_gallery(arguments, console)
    engine = options.open_engine(options.open_model(arguments, gallery), gallery, console)
    failed = 0
    for search in searches:
        try:
            changes = changes_of(search, engine)
        except T2IError as error:
            console.say(f"error: {search.name!r}: {error}")
            failed = 1
            continue
        if arguments.format == "json":
            console.write_json({"name": search.name, "saved": search.saved} | asdict(changes))
        else:
            write_lines(told(search, changes), console)
    return failed


def told(search: SavedSearch, changes: SearchChanges) -> Iterator[str]:
    """What changed, for people: one line that counts, and a line for each picture, of the first of each kind."""
    if not changes.any:
        yield f"{search.name}: as it was, {count_of(changes.stayed, 'picture')}"
        return
    yield (
        f"{search.name}: {len(changes.came):,} came, {len(changes.went):,} went, {len(changes.moved):,} moved, "
        f"{changes.stayed:,} stayed"
    )
    gone = frozenset(changes.gone)
    lines = {
        "came": [f"  + {rank:>4}  {name}" for name, rank in changes.came],
        "went": [
            f"  - {rank:>4}  {name}" + (" (not in the dataset)" if name in gone else "") for name, rank in changes.went
        ],
        "moved": [f"    {then:>4} → {rank}  {name}" for name, then, rank in changes.moved],
    }
    for kind, some in lines.items():
        yield from some[:MOST_TOLD]
        if len(some) > MOST_TOLD:
            yield f"         and {len(some) - MOST_TOLD:,} more that {kind}"
