"""push: a dataset folder into Milvus, where many machines can search it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.errors import DatasetError, count_of
from t2i_core.index.address import Address, parse_address
from t2i_core.index.milvus import INDEX_TYPES, INSTALL, INSTALL_LITE, RESTART_PATIENCE_S, MilvusCollection

if TYPE_CHECKING:
    from t2i_core.commands.console import Console

EPILOG = f"""\
A push that was stopped goes on where it was; one that is done writes nothing twice. Afterwards the address stands wherever
a dataset folder does: --data milvus+http://HOST:PORT/COLLECTION, or T2I_DATA. pymilvus is needed: {INSTALL}
A local file needs no server: --uri file:photos.db ({INSTALL_LITE})

examples:
  python -m t2i_core push --data photos-data --uri http://127.0.0.1:19530 --collection photos
  python -m t2i_core search "a dog on a beach" --data milvus+http://127.0.0.1:19530/photos"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "push",
        help="write a dataset to Milvus, a server or a local file",
        description="Write embeddings, file names, captions, columns and balance of a dataset to Milvus, and read a sample back.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_data(parser)
    options.add_images(parser)
    parser.add_argument("--uri", required=True, metavar="URI", help="http://HOST:PORT of the server, or file:PATH.db")
    parser.add_argument("--collection", metavar="NAME", help="letters, digits and _ (default: the dataset's name)")
    parser.add_argument(
        "--index",
        choices=INDEX_TYPES,
        default="FLAT",
        help="FLAT looks at every row, so searches are exact (default); IVF_FLAT and HNSW are quicker and approximate",
    )
    parser.add_argument("--replace", action="store_true", help="write over a collection that holds something else")
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Write, verify and say where it is."""
    from t2i_core.remote import push

    options.refuse_address(arguments, command="push")
    gallery = options.open_gallery(arguments, console)
    own_name = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in gallery.name)
    address: Address = parse_address(arguments.uri, collection=arguments.collection, default=own_name)
    try:
        report = push(
            gallery,
            MilvusCollection(address, patience_s=RESTART_PATIENCE_S),
            index_type=arguments.index,
            replace=arguments.replace,
            on_progress=lambda done, total: console.progress(f"{done:,} of {total:,} records", last=done == total),
        )
    except DatasetError as error:
        raise DatasetError(f"{error} What is written stays; the same push goes on from there.") from error
    if arguments.format == "json":
        console.write_json({**asdict(report), "address": str(address)})
        return 0
    console.write(
        f"{count_of(report.images, 'picture')} and {count_of(report.captions, 'caption')} are in {address} ({report.index_type}), "
        f"{count_of(report.written, 'record')} written now, all counted, {report.verified:,} read back and the same."
    )
    return 0
