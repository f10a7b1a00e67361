"""Rows of a captions file as captions of a gallery's pictures, with their embeddings where there are any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from t2i_core.arrays import NO_PICTURE, read_only
from t2i_core.dataset.captions_file import CaptionTable
from t2i_core.dataset.embeddings_file import StoredEmbeddings
from t2i_core.dataset.picture_names import list_some, match_pictures
from t2i_core.dataset.picture_rows import PictureRows, length_note, listed_pictures, loose_note
from t2i_core.dataset.rebuilding import REBUILD
from t2i_core.dataset.stored_files import CAPTIONS_NAME, EMBEDDINGS_NAME
from t2i_core.dataset.unit_rows import usable_rows
from t2i_core.errors import count_of
from t2i_core.types import FloatArray, Problem, RowArray


@dataclass(frozen=True, eq=False)
class CaptionRows:
    texts: tuple[str, ...]
    rows: RowArray
    embeddings: FloatArray | None
    columns: dict[str, Sequence[object]]
    missing: Mapping[int, str]


def read_caption_rows(
    stored: StoredEmbeddings,
    table: CaptionTable | None,
    pictures: PictureRows,
    *,
    folder: Path,
    skipped: Sequence[str] = (),
) -> tuple[CaptionRows, list[Problem]]:
    """Captions of the pictures; those of pictures that ``folder`` holds, or a build ``skipped``, are given to no other."""
    if table is None:
        return CaptionRows((), read_only(np.empty(0, dtype=np.int64)), None, {}, {}), []
    codes, spellings = pd.factorize(table.frame["image"])
    row_of, unknown, problems = _rows_of_names(list(spellings), pictures, folder, skipped)
    rows = np.array([row_of.get(name, NO_PICTURE) for name in spellings], dtype=np.int64)[codes]
    if unknown:
        problems.append(
            Problem(
                "warning",
                "captions_unknown_pictures",
                f"{CAPTIONS_NAME} names {count_of(len(unknown), 'picture')} without embeddings: {list_some(unknown)}. "
                "Their captions cannot be searched.",
                REBUILD,
            )
        )
    text, kept, text_problems = _text(stored, table, dimension=pictures.embeddings.shape[1])
    problems += text_problems
    texts, columns = table.captions, dict(table.other_columns)
    if kept is not None:
        rows, codes = rows[kept], codes[kept]
        texts = tuple(texts[position] for position in kept)
        columns = {name: tuple(values[position] for position in kept) for name, values in columns.items()}
    # What the file calls a picture that is not here is all that is left to look for it by.
    away = np.flatnonzero(rows == NO_PICTURE)
    missing = dict(zip(away.tolist(), (str(name) for name in spellings[codes[away]]), strict=True))
    return CaptionRows(texts, read_only(rows), text, columns, missing), problems


def _rows_of_names(
    spellings: Sequence[str], pictures: PictureRows, folder: Path, skipped: Sequence[str]
) -> tuple[Mapping[str, int], list[str], list[Problem]]:
    """Row of each name that means a picture, and the names that mean none."""
    new = [name for name in spellings if name not in pictures.rows and name not in pictures.left_out]
    if not new:
        return pictures.rows, [], []
    # Names of pictures without a row mean those, and no namesake of theirs.
    listed = dict.fromkeys((*pictures.image_ids, *skipped, *listed_pictures(folder)))
    exact = [name for name in spellings if name in pictures.rows and name in listed]
    matched = match_pictures([*exact, *new], list(listed))
    rows = {name: pictures.rows[matched.found[name]] for name in new if matched.found.get(name) in pictures.rows}
    loose = [name for name in matched.loose if name in rows]
    return pictures.rows | rows, [name for name in new if name not in rows], loose_note(loose, matched.found)


def _text(
    stored: StoredEmbeddings, table: CaptionTable, *, dimension: int
) -> tuple[FloatArray | None, RowArray | None, list[Problem]]:
    """Caption embeddings in the pictures' space, the positions of the captions to keep, or None for all."""
    text = stored.text
    if text is None or not len(table):
        return None, None, []
    if len(text) != len(table.row_images):
        message = (
            f"{EMBEDDINGS_NAME} has {len(text):,} text rows and {CAPTIONS_NAME} has {len(table.row_images):,} caption rows, "
            "so nobody can tell which belongs to which: pictures can be searched, caption similarities are switched off."
        )
        return None, None, [Problem("warning", "text_rows_disagree", message, REBUILD)]
    if text.shape[1] != dimension:
        message = (
            f"The text rows came from another model: they have {text.shape[1]} dimensions and the image rows {dimension}. "
            "Pictures can be searched, caption similarities are switched off."
        )
        return None, None, [Problem("warning", "text_other_dimension", message, REBUILD)]
    norms = stored.row_norms("text")[table.file_rows]
    good = usable_rows(norms)
    if not good.any():
        message = "Every text row is not a number or all zeros, so caption similarities are switched off."
        return None, None, [Problem("warning", "text_rows_bad", message, REBUILD)]
    problems = length_note(norms[good], "text")
    kept = None
    if not good.all():
        kept = np.flatnonzero(good).astype(np.int64)
        bad = table.file_rows[~good].tolist()
        one = len(bad) == 1
        message = (
            f"{count_of(len(bad), 'text row')} of {len(good):,} cannot be used, not a number or all zeros: "
            f"{'row' if one else 'rows'} {list_some(bad)}. {'Its caption was' if one else 'Their captions were'} left out."
        )
        problems.append(Problem("warning", "text_rows_bad", message, REBUILD))
    rows = table.file_rows[good]
    chosen = None if len(rows) == len(text) else rows
    return read_only(stored.unit_rows("text", chosen, norms[good])), kept, problems
