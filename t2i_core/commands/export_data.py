"""export: a dataset, or the hits of a search, in another program's format."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.commands.request_file import read_request
from t2i_core.config import typed_path
from t2i_core.dataset import list_some
from t2i_core.errors import count_of

if TYPE_CHECKING:
    from t2i_core.commands.console import Console
    from t2i_core.types import Gallery, Hit

# As in `t2i_core.exchange.FORMATS`; a test compares them.
FORMATS = {
    "imagefolder": "Hugging Face's: pictures beside metadata.jsonl",
    "parquet": "one table with pictures and embeddings in it, for `datasets`, DuckDB and others",
    "webdataset": "tars of pictures with JSON and text",
    "atlas": "a Parquet for Embedding Atlas, with the stored map and its neighbours",
    "coco": "images beside annotations/captions_export.json",
    "fiftyone": "data beside samples.json, as FiftyOneDataset, embeddings included",
    "openclip": "pictures beside a table of filepath and title",
    "clip-retrieval": "embeddings as npy beside a Parquet of names and captions",
}
EPILOG = """\
examples:
  python -m t2i_core export --to imagefolder --data photos-data --out photos-folder
  python -m t2i_core export --to atlas --data photos-data --out atlas   # embedding-atlas atlas/atlas.parquet
  python -m t2i_core export --to coco --request pictures.json --data photos-data --out hits"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "export",
        help="write a dataset, or hits, in another program's format",
        description="Write pictures, captions and what else a format carries into a new folder; `import` reads each of them back.",
        epilog="formats:\n" + "\n".join(f"  {name:<14} {what}" for name, what in FORMATS.items()) + "\n\n" + EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--to", required=True, choices=tuple(FORMATS), metavar="FORMAT", help="see below")
    parser.add_argument("--out", required=True, type=typed_path, metavar="DIR", help="new or empty folder to write to")
    options.add_data(parser)
    options.add_images(parser)
    parser.add_argument(
        "--request",
        type=typed_path,
        metavar="FILE",
        help="only the hits of this request, with rank and score; as JSON, see `search --request`",
    )
    parser.add_argument(
        "--no-pictures",
        action="store_true",
        help="write names only, where a format keeps pictures as files of their own",
    )
    options.add_model(parser, default="the one the dataset was built with; only --request needs it")
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Write, and say what was written and what the format has no place for."""
    from t2i_core.exchange import export_dataset

    gallery = options.open_gallery(arguments, console)
    report = export_dataset(
        gallery,
        arguments.to,
        arguments.out,
        hits=_hits(gallery, arguments, console),
        copy_pictures=not arguments.no_pictures,
        on_progress=lambda done, total: console.progress(f"{done:,} of {total:,} pictures", last=done == total),
    )
    if report.without_file:
        told = f"{count_of(len(report.without_file), 'picture')} without a file that can be read"
        console.say(f"warning: {told}: {list_some(report.without_file)}.")
    if report.not_carried:
        console.say(f"note: Not carried over, for the format has no place for it: {report.not_carried}.")
    if arguments.format == "json":
        console.write_json(asdict(report) | {"folder": str(report.folder)})
        return 0
    counts = f"{count_of(report.images, 'picture')} and {count_of(report.captions, 'caption')}"
    console.write(f"{counts} written as {report.format} to {report.folder}. To read them back:")
    console.write(f"  {report.import_command}")
    return 0


def _hits(gallery: Gallery, arguments: argparse.Namespace, console: Console) -> tuple[Hit, ...] | None:
    if arguments.request is None:
        return None
    request = read_request(arguments.request)
    engine = options.open_engine(options.open_model(arguments, gallery), gallery, console)
    return engine.search(request).hits
