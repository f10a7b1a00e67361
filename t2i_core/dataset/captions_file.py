"""The captions file: one row per caption, an ``image`` column, and a ``clean_caption`` or ``caption`` column."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from t2i_core.dataset.csv_rows import CAPTION_COLUMNS, check_columns, decode_text, rows_subject, split_rows, square_rows
from t2i_core.dataset.picture_names import clean_picture_name
from t2i_core.dataset.whole_file import read_whole
from t2i_core.types import Problem, RowArray

MAX_BYTES = 2**30


@dataclass(frozen=True, eq=False)
class CaptionTable:
    """The usable rows of a captions file, everything as text.

    Attributes
    ----------
    path : Path
    frame : pandas.DataFrame of M rows
        All columns of the file, untouched but for ``image``, which holds the cleaned name.
    caption_column : str
        ``clean_caption`` where the file has it, else ``caption``.
    file_rows : ndarray of shape (M,), int64
        Position of each row among all rows of the file, the unusable ones included.
    row_images : tuple of str
        Cleaned picture name of every row of the file; empty where it names none that may be used.
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
    """Read a captions file: UTF-8 (with or without byte order mark), UTF-16 or Latin-1.

    Columns are separated by commas, semicolons or tabs. Rows that cannot be used (no caption, no
    picture, a picture outside the image folder, a repeat) are left out and counted in ``problems``.

    Raises
    ------
    DatasetError
        When it is no regular file, cannot be read, or is larger than `MAX_BYTES`; when it is empty, lacks a column, or
        has a quote that is never closed.
    """
    fix = "Name a CSV file with the columns image and caption."
    return parse_captions(read_whole(path, what="The captions file", at_most=MAX_BYTES, fix=fix), path)


def parse_captions(data: bytes, path: Path) -> CaptionTable:
    """Read captions from bytes; ``path`` is only named in messages. See `read_captions`."""
    text, problems = decode_text(data, path)
    header, rows, lines, delimiter = split_rows(text, path)
    columns = check_columns(header, path)
    problems += square_rows(
        rows, lines, len(columns), delimiter=delimiter, joined=columns[-1] in CAPTION_COLUMNS, path=path
    )
    frame = pd.DataFrame(rows, columns=pd.Index(columns, dtype=object), dtype=object)
    caption_column = next(name for name in CAPTION_COLUMNS if name in columns)
    return _usable(frame, lines, caption_column, problems, path)


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
    return text.encode("utf-8")


def _usable(
    frame: pd.DataFrame, lines: list[int], caption_column: str, problems: list[Problem], path: Path
) -> CaptionTable:
    codes, spellings = pd.factorize(frame["image"])
    cleaned = [clean_picture_name(str(name)) or "" for name in spellings]
    images = np.array([*cleaned, ""], dtype=object)[codes]
    captions = frame[caption_column].str.strip()
    outside = np.array([name == "" for name in cleaned] + [True])[codes]
    unnamed = (frame["image"].str.strip() == "").to_numpy(dtype=bool)
    outside &= ~unnamed
    empty = (captions == "").to_numpy(dtype=bool) & ~unnamed & ~outside
    kept = ~(unnamed | outside | empty)
    repeats = pd.DataFrame({"image": images, "caption": captions})[kept].duplicated().to_numpy(dtype=bool)
    repeated = np.zeros(len(frame), dtype=bool)
    repeated[np.flatnonzero(kept)[repeats]] = True
    kept &= ~repeated
    if outside.any():
        first = str(frame["image"].iloc[int(np.argmax(outside))])
        problems.append(
            Problem(
                "warning",
                "captions_outside",
                f"{rows_subject(path, np.flatnonzero(outside).tolist(), lines, 'name')} a picture outside the image folder, "
                f"first {first[:80]!r}. Left out.",
                "Write names relative to the image folder.",
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
