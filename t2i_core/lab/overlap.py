"""Rank-biased overlap: how alike two rankings are, their first places counting most (Webber, Moffat and Zobel 2010)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from t2i_core.types import RowArray

PERSISTENCE = 0.9  # a reader goes on to the next place with this chance: the first 10 places have 86 % of the weight
DEPTH = 100


def rank_biased_overlap(one: RowArray, other: RowArray, *, persistence: float = PERSISTENCE) -> npt.NDArray[np.float64]:
    """Of each query the overlap of two rankings, from 0 (nothing shared) to 1 (the same), beyond the last place as at it.

    With A(d) the share of the first d places that both have, and k places known:
    A(k) · p^k + (1 - p) / p · Σ over d = 1..k of A(d) · p^d.

    Parameters
    ----------
    one, other : ndarrays of shape (Q, k), int64
        Rows, best first; each at most once in a ranking.
    persistence : float
        p.

    Returns
    -------
    ndarray of shape (Q,), float64

    Examples
    --------
    >>> rank_biased_overlap(np.array([[3, 1], [3, 1]]), np.array([[3, 1], [5, 7]])).round(6).tolist()
    [1.0, 0.0]
    """
    depth = one.shape[1]
    place = np.arange(depth)
    # A row is shared from the deeper of its two places on.
    same = one[:, :, None] == other[:, None, :]  # (Q, k, k)
    deeper = np.maximum(place[:, None], place[None, :])
    shared = np.zeros((len(one), depth))
    query, first, second = np.nonzero(same)
    np.add.at(shared, (query, deeper[first, second]), 1)
    agreement = np.cumsum(shared, axis=1) / (place + 1)
    weights = persistence ** (place + 1.0)
    overlaps: npt.NDArray[np.float64] = agreement[:, -1] * weights[-1] + (1 - persistence) / persistence * (
        agreement * weights
    ).sum(axis=1)
    return overlaps


def first_places(embeddings: np.ndarray, asked: np.ndarray, depth: int) -> RowArray:
    """The best rows for each who asks, best first, level ones by row: ndarray of shape (Q, depth), int64."""
    rows = np.empty((len(asked), depth), dtype=np.int64)
    for start in range(0, len(asked), 64):
        scores = asked[start : start + 64] @ embeddings.T
        if depth < scores.shape[1]:
            best = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
        else:
            best = np.broadcast_to(np.arange(scores.shape[1]), scores.shape).copy()
        best.sort(axis=1)
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        rows[start : start + 64] = np.take_along_axis(best, order, axis=1)
    return rows
