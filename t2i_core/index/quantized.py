"""Quantized search: an int8 scan over all rows, then full precision for the few that can be in the top k.

The answer is proven for each query. A row's score lies within an error bound of the score its codes give; the rows
whose upper bound reaches the k-th biggest lower bound therefore hold the exact top k, and only they are read in full
precision. Where codes cannot tell rows apart (near-ties by the thousand) more of them are read, up to all.
"""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from t2i_core.cores import usable_cores
from t2i_core.errors import SearchIndexError
from t2i_core.index.codes import Codes, encode_query, encode_rows
from t2i_core.index.exact import check_image_embeddings, check_search
from t2i_core.index.scan import AllRows, rows_at_least, scan_rows
from t2i_core.index.scoring import best_of, exact_scores, kth_biggest, search_each
from t2i_core.types import FloatArray, MaskArray, RowArray

# float32 arithmetic of the bounds themselves, far above its rounding and far below the codes' error.
_ROUNDING = 2e-6
_RERANK_BLOCK = 16_384
_SMALLEST_PART = 8_192


class QuantizedIndex:
    """The rows and scores of `ExactIndex`, at about an eighth of its time.

    Parameters
    ----------
    image_embeddings : ndarray of shape (N, D), float32, unit rows
        Kept by reference, never written; may be memory-mapped, a search reads only the rows it re-ranks.
    codes : Codes, optional
        Made by `encode_rows` from the same rows; computed when missing.
    threads : int, optional
        Default: the cores this process may use.
    """

    def __init__(self, image_embeddings: FloatArray, codes: Codes | None = None, *, threads: int | None = None) -> None:
        self._image_embeddings = check_image_embeddings(image_embeddings)
        self._codes = encode_rows(image_embeddings) if codes is None else codes
        if self._codes.codes.shape != image_embeddings.shape:
            raise SearchIndexError(
                f"codes must have the shape of image_embeddings {image_embeddings.shape}, got "
                f"{self._codes.codes.shape}. Make them again with encode_rows."
            )
        threads = usable_cores() if threads is None else threads
        self._parts = _parts(len(image_embeddings), threads)
        self._pool = ThreadPoolExecutor(max(1, threads), thread_name_prefix="scan")
        self._longest = 1.0 + float(self._codes.errors.max(initial=0.0)) + float(np.linalg.norm(self._codes.center))

    def __len__(self) -> int:
        return len(self._codes)

    def search(
        self, query_embeddings: FloatArray, top_k: int, where: MaskArray | None = None
    ) -> tuple[FloatArray, RowArray]:
        """Best rows per query; see `t2i_core.types.Index.search`."""
        allowed = check_search(self._image_embeddings, query_embeddings, top_k, where)
        k = min(top_k, len(self) if allowed is None else allowed.size)

        def search_one(query_embedding: FloatArray) -> tuple[np.ndarray, RowArray]:
            return self._rerank(self.candidates(query_embedding, k, where), query_embedding, k)

        return search_each(query_embeddings, k, search_one)

    def candidates(self, query_embedding: FloatArray, top_k: int, where: MaskArray | None = None) -> RowArray:
        """Rows among which the exact top k is sure to be, ascending: ndarray of shape (C,), int64."""
        query = encode_query(query_embedding, self._codes.center)
        # A row's codes are no longer than the row, the center and the error together.
        rest = np.float32(self._longest * query.error + _ROUNDING)
        factor = np.float32(query.scale)
        bounds = np.empty(len(self), dtype=np.float32)

        def scan(part: slice) -> np.ndarray:
            return scan_rows(
                self._codes.codes[part],
                self._codes.scales[part],
                self._codes.errors[part],
                query.numbers,
                factor,
                rest,
                top_k,
                AllRows if where is None else where[part],
                bounds[part],
            )

        lower_bounds = np.concatenate(list(self._pool.map(scan, self._parts)))
        return rows_at_least(bounds, np.float32(kth_biggest(lower_bounds, top_k)))

    def _rerank(self, candidates: RowArray, query_embedding: FloatArray, top_k: int) -> tuple[np.ndarray, RowArray]:
        best_scores, best_rows = np.empty(0, dtype=np.float64), np.empty(0, dtype=np.int64)
        for start in range(0, candidates.size, _RERANK_BLOCK):
            block = candidates[start : start + _RERANK_BLOCK]
            scores = exact_scores(self._image_embeddings[block], query_embedding)
            best_scores, best_rows = best_of(
                np.concatenate([best_scores, scores]), np.concatenate([best_rows, block]), top_k
            )
        return best_scores, best_rows


def _parts(images: int, threads: int) -> list[slice]:
    """Equal ranges of rows, one a thread, unless there are too few rows to share."""
    count = max(1, min(threads, images // _SMALLEST_PART))
    edges = np.linspace(0, images, count + 1).astype(int)
    return [slice(int(start), int(end)) for start, end in itertools.pairwise(edges)]
