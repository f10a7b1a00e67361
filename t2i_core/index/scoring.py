"""The one definition of a score, used by every index for the pictures it returns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from t2i_core.errors import SearchIndexError
from t2i_core.types import FloatArray, RowArray

# float32 sums of D products differ from the true cosine by less than D * 2**-24 for unit rows, in any order.
FLOAT32_ULP = 2.0**-24


def exact_scores(
    rows_of_embeddings: FloatArray, query_embedding: FloatArray, bias: FloatArray | None = None
) -> npt.NDArray[np.float64]:
    """Cosines in float64, each computed from its own row alone.

    A matrix product rounds a row's score differently depending on which rows stand beside it. Here equal rows get
    equal scores and a row's score is the same whether it is scored with one other row or with a million, so two
    indexes that agree on the candidates agree on the ranking.

    Parameters
    ----------
    rows_of_embeddings : ndarray of shape (C, D), float32 or float16
    query_embedding : ndarray of shape (D,), float32
    bias : ndarray of shape (C,), float32, optional
        Added to the cosines.

    Returns
    -------
    ndarray of shape (C,), float64
    """
    products = rows_of_embeddings.astype(np.float64)
    products *= query_embedding.astype(np.float64)
    scores = np.asarray(products.sum(axis=1))
    return scores if bias is None else scores + bias


def best_of(scores: npt.NDArray[np.float64], rows: RowArray, top_k: int) -> tuple[npt.NDArray[np.float64], RowArray]:
    """The ``top_k`` biggest scores with their rows, biggest first; equal scores keep the smaller row first."""
    order = np.lexsort((rows, -scores))[:top_k]
    return scores[order], rows[order]


def kth_biggest(scores: np.ndarray, k: int) -> float:
    """The k-th biggest value of a one-dimensional array, k in 1..len."""
    return float(np.partition(scores, scores.size - k)[scores.size - k])


def float32_slack(dimension: int, largest_bias: float = 0.0) -> float:
    """How far a float32 dot product of unit rows, and a bias added to it in float32, can be from the true score."""
    added = 2.0 * FLOAT32_ULP * (1.0 + largest_bias) if largest_bias else 0.0
    return 1.01 * dimension * FLOAT32_ULP + added


def largest_bias(bias: FloatArray | None, images: int) -> float:
    """The largest absolute bias, 0 where there is none.

    Raises
    ------
    SearchIndexError
        When it is not one finite float32 for each row.
    """
    if bias is None:
        return 0.0
    largest = float(np.abs(bias).max(initial=0.0)) if bias.shape == (images,) and bias.dtype == np.float32 else np.nan
    if not np.isfinite(largest):
        raise SearchIndexError(
            f"bias must be a float32 array of shape ({images},) of finite numbers, got {bias.dtype} of shape {bias.shape}. "
            "Give one number a picture."
        )
    return largest


def search_each(
    query_embeddings: FloatArray, k: int, search_one: Callable[[FloatArray], tuple[np.ndarray, RowArray]]
) -> tuple[FloatArray, RowArray]:
    """One query after another: scores (Q, k) float32 and rows (Q, k); nothing is searched where k is 0."""
    scores = np.empty((len(query_embeddings), k), dtype=np.float32)
    rows = np.empty((len(query_embeddings), k), dtype=np.int64)
    for position in range(len(query_embeddings) if k else 0):
        scores[position], rows[position] = search_one(query_embeddings[position])
    return scores, rows
