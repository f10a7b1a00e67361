"""Which captions belong to each picture."""

from __future__ import annotations

import numpy as np

from t2i_core.types import RowArray


class CaptionsByRow:
    """Positions of each picture's captions in file order; two arrays, for a dictionary of millions would be large.

    Parameters
    ----------
    caption_rows : ndarray of shape (M,), int64
        -1 where a caption belongs to no picture.
    images : int
    """

    def __init__(self, caption_rows: RowArray, images: int) -> None:
        self._positions = np.argsort(caption_rows, kind="stable")
        self._starts = np.searchsorted(caption_rows[self._positions], np.arange(images + 1))

    def __getitem__(self, row: int) -> list[int]:
        found: list[int] = self._positions[self._starts[row] : self._starts[row + 1]].tolist()
        return found
