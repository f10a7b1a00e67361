"""MilvusIndex: search in a Milvus collection, re-scored in full precision as every index does.

With Milvus' FLAT index the rows are the exact top k, proven per query: every row it did not return scored no higher, but
for float32 rounding, than the last it did. Where something is added to the scores, such a row is given at most as much as any
picture, so that the same holds with that on top, and more rows are asked for until it settles the matter. With IVF_FLAT or
HNSW the choice of rows is approximate, the scores exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from t2i_core.arrays import check_top_k
from t2i_core.errors import DatasetError, SearchIndexError, count_of
from t2i_core.index.milvus import MOST_HITS, MilvusCollection
from t2i_core.index.scoring import best_of, exact_scores, float32_slack, search_each
from t2i_core.types import FloatArray, MaskArray, RowArray

_SPARE = 8
_EFFORT = 64  # cells looked into, or neighbours followed, by an approximate index
_MOST_CLAUSES = 20_000


@dataclass(frozen=True, eq=False)
class Found:
    """The best rows for one query: scores (k,) float64, rows (k,) int64, and each row's record by its number."""

    scores: np.ndarray
    rows: RowArray
    records: Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Added:
    """What is added to the scores of pictures: it follows from numbers that lie beside them in the collection.

    Attributes
    ----------
    numbers : tuple of str
        Names of these numbers.
    of : callable
        Makes what is added, (R,) float32, of the numbers of R pictures, (R,) float32 for each name.
    most : float
        No picture of the collection is given more.
    """

    numbers: tuple[str, ...]
    of: Callable[[Sequence[FloatArray]], FloatArray]
    most: float


class MilvusIndex:
    """Implements `t2i_core.types.Index` over a collection of N unit rows of D numbers."""

    def __init__(self, collection: MilvusCollection, *, images: int, dimension: int, index_type: str) -> None:
        self.collection, self._images, self._dimension = collection, images, dimension
        self.index_type = index_type

    @property
    def exact(self) -> bool:
        """Whether the collection's own index looks at every row."""
        return self.index_type == "FLAT"

    def __len__(self) -> int:
        return self._images

    def search(
        self, query_embeddings: FloatArray, top_k: int, where: MaskArray | None = None, bias: FloatArray | None = None
    ) -> tuple[FloatArray, RowArray]:
        """Best rows per query; see `t2i_core.types.Index.search`."""
        if bias is not None:
            raise SearchIndexError(
                "A bias needs rows that lie here, got a collection in Milvus. Search the dataset folder."
            )
        k = self._check(query_embeddings, top_k, where)

        kept = "" if where is None or not k else expression(where)

        def search_one(query: FloatArray) -> tuple[np.ndarray, RowArray]:
            found = self._find(query, k, kept)
            return found.scores, found.rows

        return search_each(query_embeddings, k, search_one)

    def find(
        self, query_embedding: FloatArray, top_k: int, where: MaskArray | None = None, added: Added | None = None
    ) -> Found:
        """As `search` for one query (D,), with what the collection knows about each row; ``added`` needs an exact collection."""
        k = self._check(query_embedding[None], top_k, where)
        if not k:
            return Found(np.empty(0), np.empty(0, dtype=np.int64), {})
        return self._find(query_embedding, k, "" if where is None else expression(where), added)

    def _check(self, query_embeddings: FloatArray, top_k: int, where: MaskArray | None) -> int:
        if query_embeddings.ndim != 2 or query_embeddings.shape[1] != self._dimension:
            raise SearchIndexError(
                f"query_embeddings must have shape (Q, {self._dimension}), got {query_embeddings.shape}. "
                "Encode the query with the model that built the collection."
            )
        check_top_k(top_k, images=self._images)
        if where is None:
            return top_k
        if where.shape != (self._images,) or where.dtype != np.bool_:
            raise SearchIndexError(
                f"where must be a bool array of shape ({self._images},), got {where.dtype} of shape {where.shape}. "
                "Give one value a picture."
            )
        return min(top_k, int(where.sum()))

    def _find(self, query: FloatArray, k: int, filter: str, added: Added | None = None) -> Found:
        numbers, most = ((), 0.0) if added is None else (added.numbers, added.most)
        wanted = min(k + _SPARE, MOST_HITS)
        slack = 2 * float32_slack(self._dimension)
        effort = 0 if self.exact else _EFFORT
        while True:
            hits = self.collection.closest(query.tolist(), wanted, filter, effort=effort, numbers=numbers)
            if len(hits) < k and (self.exact or effort >= MOST_HITS):
                raise DatasetError(
                    f"The collection {self.collection.pictures} must return {count_of(k, 'picture')}, got {len(hits):,}: "
                    "it is not whole. "
                    "Push the dataset again: python -m t2i_core push"
                )
            if len(hits) < k:
                effort = min(4 * effort, MOST_HITS)  # a filter, or small cells, left too few
                continue
            rows = np.array([hit["row"] for hit in hits], dtype=np.int64)
            vectors = np.array([hit["vector"] for hit in hits], dtype=np.float32)
            bias = None
            if added is not None:
                bias = added.of([np.array([hit[name] for hit in hits], dtype=np.float32) for name in numbers])
            scores, best = best_of(exact_scores(vectors, query, bias), rows, k)
            # What was not returned scores at most this, so it cannot belong to the top k.
            bound = float(hits[-1]["distance"]) + most + slack
            if not self.exact or len(hits) < wanted or bound < scores[-1]:
                return Found(scores, best, {int(hit["row"]): hit for hit in hits})
            if wanted == MOST_HITS and added is not None:
                raise DatasetError(
                    f"The best {k:,} pictures of a balanced ranking must be among the {MOST_HITS:,} of the best cosines, all that "
                    "Milvus returns at once, and here that is not sure. Rank by cosine, or search the dataset folder with --data DIR."
                )
            if wanted == MOST_HITS:
                raise DatasetError(
                    f"The best {k:,} pictures must be told apart from the rest, and over {MOST_HITS:,} score the same, "
                    "which is all Milvus returns at once. Search the dataset folder itself with --data DIR."
                )
            wanted = min(4 * wanted, MOST_HITS)


def expression(where: MaskArray) -> str:
    """A mask (N,) as a Milvus expression over ``row``: runs as ranges, single rows as a list.

    Raises
    ------
    SearchIndexError
        When the mask has too many pieces to be sent.
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([False], where, [False])).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    short = ends - starts <= 2
    singles = [
        row for start, end in zip(starts[short], ends[short], strict=True) for row in range(int(start), int(end))
    ]
    runs = list(zip(starts[~short].tolist(), ends[~short].tolist(), strict=True))
    if len(runs) > _MOST_CLAUSES // 20 and len(runs) < where.size:
        singles, runs = np.flatnonzero(where).tolist(), []
    if len(singles) > 50 * _MOST_CLAUSES:
        raise SearchIndexError(
            f"A filter may keep at most {50 * _MOST_CLAUSES:,} scattered pictures, got {len(singles):,}. Narrow it down."
        )
    clauses = [f"(row >= {start} and row < {end})" for start, end in runs]
    if singles:
        clauses.append(f"row in {singles}")
    return " or ".join(clauses)
