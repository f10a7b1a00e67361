"""How a term's scores lie over a gallery, so that weights of terms mean the same whatever the terms and the model are."""

from __future__ import annotations

import numpy as np

from t2i_core.types import FloatArray

_BLOCK = 4_096
SMALLEST_SPREAD = 1e-6  # float32 rows cannot tell such scores apart: the term says the same of every picture


class ScoreSpreads:
    """Mean and spread of any query's scores over a gallery, from the gallery's first two moments.

    With m the mean of the rows x and C their covariance, the scores q·x of a unit vector q have the mean q·m and the
    variance qᵀCq. So the moments are taken once, lazily, and no term needs a pass over the gallery.

    **One exact pass answers several terms.** A picture's standardised score for the terms q₁ … q_T with weights w is

        z(x) = Σ w_t (q_t·x - m·q_t) / s_t = v·x - c,    v = Σ (w_t / s_t) q_t,    c = Σ w_t (m·q_t) / s_t

    c is the same for every picture, and ‖v‖ is positive. So pictures are in the same order by z, by v·x, and by the cosine
    of x with the unit vector v / ‖v‖: an inner product with one vector, for which each index already proves its top k. Only
    rounding v / ‖v‖ to float32 comes between, which moves a score by less than 2⁻²⁴.

    Parameters
    ----------
    sample : ndarray of shape (S, D), float32, unit rows
        The gallery, or evenly spread rows of a large one.
    """

    def __init__(self, sample: FloatArray) -> None:
        self._sample = sample
        self._moments: tuple[np.ndarray, np.ndarray] | None = None

    def means(self, parts: np.ndarray) -> np.ndarray:
        """Mean product of any vectors (T, D) with the gallery's rows: ndarray of shape (T,), float64."""
        if self._moments is None:
            self._moments = _moments(self._sample)
        products: np.ndarray = parts @ self._moments[0]
        return products

    def of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and spread (standard deviation) of the scores of vectors (T, D): two ndarrays of shape (T,), float64."""
        mean, covariance = self.moments()
        wide = rows.astype(np.float64)
        return wide @ mean, np.sqrt(np.maximum(np.einsum("td,de,te->t", wide, covariance, wide, optimize=True), 0.0))

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean (D,) and covariance (D, D) of the gallery's rows, float64; taken once, which takes a moment."""
        if self._moments is None:
            self._moments = _moments(self._sample)
        return self._moments

    def equalised(self, weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Weights (T,) over spreads, times the smallest of the spreads: ndarray of shape (T,), float64.

        The common factor changes no order. Terms of equal spread so keep their weights to the last bit, and so does a term
        that says the same of every picture, which has no spread to go by.
        """
        _, spreads = self.of(rows)
        counted = (weights != 0.0) & (spreads > SMALLEST_SPREAD)
        if not counted.any():
            return weights
        return np.where(counted, weights * (spreads[counted].min() / np.where(counted, spreads, 1.0)), weights)


def _moments(sample: FloatArray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (D,) and covariance (D, D) of rows, float64."""
    count, dimension = sample.shape
    total, products = np.zeros(dimension), np.zeros((dimension, dimension))
    for start in range(0, count, _BLOCK):
        total += sample[start : start + _BLOCK].sum(axis=0, dtype=np.float64)
    mean = total / max(1, count)
    for start in range(0, count, _BLOCK):
        rest = sample[start : start + _BLOCK].astype(np.float64) - mean
        products += rest.T @ rest
    return mean, products / max(1, count)
