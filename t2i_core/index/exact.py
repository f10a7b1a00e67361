"""Exact search: every row scored in float32. The oracle the other indexes are compared with."""

from __future__ import annotations

import numpy as np

from t2i_core.arrays import check_top_k
from t2i_core.errors import SearchIndexError
from t2i_core.index.scoring import best_of, exact_scores, float32_slack, kth_biggest, largest_bias, search_each
from t2i_core.types import FloatArray, MaskArray, RowArray


class ExactIndex:
    """Scores all N rows by the dot product of unit rows, which is their cosine.

    Parameters
    ----------
    image_embeddings : ndarray of shape (N, D), float32, unit rows
        Kept by reference, never written.
    """

    def __init__(self, image_embeddings: FloatArray) -> None:
        self._image_embeddings = check_image_embeddings(image_embeddings)

    def __len__(self) -> int:
        return int(self._image_embeddings.shape[0])

    def scores(self, query_embedding: FloatArray) -> FloatArray:
        """Cosine of every row with one query: ndarray of shape (N,), float32."""
        return self._image_embeddings @ query_embedding

    def search(
        self, query_embeddings: FloatArray, top_k: int, where: MaskArray | None = None, bias: FloatArray | None = None
    ) -> tuple[FloatArray, RowArray]:
        """Best rows per query; see `t2i_core.types.Index.search`."""
        allowed = check_search(self._image_embeddings, query_embeddings, top_k, where)
        k = min(top_k, len(self) if allowed is None else allowed.size)
        slack = float32_slack(self._image_embeddings.shape[1], largest_bias(bias, len(self)))
        return search_each(query_embeddings, k, lambda query: self._search_one(query, k, allowed, bias, slack))

    def _search_one(
        self, query_embedding: FloatArray, k: int, allowed: RowArray | None, bias: FloatArray | None, slack: float
    ) -> tuple[np.ndarray, RowArray]:
        scores = self.scores(query_embedding)
        if bias is not None:
            scores = scores + bias
        if allowed is not None:
            scores = scores[allowed]
        # Every row of the true top k lies within the rounding of the matrix product below the k-th score.
        threshold = kth_biggest(scores, k) - 2 * slack
        positions = np.flatnonzero(scores >= threshold)
        candidates = positions if allowed is None else allowed[positions]
        added = None if bias is None else bias[candidates]
        return best_of(exact_scores(self._image_embeddings[candidates], query_embedding, added), candidates, k)


def check_image_embeddings(image_embeddings: FloatArray) -> FloatArray:
    """``image_embeddings`` when they are what an index needs; SearchIndexError otherwise."""
    if image_embeddings.ndim != 2 or image_embeddings.dtype != np.float32:
        raise SearchIndexError(
            "image_embeddings must be a float32 array of shape (N, D), "
            f"got {image_embeddings.dtype} of shape {image_embeddings.shape}. Convert it first."
        )
    return image_embeddings


def check_search(
    image_embeddings: np.ndarray, query_embeddings: FloatArray, top_k: int, where: MaskArray | None
) -> RowArray | None:
    """Refuse a search that cannot be answered; return the rows that may be found, or None for all of them."""
    images, dimension = image_embeddings.shape
    if query_embeddings.ndim != 2 or query_embeddings.shape[1] != dimension:
        raise SearchIndexError(
            f"query_embeddings must have shape (Q, {dimension}), got {query_embeddings.shape}. "
            "Encode the query with the model that built the gallery."
        )
    check_top_k(top_k, images=images)
    if where is None:
        return None
    if where.shape != (images,) or where.dtype != np.bool_:
        raise SearchIndexError(
            f"where must be a bool array of shape ({images},), got {where.dtype} of shape {where.shape}. "
            "Give one value a picture."
        )
    return np.flatnonzero(where).astype(np.int64)
