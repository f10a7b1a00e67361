"""Where the scores of a search are cut, and how they lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from t2i_core.query import Cutoff
from t2i_core.query.cutoff import BELOW_BEST, DROP
from t2i_core.scores import Cut, ScoreHistogram
from t2i_core.types import FloatArray

BINS = 60
DROP_AMONG = 64  # a drop is looked for among so many of the best
_NARROWEST = 1e-6  # scores that lie no farther apart are one


def before_largest_drop(scores: Sequence[float]) -> int:
    """How many of the best scores, sorted, lie before the largest drop from one to the next; all where there is none.

    Examples
    --------
    >>> before_largest_drop([0.33, 0.32, 0.31, 0.18, 0.17])
    3
    """
    best = np.asarray(scores[:DROP_AMONG], dtype=np.float64)
    drops = best[:-1] - best[1:]
    return int(drops.argmax()) + 1 if drops.size and drops.max() > _NARROWEST else len(best)


def least_score(cutoff: float | Cutoff, best_first: Sequence[float], *, reach: float | None) -> float:
    """The least score that a cutoff keeps.

    Parameters
    ----------
    cutoff : float or Cutoff
    best_first : sequence of float
        The best scores of the search, at least `DROP_AMONG` where there are so many.
    reach : float, optional
        How far below the best a cutoff that keeps a share of right pictures goes.
    """
    if not isinstance(cutoff, Cutoff):
        return cutoff
    if not best_first:
        return 0.0
    if cutoff.kind == DROP:
        return best_first[before_largest_drop(best_first) - 1]
    below = cutoff.value if cutoff.kind == BELOW_BEST else float(reach or 0.0)
    return best_first[0] - below


def cut_at(score: float, *, found: Sequence[float], among: FloatArray, asked: int, images: int, by_score: bool) -> Cut:
    """Where a cutoff fell: how many pictures belong, and how many of those asked for are left out.

    Parameters
    ----------
    score : float
        The least that belongs.
    found : sequence of float
        Scores of the best pictures, as ranked.
    among : ndarray of shape (S,), float32
        Scores of all pictures that may be returned, or of a sample of them.
    asked, images : int
        How many were asked for, and how many pictures may be returned.
    by_score : bool
        Whether pictures were ranked by their scores, so that what was not found scores at most the last that was.
    """
    known = sum(one >= score for one in found)
    left_out = sum(one < score for one in found[:asked])
    if len(found) >= images or (by_score and known < len(found)):
        return Cut(score, known, False, left_out)
    share = float(np.mean(among >= score)) if len(among) else 0.0
    return Cut(score, max(known, round(share * images)), len(among) < images, left_out)


def histogram_of(scores: FloatArray, best: float | None, *, images: int) -> ScoreHistogram:
    """Scores of all pictures or of a sample (S,), float32, in `BINS` ranges that reach up to the best."""
    low, high = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 0.0)
    high = max(high, low + _NARROWEST, -1.0 if best is None else best)
    places = np.minimum(((scores - low) * (BINS / (high - low))).astype(np.int64), BINS - 1)
    counts = np.bincount(places, minlength=BINS)
    return ScoreHistogram(low, high, tuple(counts.tolist()), len(scores), len(scores) < images)
