"""Arrays: their types, checks and small operations made once at the boundary, and captions by the row of their picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from t2i_core.errors import QueryError

FloatArray = npt.NDArray[np.float32]
RowArray = npt.NDArray[np.int64]
MaskArray = npt.NDArray[np.bool_]
MAX_TOP_K = 200
NO_PICTURE = -1
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


class CaptionsByRow:
    """Which captions belong to each picture, and which have their picture at all.

    The one place that knows how "no picture" is written in an array of rows; everybody else asks `Gallery`.
    Positions of each picture's captions in file order; arrays, for a dictionary of millions would be large.

    Parameters
    ----------
    caption_rows : ndarray of shape (M,), int64
        `NO_PICTURE` where a caption's picture is not in the gallery.
    images : int
    """

    def __init__(self, caption_rows: np.ndarray, images: int) -> None:
        rows = np.asarray(caption_rows, dtype=np.int64)
        self._rows = rows
        self.positions: RowArray = np.flatnonzero(rows != NO_PICTURE).astype(np.int64)
        self.positions.setflags(write=False)
        self._ordered = np.argsort(rows, kind="stable")
        self._starts = np.searchsorted(rows[self._ordered], np.arange(images + 1))

    def __getitem__(self, row: int) -> list[int]:
        """Positions of the captions of the picture at ``row``, in file order."""
        if row < 0:
            return []
        found: list[int] = self._ordered[self._starts[row] : self._starts[row + 1]].tolist()
        return found

    @property
    def counts(self) -> RowArray:
        """How many captions each picture has: ndarray of shape (N,), int64."""
        return np.diff(self._starts).astype(np.int64)

    def row_of(self, position: int) -> int | None:
        """Row of a caption's picture; None when that picture is not in the gallery."""
        row = int(self._rows[position])
        return None if row == NO_PICTURE else row

    def rows_of(self, positions: np.ndarray) -> RowArray:
        """Rows of the pictures of captions that all have theirs, ndarray of shape (K,), int64.

        Raises
        ------
        ValueError
            When one of them has none: it must never be taken for a row.
        """
        rows: RowArray = self._rows[positions]
        if (rows == NO_PICTURE).any():
            first = int(np.asarray(positions)[int(np.argmax(rows == NO_PICTURE))])
            raise ValueError(
                f"Captions must have their picture in the gallery to have a row, and the one at position {first} has none. "
                "Take positions from Gallery.paired_captions."
            )
        return rows
