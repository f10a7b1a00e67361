"""Captions as files for other programs: CSV for spreadsheets, Parquet for data frames."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import numpy as np

from t2i_core.captions.columns import NUMBER, Column
from t2i_core.captions.sheet import FILE_COLUMN, LENGTH, RANK, SIMILARITY, CaptionSheet
from t2i_core.export import SCORE_DIGITS, spreadsheet_cell
from t2i_core.types import RowArray

OWN_COLUMNS = ("image", "caption", "words", "similarity", "rank")


def captions_to_csv(sheet: CaptionSheet, rows: RowArray) -> bytes:
    """Captions as CSV, one row each, in the order of ``rows``: UTF-8 with the mark that Excel wants in front.

    Parameters
    ----------
    sheet : CaptionSheet
    rows : ndarray of shape (K,), int64
        Positions of the captions.

    Returns
    -------
    bytes
        Columns `OWN_COLUMNS`, then the captions file's others under their own names. Cells that a spreadsheet
        would take for a formula get a leading apostrophe; what is unknown is empty.
    """
    others = _others(sheet)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*OWN_COLUMNS, *(spreadsheet_cell(name) for name, _, _ in others)])
    similarity, rank, length = (_shown(sheet.columns[key]) for key in (SIMILARITY, RANK, LENGTH))
    gallery = sheet.gallery
    for position in rows.tolist():
        writer.writerow(
            [
                spreadsheet_cell(gallery.picture_name(position)),
                spreadsheet_cell(gallery.captions[position]),
                length(position),
                similarity(position),
                rank(position),
                # A number of the file stays a number, also a negative one.
                *(
                    str(values[position]) if column.kind == NUMBER else spreadsheet_cell(str(values[position]))
                    for _, column, values in others
                ),
            ]
        )
    return text.getvalue().encode("utf-8-sig")


def captions_to_parquet(sheet: CaptionSheet, rows: RowArray) -> bytes:
    """The same table as Parquet: similarity is float32, rank and words are integers, unknown values are null."""
    import pyarrow
    import pyarrow.parquet

    gallery = sheet.gallery
    positions = rows.tolist()
    images = [gallery.picture_name(position) or None for position in positions]
    similarity, rank = sheet.columns[SIMILARITY].numbers[rows], sheet.columns[RANK].numbers[rows]
    known = np.isfinite(rank)
    columns = {
        "image": pyarrow.array(images, pyarrow.string()),
        "caption": pyarrow.array([gallery.captions[position] for position in positions], pyarrow.string()),
        "words": pyarrow.array(sheet.columns[LENGTH].numbers[rows].astype(np.int32)),
        "similarity": pyarrow.array(similarity.astype(np.float32), mask=~np.isfinite(similarity)),
        "rank": pyarrow.array(np.where(known, rank, 0).astype(np.int32), mask=~known),
    }
    for name, column, values in _others(sheet):
        if column.kind == NUMBER:
            numbers = column.numbers[rows]
            columns[name] = pyarrow.array(numbers, mask=~np.isfinite(numbers))
        else:
            columns[name] = pyarrow.array([str(values[position]) for position in positions], pyarrow.string())
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), content, compression="zstd")
    return content.getvalue()


def _others(sheet: CaptionSheet) -> list[tuple[str, Column, Sequence[object]]]:
    """The captions file's other columns: a name of their own, for one may be called like one of ours, and their texts."""
    names = sheet.gallery.caption_columns
    return [
        (f"{name} (file)" if name in OWN_COLUMNS else name, sheet.columns[FILE_COLUMN + name], values)
        for name, values in names.items()
    ]


def _shown(column: Column) -> Callable[[int], str]:
    def shown(position: int) -> str:
        number = column.value(position)
        if not isinstance(number, float):
            return ""
        return f"{number:.{SCORE_DIGITS}f}" if column.key == SIMILARITY else f"{number:.0f}"

    return shown
