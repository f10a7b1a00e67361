"""Lengths of rows, and rows of length 1."""

from __future__ import annotations

import numpy as np

from t2i_core.arrays import l2_normalize
from t2i_core.types import FloatArray, MaskArray

CHUNK_ROWS = 8192
SMALLEST_NORM = 1e-6  # below this a direction is rounding noise
UNIT_TOLERANCE = 1e-5  # float32 rounding of a unit row; such rows are kept bit for bit


def row_norms(rows: np.ndarray) -> np.ndarray:
    """Length of each row: ndarray of shape (R,), float64; not finite where the row is not."""
    norms = np.empty(len(rows))
    with np.errstate(all="ignore"):
        for start in range(0, len(rows), CHUNK_ROWS):
            chunk = rows[start : start + CHUNK_ROWS]
            if chunk.dtype == np.float16:
                chunk = chunk.astype(np.float32)
            squares = np.einsum("rd,rd->r", chunk, chunk)
            if not np.isfinite(squares).all():  # also where finite numbers overflow float32
                wide = chunk.astype(np.float64)
                squares = np.einsum("rd,rd->r", wide, wide)
            norms[start : start + CHUNK_ROWS] = np.sqrt(squares)
    return norms


def usable_rows(norms: np.ndarray) -> MaskArray:
    """Rows that have a direction: ndarray of shape (R,), bool."""
    usable: MaskArray = np.isfinite(norms) & (norms > SMALLEST_NORM)
    return usable


def unit_rows(rows: np.ndarray, norms: np.ndarray) -> FloatArray:
    """Rows scaled to length 1, float32 of shape (R, D): the same array where they already are."""
    kept = np.abs(norms - 1.0) <= UNIT_TOLERANCE
    if rows.dtype == np.float32 and kept.all():
        return np.ascontiguousarray(rows)
    scaled = np.empty(rows.shape, dtype=np.float32)
    for start in range(0, len(rows), CHUNK_ROWS):
        chunk = slice(start, start + CHUNK_ROWS)
        with np.errstate(all="ignore"):  # rows that are no numbers stay so; nobody uses them
            scaled[chunk] = l2_normalize(rows[chunk])
        if rows.dtype == np.float32:
            scaled[chunk][kept[chunk]] = rows[chunk][kept[chunk]]
    return scaled
