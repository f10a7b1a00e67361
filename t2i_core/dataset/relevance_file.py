"""relevance.csv beside a dataset: pictures that are also right for a caption or a query, as people marked them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from t2i_core.dataset.holding import held
from t2i_core.dataset.stored_files import replace_file
from t2i_core.dataset.text_decoding import decode_text
from t2i_core.errors import DatasetError

RELEVANCE_NAME = "relevance.csv"
RELEVANCE_COLUMNS = ("query", "image")

Mark = tuple[str, str]


@dataclass(frozen=True)
class MarkLine:
    """One line of such a file: where it begins, from 1, what it says, how many cells it has, and how many columns there are."""

    number: int
    query: str
    image: str
    cells: int
    columns: int


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
    return marks_of(read_mark_lines(path))


def read_mark_lines(path: Path) -> tuple[MarkLine, ...]:
    """The lines of such a file, to say which of them are at fault; as `read_marks`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    return mark_lines(data, path)


def mark_lines(data: bytes, path: Path) -> tuple[MarkLine, ...]:
    """The lines of the content of such a file; empty ones are left out. ``path`` is what messages call it."""
    text, _ = decode_text(data, path)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in RELEVANCE_COLUMNS if name not in header]
        if missing and missing != ["image"]:
            raise DatasetError(
                f"{path} must have the columns query and image, got {', '.join(header[:8]) or 'an empty file'}. "
                "Name them in its first line."
            )
        at_query, at_image = header.index("query"), header.index("image") if "image" in header else len(header)
        found, number = [], reader.line_num + 1
        for row in reader:
            cells = [*row, *[""] * (len(header) + 1 - len(row))]
            if any(cell.strip() for cell in row):
                found.append(MarkLine(number, cells[at_query].strip(), cells[at_image].strip(), len(row), len(header)))
            number = reader.line_num + 1
    except csv.Error as error:
        raise _unreadable(path, f"line {reader.line_num}: {error}") from error
    return tuple(found)


def marks_of(lines: Iterable[MarkLine]) -> tuple[Mark, ...]:
    """What lines say, each pair once; those without a query say nothing."""
    return tuple(dict.fromkeys((line.query, line.image) for line in lines if line.query))


def _unreadable(path: Path, error: object) -> DatasetError:
    return DatasetError(
        f"{path} must be a CSV with the columns query and image, and could not be read: {error}. Check the file."
    )


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
