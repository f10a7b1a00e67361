"""SearchEngine: a query goes in, ranked pictures come out."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from t2i_core import score_scale
from t2i_core.arrays import check_top_k, common_direction
from t2i_core.dataset import check_model_matches, open_ann, open_codes, text_rows_fit
from t2i_core.errors import QueryError
from t2i_core.index.opening import open_index
from t2i_core.memory import let_go
from t2i_core.types import (
    CaptionHit,
    Encoder,
    FloatArray,
    Gallery,
    Hit,
    Index,
    MaskArray,
    Query,
    SearchResult,
    Timings,
)

if TYPE_CHECKING:
    from PIL import Image

    from t2i_core.index.ann import AnnIndex

MAX_QUERY_CHARACTERS = 2_000
MAX_QUERY_TEXTS = 20
MEDIAN_SAMPLE = 4_096


class SearchEngine:
    """Encodes queries with one model and ranks one gallery with them.

    Safe to share between threads: the gallery and the index are read-only, the encoder is locked.

    Raises
    ------
    ModelError
        When the gallery was built with another model than ``encoder``.
    """

    def __init__(
        self, encoder: Encoder, gallery: Gallery, index: Index | None = None, *, approximate: AnnIndex | None = None
    ) -> None:
        check_model_matches(encoder, gallery)
        self.encoder = encoder
        self.gallery = gallery
        self.index = index or open_index(gallery.image_embeddings, find_codes=lambda: open_codes(gallery))
        self.approximate = approximate if approximate is not None else open_ann(gallery)
        self._lock = threading.Lock()
        # Without a manifest nobody knows who made the text rows (the original project: a language model).
        known = gallery.manifest is not None or text_rows_fit(gallery, encoder)
        self._text_embeddings = gallery.text_embeddings if known else None
        # The median is a scale for score bars, so a sample of a large gallery is enough.
        sampled = gallery.image_embeddings[:: max(1, len(gallery) // MEDIAN_SAMPLE)]
        self._sample = np.array(sampled) if len(sampled) < len(gallery) else sampled
        let_go(gallery.image_embeddings)

    def search(
        self, query: str | Query, *, top_k: int = 24, where: MaskArray | None = None, approximate: bool = False
    ) -> SearchResult:
        """Rank the gallery by sentences or by pictures of its own; those pictures are not among the hits.

        Parameters
        ----------
        query : str or Query
            A string is a sentence; ``Query(image_id=...)`` asks for pictures like that one.
        top_k : int
            1 to the number of pictures. As many hits come back, or all other pictures where they are fewer.
        where : ndarray of shape (N,), bool, optional
            Pictures that may be returned.
        approximate : bool
            Ask the approximate index where there is one.

        Raises
        ------
        QueryError
            When the query is empty or too long, the picture unknown, top_k out of range, or there is no
            approximate index to ask.
        """
        check_top_k(top_k, images=self.images)
        if isinstance(query, str):
            query = Query(text=query)
        notes: tuple[str, ...] = ()
        if query.text is not None:
            query, notes = self._read_text(query.text)
        elif query.texts:
            query, notes = self._read_texts(query)
        elif query.image_id is not None:
            query = replace(query, label=query.label or query.image_id)
        started = time.perf_counter()
        embedding = self.embedding_of(query)
        encode_ms = 0.0 if query.pictures else (time.perf_counter() - started) * 1e3
        return self._rank(
            query, embedding, top_k=top_k, where=where, encode_ms=encode_ms, notes=notes, approximate=approximate
        )

    def search_image(
        self,
        image: Image.Image,
        query: Query,
        *,
        top_k: int = 24,
        where: MaskArray | None = None,
        approximate: bool = False,
    ) -> SearchResult:
        """Rank the gallery by a picture that is not part of it (an upload); ``query`` says what to call it.

        Raises
        ------
        QueryError
            When top_k is out of range.
        """
        check_top_k(top_k, images=self.images)
        started = time.perf_counter()
        embedding = self.encode_picture(image)
        encode_ms = (time.perf_counter() - started) * 1e3
        return self._rank(query, embedding, top_k=top_k, where=where, encode_ms=encode_ms, approximate=approximate)

    def encode_query(self, text: str) -> FloatArray:
        """The unit vector of one sentence: ndarray of shape (D,), float32."""
        return self._encode_texts([text])[0]

    def encode_picture(self, image: Image.Image) -> FloatArray:
        """The unit vector of one picture: ndarray of shape (D,), float32."""
        with self._lock:
            return self.encoder.encode_image([image])[0]

    def embedding_of(self, query: Query) -> FloatArray:
        """The unit vector a query is ranked by, ndarray of shape (D,), float32; an uploaded picture has none here.

        Raises
        ------
        QueryError
            When it asks for nothing, or for a picture the gallery does not have.
        """
        if query.text is not None:
            return self.encode_query(query.text)
        if query.texts:
            return self.encode_mean(query.texts)
        if query.image_id is not None:
            return self.picture_embedding(query.image_id)
        if query.image_ids:
            return self.mean_of(query.image_ids)
        raise QueryError("A query needs a sentence or a picture, got neither. Type what you want to see.")

    def mean_of(self, image_ids: Sequence[str]) -> FloatArray:
        """What pictures of the gallery have in common, the mean of their rows: ndarray of shape (D,), float32, unit.

        Raises
        ------
        QueryError
            When one is not in the gallery, or they cancel each other out.
        """
        rows = np.stack([self.picture_embedding(image_id) for image_id in image_ids])
        return common_direction(rows, asked="Pictures", way_out="Choose")

    def encode_mean(self, texts: Sequence[str]) -> FloatArray:
        """The direction sentences have in common, the mean of their unit vectors: ndarray of shape (D,), float32, unit.

        Raises
        ------
        QueryError
            When they point in opposite directions, so that nothing is left.
        """
        return common_direction(self._encode_texts(list(texts)), asked="Sentences", way_out="Ask")

    @property
    def images(self) -> int:
        """Pictures a search looks at."""
        return self.gallery.images

    def picture_embedding(self, image_id: str) -> FloatArray:
        """The stored row of a picture by its name: ndarray of shape (D,), float32; QueryError when there is none."""
        return self.gallery.image_embeddings[self.row_of(image_id)]

    def row_of(self, image_id: str) -> int:
        """Row of a picture by its name; QueryError when the gallery has no such picture."""
        row = self.gallery.rows_by_id.get(image_id)
        if row is None:
            raise QueryError(
                f"No picture of this gallery is named {image_id!r}. Names are relative to the image folder."
            )
        return row

    def captions_of(self, row: int) -> tuple[str, ...]:
        """All captions of the picture at ``row``, in file order."""
        return tuple(self.gallery.captions[position] for position in self.gallery.captions_of(row))

    @property
    def compares_captions(self) -> bool:
        """Whether captions have embeddings of this model, so that they can be ranked too."""
        return self._text_embeddings is not None and len(self._text_embeddings) > 0

    def closest_captions(self, row: int, *, top_k: int = 8) -> tuple[CaptionHit, ...]:
        """The captions of the whole gallery closest to one picture, best first; equal sentences once.

        Empty when the captions have no embeddings, or those of another model. ``own`` marks those that describe this picture.
        """
        texts = self._text_embeddings
        if texts is None:
            return ()
        scores = texts @ self.gallery.image_embeddings[row]
        own = set(self.gallery.captions_of(row))
        hits: list[CaptionHit] = []
        seen: set[str] = set()
        for position in np.argsort(-scores, kind="stable")[: 8 * top_k].tolist():
            caption = self.gallery.captions[position]
            if caption in seen:
                continue
            seen.add(caption)
            hits.append(CaptionHit(len(hits) + 1, position, caption, float(scores[position]), position in own))
            if len(hits) == top_k:
                break
        return tuple(hits)

    def _read_text(self, text: str) -> tuple[Query, tuple[str, ...]]:
        stripped = " ".join(text.split())
        if not stripped:
            raise QueryError("A query needs at least one word, got an empty one. Type what you want to see.")
        if len(stripped) > MAX_QUERY_CHARACTERS:
            raise QueryError(
                f"A query may have at most {MAX_QUERY_CHARACTERS:,} characters, got {len(stripped):,}. "
                "Keep the part that describes the picture."
            )
        cut = self.encoder.cut_text(stripped)
        notes = () if cut is None else (f"The model reads at most 77 tokens, so it stopped after: {cut}",)
        return Query(text=stripped, label=stripped), notes

    def _read_texts(self, query: Query) -> tuple[Query, tuple[str, ...]]:
        if len(query.texts) > MAX_QUERY_TEXTS:
            raise QueryError(
                f"At most {MAX_QUERY_TEXTS} sentences are asked together, got {len(query.texts)}. Leave some out."
            )
        read = [self._read_text(text) for text in query.texts]
        texts = tuple(one.text or "" for one, _ in read)
        cut = sum(bool(notes) for _, notes in read)
        notes = (
            ()
            if not cut
            else (f"The model reads at most 77 tokens, so it did not read the end of {cut} of {len(texts)}",)
        )
        return replace(query, texts=texts, label=query.label or f"{len(texts)} sentences together"), notes

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
        index: Index = self.index
        if approximate:
            if self.approximate is None:
                raise QueryError(
                    f"An approximate search needs an index made for it, and {self.gallery.name} has none. "
                    "Make it: python -m t2i_core index --ann"
                )
            index = self.approximate
        started = time.perf_counter()
        if query.pictures:
            where = np.ones(len(self.gallery), dtype=np.bool_) if where is None else where.copy()
            where[[self.row_of(image_id) for image_id in query.pictures]] = False
        scores, rows = index.search(query_embedding[None], top_k, where)
        let_go(self.gallery.image_embeddings)
        median_score = self._median_score(query_embedding)
        search_ms = (time.perf_counter() - started) * 1e3
        hits = tuple(
            self._hit(rank, int(row), float(score), query_embedding)
            for rank, (row, score) in enumerate(zip(rows[0], scores[0], strict=True), start=1)
        )
        timings = Timings(encode_ms, search_ms)
        return SearchResult(query, hits, timings, self.images, median_score, notes, left_out=query.pictures)

    def good_score(self, result: SearchResult) -> float | None:
        """What a good hit of this query scores, by which score bars end; None where nothing tells.

        For a picture it is 1, which the same picture scores. For a sentence it lies a fixed distance above the query's
        median score: 95 of 100 captions of the dataset find their own picture within it (see `score_scale`).
        """
        if result.query.text is None and not result.query.texts:
            return score_scale.SAME_PICTURE
        return None if self._text_reach is None else result.median_score + self._text_reach

    @cached_property
    def _text_reach(self) -> float | None:
        return score_scale.text_reach(self.gallery, self._text_embeddings, self._sample, self._encode_texts)

    def _encode_texts(self, texts: list[str]) -> FloatArray:
        with self._lock:
            return self.encoder.encode_text(texts)

    def _median_score(self, query_embedding: FloatArray) -> float:
        return float(np.median(self._sample @ query_embedding))

    def _hit(self, rank: int, row: int, score: float, query_embedding: FloatArray) -> Hit:
        width, height = (int(side) for side in self.gallery.image_sizes[row])
        return Hit(
            rank, row, self.gallery.image_ids[row], score, self._best_caption(row, query_embedding), width, height
        )

    def _best_caption(self, row: int, query_embedding: FloatArray) -> str | None:
        """The picture's caption closest to the query; its first one where captions have no embeddings."""
        positions = self.gallery.captions_of(row)
        if not positions:
            return None
        if self._text_embeddings is None:
            return self.gallery.captions[positions[0]]
        closest = int(np.argmax(self._text_embeddings[positions] @ query_embedding))
        return self.gallery.captions[positions[closest]]
