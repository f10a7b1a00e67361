"""batch: a file of requests, one table of what they all find."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.config import typed_path
from t2i_core.errors import DatasetError, T2IError, count_of

if TYPE_CHECKING:
    from t2i_core.commands.console import Console

ENDINGS = (".csv", ".json", ".parquet")
EPILOG = """\
The file holds a request a line, as JSON, each plain or under a name: {"name": "dogs", "request": {"query": [{"words": "a dog"}]}}.
Lists of such, a dataset's searches.json and exports of hits are read too, and a CSV with a column query (as it would be typed) or
request (JSON), and name and top_k where it has them. One that cannot be asked is told of, and the others go on.

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
    parser.add_argument(
        "file", type=typed_path, metavar="FILE", help="requests as JSON lines, a JSON list of them, or a CSV"
    )
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
    from t2i_core.dataset import replace_file
    from t2i_core.marks.batches import Row, ask_each, csv_file, json_file, parquet_file, read_batch, table_csv

    if arguments.out is not None and arguments.out.suffix.lower() not in ENDINGS:
        raise DatasetError(
            f"--out must end with one of {', '.join(ENDINGS)}, got {arguments.out.name!r:.100}. Name one."
        )
    asked = read_batch(arguments.file)
    gallery = options.open_gallery(arguments, console)
    engine = options.open_engine(options.open_model(arguments, gallery), gallery, console)
    rows: list[Row] = []
    failed = 0
    for number, (one, found) in enumerate(ask_each(asked, engine, top_k=arguments.top_k), start=1):
        console.progress(f"{number:,} of {count_of(len(asked), 'request')}", last=number == len(asked))
        if isinstance(found, T2IError):
            console.say(f"error: {one.name}: {found}")
            failed = 1
        else:
            rows += found
    if arguments.out is None:
        console.write(table_csv(rows).rstrip("\r\n"))
        return failed
    data = {".csv": csv_file, ".json": json_file, ".parquet": parquet_file}[arguments.out.suffix.lower()](rows)
    replace_file(arguments.out, lambda file: file.write(data))
    console.say(f"{count_of(len(rows), 'row')} of {count_of(len(asked), 'request')} written to {arguments.out}")
    return failed
