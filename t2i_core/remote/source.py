"""CollectionSource: a collection in Milvus as a `Source`; every search is of the whole collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from t2i_core.dataset import Balance
from t2i_core.engine import Found, FoundPicture
from t2i_core.engine.balance import Bias
from t2i_core.engine.source import closest_caption
from t2i_core.errors import DatasetError, QueryError
from t2i_core.index.milvus_index import Added
from t2i_core.index.scoring import exact_scores
from t2i_core.remote.listing import listing_of
from t2i_core.remote.pushing import NEARNESS
from t2i_core.remote.reading import Collection, collection_of
from t2i_core.types import FloatArray, Gallery, MaskArray

_APPROXIMATE = (
    "Milvus searches this collection approximately ({}): scores are exact, a few of the best pictures may be missing."
)


class CollectionSource:
    """A `Source` over the collection that a gallery is a sample of; a picture outside the sample has no row."""

    approximate = None

    def __init__(self, gallery: Gallery, collection: Collection) -> None:
        self.gallery, self._whole = gallery, collection

    @property
    def images(self) -> int:
        return self._whole.images

    @property
    def listed(self) -> Gallery:
        return listing_of(self.gallery, self._whole)

    def at_hand(self, where: MaskArray) -> MaskArray:
        kept: MaskArray = where[self._whole.rows]
        return kept

    def with_gallery(self, gallery: Gallery) -> CollectionSource:
        return CollectionSource(gallery, self._whole)

    def picture_embedding(self, image_id: str) -> FloatArray:
        """The stored row of one picture, wherever it is: ndarray of shape (D,), float32."""
        row = self.gallery.rows_by_id.get(image_id)
        if row is not None:
            row_embedding: FloatArray = self.gallery.image_embeddings[row]
            return row_embedding
        return np.array(self.record_of(image_id)["vector"], dtype=np.float32)

    def record_of(self, image_id: str) -> Mapping[str, Any]:
        """What the collection knows of one picture; QueryError when it has none of that name."""
        collection = self._whole.index.collection
        quoted = image_id.replace("\\", "\\\\").replace('"', '\\"')
        found = collection.fetch(collection.pictures, f'name == "{quoted}"', ("row", "width", "height", "vector"))
        if not found:
            raise QueryError(
                f"No picture of this collection is named {image_id!r}. Names are relative to the image folder; "
                "it may have been renamed or removed."
            )
        return found[0]

    def find(
        self, embedding: FloatArray, top_k: int, *, where: MaskArray | None, left_out: Sequence[str], approximate: bool,
        texts: FloatArray | None, bias: Bias | FloatArray | None = None, ranked_by: FloatArray | None = None,
    ) -> Found:  # fmt: skip
        if bias is not None and not isinstance(bias, Bias):
            raise QueryError(
                "A number for each picture at hand is for datasets in a folder, got a collection in Milvus. Rank by cosine."
            )
        if approximate:
            raise QueryError(
                "A collection in Milvus has no second, approximate index. Push it with --index HNSW instead."
            )
        if where is not None and where.shape != (self.images,):
            raise QueryError(
                f"A filter must cover the whole collection of {self.images:,} pictures, got one of {len(where):,}. "
                "Give one value a picture of the collection."
            )
        index = self._whole.index
        self._check_unchanged()
        # Pictures of the query may lie outside the sample, where their rows are not known: some more are asked for.
        away = frozenset(left_out)
        added = None if bias is None else self._added(bias)
        ranking = embedding if ranked_by is None else ranked_by
        found = index.find(ranking, min(self.images, top_k + len(away)), where, added)
        kept = [
            (row, score)
            for row, score in zip(found.rows.tolist(), found.scores.tolist(), strict=True)
            if str(found.records[row]["name"]) not in away
        ][:top_k]
        captions = self._captions([row for row, _ in kept], embedding, texts)
        if ranked_by is not None or bias is not None:
            vectors = np.array([found.records[row]["vector"] for row, _ in kept], dtype=np.float32)
            own = exact_scores(vectors, embedding).tolist() if kept else []
            kept = [(row, score) for (row, _), score in zip(kept, own, strict=True)]
        pictures = tuple(
            self._found(row, float(np.float32(score)), found.records[row], captions.get(row)) for row, score in kept
        )
        return Found(pictures, () if index.exact else (_APPROXIMATE.format(index.index_type),))

    def balance(self, of: str) -> Balance | None:
        """What was pushed with the dataset; None where the server does not look at every picture."""
        return self._whole.balances.get(of) if self._whole.index.exact else None

    def _added(self, bias: Bias) -> Added:
        whole = self._whole
        return Added(
            tuple(NEARNESS[kind] for kind in bias.kinds),
            bias.of,
            bias.most([whole.ranges[kind] for kind in bias.kinds]),
        )

    def gallery_with(self, image_id: str) -> Gallery:
        """The sample where the picture is in it, else a gallery of this picture alone, with its captions."""
        if image_id in self.gallery.rows_by_id:
            return self.gallery
        record = self.record_of(image_id)
        collection = self._whole.index.collection
        captions = sorted(
            collection.fetch_rows(collection.captions, np.array([record["row"]]), ("position", "caption")),
            key=lambda one: int(one["position"]),
        )
        return replace(
            self.gallery,
            image_ids=(image_id,),
            image_embeddings=np.array([record["vector"]], dtype=np.float32),
            image_sizes=np.array([(record["width"], record["height"])], dtype=np.int64),
            captions=tuple(str(one["caption"]) for one in captions),
            caption_rows=np.zeros(len(captions), dtype=np.int64),
            text_embeddings=None,
            caption_columns={},
            missing_pictures={},
            whole=replace(self._whole, rows=np.array([record["row"]], dtype=np.int64)),
            key=f"{self.gallery.key} {record['row']}",
        )

    def _check_unchanged(self) -> None:
        facts = self._whole.index.collection.facts()
        if facts is None:
            raise self._whole.index.collection.missing()
        if facts.get("key") != self._whole.key:
            raise DatasetError(
                f"The collection {self.gallery.address} must be the one that was opened, and another dataset was pushed "
                "over it since. Load the page again in some seconds."
            )

    def _found(self, row: int, score: float, record: Mapping[str, Any], caption: str | None) -> FoundPicture:
        local, width, height = self._whole.row_in_sample(row), int(record["width"]), int(record["height"])
        return FoundPicture(local, str(record["name"]), score, width, height, caption)

    def _captions(self, rows: list[int], embedding: FloatArray, texts: FloatArray | None) -> dict[int, str]:
        """The caption closest to the query of each row; those of the sample are here already."""
        best: dict[int, str] = {}
        away: list[int] = []
        for row in rows:
            local = self._whole.row_in_sample(row)
            if local is None:
                away.append(row)
            elif (caption := closest_caption(self.gallery, local, embedding, texts)) is not None:
                best[row] = caption
        collection = self._whole.index.collection
        if not away or not self._whole.captions:
            return best
        found = collection.fetch_rows(collection.captions, np.array(away), ("position", "row", "caption", "vector"))
        scored: dict[int, tuple[float, int]] = {}
        for one in found:
            score = float(np.float32(one["vector"]) @ embedding) if texts is not None else 0.0
            rated = (score, -int(one["position"]))
            if one["row"] not in scored or rated > scored[one["row"]]:
                scored[one["row"]] = rated
                best[one["row"]] = str(one["caption"])
        return best


def source_of(gallery: Gallery) -> CollectionSource | None:
    """What searches the collection a gallery is a sample of; None for a gallery of a folder."""
    collection = collection_of(gallery)
    return None if collection is None else CollectionSource(gallery, collection)
