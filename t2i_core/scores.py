"""What a search says of its scores as a whole: is there anything, how do they lie, where were they cut."""

from __future__ import annotations

from dataclasses import dataclass

STRONG, SOME, WEAK = "strong", "some", "weak"


@dataclass(frozen=True)
class Verdict:
    """How far the best pictures stand above what a sentence scores among pictures of anything.

    Attributes
    ----------
    evidence : str
        ``strong``, ``some`` or ``weak``; never that something is absent, for a model does not know that.
    gap : float
        The mean of the 5 best cosines here, less the mean of the 5 best in the background.
    sentence : str
        The same for a person to read.
    """

    evidence: str
    gap: float
    sentence: str


@dataclass(frozen=True)
class ScoreHistogram:
    """How many pictures lie in each of equal ranges of scores, from ``low`` to ``high``.

    ``pictures`` is how many were counted, and ``sampled`` whether these are evenly spread ones of a larger gallery.
    """

    low: float
    high: float
    counts: tuple[int, ...]
    pictures: int
    sampled: bool


@dataclass(frozen=True)
class Cut:
    """Where a cutoff fell in one search.

    Attributes
    ----------
    score : float
        The least score that belongs.
    belong : int
        How many pictures score as much, whether they are shown or not.
    estimated : bool
        Whether that was counted on a sample.
    left_out : int
        How many of the best that were asked for are left out by it.
    """

    score: float
    belong: int
    estimated: bool
    left_out: int
