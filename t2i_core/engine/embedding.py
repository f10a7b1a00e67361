"""QueryEmbedder: the one place where terms become embeddings, and a query the unit vector it is ranked by."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from t2i_core.arrays import common_direction, l2_normalize
from t2i_core.engine.standardising import SMALLEST_SPREAD, ScoreSpreads
from t2i_core.errors import QueryError
from t2i_core.query import GalleryPicture, OutsidePicture, Query, Subject, Words
from t2i_core.types import Encoder, FloatArray

if TYPE_CHECKING:
    from PIL import Image

MAX_QUERY_CHARACTERS = 2_000
MAX_QUERY_TEXTS = 20


@dataclass(frozen=True, eq=False)
class EmbeddedQuery:
    """A query as vectors.

    Attributes
    ----------
    embedding : ndarray of shape (D,), float32, unit
        What pictures are ranked by.
    parts : ndarray of shape (T, D), float64
        Each term's part of it, in the query's order: they add up to ``embedding``, so a picture's score is the sum of its
        products with them.
    rows : ndarray of shape (T, D), float32, unit rows
        Each term's own vector, whatever its weight.
    typical : tuple of float
        What each part gives a picture of the gallery on average; empty for one term.
    encode_ms : float
        Milliseconds in the model; 0 where every term has a stored row.
    notes : tuple of str
        What the person who asked should know.
    """

    embedding: FloatArray
    parts: np.ndarray
    rows: FloatArray
    typical: tuple[float, ...]
    encode_ms: float
    notes: tuple[str, ...]


class QueryEmbedder:
    """Embeds the terms of queries with one model and one source of stored rows; the model is used by one thread at a time.

    ``spreads`` tells how a term's scores lie over the gallery.
    """

    def __init__(self, encoder: Encoder, picture_embedding: Callable[[str], FloatArray], spreads: ScoreSpreads) -> None:
        self._encoder, self._picture_embedding, self._spreads = encoder, picture_embedding, spreads
        self._lock = threading.Lock()

    def embed(self, query: Query, pictures: Mapping[str, Image.Image]) -> EmbeddedQuery:
        """The unit vector of a query: its terms' unit vectors, each times its weight, added and scaled to length 1.

        Unless the query is alike (`Query.alike`), weights are first divided by how far the term's scores spread over the
        gallery: pictures are then ranked by the weighted sum of standardised scores (`ScoreSpreads` has the proof).

        Parameters
        ----------
        query : Query
        pictures : mapping of SHA-256 to picture
            The pictures from outside that the query names.

        Raises
        ------
        QueryError
            When a sentence is too long, a picture is not there, or the terms cancel each other out.
        """
        subjects = [term.subject for term in query.terms]
        notes = self._read(subjects)
        started = time.perf_counter()
        rows = self._rows(subjects, pictures)
        stored = all(isinstance(subject, GalleryPicture) for subject in subjects)
        encode_ms = 0.0 if stored else (time.perf_counter() - started) * 1e3
        return self.combined(query, rows, encode_ms=encode_ms, notes=notes)

    def combined(
        self, query: Query, rows: FloatArray, *, encode_ms: float = 0.0, notes: tuple[str, ...] = ()
    ) -> EmbeddedQuery:
        """What `embed` makes of a query whose terms' unit vectors (T, D) are there already."""
        weights = np.array([term.weight for term in query.terms])
        if len(rows) == 1 and weights[0] > 0:
            return EmbeddedQuery(rows[0], rows.astype(np.float64), rows, (), encode_ms, notes)
        if not query.alike:
            weights = self._spreads.equalised(weights, rows)
        weighted = rows.astype(np.float64) * weights[:, None]
        asked, way_out = _called([term.subject for term in query.terms])
        embedding = common_direction(weighted, asked=asked, way_out=way_out)
        parts = weighted / np.linalg.norm(weighted.sum(axis=0))
        typical = tuple(self._spreads.means(parts).tolist()) if len(parts) > 1 else ()
        return EmbeddedQuery(embedding, parts, rows, typical, encode_ms, notes)

    def with_each(self, query: Query, embedded: EmbeddedQuery, rows: FloatArray) -> FloatArray:
        """The unit vectors of the query with one sentence more, of weight 1, for each of several (V, D): the same shape, float32.

        As `combined` has them, but for terms that say the same of every picture, whose spread is nothing to go by.
        """
        weights = np.array([term.weight for term in query.terms])
        if query.alike and isinstance(query.terms[0].subject, Words):
            return l2_normalize(embedded.rows.astype(np.float64).sum(axis=0) + rows)
        spreads, others = (np.maximum(self._spreads.of(one)[1], SMALLEST_SPREAD) for one in (embedded.rows, rows))
        together = ((weights / spreads)[:, None] * embedded.rows).sum(axis=0)
        return l2_normalize(together + rows / others[:, None])

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Unit rows of sentences: ndarray of shape (B, D), float32."""
        with self._lock:
            return self._encoder.encode_text(list(texts))

    def _rows(self, subjects: Sequence[Subject], pictures: Mapping[str, Image.Image]) -> FloatArray:
        """Each subject's unit vector: ndarray of shape (T, D), float32; all sentences go through the model together."""
        texts = [subject.text for subject in subjects if isinstance(subject, Words)]
        encoded = iter(self.encode_texts(texts) if texts else ())
        return np.stack([next(encoded) if isinstance(one, Words) else self._row(one, pictures) for one in subjects])

    def _row(self, subject: Subject, pictures: Mapping[str, Image.Image]) -> FloatArray:
        match subject:
            case GalleryPicture():
                return self._picture_embedding(subject.image_id)
            case OutsidePicture():
                picture = pictures.get(subject.sha256)
                if picture is None:
                    raise QueryError(f"The picture {subject.label} is no longer here. Choose it again.")
                with self._lock:
                    row: FloatArray = self._encoder.encode_image([picture])[0]
                    return row
        raise QueryError(f"This model cannot be asked for a {subject.tag}. Ask for words or a picture.")

    def _read(self, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Refuse sentences that cannot be asked; say which are not read to their end."""
        texts = [subject.text for subject in subjects if isinstance(subject, Words)]
        if len(texts) > MAX_QUERY_TEXTS:
            raise QueryError(
                f"At most {MAX_QUERY_TEXTS} sentences are asked together, got {len(texts)}. Leave some out."
            )
        for text in texts:
            if len(text) > MAX_QUERY_CHARACTERS:
                raise QueryError(
                    f"A query may have at most {MAX_QUERY_CHARACTERS:,} characters, got {len(text):,}. "
                    "Keep the part that describes the picture."
                )
        cuts = [cut for text in texts if (cut := self._encoder.cut_text(text)) is not None]
        if not cuts:
            return ()
        if len(texts) == 1:
            return (f"The model reads at most 77 tokens, so it stopped after: {cuts[0]}",)
        return (f"The model reads at most 77 tokens, so it did not read the end of {len(cuts)} of {len(texts)}",)


def _called(subjects: Sequence[Subject]) -> tuple[str, str]:
    """What terms that were asked together are called in a message, and what to do with fewer of them."""
    if all(isinstance(subject, Words) for subject in subjects):
        return "Sentences", "Ask"
    if all(isinstance(subject, GalleryPicture) for subject in subjects):
        return "Pictures", "Choose"
    return "Terms", "Keep"
