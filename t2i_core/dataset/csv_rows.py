"""Rows of a comma-separated file: decoding, splitting, column names, and rows of the wrong length."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from t2i_core.dataset.picture_names import count_of, list_some
from t2i_core.errors import DatasetError
from t2i_core.types import Problem

CAPTION_COLUMNS = ("clean_caption", "caption")
MAX_LINE_BREAKS = 20  # more inside one field means a quote that is never closed
MAX_FIELD_CHARACTERS = 2**24
_FIRST_LINE = re.compile(r"[^\r\n]+")
_LINE_END = re.compile(r"\r\n|\r|\n")

# The default, 131,072 characters, would turn a quote that is never closed into an error that names no line.
csv.field_size_limit(MAX_FIELD_CHARACTERS)


def decode_text(data: bytes, path: Path) -> tuple[str, list[Problem]]:
    """Text of a file in UTF-8 (with or without byte order mark), UTF-16 or Latin-1, with a note on the latter."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", errors="replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        # Windows-1252 is what programs mean by Latin-1; the five bytes it lacks exist only in the real one.
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
        problem = Problem(
            "note",
            "captions_latin1",
            f"{path.name} is not UTF-8 (line {line}), so it was read as Latin-1.",
            "Check its accented letters; save it as UTF-8 to be sure.",
        )
        return text, [problem]


def split_rows(text: str, path: Path) -> tuple[list[str], list[list[str]], list[int], str]:
    """Header, rows, the line each row starts on, and the mark between columns.

    Raises
    ------
    DatasetError
        When the text is empty, or has a quote that is never closed.
    """
    first_line = _FIRST_LINE.search(text)
    if first_line is None or not text.strip():
        raise DatasetError(
            f"A captions file needs a first line with the column names, got an empty file: {path}. "
            "Write image,caption in its first line and one caption per line below."
        )
    delimiter = next((mark for mark in ",;\t|" if _has_columns(_fields(first_line.group(), mark))), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    lines: list[int] = []
    header: list[str] = []
    last_line = start = 0
    try:
        for row in reader:
            if row and header:
                rows.append(row)
                lines.append(last_line + 1)
            elif row:
                header = row
            start, last_line = last_line, reader.line_num
            if last_line - start > MAX_LINE_BREAKS:
                break
    except csv.Error as error:
        raise DatasetError(
            f"{path} must be a table of text, got something else at line {reader.line_num} ({error}). "
            "Save it as CSV, UTF-8."
        ) from error
    spanned = last_line - start
    odd_quotes = spanned > 1 and "".join(_LINE_END.split(text)[start:last_line]).count('"') % 2 == 1
    if spanned > MAX_LINE_BREAKS or odd_quotes:
        raise DatasetError(
            f"A quote opened at line {start + 1} of {path} is never closed. "
            'Close it, or write a quote inside a caption twice: "".'
        )
    return header, rows, lines, delimiter


def _fields(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _has_columns(header: Sequence[str]) -> bool:
    names = {name.strip().casefold() for name in header}
    return "image" in names and bool(names & set(CAPTION_COLUMNS))


def check_columns(header: Sequence[str], path: Path) -> list[str]:
    """Column names with the needed ones in their usual spelling.

    Raises
    ------
    DatasetError
        When a needed one is missing, or a name stands there twice.
    """
    if not _has_columns(header):
        received = list_some([name.strip()[:40] for name in header], limit=8)
        raise DatasetError(
            f"A captions file needs the columns image and caption (or clean_caption), got {received} in {path}. "
            "Rename its columns in the first line."
        )
    needed = {"image", *CAPTION_COLUMNS}
    columns = [name.strip() for name in header]
    columns = [name.casefold() if name.casefold() in needed else name for name in columns]
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        raise DatasetError(
            f"Each column of a captions file needs its own name, got {list_some(repeated)} more than once in {path}. "
            "Rename one of them."
        )
    return columns


def square_rows(
    rows: list[list[str]], lines: list[int], width: int, *, delimiter: str, joined: bool, path: Path
) -> list[Problem]:
    """Give every row ``width`` fields, in place: our own list, not yet shared.

    With ``joined`` what is too much belongs to the last column; otherwise such rows become empty.
    """
    long = [position for position, row in enumerate(rows) if len(row) > width]
    short = [position for position, row in enumerate(rows) if len(row) < width]
    for position in short:
        rows[position] = rows[position] + [""] * (width - len(rows[position]))
    for position in long:
        row = rows[position]
        # An unquoted mark in a last column can only be the caption's own; elsewhere nobody can tell.
        rows[position] = [*row[: width - 1], delimiter.join(row[width - 1 :])] if joined else [""] * width
    problems = []
    if long:
        done = "What follows the last one was read as part of the caption." if joined else "Those rows were left out."
        problems.append(
            Problem(
                "warning",
                "captions_long_rows",
                f"{rows_subject(path, long, lines)} more than {width} fields. {done}",
                f"Put captions that hold {delimiter!r} in double quotes.",
            )
        )
    if short:
        problems.append(
            Problem(
                "warning",
                "captions_short_rows",
                f"{rows_subject(path, short, lines)} fewer than {width} fields. The missing ones were read as empty.",
                "Complete those lines.",
            )
        )
    return problems


def rows_subject(path: Path, positions: Sequence[int], lines: Sequence[int], verb: str = "have") -> str:
    """``2 rows of captions.csv (lines 3, 9) have``: the subject of a message about rows."""
    verb = {"have": "has"}.get(verb, verb + "s") if len(positions) == 1 else verb
    where = "line" if len(positions) == 1 else "lines"
    listed = list_some([lines[position] for position in positions])
    return f"{count_of(len(positions), 'row')} of {path.name} ({where} {listed}) {verb}"
