"""How the numbers of a facet lie between the smallest and the largest: what a slider over them shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.facets.columns import Column, Numbers
from t2i_core.facets.counting import MOST_VALUES
from t2i_core.query.where import DAY
from t2i_core.types import RowArray

BARS = 24


@dataclass(frozen=True)
class Spread:
    """How many pictures lie in each of equally wide parts between two numbers.

    Attributes
    ----------
    low, high : float
        The smallest and the largest number; days are numbers like 20210523.
    integral : bool
        Whether all numbers are whole ones.
    gallery, hits : tuple of int
        In each part, from the lowest: of all pictures, of the hits.
    """

    low: float
    high: float
    integral: bool
    gallery: tuple[int, ...]
    hits: tuple[int, ...]


def spread_of(name: str, column: Column, hits: RowArray) -> Spread | None:
    """How a facet's numbers lie; None where they are no numbers, all the same, or few enough to be told one by one.

    Parameters
    ----------
    name : str
        What the facet is called in a condition.
    column : Column
    hits : ndarray of shape (H,), int64
        Rows of the hits.

    Examples
    --------
    >>> from t2i_core.facets.columns import number_column
    >>> spread_of("width", number_column(np.array([10.0, 20.0, 20.0, 90.0])), np.array([1]))  # doctest: +ELLIPSIS
    Spread(low=10.0, high=90.0, integral=True, gallery=(1, 0, 0, 2, 0, ...), hits=(0, 0, 0, 1, 0, ...))
    """
    numbers = column.numbers
    if numbers.size < 2 or not np.isfinite(numbers).all() or (not column.numeric and numbers.size <= MOST_VALUES):
        return None
    places = _days(numbers) if name == DAY else numbers
    low, high = float(numbers.min()), float(numbers.max())
    if places.max() <= places.min():
        return None
    among = np.zeros(column.count, dtype=np.bool_)
    among[hits] = True
    parts = np.clip((places - places.min()) / (places.max() - places.min()) * BARS, 0, BARS - 1).astype(np.int64)
    told = (
        tuple(np.bincount(parts, one, BARS).astype(int).tolist()) for one in (column.counts(), column.counts(among))
    )
    return Spread(low, high, bool((numbers == np.rint(numbers)).all()), *told)


def _days(numbers: Numbers) -> Numbers:
    """Days as numbers that grow evenly; what is no day stays where its year and month put it."""
    years, months, days = numbers // 10_000, numbers // 100 % 100, numbers % 100
    evenly: Numbers = years * 372.0 + months * 31.0 + days
    return evenly
