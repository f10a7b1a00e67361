"""Checks and small operations on embeddings, made once at the boundary."""

from __future__ import annotations

import numpy as np

from t2i_core.errors import QueryError
from t2i_core.types import FloatArray, RowArray

MAX_TOP_K = 200
_SMALLEST_COMMON = 1e-3


def l2_normalize(embeddings: np.ndarray) -> FloatArray:
    """Rows scaled to length 1, as a new array.

    Parameters
    ----------
    embeddings : ndarray of shape (B, D), any float dtype

    Returns
    -------
    ndarray of shape (B, D), float32; rows of zeros stay zeros

    Examples
    --------
    >>> l2_normalize(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    wide = np.asarray(embeddings, dtype=np.float64)
    norms = np.linalg.norm(wide, axis=1, keepdims=True)
    return (wide / np.where(norms == 0.0, 1.0, norms)).astype(np.float32)


def common_direction(rows: FloatArray, *, asked: str, way_out: str) -> FloatArray:
    """What unit rows have in common, the direction of their mean.

    Parameters
    ----------
    rows : ndarray of shape (B, D), float32, unit rows
    asked, way_out : str
        For the message: what the rows are of, and what to do with fewer of them.

    Returns
    -------
    ndarray of shape (D,), float32, unit

    Raises
    ------
    QueryError
        When they cancel each other out, so that nothing is left.
    """
    mean = rows.astype(np.float64).mean(axis=0, keepdims=True)
    if np.linalg.norm(mean) < _SMALLEST_COMMON:
        raise QueryError(
            f"{asked} asked together must have something in common, these {len(rows)} cancel out. {way_out} fewer of them."
        )
    direction: FloatArray = l2_normalize(mean)[0]
    return direction


def spread_rows(count: int, most: int) -> RowArray:
    """Up to ``most`` different rows below ``count``, evenly spread, the first one included: ascending int64."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(np.int64))


def read_only(array: np.ndarray) -> np.ndarray:
    """The same array, refusing writes: shared arrays must not change under another session."""
    array.setflags(write=False)
    return array


def check_top_k(top_k: int, *, images: int) -> int:
    """``top_k`` when it can be asked of a gallery of ``images`` pictures.

    Raises
    ------
    QueryError
        When it is no whole number, below 1 or above the number of pictures.

    Examples
    --------
    >>> check_top_k(24, images=108)
    24
    >>> check_top_k(500, images=108)
    Traceback (most recent call last):
        ...
    t2i_core.errors.QueryError: top_k must be in 1..108, got 500. Ask for at most as many pictures as there are.
    """
    if isinstance(top_k, bool) or not isinstance(top_k, int | np.integer) or not 1 <= top_k <= images:
        raise QueryError(f"top_k must be in 1..{images}, got {top_k}. Ask for at most as many pictures as there are.")
    return int(top_k)
