"""Ranking: where everything that is right for each query stands, in one direction; the measures follow from it alone.

Of a query with R right ones at the ranks r(1) < r(2) < …, all from 1:

    hit@k          1 if r(1) ≤ k else 0                     "recall@k" of the CLIP paper and of clip_benchmark
    recall@k       |{i : r(i) ≤ k}| / R
    precision@k    |{i : r(i) ≤ k}| / k
    R-precision    |{i : r(i) ≤ R}| / R
    AP@R           1/R · Σ over r(i) ≤ R of i / r(i)        its mean over queries is mAP@R
    reciprocal     1 / r(1)                                 its mean is MRR
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from t2i_core.types import RowArray

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ranking:
    """One direction.

    Attributes
    ----------
    ranks : ndarray of shape (P,), int64
        From 1; query by query, ascending within each.
    starts : ndarray of shape (Q,), int64
        Where each query's ranks begin.
    units : ndarray of shape (Q,), int64
        What each query is resampled with: the row of its picture.
    candidates : int
        How many are ranked.
    """

    ranks: RowArray
    starts: RowArray
    units: RowArray
    candidates: int

    @classmethod
    def of(cls, queries: RowArray, ranks: RowArray, units: RowArray, candidates: int) -> Ranking:
        """From pairs in any order.

        Parameters
        ----------
        queries, ranks : ndarrays of shape (P,), int64
            Of each right pair: its query, from 0, and the rank of what is right; every query has one.
        units : ndarray of shape (Q,), int64
        candidates : int
        """
        order = np.lexsort((ranks, queries))
        starts = np.searchsorted(queries[order], np.arange(len(units)))
        return cls(ranks[order], starts.astype(np.int64), units, candidates)

    def __len__(self) -> int:
        return len(self.units)

    @cached_property
    def right(self) -> RowArray:
        """How many are right for each query, R: ndarray of shape (Q,), int64."""
        return np.diff(np.append(self.starts, len(self.ranks))).astype(np.int64)

    @property
    def best(self) -> RowArray:
        """The first rank of each query: ndarray of shape (Q,), int64."""
        return self.ranks[self.starts]

    def hits(self, k: int) -> Values:
        """hit@k of each query: ndarray of shape (Q,), float64."""
        return (self.best <= k).astype(np.float64)

    def recall(self, k: int) -> Values:
        """recall@k of each query: what part of its right ones is found."""
        return self._sum(self.ranks <= k) / self.right

    def precision(self, k: int) -> Values:
        """precision@k of each query: what part of the first k is right."""
        return self._sum(self.ranks <= k) / k

    def r_precision(self) -> Values:
        """R-precision of each query."""
        return self._sum(self.ranks <= np.repeat(self.right, self.right)) / self.right

    def average_precision_at_r(self) -> Values:
        """AP@R of each query."""
        place = np.arange(len(self.ranks)) - np.repeat(self.starts, self.right) + 1
        inside = self.ranks <= np.repeat(self.right, self.right)
        return self._sum(np.where(inside, place / self.ranks, 0.0)) / self.right

    def reciprocal(self) -> Values:
        """1 / the first rank, of each query."""
        return 1.0 / self.best

    def of_queries(self, chosen: RowArray) -> Ranking:
        """The ranking of some queries alone."""
        lengths = self.right[chosen]
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64) if len(chosen) else chosen
        at = np.repeat(self.starts[chosen] - starts, lengths) + np.arange(int(lengths.sum()))
        return Ranking(self.ranks[at], starts, self.units[chosen], self.candidates)

    def _sum(self, values: np.ndarray) -> Values:
        sums: Values = np.add.reduceat(values.astype(np.float64), self.starts)
        return sums
