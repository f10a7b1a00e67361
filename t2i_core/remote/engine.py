"""CollectionEngine: `SearchEngine` over a collection in Milvus; every search is of the whole collection."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from t2i_core.engine import SearchEngine
from t2i_core.errors import DatasetError, QueryError
from t2i_core.remote.reading import CollectionGallery
from t2i_core.types import Encoder, FloatArray, Gallery, Hit, MaskArray, Query, SearchResult, Timings

_APPROXIMATE = (
    "Milvus searches this collection approximately ({}): scores are exact, a few of the best pictures may be missing."
)


class CollectionEngine(SearchEngine):
    """As `SearchEngine`; a hit outside the gallery's sample has row -1.

    Raises
    ------
    ModelError
        When the collection was built with another model than ``encoder``.
    """

    def __init__(self, encoder: Encoder, gallery: CollectionGallery) -> None:
        super().__init__(encoder, gallery, gallery.index)
        self._collection = gallery

    def picture_embedding(self, image_id: str) -> FloatArray:
        """The stored row of one picture, wherever it is: ndarray of shape (D,), float32."""
        row = self.gallery.rows_by_id.get(image_id)
        if row is not None:
            return self.gallery.image_embeddings[row]
        return np.array(self.record_of(image_id)["vector"], dtype=np.float32)

    def record_of(self, image_id: str) -> Mapping[str, Any]:
        """What the collection knows of one picture; QueryError when it has none of that name."""
        collection = self._collection.index.collection
        quoted = image_id.replace("\\", "\\\\").replace('"', '\\"')
        found = collection.fetch(collection.pictures, f'name == "{quoted}"', ("row", "width", "height", "vector"))
        if not found:
            raise QueryError(
                f"No picture of this collection is named {image_id!r}. Names are relative to the image folder; "
                "it may have been renamed or removed."
            )
        return found[0]

    def _rank(
        self,
        query: Query,
        query_embedding: FloatArray,
        *,
        top_k: int,
        where: MaskArray | None,
        encode_ms: float = 0.0,
        notes: tuple[str, ...] = (),
        approximate: bool = False,
    ) -> SearchResult:
        if approximate:
            raise QueryError(
                "A collection in Milvus has no second, approximate index. Push it with --index HNSW instead."
            )
        index = self._collection.index
        started = time.perf_counter()
        self._check_unchanged()
        # Pictures of the query may lie outside the sample, where their rows are not known: some more are asked for.
        left_out = frozenset(query.pictures)
        found = index.find(query_embedding, min(self.images, top_k + len(left_out)), where)
        kept = [
            (row, score)
            for row, score in zip(found.rows.tolist(), found.scores.tolist(), strict=True)
            if str(found.records[row]["name"]) not in left_out
        ][:top_k]
        captions = self._captions([row for row, _ in kept], query_embedding)
        search_ms = (time.perf_counter() - started) * 1e3
        hits = tuple(
            self._found(rank, row, float(np.float32(score)), found.records[row], captions.get(row))
            for rank, (row, score) in enumerate(kept, start=1)
        )
        if not index.exact:
            notes = (*notes, _APPROXIMATE.format(index.index_type))
        median, timings = self._median_score(query_embedding), Timings(encode_ms, search_ms)
        return SearchResult(query, hits, timings, self.images, median, notes, left_out=query.pictures)

    def gallery_of(self, image_id: str) -> Gallery:
        """A gallery of one picture outside the sample, with its captions; QueryError when the collection has none such."""
        record = self.record_of(image_id)
        collection = self._collection.index.collection
        captions = sorted(
            collection.fetch_rows(collection.captions, np.array([record["row"]]), ("position", "caption")),
            key=lambda one: int(one["position"]),
        )
        return replace(
            self._collection,
            image_ids=(image_id,),
            image_embeddings=np.array([record["vector"]], dtype=np.float32),
            image_sizes=np.array([(record["width"], record["height"])], dtype=np.int64),
            captions=tuple(str(one["caption"]) for one in captions),
            caption_rows=np.zeros(len(captions), dtype=np.int64),
            text_embeddings=None,
            caption_columns={},
            missing_pictures={},
            collection_rows=np.array([record["row"]], dtype=np.int64),
            key=f"{self.gallery.key} {record['row']}",
        )

    def _check_unchanged(self) -> None:
        facts = self._collection.index.collection.facts()
        if facts is None:
            raise self._collection.index.collection.missing()
        if facts.get("key") != self._collection.pushed_key:
            raise DatasetError(
                f"The collection {self._collection.address} must be the one that was opened, and another dataset was pushed "
                "over it since. Load the page again in some seconds."
            )

    def _found(self, rank: int, row: int, score: float, record: Mapping[str, Any], caption: str | None) -> Hit:
        local = self._collection.local_row(row)
        return Hit(rank, local, str(record["name"]), score, caption, int(record["width"]), int(record["height"]))

    def _captions(self, rows: list[int], query_embedding: FloatArray) -> dict[int, str]:
        """The caption closest to the query of each row; those of the sample are here already."""
        best: dict[int, str] = {}
        away: list[int] = []
        for row in rows:
            local = self._collection.local_row(row)
            if local < 0:
                away.append(row)
            elif (caption := self._best_caption(local, query_embedding)) is not None:
                best[row] = caption
        collection = self._collection.index.collection
        if not away or not self._collection.manifest or not self._collection.manifest.captions:
            return best
        found = collection.fetch_rows(collection.captions, np.array(away), ("position", "row", "caption", "vector"))
        compares = self._text_embeddings is not None
        scored: dict[int, tuple[float, int]] = {}
        for one in found:
            score = float(np.float32(one["vector"]) @ query_embedding) if compares else 0.0
            rated = (score, -int(one["position"]))
            if one["row"] not in scored or rated > scored[one["row"]]:
                scored[one["row"]] = rated
                best[one["row"]] = str(one["caption"])
        return best


def open_engine(encoder: Encoder, gallery: Gallery) -> SearchEngine:
    """The engine of a gallery: over its rows, or over the collection it is a sample of."""
    return (
        CollectionEngine(encoder, gallery) if isinstance(gallery, CollectionGallery) else SearchEngine(encoder, gallery)
    )
