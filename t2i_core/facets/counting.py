"""How many pictures have each value of a facet, or lie in each range: of the gallery, of those that fit, of the hits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.facets.columns import Column
from t2i_core.facets.facets import Facets
from t2i_core.query import Condition
from t2i_core.query.where import DAY
from t2i_core.types import MaskArray, RowArray

MOST_VALUES = 12
RANGES = 8


@dataclass(frozen=True)
class FacetCount:
    """One value or range of a facet and the pictures that have it.

    Attributes
    ----------
    condition : Condition
        What asks for it.
    label : str
    gallery, fitting, hits : int
        Of all pictures, of those that fit the request's conditions, of the hits.
    """

    condition: Condition
    label: str
    gallery: int
    fitting: int
    hits: int


@dataclass(frozen=True)
class Facet:
    """A facet as it is offered: the values that most of what fits has, or ranges, lowest first.

    ``more`` is how many other values there are.
    """

    name: str
    counts: tuple[FacetCount, ...]
    more: int = 0

    def to_record(self) -> dict[str, object]:
        """As JSON: each value or range with the condition that asks for it, and how many pictures have it."""
        counts = [
            {"condition": count.condition.to_record(), "label": count.label}
            | {"gallery": count.gallery, "fitting": count.fitting, "hits": count.hits}
            for count in self.counts
        ]
        return {"field": self.name, "counts": counts, "more": self.more}


def count_facet(
    facets: Facets, name: str, *, fitting: MaskArray | None, hits: RowArray, limit: int = MOST_VALUES
) -> Facet:
    """Count one facet.

    Parameters
    ----------
    facets : Facets
    name : str
    fitting : ndarray of shape (N,), bool, optional
        Pictures that fit; all where not given.
    hits : ndarray of shape (H,), int64
        Rows of the hits.
    limit : int
        At most this many values.

    Raises
    ------
    QueryError
        When there is no such facet here.
    """
    column = facets.column(name)
    among = np.zeros(column.count, dtype=np.bool_)
    among[hits] = True
    whole = column.counts()
    fit = whole if fitting is None else column.counts(fitting)
    found = column.counts(among)
    if column.numeric:
        return Facet(name, tuple(_ranges(name, column, whole, fit, found)))
    # By what fits, then by what there is; then in the order of the file.
    order = np.lexsort((np.arange(len(whole)), -whole, -fit))
    told = [at for at in order.tolist() if whole[at]]
    counts = tuple(
        FacetCount(Condition(name, (column.texts[at],)), column.texts[at], int(whole[at]), int(fit[at]), int(found[at]))
        for at in told[:limit]
    )
    return Facet(name, counts, max(0, len(told) - limit))


def _ranges(name: str, column: Column, *counts: RowArray) -> list[FacetCount]:
    """Ranges of about equal width, and years of days; each ends at values that are there, so that they do not overlap."""
    numbers = column.numbers
    if name == DAY:
        years = (numbers // 10_000).astype(np.int64)
        width = max(1, -(-int(years[-1] - years[0] + 1) // RANGES))
        parts = (years - years[0]) // width
    else:
        parts = _parts(numbers, counts[0])
    ranges = []
    for part in np.unique(parts).tolist():
        held = np.flatnonzero(parts == part)
        low, high = float(numbers[held[0]]), float(numbers[held[-1]])
        condition = Condition(name, at_least=low, at_most=high)
        sums = (int(one[held].sum()) for one in counts)
        ranges.append(FacetCount(condition, condition.label.partition(" is ")[2], *sums))
    return ranges


def _parts(numbers: np.ndarray, counts: RowArray) -> RowArray:
    """In which range each value lies; the few farthest out do not stretch the others, and lie in the outer ones."""
    if len(numbers) <= RANGES:
        return np.arange(len(numbers))
    shares = np.cumsum(counts) / counts.sum()
    low = numbers[min(len(numbers) - 1, int(np.searchsorted(shares, 0.01)))]
    high = numbers[min(len(numbers) - 1, int(np.searchsorted(shares, 0.99)))]
    if high <= low:
        low, high = numbers[0], numbers[-1]
    parts: RowArray = np.clip((numbers - low) / (high - low) * RANGES, 0, RANGES - 1).astype(np.int64)
    return parts
