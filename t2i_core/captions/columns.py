"""Column: one column of the table of captions, with its order and its filters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from t2i_core.captions.words import bare, fold
from t2i_core.errors import QueryError
from t2i_core.types import MaskArray, RowArray

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

NUMBER, CHOICE, TEXT = "number", "choice", "text"
MOST_CHOICES = 100


@dataclass(frozen=True)
class Filter:
    """What one column must be: within a range (ends included), one of some choices, or holding a text."""

    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    text: str = ""

    def __bool__(self) -> bool:
        return self.low is not None or self.high is not None or bool(self.choices) or bool(self.text.strip())


@dataclass(frozen=True, eq=False)
class Column:
    """One value per caption.

    Attributes
    ----------
    key : str
        Its name in views and links.
    label : str
        What a person reads.
    help : str
        One sentence on what it means.
    kind : str
        ``"number"``, ``"choice"`` (few different texts) or ``"text"``.
    numbers : ndarray of shape (M,), float64
        The values of a number; NaN where unknown. Empty for texts.
    codes : ndarray of shape (M,), int64
        Places in ``texts``, for the other kinds. Empty for numbers.
    texts : tuple of str
        The different values.
    """

    key: str
    label: str
    help: str = ""
    kind: str = NUMBER
    numbers: Numbers = field(default_factory=lambda: np.empty(0))
    codes: Codes = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    texts: tuple[str, ...] = ()

    @cached_property
    def extent(self) -> tuple[float, float] | None:
        """Smallest and largest number; None when there is none."""
        known = self.numbers[np.isfinite(self.numbers)]
        return (float(known.min()), float(known.max())) if known.size else None

    @cached_property
    def counts(self) -> RowArray:
        """How many captions have each of ``texts``: ndarray of shape (number of texts,), int64."""
        return np.bincount(self.codes, minlength=len(self.texts))

    @cached_property
    def ascending(self) -> RowArray:
        """Positions of all captions, smallest first; ties by position, unknown ones last: ndarray of shape (M,), int64."""
        return np.argsort(self._sortable, kind="stable")

    @cached_property
    def descending(self) -> RowArray:
        """Positions of all captions, largest first; ties by position, unknown ones last: ndarray of shape (M,), int64."""
        return np.argsort(-self._sortable, kind="stable")

    @cached_property
    def _sortable(self) -> Numbers:
        if self.kind == NUMBER:
            return self.numbers
        order = sorted(range(len(self.texts)), key=lambda place: (fold(self.texts[place]), self.texts[place]))
        ranks = np.empty(len(order))
        ranks[order] = np.arange(len(order))
        if "" in self.texts:
            ranks[self.texts.index("")] = np.nan  # nothing is unknown, not the first letter
        return ranks[self.codes]

    def value(self, position: int) -> float | str | None:
        """The value of one caption; None where unknown."""
        if self.kind != NUMBER:
            text: float | str | None = self.texts[self.codes[position]]
            return text
        number = float(self.numbers[position])
        return number if math.isfinite(number) else None

    def mask(self, wanted: Filter) -> MaskArray:
        """Captions that pass a filter: ndarray of shape (M,), bool.

        Raises
        ------
        QueryError
            When the filter does not fit this kind of column.
        """
        if self.kind == NUMBER:
            if wanted.choices or wanted.text:
                raise QueryError(f"The column {self.label} holds numbers, so its filter is a range, got a text.")
            with np.errstate(invalid="ignore"):
                mask = np.isfinite(self.numbers)
                if wanted.low is not None:
                    mask &= self.numbers >= wanted.low
                if wanted.high is not None:
                    mask &= self.numbers <= wanted.high
            return mask
        if wanted.low is not None or wanted.high is not None:
            raise QueryError(f"The column {self.label} holds text, so its filter is no range, got one.")
        among = np.ones(len(self.texts), dtype=np.bool_)
        if wanted.choices:
            chosen = frozenset(wanted.choices)
            among &= np.fromiter((text in chosen for text in self.texts), dtype=np.bool_)
        if wanted.text.strip():
            part = bare(fold(wanted.text.strip()))
            among &= np.fromiter((part in bare(fold(text)) for text in self.texts), dtype=np.bool_)
        mask_of_codes: MaskArray = among[self.codes]
        return mask_of_codes


def number_column(key: str, label: str, help: str, numbers: np.ndarray) -> Column:
    """A column of numbers; NaN where unknown."""
    return Column(key, label, help, NUMBER, numbers=np.asarray(numbers, dtype=np.float64))


def text_column(key: str, label: str, help: str, values: Sequence[object]) -> Column:
    """A column of texts: a choice when few are different and any is repeated."""
    codes, texts = pd.factorize(np.array([str(value) for value in values], dtype=object))
    few = 1 < len(texts) <= MOST_CHOICES and len(texts) < len(values)
    kind = CHOICE if few else TEXT
    return Column(key, label, help, kind, codes=codes.astype(np.int64), texts=tuple(str(text) for text in texts))


def any_column(key: str, label: str, help: str, values: Sequence[object]) -> Column:
    """A column of a file: numbers where every value that is there is a finite one, else texts."""
    stripped = pd.Series([str(value).strip() for value in values], dtype=object)
    given = stripped != ""
    numbers = pd.to_numeric(stripped.where(given), errors="coerce").to_numpy(dtype=np.float64)
    if given.any() and np.isfinite(numbers[given.to_numpy()]).all():
        return number_column(key, label, help, numbers)
    return text_column(key, label, help, values)
