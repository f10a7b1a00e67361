"""The captions file: one row per caption, an ``image`` column, and a ``clean_caption`` or ``caption`` column.

`read_captions` also takes what other programs write: other names for the two columns, JSON lines, files without a header.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from t2i_core.dataset.caption_records import holds_records, record_rows
from t2i_core.dataset.csv_rows import (
    CAPTION_COLUMNS,
    TableRows,
    check_columns,
    names_picture,
    rows_subject,
    split_rows,
    square_rows,
)
from t2i_core.dataset.picture_names import uniform_picture_name
from t2i_core.dataset.text_decoding import decode_text
from t2i_core.dataset.whole_file import read_whole
from t2i_core.errors import DatasetError
from t2i_core.types import Problem, RowArray

# What programs write where there is none; in capitals or small, as a word of its own, it describes no picture.
NO_CAPTIONS = ("", "nan", "NaN", "None", "null", "NULL", "#N/A")
_LOOKED_AT = 100
MAX_BYTES = 2**30


@dataclass(frozen=True, eq=False)
class CaptionTable:
    """The usable rows of a captions file, everything as text.

    Attributes
    ----------
    path : Path
    frame : pandas.DataFrame of M rows
        All columns of the file, untouched but for ``image``, which holds the uniform name (`uniform_picture_name`).
    caption_column : str
        ``clean_caption`` where the file has it, else ``caption``.
    file_rows : ndarray of shape (M,), int64
        Position of each row among all rows of the file, the unusable ones included.
    row_images : tuple of str
        Uniform picture name of every row of the file; empty where it names none that a file can have.
    problems : tuple of Problem
    """

    path: Path
    frame: pd.DataFrame
    caption_column: str
    file_rows: RowArray
    row_images: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def images(self) -> tuple[str, ...]:
        """Picture name of each row, as the file spells it (see `match_pictures`)."""
        return tuple(self.frame["image"])

    @property
    def captions(self) -> tuple[str, ...]:
        """Caption of each row, without blanks at its ends."""
        return tuple(self.frame[self.caption_column].str.strip())

    @property
    def other_columns(self) -> Mapping[str, Sequence[object]]:
        """The remaining columns by name, untouched."""
        return {
            str(name): tuple(self.frame[name])
            for name in self.frame.columns
            if name not in {"image", self.caption_column}
        }


def read_captions(path: Path) -> CaptionTable:
    """Read a captions file: a table with commas, semicolons, tabs or bars between columns, or JSON lines.

    UTF-8, UTF-16 and older encodings, see `decode_text`. Rows that cannot be used (no caption, no picture, a
    name no file can have, a repeat) are left out and counted in ``problems``.

    Raises
    ------
    DatasetError
        When it is no regular file, cannot be read, or is larger than `MAX_BYTES`; when it is empty, holds no text, or
        lacks a column.
    """
    fix = "Name a CSV file with the columns image and caption."
    return parse_captions(read_whole(path, what="The captions file", at_most=MAX_BYTES, fix=fix), path)


def parse_captions(data: bytes, path: Path) -> CaptionTable:
    """Read captions from bytes; ``path`` is only named in messages. See `read_captions`."""
    text, problems = decode_text(data, path)
    table = read_table(text, path)
    frame = pd.DataFrame(table.rows, columns=pd.Index(table.columns, dtype=object), dtype=object)
    empty = [name for name in table.unnamed if not frame[name].str.strip().any()]
    if empty:
        frame = frame.drop(columns=empty)
    caption_column = next(name for name in CAPTION_COLUMNS if name in table.columns)
    problems += table.problems
    if "\0" in text:
        holding = np.flatnonzero(frame[caption_column].str.contains("\0", regex=False)).tolist()
        frame[caption_column] = frame[caption_column].str.replace("\0", "", regex=False)
        if holding:
            message = f"{rows_subject(path, holding, table.lines, 'hold')} bytes of value zero. They were taken out."
            problems.append(Problem("warning", "captions_zeros", message, "Copy the file again."))
    return _usable(frame, table.lines, caption_column, problems, path)


def read_table(text: str, path: Path) -> TableRows:
    """All rows of a captions file, each with as many fields as there are columns."""
    table = record_rows(text, path) if holds_records(text) else split_rows(text, path)
    joined = table.columns[-1] in CAPTION_COLUMNS
    squared = square_rows(
        table.rows, table.lines, len(table.columns), delimiter=table.delimiter, joined=joined, path=path
    )
    return replace(table, problems=[*table.problems, *squared])


def write_captions(frame: pd.DataFrame) -> bytes:
    """The bytes of a captions file: UTF-8, commas, one line feed per row.

    Raises
    ------
    DatasetError
        When ``frame`` lacks a needed column.
    """
    check_columns([str(name) for name in frame.columns], Path("the captions table"))
    text = frame.to_csv(index=False, lineterminator="\n")
    if "\r" in text:  # left unquoted by default, and then read as the end of a row
        text = frame.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_ALL)
    content: bytes = text.encode("utf-8")
    return content


def _refuse_swapped(frame: pd.DataFrame, caption_column: str, path: Path) -> None:
    """DatasetError when the names of pictures stand in the captions' column."""
    sample = frame.head(_LOOKED_AT)
    if any(names_picture(name) for name in sample["image"]):
        return
    swapped = [names_picture(caption) for caption in sample[caption_column]]
    if swapped and all(swapped):
        raise DatasetError(
            f"The column image must name pictures, and in {path} the column {caption_column} does, "
            f"first {str(sample[caption_column].iloc[0])[:80]!r}. Swap the two names in its first line."
        )


def _usable(
    frame: pd.DataFrame, lines: list[int], caption_column: str, problems: list[Problem], path: Path
) -> CaptionTable:
    codes, spellings = pd.factorize(frame["image"])
    cleaned = [uniform_picture_name(str(name)) or "" for name in spellings]
    images = np.array([*cleaned, ""], dtype=object)[codes]
    captions = frame[caption_column].str.strip()
    impossible = np.array([name == "" for name in cleaned] + [True])[codes]
    unnamed = (frame["image"].str.strip() == "").to_numpy(dtype=bool)
    impossible &= ~unnamed
    empty = captions.isin(NO_CAPTIONS).to_numpy(dtype=bool) & ~unnamed & ~impossible
    kept = ~(unnamed | impossible | empty)
    _refuse_swapped(frame, caption_column, path)
    repeats = pd.DataFrame({"image": images, "caption": captions})[kept].duplicated().to_numpy(dtype=bool)
    repeated = np.zeros(len(frame), dtype=bool)
    repeated[np.flatnonzero(kept)[repeats]] = True
    kept &= ~repeated
    if impossible.any():
        first = str(frame["image"].iloc[int(np.argmax(impossible))])
        problems.append(
            Problem(
                "warning",
                "captions_bad_names",
                f"{rows_subject(path, np.flatnonzero(impossible).tolist(), lines, 'name')} a picture as no file can be called, "
                f"first {first[:80]!r}. Left out.",
                "Write the file's name, relative to the image folder.",
            )
        )
    for mask, code, said, fix in (
        (unnamed, "captions_no_picture", "no picture. Left out.", "Fill in the image column."),
        (empty, "captions_empty", "no caption. Left out.", "Write a caption or delete those lines."),
    ):
        if mask.any():
            subject = rows_subject(path, np.flatnonzero(mask).tolist(), lines)
            problems.append(Problem("warning", code, f"{subject} {said}", fix))
    if repeated.any():
        subject = rows_subject(path, np.flatnonzero(repeated).tolist(), lines, "repeat")
        said = f"{subject} the picture and caption of an earlier row. Read once."
        problems.append(Problem("warning", "captions_repeated", said, "Delete those lines."))
    if not kept.any():
        problems.append(
            Problem("warning", "captions_none", f"{path.name} holds no usable caption.", "Add one row per caption.")
        )
    named = frame.assign(image=pd.Series(images, index=frame.index, dtype=object))
    return CaptionTable(
        path=path,
        frame=named if kept.all() else named[kept].reset_index(drop=True),
        caption_column=caption_column,
        file_rows=np.flatnonzero(kept).astype(np.int64),
        row_images=tuple(images),
        problems=tuple(problems),
    )
