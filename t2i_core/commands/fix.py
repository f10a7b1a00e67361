"""fix: what was decided about an audit's findings becomes a new dataset."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from t2i_core.commands import audit, options
from t2i_core.config import typed_path
from t2i_core.errors import count_of

if TYPE_CHECKING:
    from t2i_core.commands.console import Console

EPILOG = """\
Decisions lie in the dataset's audit.csv: the Audit page writes them. Pictures and captions that are excluded are not in
the new dataset, corrected captions are embedded anew, tags of all others go along. Files of pictures are neither copied nor
deleted: the new dataset names the same folder. A build into it later takes the excluded pictures in again, for they are still there.

example:
  python -m t2i_core fix --data photos-data --out photos-fixed"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "fix",
        help="make a new dataset of what was decided about an audit's findings",
        description="Write a dataset without what was excluded and with what was corrected; the one it is made from stays as it is.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_data(parser, folder_only=True)
    options.add_images(parser)
    parser.add_argument("--out", type=typed_path, required=True, metavar="DIR", help="folder of the new dataset")
    options.add_model(parser, default="the one the dataset was built with; embeds corrected captions")
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Write the new dataset and say what it holds."""
    from t2i_core.audit.fixing import fix

    options.refuse_address(arguments, command="fix")
    gallery = options.open_gallery(arguments, console)
    fixed = fix(gallery, arguments.out, open_encoder=lambda: audit.matching_model(arguments, gallery))
    if arguments.format == "json":
        console.write_json(
            {
                "data": str(arguments.out),
                "images": fixed.images,
                "captions": fixed.captions,
                "images_excluded": list(fixed.images_excluded),
                "captions_excluded": fixed.captions_excluded,
                "captions_corrected": fixed.captions_corrected,
            }
        )
        return 0
    console.write(
        f"{arguments.out} holds {count_of(fixed.images, 'picture')} and {count_of(fixed.captions, 'caption')}: "
        f"{count_of(len(fixed.images_excluded), 'picture')} and {count_of(fixed.captions_excluded, 'caption')} left out, "
        f"{count_of(fixed.captions_corrected, 'caption')} corrected."
    )
    return 0
