"""Quantized search: an int8 scan over all rows, then full precision for the few that can be in the top k.

The answer is proven for each query. A row's score lies within an error bound of the score its codes give; the rows
whose upper bound reaches the k-th biggest lower bound therefore hold the exact top k, and only they are read in full
precision. Where codes cannot tell rows apart (near-ties by the thousand) more of them are read, up to all.

A bias, one number a row that is added to its score, is a dimension appended to the rows (bias) and the query (1). It is
not coded but known to the last bit, so it moves both bounds of a row alike and the proof stands; only the rounding of
the bounds' own float32 sums grows with the largest bias.
"""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from t2i_core.arrays import read_only
from t2i_core.cores import usable_cores
from t2i_core.errors import SearchIndexError
from t2i_core.index.codes import Codes, QueryCodes, encode_queries, encode_rows
from t2i_core.index.exact import check_image_embeddings, check_search
from t2i_core.index.scan import product_of_rows, scan_many, scan_tiles
from t2i_core.index.scoring import best_of, exact_scores, float32_slack, kth_biggest, largest_bias, search_each
from t2i_core.index.tiles import GROUP, MANY_PLANES, TILE_ROWS, fastest_lanes
from t2i_core.types import FloatArray, MaskArray, RowArray

# float32 arithmetic of the bounds themselves, far above its rounding and far below the codes' error.
_ROUNDING = 4e-6
_RERANK_BLOCK = 16_384
_SMALLEST_PART = 8_192
_TOGETHER = MANY_PLANES // 2  # from so many queries on they pass over a row together
_MANY_QUERIES = 1_024  # more are answered one such lot after the other
_MANY_ROOM = 4_096
_ALL_ROWS: MaskArray = np.empty(0, dtype=np.bool_)
_NO_BIAS: FloatArray = read_only(np.empty(0, dtype=np.float32))


@dataclass(frozen=True, eq=False)
class _Biased:
    """A bias in the form the kernels take: read-only, and empty where there is none."""

    values: FloatArray
    largest: float

    @classmethod
    def of(cls, bias: FloatArray | None, images: int) -> _Biased:
        largest = largest_bias(bias, images)
        return cls(_NO_BIAS if bias is None else read_only(np.ascontiguousarray(bias).view()), largest)

    @property
    def there(self) -> bool:
        return self.values.size > 0


class QuantizedIndex:
    """The rows and scores of `ExactIndex`, at the speed memory can be read.

    Parameters
    ----------
    image_embeddings : ndarray of shape (N, D), float32, unit rows
        Kept by reference, never written; may be memory-mapped, a search reads only the rows it re-ranks.
    codes : Codes, optional
        Made by `encode_rows` from the same rows; computed when missing.
    threads : int, optional
        Default: the cores this process may use.
    lanes : int, optional
        Default: the widest instructions of this CPU, see `t2i_core.index.tiles.fastest_lanes`.
    """

    def __init__(
        self,
        image_embeddings: FloatArray,
        codes: Codes | None = None,
        *,
        threads: int | None = None,
        lanes: int | None = None,
    ) -> None:
        self._threads = max(1, usable_cores() if threads is None else threads)
        self._lanes = fastest_lanes() if lanes is None else lanes
        self._codes = encode_rows(image_embeddings, threads=self._threads) if codes is None else codes
        images, dimension = check_image_embeddings(image_embeddings).shape
        if (len(self._codes), self._codes.dimension) != (images, dimension):
            raise SearchIndexError(
                f"codes must have the shape of image_embeddings {image_embeddings.shape}, got "
                f"{(len(self._codes), self._codes.dimension)}. Make them again with encode_rows."
            )
        # A view, read-only and no memmap, is the one kind of array the kernels are compiled for.
        self._image_embeddings = read_only(np.ascontiguousarray(image_embeddings.view(np.ndarray)).view())
        self._parts = _parts(images, self._threads)
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="scan")
        self._longest = 1.0 + float(self._codes.errors.max(initial=0.0)) + float(np.linalg.norm(self._codes.center))

    def __len__(self) -> int:
        return len(self._codes)

    def search(
        self, query_embeddings: FloatArray, top_k: int, where: MaskArray | None = None, bias: FloatArray | None = None
    ) -> tuple[FloatArray, RowArray]:
        """Best rows per query; see `t2i_core.types.Index.search`."""
        allowed = check_search(self._image_embeddings, query_embeddings, top_k, where)
        k = min(top_k, len(self) if allowed is None else allowed.size)
        queries = np.ascontiguousarray(query_embeddings, dtype=np.float32)
        biased = _Biased.of(bias, len(self))
        if len(queries) >= _TOGETHER and k:
            return self._search_many(queries, k, where, biased)
        return search_each(
            queries, k, lambda query: self._rerank(self._candidates(query, k, where, biased), query, k, biased)
        )

    def candidates(
        self, query_embedding: FloatArray, top_k: int, where: MaskArray | None = None, bias: FloatArray | None = None
    ) -> RowArray:
        """Rows among which the exact top k is sure to be, ascending: ndarray of shape (C,), int64.

        ``top_k`` is at most the number of rows that ``where`` allows.
        """
        return self._candidates(query_embedding, top_k, where, _Biased.of(bias, len(self)))

    def _candidates(
        self, query_embedding: FloatArray, top_k: int, where: MaskArray | None, biased: _Biased
    ) -> RowArray:
        codes = self._codes
        query = encode_queries(query_embedding[None], columns=codes.tiles.shape[1] * GROUP)
        words, weights = np.ascontiguousarray(query.planes.view(np.int32).T), self._weights(query, biased)

        def scan(part: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            room = part[1] - part[0]
            found = np.empty((1, room), dtype=np.int32), np.empty((1, room), dtype=np.float32)
            heaps, filled = np.empty((1, top_k), dtype=np.float32), np.zeros(1, dtype=np.int64)
            counts = np.zeros(1, dtype=np.int64)
            allowed = _ALL_ROWS if where is None else where
            scan_tiles(
                codes.tiles,
                codes.scales,
                codes.errors,
                part,
                words,
                weights,
                1,
                heaps,
                filled,
                read_only(allowed.view()),
                biased.values,
                found,
                counts,
                self._lanes,
            )
            return heaps[0, : filled[0]], found[0][0, : counts[0]], found[1][0, : counts[0]]

        # This thread scans too: waking another takes longer than a small part.
        others = [self._pool.submit(scan, part) for part in self._parts[1:]]
        scanned = [scan(self._parts[0]), *(other.result() for other in others)]
        lower_bounds, rows, uppers = (np.concatenate(arrays) for arrays in zip(*scanned, strict=True))
        return rows[uppers >= np.float32(kth_biggest(lower_bounds, top_k))].astype(np.int64)

    def _search_many(
        self, queries: FloatArray, k: int, where: MaskArray | None, biased: _Biased
    ) -> tuple[FloatArray, RowArray]:
        scores = np.empty((len(queries), k), dtype=np.float32)
        rows = np.empty((len(queries), k), dtype=np.int64)
        lot = min(_MANY_QUERIES, -(-len(queries) // (self._threads * _TOGETHER)) * _TOGETHER)

        def answer(start: int) -> list[int]:
            """Answer one lot; the queries for whose candidates there was not room enough come back."""
            stop = min(start + lot, len(queries))
            unanswered = []
            for query, candidates in enumerate(self._candidates_of_many(queries[start:stop], k, where, biased), start):
                if candidates is None:
                    unanswered.append(query)
                else:
                    scores[query], rows[query] = self._rerank(candidates, queries[query], k, biased)
            return unanswered

        unanswered = list(self._pool.map(answer, range(0, len(queries), lot)))
        for query in itertools.chain.from_iterable(unanswered):
            candidates = self._candidates(queries[query], k, where, biased)
            scores[query], rows[query] = self._rerank(candidates, queries[query], k, biased)
        return scores, rows

    def _candidates_of_many(
        self, queries: FloatArray, top_k: int, where: MaskArray | None, biased: _Biased
    ) -> list[RowArray | None]:
        codes, count = self._codes, len(queries)
        query = encode_queries(queries, columns=codes.tiles.shape[1] * GROUP)
        groups = -(-count // _TOGETHER)
        planes = np.zeros((groups * MANY_PLANES, query.planes.shape[1]), dtype=np.int8)
        planes[: 2 * count] = query.planes
        words = planes.view(np.int32).reshape(groups, MANY_PLANES, -1).transpose(0, 2, 1)
        room = min(len(self), 4 * top_k + _MANY_ROOM)
        found = np.empty((count, room), dtype=np.int32), np.empty((count, room), dtype=np.float32)
        heaps, filled = np.empty((count, top_k), dtype=np.float32), np.zeros(count, dtype=np.int64)
        counts = np.zeros(count, dtype=np.int64)
        scan_many(
            codes.tiles,
            codes.scales,
            codes.errors,
            len(self),
            np.ascontiguousarray(words),
            self._weights(query, biased),
            heaps,
            filled,
            read_only((_ALL_ROWS if where is None else where).view()),
            biased.values,
            found,
            counts,
            self._lanes,
        )
        return [
            None if size < 0 else rows[:size][uppers[:size] >= heap[0]].astype(np.int64)
            for rows, uppers, heap, size in zip(*found, heaps, counts.tolist(), strict=True)
        ]

    def _weights(self, query: QueryCodes, biased: _Biased) -> npt.NDArray[np.float64]:
        # A row's codes are no longer than the row, the center and the error together.
        rests = self._longest * query.errors + _ROUNDING * (1.0 + biased.largest)
        return np.stack([query.corrections, query.scales, query.lengths, rests], axis=1)

    def _rerank(
        self, candidates: RowArray, query_embedding: FloatArray, top_k: int, biased: _Biased
    ) -> tuple[np.ndarray, RowArray]:
        if candidates.size > top_k:
            products = np.empty(candidates.size, dtype=np.float32)
            product_of_rows(self._image_embeddings, candidates, query_embedding, products)
            if biased.there:
                products += biased.values[candidates]
            # As in ExactIndex: what is further below the k-th score than rounding is not among the best.
            slack = 2 * float32_slack(self._codes.dimension, biased.largest)
            candidates = candidates[products >= kth_biggest(products, top_k) - slack]
        best_scores, best_rows = np.empty(0, dtype=np.float64), np.empty(0, dtype=np.int64)
        for start in range(0, candidates.size, _RERANK_BLOCK):
            block = candidates[start : start + _RERANK_BLOCK]
            added = biased.values[block] if biased.there else None
            scores = exact_scores(self._image_embeddings[block], query_embedding, added)
            best_scores, best_rows = best_of(
                np.concatenate([best_scores, scores]), np.concatenate([best_rows, block]), top_k
            )
        return best_scores, best_rows


def _parts(images: int, threads: int) -> list[tuple[int, int]]:
    """Ranges of rows, one a thread and as many tiles in each, unless there are too few rows to share."""
    count = max(1, min(threads, images // _SMALLEST_PART))
    tiles = -(-images // TILE_ROWS)
    edges = [min(images, tile * TILE_ROWS) for tile in np.linspace(0, tiles, count + 1).astype(int).tolist()]
    return list(itertools.pairwise(edges))
