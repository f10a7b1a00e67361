"""Which captions belong to each picture, and which have their picture at all.

The one place that knows how "no picture" is written in an array of rows. Everybody else asks `Gallery`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

NO_PICTURE = -1
Rows = npt.NDArray[np.int64]


class CaptionsByRow:
    """Positions of each picture's captions in file order; arrays, for a dictionary of millions would be large.

    Parameters
    ----------
    caption_rows : ndarray of shape (M,), int64
        `NO_PICTURE` where a caption's picture is not in the gallery.
    images : int
    """

    def __init__(self, caption_rows: npt.NDArray[Any], images: int) -> None:
        rows = np.asarray(caption_rows, dtype=np.int64)
        self._rows = rows
        self.positions: Rows = np.flatnonzero(rows != NO_PICTURE).astype(np.int64)
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
    def counts(self) -> Rows:
        """How many captions each picture has: ndarray of shape (N,), int64."""
        return np.diff(self._starts).astype(np.int64)

    def row_of(self, position: int) -> int | None:
        """Row of a caption's picture; None when that picture is not in the gallery."""
        row = int(self._rows[position])
        return None if row == NO_PICTURE else row

    def rows_of(self, positions: npt.NDArray[Any]) -> Rows:
        """Rows of the pictures of captions that all have theirs, ndarray of shape (K,), int64.

        Raises
        ------
        ValueError
            When one of them has none: it must never be taken for a row.
        """
        rows: Rows = self._rows[positions]
        if (rows == NO_PICTURE).any():
            first = int(np.asarray(positions)[int(np.argmax(rows == NO_PICTURE))])
            raise ValueError(
                f"Captions must have their picture in the gallery to have a row, and the one at position {first} has none. "
                "Take positions from Gallery.paired_captions."
            )
        return rows
