"""Condition: which pictures a search may return."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from t2i_core.errors import QueryError
from t2i_core.query.subjects import writable

MOST_TOLD = 5  # values of a condition that a label names
DAY = "taken"
# What conditions look at in every dataset; `column:NAME` of the captions file comes besides.
TAG = "tag"
CHOICES = ("folder", "picture", TAG, "type", "orientation", "colour", "camera", "words")
NUMBERS = ("width", "height", "megapixels", DAY, "light", "sharp")
FIELDS = (*CHOICES, *NUMBERS)
COLUMN = "column:"
_CALLED = {
    "picture": "the file name", "type": "the file type", "colour": "a main colour", "camera": "the camera",
    DAY: "the day it was taken", "words": "a caption's words", "sharp": "sharpness", "width": "the width",
    "height": "the height", "megapixels": "its megapixels",
}  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """One condition on a picture; a request's conditions must all hold.

    Attributes
    ----------
    field : str
        What is looked at: one of `FIELDS`, or ``column:NAME`` of the captions file. ``picture`` is the name, ``tag`` what people
        gave it, ``taken`` a day as a number (20210523), ``light`` and ``sharp`` lie between 0 and 1, ``words`` are searched for in
        captions.
    values : tuple of str
        Any of these.
    at_least, at_most : float, optional
        For numbers: the ends of a range, both included. Either ``values`` or a range is given.
    negated : bool
        Whether the condition must not hold.

    Raises
    ------
    QueryError
        When it demands nothing, or both values and a range.

    Examples
    --------
    >>> Condition("folder", values=("cats", "dogs")).to_record()
    {'field': 'folder', 'values': ['cats', 'dogs']}
    >>> Condition("column:year", at_least=1990, negated=True).to_record()
    {'field': 'column:year', 'at_least': 1990.0, 'negated': True}
    """

    field: str
    values: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    negated: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))
        if not writable(self.field, "A condition's field"):
            raise QueryError("A condition needs a field to look at, got none. Name one, for instance folder.")
        for value in self.values:
            writable(value, "A condition's value")
        ends = [end for end in (self.at_least, self.at_most) if end is not None]
        if bool(self.values) == bool(ends):
            raise QueryError(
                f"A condition needs values or a range, got {'both' if ends else 'neither'} for {self.field!r:.80}. "
                "Give one of them."
            )
        for name in ("at_least", "at_most"):
            end = getattr(self, name)
            if end is None:
                continue
            if isinstance(end, bool) or not isinstance(end, int | float) or not math.isfinite(end):
                raise QueryError(f"The end of a range must be a number, got {end!r:.40} for {self.field!r:.80}.")
            object.__setattr__(self, name, float(end) + 0.0)
        if not isinstance(self.negated, bool):
            raise QueryError(f"negated must be true or false, got {self.negated!r:.40} for {self.field!r:.80}.")

    @property
    def label(self) -> str:
        """What to call the condition on a page: ``folder is animals or cats``, ``year is at least 2001``."""
        name = _CALLED.get(self.field, self.field.removeprefix(COLUMN))
        if self.values:
            told = list(self.values[:MOST_TOLD])
            if len(self.values) > MOST_TOLD:
                told.append(f"{len(self.values) - MOST_TOLD:,} more")
            wanted = " or ".join(told)
        else:
            low, high = (None if end is None else self._told(end) for end in (self.at_least, self.at_most))
            if low is None or high is None:
                wanted = f"at most {high}" if low is None else f"at least {low}"
            else:
                wanted = f"from {low} to {high}"
        return f"{name} is {'not ' if self.negated else ''}{wanted}"

    def _told(self, end: float) -> str:
        """An end of the range: a day with its month and year, else a number."""
        if self.field == DAY and end >= 101:
            return f"{int(end) // 10_000:04}-{int(end) // 100 % 100:02}-{int(end) % 100:02}"
        return f"{end:g}"

    def to_record(self) -> dict[str, object]:
        """The condition as JSON, without what is as at first."""
        record: dict[str, object] = {"field": self.field}
        if self.values:
            record["values"] = list(self.values)
        for name in ("at_least", "at_most"):
            if getattr(self, name) is not None:
                record[name] = getattr(self, name)
        return record | ({"negated": True} if self.negated else {})

    @classmethod
    def from_record(cls, record: object) -> Condition:
        """What `to_record` made.

        Raises
        ------
        QueryError
            When it did not make this.
        """
        known = {"field", "values", "at_least", "at_most", "negated"}
        if not isinstance(record, Mapping) or not isinstance(record.get("field"), str) or set(record) - known:
            raise QueryError(
                f"A condition is an object with a field and values or a range, got {record!r:.80}. "
                'Write it like this: {"field": "folder", "values": ["animals"]}'
            )
        values = record.get("values", [])
        if not isinstance(values, list | tuple):
            raise QueryError(f"A condition's values are a list, got {values!r:.80}. Write them in [ ].")
        return cls(
            record["field"], tuple(values), record.get("at_least"), record.get("at_most"), record.get("negated", False)
        )
