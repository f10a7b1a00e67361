"""Diversity: hits that differ from each other, at the price of some score (maximal marginal relevance)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from t2i_core.engine.source import Found
from t2i_core.errors import QueryError
from t2i_core.types import FloatArray

AMONG = (
    500  # of so many of the best the hits are chosen, however many are asked for, so that fewer are the first of more
)


def varied(found: Found, image_embeddings: FloatArray, *, diversity: float, wanted: int) -> Found:
    """The best picture, then each time the one that scores well and is least like those before it.

    Scores and likenesses are standardised over what is chosen from, because models differ in how far both spread. What is
    weighed is ``(1 - diversity) * score - diversity * likeness to the most alike one before``.

    Parameters
    ----------
    found : Found
        What is chosen from, best first.
    image_embeddings : ndarray of shape (N, D), float32, unit rows
    diversity : float
        0 (by score alone) to 1.
    wanted : int
        How many to choose.

    Raises
    ------
    QueryError
        When pictures were found whose rows are not at hand.
    """
    rows = [one.row for one in found.pictures if one.row is not None]
    if len(rows) < len(found.pictures):
        raise QueryError("Diversity is for datasets in a folder, got a collection. Ask without it.")
    if not rows:
        return found
    vectors = np.array(image_embeddings[rows], dtype=np.float64)  # (P, D)
    likeness = _standardised(vectors @ vectors.T)
    order = _chosen(_standardised(np.array([one.score for one in found.pictures])), likeness, diversity, wanted)
    return replace(found, pictures=tuple(found.pictures[at] for at in order))


def _chosen(
    scores: npt.NDArray[np.float64], likeness: npt.NDArray[np.float64], diversity: float, wanted: int
) -> list[int]:
    """Positions, in the order they are chosen; ties go to the better score."""
    chosen = [0]
    nearest = likeness[0].copy()
    left = np.ones(len(scores), dtype=np.bool_)
    left[0] = False
    while len(chosen) < min(wanted, len(scores)):
        worth = np.where(left, (1.0 - diversity) * scores - diversity * nearest, -np.inf)
        best = int(np.argmax(worth))
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, likeness[best])
    return chosen


def _standardised(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    spread = float(values.std())
    standardised: npt.NDArray[np.float64] = (values - values.mean()) / (spread if spread > 0 else 1.0)
    return standardised
