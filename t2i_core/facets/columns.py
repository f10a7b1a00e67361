"""One thing pictures are told apart by, as arrays: which picture has which of the different values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from t2i_core.query import Condition
from t2i_core.types import MaskArray, RowArray

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Column:
    """Which picture has which values; one picture may have several, or none.

    Attributes
    ----------
    count : int
        N, how many pictures there are.
    rows : ndarray of shape (P,), int64, or None
        Pictures, one for each value that one of them has; None where every picture has exactly one, in order.
    codes : ndarray of shape (P,), int32
        Places of these values in ``numbers`` or ``texts``; -1 for none.
    texts : sequence of str, length V
        The different values; empty where they are numbers.
    numbers : ndarray of shape (V,), float64
        The different values as numbers, ascending where ``texts`` are empty; NaN for a text that is none.
    """

    count: int
    rows: RowArray | None
    codes: npt.NDArray[np.int32]
    texts: Sequence[str] = ()
    numbers: Numbers = field(default_factory=lambda: np.empty(0))

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers by nature, which are told in ranges."""
        return not len(self.texts) and bool(self.numbers.size)

    def mask(self, condition: Condition) -> MaskArray:
        """Pictures of which a value fits, whether the condition is negated or not: ndarray of shape (N,), bool."""
        fitting = self._fitting(condition)
        # One place more, for the code of those that have no value.
        has: MaskArray = np.append(fitting, False)[self.codes]
        if self.rows is None:
            return has
        kept = np.zeros(self.count, dtype=np.bool_)
        kept[self.rows[has]] = True
        return kept

    def counts(self, among: MaskArray | None = None) -> RowArray:
        """How many pictures have each value: ndarray of shape (V,), int64; ``among`` (N,), bool, says of which pictures."""
        codes = self.codes
        if among is not None:
            codes = codes[among if self.rows is None else among[self.rows]]
        values = max(len(self.texts), self.numbers.size)
        return np.bincount(codes[codes >= 0], minlength=values).astype(np.int64)

    @cached_property
    def places(self) -> npt.NDArray[np.float64]:
        """Where each picture stands in the order of values, its smallest counts; NaN where it has none: shape (N,), float64."""
        order = self.numbers
        if len(self.texts) and not np.isfinite(order).all():
            order = np.empty(len(self.texts))
            order[
                sorted(range(len(self.texts)), key=lambda place: (self.texts[place].casefold(), self.texts[place]))
            ] = np.arange(len(self.texts))
        has = self.codes >= 0
        places = np.full(self.count, np.inf)
        np.minimum.at(places, np.flatnonzero(has) if self.rows is None else self.rows[has], order[self.codes[has]])
        places[~np.isfinite(places)] = np.nan
        return places

    def _fitting(self, condition: Condition) -> MaskArray:
        """Which of the values fit: ndarray of shape (V,), bool."""
        if not condition.values:
            low = -np.inf if condition.at_least is None else condition.at_least
            high = np.inf if condition.at_most is None else condition.at_most
            inside: MaskArray = (self.numbers >= low) & (self.numbers <= high)
            return inside
        if self.numeric:
            return np.isin(self.numbers, [number for number in map(as_number, condition.values) if np.isfinite(number)])
        wanted = frozenset(condition.values)
        return np.fromiter((text in wanted for text in self.texts), dtype=np.bool_, count=len(self.texts))


def as_number(value: object) -> float:
    """A value as a number; NaN for what is none."""
    try:
        return float(str(value))
    except ValueError:
        return float("nan")


def text_column(count: int, values: Sequence[str], *, rows: RowArray | None = None, none: str | None = None) -> Column:
    """A column of texts, which may be numbers too; ``none`` stands for no value.

    Parameters
    ----------
    count : int
    values : sequence of str
        One for each of ``rows``, or for each picture.
    """
    known: dict[str, int] = {} if none is None else {none: -1}
    first = len(known)
    codes = np.fromiter(
        (known.setdefault(value, len(known) - first) for value in values), dtype=np.int32, count=len(values)
    )
    texts = list(known)[first:]
    if rows is not None:
        # A picture has a value once, however many of its captions say it.
        pairs = np.unique(rows.astype(np.int64) * (len(texts) + 2) + codes + 1)
        rows, codes = pairs // (len(texts) + 2), (pairs % (len(texts) + 2) - 1).astype(np.int32)
    return Column(count, rows, codes, texts, np.array([as_number(text) for text in texts]))


def number_column(numbers: np.ndarray) -> Column:
    """A column of numbers, one for each picture: ndarray of shape (N,); NaN where unknown."""
    known = np.isfinite(numbers)
    values, codes = np.unique(numbers[known], return_inverse=True)
    placed = np.full(len(numbers), -1, dtype=np.int32)
    placed[known] = codes
    return Column(len(numbers), None, placed, (), values.astype(np.float64))


def choice_column(held: MaskArray, texts: Sequence[str]) -> Column:
    """A column of which a picture may have several values: ndarray of shape (N, V), bool, and what they are called."""
    rows, codes = np.nonzero(held)
    named = list(texts)
    return Column(len(held), rows.astype(np.int64), codes.astype(np.int32), named, np.full(len(named), np.nan))
