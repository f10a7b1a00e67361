"""The gap between the best pictures here and the best among pictures of anything, and what it is evidence of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from t2i_core.dataset import Evidence
from t2i_core.relevance.traits import BEST, REACH, Best, strengths_of, traits_of
from t2i_core.scores import SOME, STRONG, WEAK, Verdict
from t2i_core.types import FloatArray

# How much of what a sentence scores in the background is taken off. All of it would punish common things, which the background
# shows too. Chosen on Flickr8k's display pictures, where half of it does about as well.
SHARE = 0.7
SHORTEST_SENTENCE = 4  # words; shorter queries score otherwise and have thresholds of their own
_SAID = {
    STRONG: "Strong evidence: of sentences about what is not here, fewer than 1 in 20 find pictures that stand out so far.",
    SOME: "Some evidence: what is here finds such scores, and what is not here sometimes does.",
    WEAK: "Weak evidence: the nearest pictures are shown, but captions of what is here nearly always find better ones.",
}


def gaps_of(best: FloatArray, queries: FloatArray, background: FloatArray, *, count: int) -> FloatArray:
    """How far the best cosines of queries stand above those in a background: ndarray of shape (Q,), float32.

    Parameters
    ----------
    best : ndarray of shape (Q, at most BEST), float32
        The best cosines of each query here, best first.
    queries : ndarray of shape (Q, D), float32, unit rows
    background : ndarray of shape (B, D), float32, unit rows
    count : int
        How many of the best here count; in the background it is always `BEST`.
    """
    there = best_cosines(queries, background).mean(axis=1)
    gaps: FloatArray = best[:, :count].mean(axis=1) - np.float32(SHARE) * there
    return gaps


def best_cosines(queries: FloatArray, rows: FloatArray, *, block: int = 16_384) -> FloatArray:
    """The `BEST` best cosines of each of Q queries with rows: ndarray of shape (Q, at most BEST), float32, best first."""
    best = np.empty((len(queries), 0), dtype=np.float32)
    for start in range(0, len(rows), block):
        scores = np.concatenate([best, queries @ rows[start : start + block].T], axis=1)
        rest = scores.shape[1] - min(BEST, scores.shape[1])
        best = np.partition(scores, rest, axis=1)[:, rest:] if rest else scores
    return np.sort(best, axis=1)[:, ::-1]


def wanted_for(evidence: Evidence | None) -> int:
    """How many of the best pictures a verdict looks at."""
    return REACH if evidence is not None and len(evidence.trait_weights) else BEST


def verdict_of(
    evidence: Evidence, query: FloatArray, best: Sequence[float], *, rows: Sequence[int], few_words: bool
) -> Verdict:
    """What the best scores of a query are evidence of.

    Parameters
    ----------
    evidence : Evidence
        With its background rows.
    query : ndarray of shape (D,), float32, unit
    best : sequence of float
        The best scores, best first, `wanted_for` of them where there are so many.
    rows : sequence of int
        The pictures that have them.
    few_words : bool
        Whether the query is no sentence, and has thresholds of its own.
    """
    scores = np.asarray(best, dtype=np.float32)[None]
    gap = float(gaps_of(scores[:, :BEST], query[None], evidence.background, count=evidence.best)[0])
    some, strong = evidence.words if few_words else evidence.sentences
    told = gap
    if len(evidence.trait_weights):
        found = Best(scores[:, :REACH], evidence.nearness[np.asarray(rows[:REACH], dtype=np.int64)][None])
        told = float(strengths_of(traits_of(found, query[None], evidence.background), evidence.trait_weights)[0])
    level = STRONG if told >= strong else SOME if told >= some else WEAK
    return Verdict(level, gap, _SAID[level])
