"""batch: a file of requests, one table of what they all find."""

from __future__ import annotations

import argparse
import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.config import typed_path
from t2i_core.errors import DatasetError, T2IError, count_of
from t2i_core.export import SCORE_DIGITS, spreadsheet_cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from t2i_core.commands.console import Console

ENDINGS = (".csv", ".json", ".parquet")
COLUMNS = ("search", "rank", "image", "score", "caption", "dataset", "dataset_sha256", "request")
EPILOG = """\
The file holds a request a line, as JSON, each plain or under a name: {"name": "dogs", "request": {"query": [{"words": "a dog"}]}}.
Lists of such, a dataset's searches.json and exports of hits are read too. One that cannot be asked is told of, and the others go on.

examples:
  python -m t2i_core batch requests.jsonl --out results.csv        # or .json, .parquet
  python -m t2i_core batch photos-data/searches.json --top-k 100 > results.csv"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "batch",
        help="ask a file of requests, and write one table of results",
        description="Ask every request of a file, and write what they find as one table: a row for each hit of each request.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=typed_path, metavar="FILE", help="requests as JSON lines, or a JSON list of them")
    parser.add_argument(
        "--out",
        type=typed_path,
        metavar="FILE",
        help=f"ends with {', '.join(ENDINGS)} (default: CSV on standard output)",
    )
    parser.add_argument(
        "--top-k", type=int, metavar="N", help="how many pictures for each (default: what each request says)"
    )
    options.add_data(parser)
    options.add_images(parser)
    options.add_model(parser, default="the one the dataset was built with")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Ask all of them; 1 when one could not be asked."""
    from t2i_core.commands.batch_file import read_batch
    from t2i_core.dataset import replace_file

    if arguments.out is not None and arguments.out.suffix.lower() not in ENDINGS:
        raise DatasetError(
            f"--out must end with one of {', '.join(ENDINGS)}, got {arguments.out.name!r:.100}. Name one."
        )
    asked = read_batch(arguments.file)
    gallery = options.open_gallery(arguments, console)
    engine = options.open_engine(options.open_model(arguments, gallery), gallery, console)
    made_by = (gallery.name, gallery.manifest.dataset_sha256 if gallery.manifest else "")
    rows: list[tuple[Any, ...]] = []
    failed = 0
    for number, one in enumerate(asked, start=1):
        console.progress(f"{number:,} of {count_of(len(asked), 'request')}", last=number == len(asked))
        try:
            if isinstance(one.request, T2IError):
                raise one.request
            top_k = one.request.top_k if arguments.top_k is None else arguments.top_k
            result = engine.search(replace(one.request, top_k=top_k))
        except T2IError as error:
            console.say(f"error: {one.name}: {error}")
            failed = 1
            continue
        request = one.request.to_json()
        rows += [
            (one.name, hit.rank, hit.image_id, round(hit.score, SCORE_DIGITS), hit.caption or "", *made_by, request)
            for hit in result.hits
        ]
    if arguments.out is None:
        console.write(_csv(rows).rstrip("\r\n"))
        return failed
    writers: dict[str, Callable[[], bytes]] = {
        ".csv": lambda: _csv(rows).encode("utf-8-sig", "backslashreplace"),
        ".json": lambda: _json(rows),
        ".parquet": lambda: _parquet(rows),
    }
    data = writers[arguments.out.suffix.lower()]()
    replace_file(arguments.out, lambda file: file.write(data))
    console.say(f"{count_of(len(rows), 'row')} of {count_of(len(asked), 'request')} written to {arguments.out}")
    return failed


def _csv(rows: list[tuple[Any, ...]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([spreadsheet_cell(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()


def _json(rows: list[tuple[Any, ...]]) -> bytes:
    records = [dict(zip(COLUMNS, row, strict=True)) | {"request": json.loads(row[-1])} for row in rows]
    return (json.dumps(records, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode(
        "utf-8", "backslashreplace"
    )


def _parquet(rows: list[tuple[Any, ...]]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    kinds = {"rank": pyarrow.int32(), "score": pyarrow.float32()}
    schema = pyarrow.schema([(name, kinds.get(name, pyarrow.string())) for name in COLUMNS])
    table = pyarrow.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows], schema=schema)
    content = io.BytesIO()
    pyarrow.parquet.write_table(table, content, compression="zstd")
    return content.getvalue()
