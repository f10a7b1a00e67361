"""Intervals: the same figures over pictures drawn again, with replacement, each with all its captions.

Captions of one picture are found or lost together, so drawing captions would promise too much. What is drawn is drawn
once: figures that share a draw can be subtracted from each other, which is what makes comparisons sharp.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from t2i_core.types import RowArray

RESAMPLES = 1_000
LEVEL = 0.95
_TOGETHER = 2048  # pictures


@dataclass(frozen=True)
class Figure:
    """A number with the ends of its 95 % interval, and how many queries it is the mean of; no ends where one picture is all."""

    value: float
    low: float | None
    high: float | None
    queries: int

    def times(self, factor: float) -> Figure:
        """The same with another unit of measure."""
        low, high = (None if end is None else end * factor for end in (self.low, self.high))
        return Figure(self.value * factor, low, high, self.queries)

    def as_dict(self) -> dict[str, float | int | None]:
        """As JSON has it."""
        return {"value": self.value, "low": self.low, "high": self.high, "queries": self.queries}


class Draws:
    """The pictures drawn for every resample.

    Parameters
    ----------
    pictures : int
        Of the gallery; those that no query belongs to are never drawn.
    units : ndarray of shape (Q,), int64
        The picture of each query.
    seed, resamples : int
    """

    def __init__(self, pictures: int, units: RowArray, *, seed: int = 0, resamples: int = RESAMPLES) -> None:
        self._place = np.full(pictures, -1, dtype=np.int64)
        self.drawn = np.unique(units)
        self._place[self.drawn] = np.arange(len(self.drawn))
        self._seed, self._resamples = seed, resamples

    def __len__(self) -> int:
        return len(self.drawn)

    def mean(self, values: np.ndarray, units: RowArray) -> Figure:
        """The mean of a value over queries: values and their pictures, ndarrays of shape (Q,)."""
        return self.means(values[:, None], units)[0]

    def means(self, values: np.ndarray, units: RowArray) -> list[Figure]:
        """The means of several values over the same queries: values of shape (Q, K)."""
        return self.ratios(self.sums(values, units), self.sums(np.ones((len(units), 1)), units))

    def sums(self, values: np.ndarray, units: RowArray) -> npt.NDArray[np.float64]:
        """Values (Q, K) of queries added up by picture: ndarray of shape (pictures drawn from, K), float64."""
        place = self._place[units]
        columns = [np.bincount(place, column, minlength=len(self)) for column in np.asarray(values).T]
        return np.stack(columns, axis=1) if columns else np.empty((len(self), 0))

    def sums_by_rank(self, ranks: RowArray, units: RowArray, most: int) -> npt.NDArray[np.float64]:
        """How many queries of each picture have a rank of at most k, for k of 1 to ``most``: ndarray of shape (U, most), float64."""
        kept = ranks <= most
        cell = self._place[units[kept]] * most + ranks[kept] - 1
        added = np.bincount(cell, minlength=len(self) * most).reshape(len(self), most)
        sums: npt.NDArray[np.float64] = np.cumsum(added, axis=1, dtype=np.float64)
        return sums

    def ratios(self, sums: np.ndarray, counts: np.ndarray, *, bounded: bool = True) -> list[Figure]:
        """Means with intervals, from what each picture adds to them.

        Parameters
        ----------
        sums : ndarray of shape (U, K)
        counts : ndarray of shape (U, K) or (U, 1)
            How many queries each picture has in it.
        bounded : bool
            Whether the values lie in 0..1, so that a figure of exactly 0 or 1 is told to be uncertain too.
        """
        totals, numbers = sums.sum(axis=0), np.broadcast_to(counts.sum(axis=0), sums.shape[1:])
        values = _divided(totals, numbers)
        held = np.broadcast_to((counts > 0).sum(axis=0), sums.shape[1:])
        if len(self) < 2:
            return [Figure(value, None, None, int(n)) for value, n in zip(values.tolist(), numbers, strict=True)]
        lows, highs = self._ends(self.resampled(sums, counts), held)
        figures = []
        for value, low, high, pictures, n in zip(values.tolist(), lows, highs, held.tolist(), numbers, strict=True):
            if pictures < 2:
                figures.append(Figure(value, None, None, int(n)))
                continue
            if bounded:
                low, high = _beyond_the_sample(value, low, high, pictures)
            figures.append(Figure(value, float(low), float(high), int(n)))
        return figures

    def differences(
        self, sums: np.ndarray, counts: np.ndarray, less: np.ndarray, less_counts: np.ndarray
    ) -> list[Figure]:
        """Means less other means, each resample's from its own pictures: as `ratios` takes them, twice."""
        values = _divided(sums.sum(axis=0), counts.sum(axis=0)) - _divided(less.sum(axis=0), less_counts.sum(axis=0))
        numbers = np.broadcast_to(counts.sum(axis=0), values.shape).tolist()
        held = np.broadcast_to((counts > 0).sum(axis=0), values.shape)
        if len(self) < 2:
            return [Figure(value, None, None, int(n)) for value, n in zip(values.tolist(), numbers, strict=True)]
        lows, highs = self._ends(self.resampled(sums, counts) - self.resampled(less, less_counts), held)
        ends = zip(values.tolist(), lows.tolist(), highs.tolist(), held.tolist(), numbers, strict=True)
        return [
            Figure(value, low, high, int(n)) if pictures > 1 else Figure(value, None, None, int(n))
            for value, low, high, pictures, n in ends
        ]

    def resampled(self, sums: np.ndarray, counts: np.ndarray) -> npt.NDArray[np.float64]:
        """The means of each resample: ndarray of shape (resamples, K); NaN where a resample holds none of the queries."""
        both = np.concatenate([sums, counts], axis=1).astype(np.float32)
        added = np.zeros((self._resamples, both.shape[1]))
        # Some pictures at a time: a product of few rows with very many would keep the cores waiting for each other.
        for start in range(0, len(self), _TOGETHER):
            part = slice(start, start + _TOGETHER)
            added += self._weights[:, part].astype(np.float32) @ both[part]
        totals, numbers = added[:, : sums.shape[1]], added[:, sums.shape[1] :]
        numbers = np.broadcast_to(numbers, totals.shape)
        means: npt.NDArray[np.float64] = np.divide(
            totals, numbers, out=np.full(totals.shape, np.nan), where=numbers > 0
        )
        return means

    @cached_property
    def _weights(self) -> npt.NDArray[np.uint8]:
        """How often each picture is in each resample: ndarray of shape (resamples, U)."""
        rng, count = np.random.default_rng(self._seed), len(self)
        weights = np.empty((self._resamples, count), dtype=np.uint8)
        for line in weights:
            line[:] = np.minimum(np.bincount(rng.integers(0, count, count, dtype=np.int32), minlength=count), 255)
        return weights

    def _ends(self, resampled: np.ndarray, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ends of the interval of each column; a little wider than the plain percentiles, which are too short for few pictures."""
        lows, highs = np.zeros(resampled.shape[1]), np.zeros(resampled.shape[1])
        complete = ~np.isnan(resampled).any(axis=0)
        for count in np.unique(pictures).tolist():
            share = _tail(count)
            alike = np.flatnonzero((pictures == count) & complete)
            lows[alike], highs[alike] = np.quantile(resampled[:, alike], [share, 1.0 - share], axis=0)
            for column in np.flatnonzero((pictures == count) & ~complete).tolist():
                known = resampled[:, column][~np.isnan(resampled[:, column])]
                if len(known):
                    lows[column], highs[column] = np.quantile(known, [share, 1.0 - share])
        return lows, highs


def _divided(totals: np.ndarray, numbers: np.ndarray) -> npt.NDArray[np.float64]:
    numbers = np.broadcast_to(numbers, totals.shape)
    quotients: npt.NDArray[np.float64] = np.divide(totals, numbers, out=np.zeros(totals.shape), where=numbers > 0)
    return quotients


def _tail(pictures: int) -> float:
    """What to cut off at each end, after Hesterberg's expanded percentile interval: 2.5 % of very many pictures, less of few."""
    normal, freedom = NormalDist(), max(1, pictures - 1)
    z = normal.inv_cdf(0.5 + LEVEL / 2)
    # Cornish and Fisher's expansion of Student's quantile.
    student = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return normal.cdf(-student * float(np.sqrt(pictures / freedom)))


def _beyond_the_sample(value: float, low: float, high: float, pictures: int) -> tuple[float, float]:
    """Of 20 pictures all found, no resample loses one, yet the next may be: then the ends are the exact ones of so many trials."""
    unseen = ((1 - LEVEL) / 2) ** (1 / pictures)
    low, high = max(0.0, min(low, value)), min(1.0, max(high, value))
    if value >= 1.0 - 1e-9:
        low = min(low, unseen)
    if value <= 1e-9:
        high = max(high, 1.0 - unseen)
    return low, high


def median_rank(best: RowArray, below: Figure) -> Figure:
    """The median of ranks with its interval, after Woodruff: the share of ranks up to the median has ends, read back as ranks.

    Parameters
    ----------
    best : ndarray of shape (Q,), int64
    below : Figure
        The share of ``best`` that is at most its median.
    """
    median = float(np.median(best))
    if below.low is None or below.high is None:
        return Figure(median, None, None, len(best))
    shares = [max(0.0, 0.5 - (below.high - below.value)), min(1.0, 0.5 + (below.value - below.low))]
    low, high = np.quantile(best, shares, method="inverted_cdf").tolist()
    return Figure(median, min(float(low), median), max(float(high), median), len(best))
