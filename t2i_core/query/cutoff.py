"""Cutoffs that depend on a search's own scores; a plain score is a float."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from t2i_core.errors import QueryError

BELOW_BEST, DROP, KEEP = "best", "drop", "keep"
USUAL_BELOW = 0.05
USUAL_SHARE = 0.9
FORMS = (
    "a score, best-0.05 (so far below the best), drop (at the largest drop) or keep-0.9 (nine of ten right pictures)"
)
_WRITTEN = re.compile(rf"({BELOW_BEST}|{KEEP})-([0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)")


@dataclass(frozen=True)
class Cutoff:
    """Which pictures are too far down to belong, told by where a search's own scores lie.

    Attributes
    ----------
    kind : str
        ``best``: those that score more than ``value`` below the best. ``drop``: those after the largest drop between one score
        and the next. ``keep``: as many as may be left out so that a share ``value`` of right pictures stays, which is known
        from the dataset's own captions.
    value : float
        Above 0 for ``best``, between 0 and 1 for ``keep``; 0 for ``drop``.

    Raises
    ------
    QueryError
        When it is none of these.

    Examples
    --------
    >>> str(Cutoff("best", 0.05)), str(Cutoff("drop"))
    ('best-0.05', 'drop')
    >>> read_cutoff("best-0.05") == Cutoff("best", 0.05)
    True
    """

    kind: str
    value: float = 0.0

    def __post_init__(self) -> None:
        number = isinstance(self.value, int | float) and not isinstance(self.value, bool) and math.isfinite(self.value)
        fits = number and {BELOW_BEST: self.value > 0, KEEP: 0 < self.value < 1, DROP: self.value == 0}.get(self.kind)
        if not fits:
            raise QueryError(f"The cutoff must be {FORMS}, got {self.kind!r:.40} with {self.value!r:.40}.")
        object.__setattr__(self, "value", float(self.value))

    def __str__(self) -> str:
        """As it is typed, linked and kept in JSON; `read_cutoff` reads it again without loss."""
        return self.kind if self.kind == DROP else f"{self.kind}-{self.value!r}"

    @property
    def label(self) -> str:
        """What it leaves out, for people: it ends a sentence that begins with ``Only pictures``."""
        if self.kind == DROP:
            return "before the largest drop of scores"
        if self.kind == KEEP:
            return f"that score as {100 * self.value:g} % of right pictures do"
        return f"that score at most {self.value:g} below the best"


def read_cutoff(written: str) -> float | Cutoff:
    """A cutoff as people type it and links hold it.

    Raises
    ------
    QueryError
        When it is none.

    Examples
    --------
    >>> read_cutoff("0.25"), read_cutoff(" drop ")
    (0.25, Cutoff(kind='drop', value=0.0))
    """
    text = written.strip()
    if text == DROP:
        return Cutoff(DROP)
    if (found := _WRITTEN.fullmatch(text)) is not None:
        return Cutoff(found[1], float(found[2]))
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise QueryError(f"The cutoff must be {FORMS}, got {written!r:.40}.")
    return score + 0.0
