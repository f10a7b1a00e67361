"""A map as numbers for a browser: coordinates in two bytes each, densities, and what lies inside a polygon."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from t2i_core.types import FloatArray, RowArray

Bounds = tuple[float, float, float, float]  # left, right, bottom, top
STEPS = 65_535
NO_VALUE = 255


def bounds_of(coordinates: FloatArray) -> Bounds:
    """The smallest box around all points, never without width or height."""
    low, high = coordinates.min(axis=0).astype(float), coordinates.max(axis=0).astype(float)
    wide = np.maximum(high - low, 1e-6)
    return float(low[0]), float(low[0] + wide[0]), float(low[1]), float(low[1] + wide[1])


def quantised(coordinates: FloatArray, bounds: Bounds) -> npt.NDArray[np.uint16]:
    """Coordinates as steps between the bounds: ndarray of shape (N, 2), uint16."""
    low = np.array([bounds[0], bounds[2]])
    wide = np.array([bounds[1] - bounds[0], bounds[3] - bounds[2]])
    steps: npt.NDArray[np.uint16] = np.clip(np.rint((coordinates - low) / wide * STEPS), 0, STEPS).astype("<u2")
    return steps


def as_bytes(values: np.ndarray) -> tuple[npt.NDArray[np.uint8], float, float]:
    """Values as 0..254 between their ends, `NO_VALUE` where there is none; the two ends come with them.

    Parameters
    ----------
    values : ndarray of shape (N,), any float dtype; NaN for no value
    """
    there = np.isfinite(values)
    if not there.any():
        return np.full(len(values), NO_VALUE, dtype=np.uint8), 0.0, 0.0
    low, high = float(values[there].min()), float(values[there].max())
    scale = (NO_VALUE - 1) / (high - low) if high > low else 0.0
    steps = np.where(there, (np.where(there, values, low) - low) * scale, NO_VALUE)
    return np.rint(steps).astype(np.uint8), low, high


def rows_in_view(coordinates: FloatArray, bounds: Bounds) -> RowArray:
    """Rows of the points inside a box, ascending."""
    x, y = coordinates[:, 0], coordinates[:, 1]
    inside = (x >= bounds[0]) & (x <= bounds[1]) & (y >= bounds[2]) & (y <= bounds[3])
    return np.flatnonzero(inside).astype(np.int64)


def rows_in_polygon(coordinates: FloatArray, polygon: Sequence[Sequence[float]]) -> RowArray:
    """Rows of the points inside a polygon by the even-odd rule, ascending.

    Parameters
    ----------
    coordinates : ndarray of shape (N, 2), float32
    polygon : sequence of (x, y)
        Its corners; the last one is joined to the first.
    """
    corners = np.asarray(polygon, dtype=np.float64)
    if corners.ndim != 2 or len(corners) < 3:
        return np.empty(0, dtype=np.int64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    rows = rows_in_view(coordinates, (float(low[0]), float(high[0]), float(low[1]), float(high[1])))
    x, y = coordinates[rows, 0].astype(np.float64), coordinates[rows, 1].astype(np.float64)
    inside = np.zeros(len(rows), dtype=np.bool_)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 != y1:
            crossed = (y0 > y) != (y1 > y)
            inside ^= crossed & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return rows[inside]


def density(coordinates: FloatArray, bounds: Bounds, side: int) -> npt.NDArray[np.uint8]:
    """How many points fall into each cell of a box, on a logarithmic scale of 0..255: (side, side), top row first."""
    column = ((coordinates[:, 0] - bounds[0]) * (side / (bounds[1] - bounds[0]))).astype(np.int32)
    line = ((bounds[3] - coordinates[:, 1]) * (side / (bounds[3] - bounds[2]))).astype(np.int32)
    # Points on the far edges belong to the last cells; everything else outside is left out.
    column[coordinates[:, 0] == bounds[1]] = side - 1
    line[coordinates[:, 1] == bounds[2]] = side - 1
    inside = (column >= 0) & (column < side) & (line >= 0) & (line < side)
    counts = np.bincount(line[inside] * side + column[inside], minlength=side * side)
    logs = np.log1p(counts)
    most = float(logs.max(initial=0.0)) or 1.0
    return np.rint(logs * (255 / most)).astype(np.uint8).reshape(side, side)
