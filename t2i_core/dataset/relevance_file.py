"""relevance.csv beside a dataset: pictures that are also right for a caption or a query, as people marked them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from t2i_core.dataset.holding import held
from t2i_core.dataset.stored_files import replace_file
from t2i_core.dataset.text_decoding import decode_text
from t2i_core.errors import DatasetError

RELEVANCE_NAME = "relevance.csv"
RELEVANCE_COLUMNS = ("query", "image")

Mark = tuple[str, str]


def relevance_path(data_dir: Path) -> Path:
    """Where the marks of a dataset lie."""
    return Path(data_dir) / RELEVANCE_NAME


def read_relevance(data_dir: Path) -> tuple[Mark, ...]:
    """Queries and the pictures that are also right for them, in the order they were marked; empty without a file.

    Raises
    ------
    DatasetError
        When the file cannot be read, or does not have these columns.
    """
    path = relevance_path(data_dir)
    if not path.exists():
        return ()
    return read_marks(path)


def read_marks(path: Path) -> tuple[Mark, ...]:
    """Queries and their right pictures from a CSV with the columns query and image; each pair once.

    A line with a query alone has an empty picture: nobody says yet what is right for it.

    Raises
    ------
    DatasetError
        When the file cannot be read, or does not have these columns.
    """
    try:
        text, _ = decode_text(path.read_bytes(), path)
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except (OSError, csv.Error) as error:
        raise DatasetError(
            f"{path} must be a CSV with the columns query and image, and could not be read: {error}. Check the file."
        ) from error
    header = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [name for name in RELEVANCE_COLUMNS if name not in header]
    if missing and missing != ["image"]:
        raise DatasetError(
            f"{path} must have the columns query and image, got {', '.join(header[:8]) or 'an empty file'}. "
            "Name them in its first line."
        )
    at_query, at_image = header.index("query"), header.index("image") if "image" in header else len(header)
    cells = [[*row, *[""] * (len(header) + 1 - len(row))] for row in rows[1:]]
    pairs = ((row[at_query].strip(), row[at_image].strip()) for row in cells)
    return tuple(dict.fromkeys(pair for pair in pairs if pair[0]))


def write_relevance(data_dir: Path, marks: Iterable[Mark]) -> None:
    """Keep marks in place of those that were there; readers see the old file or the new one.

    Raises
    ------
    DatasetError
        When the folder may not be written to.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(RELEVANCE_COLUMNS)
    writer.writerows(dict.fromkeys(marks))
    replace_file(relevance_path(data_dir), lambda file: file.write(out.getvalue().encode("utf-8")))


def change_relevance(data_dir: Path, *, add: Mark | None = None, remove: Mark | None = None) -> None:
    """Add a mark or remove one, among those that the file holds by now: others may have marked meanwhile.

    Raises
    ------
    DatasetError
        When the file cannot be read or written.
    """
    with held(relevance_path(data_dir)):
        marks = [mark for mark in read_relevance(data_dir) if mark != remove]
        write_relevance(data_dir, marks if add is None else [*marks, add])
