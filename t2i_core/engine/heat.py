"""HeatMap: where in a picture a model sees something, on a scale that stays low where there is nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.arrays import read_only
from t2i_core.types import FloatArray

FAINT = 0.35  # below it a map says that nothing is seen clearly
_BRIGHT = 0.6  # of the peak: what counts as bright
_MOST = 0.5  # of the picture
_ROWS, _COLUMNS = ("upper", "middle", "lower"), ("left", "centre", "right")


@dataclass(frozen=True, eq=False)
class HeatMap:
    """How clearly a picture shows something at each place.

    Attributes
    ----------
    values : ndarray of shape (h, w), float32, 0 to 1, read-only
        Rows from top to bottom. 1 is as clear as can be; where nothing is to be seen no place comes near it.
    seen : tuple of 4 float
        The part of the picture they lie on: left, top, right and bottom in parts of its width and height. A model that crops
        sees less than the picture, one that pads more.
    """

    values: FloatArray
    seen: tuple[float, float, float, float]

    @property
    def peak(self) -> float:
        """The biggest value."""
        return float(self.values.max())

    @property
    def where(self) -> str:
        """Where it is brightest, for those who do not see it: ``brightest in the upper left``."""
        if self.peak <= 0.0:
            return "nowhere in the picture"
        place = _place(*self.middle)
        if self.peak < FAINT:
            return f"nowhere clearly, most in the {place}"
        if float((self.values > _BRIGHT * self.peak).mean()) > _MOST:
            return f"over most of the picture, brightest in the {place}"
        return f"brightest in the {place}"

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the brightest spot, in parts of the picture's width and height."""
        height, width = self.values.shape
        around = np.pad(self.values, 1, mode="edge")
        # A single bright place is less to go by than a bright neighbourhood.
        smooth = sum(
            around[down : down + height, across : across + width] * (1.0 if down == across == 1 else 0.25)
            for down in range(3)
            for across in range(3)
        )
        row, column = np.unravel_index(int(np.argmax(smooth)), self.values.shape)
        left, top, right, bottom = self.seen
        across, down = (column + 0.5) / width, (row + 0.5) / height
        return float(left + across * (right - left)), float(top + down * (bottom - top))


def heat_map(
    raw: FloatArray, seen: tuple[float, float, float, float], *, scale: tuple[float, float] | None, fit: float | None
) -> HeatMap:
    """A map from what an encoder says.

    Parameters
    ----------
    raw : ndarray of shape (h, w), float32
        See `ClipEncoder.explain`.
    seen : tuple of 4 float
    scale : tuple of 2 float or None
        What a place says that shows nothing of it, and one that shows it clearly. Without it only proportions mean something:
        half of the places then stay dark, and the brightest is as bright as the picture fits.
    fit : float or None
        How well the whole picture fits, from 0 (as the gallery's median) to 1 (a good hit); None where nobody knows.
    """
    wide = raw.astype(np.float64)
    if scale is not None:
        low, high = scale
        values = np.maximum(wide - low, 0.0) / (max(high, float(wide.max())) - low)
    else:
        wide = np.maximum(wide, 0.0)
        rest = np.maximum(wide - np.median(wide), 0.0)
        values = rest / max(float(rest.max()), 1e-12) * (1.0 if fit is None else min(1.0, max(0.0, fit)))
    return HeatMap(read_only(values.astype(np.float32)), seen)


def _place(across: float, down: float) -> str:
    row, column = (min(2, max(0, int(3 * part))) for part in (down, across))
    if row == 1:
        return "middle" if column == 1 else f"middle, at the {_COLUMNS[column]}"
    return f"{_ROWS[row]} {_COLUMNS[column]}" if column != 1 else f"{_ROWS[row]} middle"
