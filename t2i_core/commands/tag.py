"""tag: give tags to pictures, take them away, list, import and hand on."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.commands.keeping import FILE_HELP, write_handout, write_lines
from t2i_core.config import typed_path
from t2i_core.errors import DatasetError, count_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from t2i_core.commands.console import Console
    from t2i_core.marks import Tags
    from t2i_core.types import Gallery

EPILOG = """\
Tags lie in the dataset's tags.csv (image, tag, when). Browsers and commands may write it at once; a rebuild keeps it. A picture that
is gone keeps its tags. `search --where tag=keep` looks among tagged pictures only, `--where "not tag=keep"` among the others.

examples:
  python -m t2i_core tag --add keep --add "for the cover" dogs/1.jpg dogs/7.jpg
  python -m t2i_core tag --remove keep dogs/7.jpg
  python -m t2i_core tag --list
  python -m t2i_core tag --import theirs.csv
  python -m t2i_core tag --export keep.zip --of keep      # or .csv, .json, .parquet, .html"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "tag",
        help="tag pictures, list and import tags, hand tagged pictures on",
        description="Give pictures of a dataset tags and take tags from them, or list, import and export them.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="pictures, as search writes them (- reads one a line from standard input)",
    )
    for option, what in (("--add", "give the pictures this tag"), ("--remove", "take this tag from the pictures")):
        parser.add_argument(
            option, action="append", default=[], metavar="TAG", help=f"{what} (repeat it for more tags)"
        )
    parser.add_argument("--list", action="store_true", help="every tag with how many pictures have it")
    parser.add_argument(
        "--import", dest="table", type=typed_path, metavar="FILE", help="tags from a CSV with the columns image and tag"
    )
    parser.add_argument("--export", type=typed_path, metavar="FILE", help=f"write tagged pictures to {FILE_HELP}")
    parser.add_argument(
        "--of", action="append", default=[], metavar="TAG", help="list the pictures of this tag, or export only these"
    )
    options.add_data(parser, folder_only=True)
    options.add_images(parser)
    options.add_format(parser)
    parser.set_defaults(run=run, usage_error=parser.error)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Do the one thing that is asked for."""
    changes = bool(arguments.add or arguments.remove)
    asked = [changes, arguments.list, arguments.table is not None, arguments.export is not None]
    if sum(asked) != 1:
        arguments.usage_error("give one of --add/--remove, --list, --import and --export")
    if changes != bool(arguments.names) or (arguments.of and not (arguments.list or arguments.export)):
        arguments.usage_error("--add and --remove take the names of pictures, --of stands with --list or --export")
    options.refuse_address(arguments, command="tag")
    gallery = options.open_gallery(arguments, console)
    if changes:
        return _change(gallery, arguments, console)
    if arguments.table is not None:
        return _import(gallery, arguments, console)
    if arguments.export is not None:
        from t2i_core.marks.handouts import handout_of_tags
        from t2i_core.marks.saving import check_ending

        check_ending(arguments.export)
        write_handout(handout_of_tags(gallery, arguments.of), arguments.export, console)
        return 0
    return _list(gallery, arguments, console)


def _change(gallery: Gallery, arguments: argparse.Namespace, console: Console) -> int:
    from t2i_core.marks import read_tags, tag_pictures

    names = _pictures(gallery, read_tags(gallery.data_dir), list(_named(arguments.names)))
    change = tag_pictures(gallery.data_dir, names, add=arguments.add, remove=arguments.remove)
    if arguments.format == "json":
        console.write_json({"added": len(change.added), "removed": len(change.removed), "pictures": len(names)})
        return 0
    console.write(
        f"{count_of(len(change.added), 'tag')} given and {len(change.removed):,} taken, of {count_of(len(names), 'picture')}."
    )
    return 0


def _named(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if name == "-":
            yield from (line.rstrip("\r\n") for line in sys.stdin if line.strip())
        else:
            yield name


def _pictures(gallery: Gallery, tags: Tags, names: Sequence[str]) -> list[str]:
    """The pictures that names mean, by the rules of captions files; tagged ones that are gone count, so that tags can be taken."""
    from t2i_core.dataset import list_some, match_pictures, uniform_picture_name

    known = [*gallery.image_ids, *tags.gone(gallery)]
    exact = set(known)
    uniform = {name: name if name in exact else uniform_picture_name(name) or "" for name in names}
    match = match_pictures((name for name in uniform.values() if name), known)
    if unknown := [name for name, plain in uniform.items() if plain not in match.found]:
        raise DatasetError(
            f"Tags are given to pictures of the dataset, got {list_some(unknown)}, which no picture is called, or several are. "
            "Take names as `search --format json` writes them; nothing was changed."
        )
    return list(dict.fromkeys(match.found[plain] for plain in uniform.values()))


def _import(gallery: Gallery, arguments: argparse.Namespace, console: Console) -> int:
    from t2i_core.dataset import list_some
    from t2i_core.marks.importing import import_tags

    done = import_tags(gallery, arguments.table)
    if done.unknown:
        console.say(
            f"warning: {count_of(len(done.unknown), 'name')} that no picture has, or several: {list_some(done.unknown)}."
        )
    if arguments.format == "json":
        console.write_json({"rows": done.rows, "added": len(done.change.added), "unknown": list(done.unknown)})
    else:
        console.write(f"{count_of(len(done.change.added), 'tag')} given, of {count_of(done.rows, 'row')}.")
    return 0


def _list(gallery: Gallery, arguments: argparse.Namespace, console: Console) -> int:
    from t2i_core.marks import read_tags
    from t2i_core.marks.handouts import check_known

    tags = read_tags(gallery.data_dir)
    check_known(tags, arguments.of)
    listed = {tag: images for tag, images in tags.pictures.items() if not arguments.of or tag in arguments.of}
    gone = frozenset(tags.gone(gallery))
    if arguments.format == "json":
        for tag, images in listed.items():
            record = {"tag": tag, "pictures": list(images), "gone": [name for name in images if name in gone]}
            console.write_json(record)
        return 0
    if arguments.of:
        write_lines(
            (f"{image}  (gone)" if image in gone else image for images in listed.values() for image in images), console
        )
        return 0
    for tag, images in listed.items():
        away = sum(image in gone for image in images)
        write_lines([f"{len(images):>6,}  {tag}" + (f"  ({away:,} gone)" if away else "")], console)
    if gone:
        console.say(f"note: {count_of(len(gone), 'tagged picture')} not in the dataset any more; the tags are kept.")
    return 0
