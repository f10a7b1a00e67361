"""``tags.csv`` beside a dataset: which pictures people gave which tags, and when; one row a mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from t2i_core.dataset.picture_names import is_picture_name
from t2i_core.dataset.short_name import short_name
from t2i_core.dataset.stored_files import replace_file
from t2i_core.dataset.switch_record import file_stamp
from t2i_core.dataset.text_decoding import decode_text
from t2i_core.dataset.whole_file import read_whole
from t2i_core.errors import DatasetError
from t2i_core.export import spreadsheet_cell

TAGS_NAME = "tags.csv"
COLUMNS = ("image", "tag", "when")
MOST_BYTES = 2**28
LONGEST_TAG = 80
_DELIMITERS = ",;\t"
_FIX = "Move it away to begin anew, or mend it in an editor."


@dataclass(frozen=True)
class TagMark:
    """A tag that somebody gave to a picture.

    Attributes
    ----------
    image_id : str
    tag : str
        As `tag_name` makes it.
    when : str
        As ISO 8601 in UTC; empty where nobody knows.
    """

    image_id: str
    tag: str
    when: str = ""


def tags_path(data_dir: Path) -> Path:
    """Where the tags of a dataset lie."""
    return Path(data_dir) / TAGS_NAME


def tags_stamp(data_dir: Path) -> str:
    """A short text that changes whenever the tags are written."""
    return file_stamp(tags_path(data_dir))


@lru_cache(maxsize=1024)
def tag_name(text: str) -> str:
    """A tag as it is kept: accents stored in one way, blanks single and none at the ends.

    Raises
    ------
    DatasetError
        When nothing is left, it is longer than `LONGEST_TAG` characters, or it holds what no screen shows.

    Examples
    --------
    >>> tag_name("  for  the cover ")
    'for the cover'
    """
    return short_name(text, rule="A tag has", longest=LONGEST_TAG)


def read_tag_marks(data_dir: Path) -> tuple[TagMark, ...]:
    """All marks of a dataset, the earliest first, each picture and tag once; none where there is no file.

    Raises
    ------
    DatasetError
        When the file cannot be read, or holds something else: what is not understood would be lost when it is written.
    """
    path = tags_path(data_dir)
    if not path.exists():
        return ()
    header, rows = read_tag_table(path, what="The file of tags", fix=_FIX)
    if sorted(header) != sorted(COLUMNS):
        raise DatasetError(
            f"{path} must have the columns {', '.join(COLUMNS)} and no others, got {', '.join(header)[:200] or 'none'}. {_FIX}"
        )
    at = [header.index(name) for name in COLUMNS]
    marks: dict[tuple[str, str], TagMark] = {}
    for number, row in enumerate(rows, start=2):
        if not any(row):
            continue
        if len(row) != len(COLUMNS):
            raise DatasetError(f"{path} must have {len(COLUMNS)} cells a row, got {len(row)} in row {number}. {_FIX}")
        image_id, tag, when = (_as_it_was(row[column]) for column in at)
        try:
            mark = TagMark(check_picture_name(image_id), tag_name(tag), when)
        except DatasetError as error:
            raise DatasetError(f"{path}, row {number}: {error} {_FIX}") from error
        marks.setdefault((mark.image_id, mark.tag), mark)
    return tuple(marks.values())


def write_tag_marks(data_dir: Path, marks: Iterable[TagMark]) -> None:
    """Write the file anew: readers see the old one or the new one. Whoever reads it before, to change it, holds it (`held`).

    Raises
    ------
    DatasetError
        When it cannot be written.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    guarded = lru_cache(maxsize=1024)(_guarded)  # there are few tags and moments, and as many names as pictures
    writer.writerows((_guarded(mark.image_id), guarded(mark.tag), guarded(mark.when)) for mark in marks)
    data = out.getvalue().encode("utf-8")
    replace_file(tags_path(data_dir), lambda file: file.write(data))


def read_tag_table(path: Path, *, what: str, fix: str) -> tuple[list[str], list[list[str]]]:
    """Names of the columns, in small letters, and the rows of a CSV of commas, semicolons or tabs.

    Raises
    ------
    DatasetError
        When it cannot be read or is no table; the message calls it ``what`` and ends with ``fix``.
    """
    text, _ = decode_text(read_whole(path, what=what, at_most=MOST_BYTES, fix=fix), path)
    first = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DatasetError(f"{path} must be a table of rows and columns, got: {error}. {fix}") from error
    header = [name.strip().lower() for name in rows[0]] if rows else []
    return header, rows[1:]


def unguarded(cells: Sequence[str]) -> list[str]:
    """Cells as they were before they were kept from being run as formulas."""
    return [_as_it_was(cell) for cell in cells]


def check_picture_name(image_id: str) -> str:
    """The name, where a picture can have it; DatasetError else."""
    if not is_picture_name(image_id):
        raise DatasetError(
            f"A picture's name is a path inside its folder, got {image_id!r:.200}. Take it as search and captions write it."
        )
    return image_id


def _guarded(text: str) -> str:
    """A cell that no spreadsheet runs, and that `_as_it_was` turns back."""
    return f"'{text}" if spreadsheet_cell(text) != text or _as_it_was(text) != text else text


def _as_it_was(cell: str) -> str:
    rest = cell[1:]
    return rest if cell[:1] == "'" and (rest[:1] == "'" or spreadsheet_cell(rest) != rest) else cell
