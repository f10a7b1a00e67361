"""Many requests at once: a file of them is read, each is asked, and what all find is one table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from t2i_core.dataset import decode_text, text_lines
from t2i_core.dataset.whole_file import read_whole
from t2i_core.errors import QueryError, T2IError
from t2i_core.export import SCORE_DIGITS, spreadsheet_cell
from t2i_core.marks.searches import Searching
from t2i_core.query import SearchRequest, read_typed

MOST_BYTES = 2**26
COLUMNS = ("search", "rank", "image", "score", "caption", "dataset", "dataset_sha256", "request")
# Columns of a CSV of requests: the question as people type it, or a whole request as JSON; what to call it, and how many.
QUESTIONS = ("query", "text", "sentence", "caption")
REQUEST, NAME, TOP_K = "request", "name", "top_k"
_MARKS = ",;\t"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class NamedRequest:
    """A request of a batch with what to call it, or what is wrong with it.

    Attributes
    ----------
    name : str
        Its own, or its place among the others, ``1`` the first.
    request : SearchRequest or QueryError
    place : str
        Where in the file it stands, for people: ``line 3``, or ``request 3`` of a list.
    """

    name: str
    request: SearchRequest | QueryError
    place: str = ""


def read_batch(path: Path) -> list[NamedRequest]:
    """The requests of a file, as `parse_batch`; DatasetError where it cannot be read."""
    return parse_batch(read_whole(path, what="A file of requests", at_most=MOST_BYTES), path)


def parse_batch(data: bytes, path: Path) -> list[NamedRequest]:
    """The requests in the bytes of a file: JSON lines, a JSON list or saved searches; a CSV where ``path`` ends with .csv or .tsv.

    Raises
    ------
    DatasetError
        When it holds no text.
    QueryError
        When it holds no request, or is a CSV without a column of questions.
    """
    text, _ = decode_text(data, path)
    found = _of_table(text, path) if path.suffix.lower() in {".csv", ".tsv"} else _of_json(text)
    if not found:
        raise QueryError(
            f"A batch needs at least one request, and {path} holds none. Write a JSON request a line, or a CSV with a column query."
        )
    return found


def ask_each(
    asked: Sequence[NamedRequest], engine: Searching, *, top_k: int | None = None
) -> Iterator[tuple[NamedRequest, list[Row] | T2IError]]:
    """Each request with its rows under `COLUMNS`, or why it cannot be asked; ``top_k`` stands in place of their own."""
    gallery = engine.gallery
    made_by = (gallery.name, gallery.manifest.dataset_sha256 if gallery.manifest else "")
    for one in asked:
        if isinstance(one.request, QueryError):
            yield one, one.request
            continue
        try:
            result = engine.search(one.request if top_k is None else replace(one.request, top_k=top_k))
        except T2IError as error:
            yield one, error
            continue
        request = one.request.to_json()
        yield (
            one,
            [
                (one.name, hit.rank, hit.image_id, round(hit.score, SCORE_DIGITS), hit.caption or "", *made_by, request)
                for hit in result.hits
            ],
        )


def table_csv(rows: Iterable[Row]) -> str:
    """Rows as CSV with a header line."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([spreadsheet_cell(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()


def csv_file(rows: Iterable[Row]) -> bytes:
    """`table_csv` as a file that spreadsheets open with the right letters."""
    return table_csv(rows).encode("utf-8-sig", "backslashreplace")


def json_file(rows: Iterable[Row]) -> bytes:
    """Rows as a JSON list of objects."""
    records = [dict(zip(COLUMNS, row, strict=True)) | {"request": json.loads(row[-1])} for row in rows]
    text = json.dumps(records, ensure_ascii=False, allow_nan=False, indent=1)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def parquet_file(rows: Iterable[Row]) -> bytes:
    """Rows as Parquet."""
    import pyarrow
    import pyarrow.parquet

    kinds = {"rank": pyarrow.int32(), "score": pyarrow.float32()}
    schema = pyarrow.schema([(name, kinds.get(name, pyarrow.string())) for name in COLUMNS])
    table = pyarrow.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows], schema=schema)
    content = io.BytesIO()
    pyarrow.parquet.write_table(table, content, compression="zstd")
    return content.getvalue()


def _of_json(text: str) -> list[NamedRequest]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        # A line that is no JSON is one bad request among others.
        lines = [(number, line) for number, line in enumerate(text_lines(text), start=1) if line.strip()]
        return [
            _named(_line(line), str(place), f"line {number}") for place, (number, line) in enumerate(lines, start=1)
        ]
    if isinstance(whole, dict) and isinstance(whole.get("searches"), list):
        whole = whole["searches"]
    records = whole if isinstance(whole, list) else [whole]
    return [_named(record, str(number), f"request {number}") for number, record in enumerate(records, start=1)]


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return QueryError(f"A request is a JSON object, and this line cannot be read ({error}). Check its syntax.")


def _named(record: Any, name: str, place: str) -> NamedRequest:
    if isinstance(record, QueryError):
        return NamedRequest(name, record, place)
    if isinstance(record, Mapping) and REQUEST in record:
        given = record.get(NAME)
        name = given if isinstance(given, str) and given.strip() else name
        record = record[REQUEST]
    return NamedRequest(name, _tried(partial(SearchRequest.from_record, record)), place)


def _tried(make: Callable[[], SearchRequest]) -> SearchRequest | QueryError:
    try:
        return make()
    except QueryError as error:
        return error


def _of_table(text: str, path: Path) -> list[NamedRequest]:
    header = next(iter(text_lines(text)), "")
    mark = max(_MARKS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    columns = [one.strip().lower() for one in next(reader, [])]
    question = next((name for name in (REQUEST, *QUESTIONS) if name in columns), None)
    if question is None:
        raise QueryError(
            f"A CSV of requests has a column {QUESTIONS[0]} with what would be typed, or {REQUEST} with JSON, and {path} has "
            f"{', '.join(columns)[:200] or 'none'}. Name one of its columns so; {NAME} and {TOP_K} may stand beside it."
        )
    found: list[NamedRequest] = []
    begins = reader.line_num + 1
    for row in reader:
        cells = dict(zip(columns, row, strict=False))
        if any(cell.strip() for cell in row):
            name = cells.get(NAME, "").strip() or str(len(found) + 1)
            found.append(NamedRequest(name, _tried(partial(_of_row, cells, question)), f"line {begins}"))
        begins = reader.line_num + 1
    return found


def _of_row(cells: Mapping[str, str], question: str) -> SearchRequest:
    asked, many = cells.get(question, "").strip(), cells.get(TOP_K, "").strip()
    request = (
        SearchRequest.from_json(asked) if question == REQUEST else SearchRequest.of(read_typed(" ".join(asked.split())))
    )
    if not many:
        return request
    if not (many.isascii() and many.isdigit() and len(many) < 10):
        raise QueryError(f"{TOP_K} must be a whole number, got {many!r:.40}. Leave it empty for {request.top_k}.")
    return replace(request, top_k=int(many))
