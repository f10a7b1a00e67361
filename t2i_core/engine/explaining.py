"""Explainer: why a picture was found. Where the query is seen in it, which words count, what would move it, how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from t2i_core.arrays import spread_rows
from t2i_core.captions.telling_words import empty_words, telling_words, vocabulary
from t2i_core.engine.explained import MISLEADS, Apart, Crowd, Move, Moves, TermHeat, WordFall
from t2i_core.engine.heat import HeatMap, heat_map
from t2i_core.errors import ModelError
from t2i_core.memory import let_go
from t2i_core.query import Query, Term, Words
from t2i_core.types import ExplainingEncoder, FloatArray, RowArray

if TYPE_CHECKING:
    from PIL import Image

    from t2i_core.engine.embedding import EmbeddedQuery
    from t2i_core.engine.engine import SearchEngine

MOST_WORDS = 32  # of a sentence that are left out in turn; no more are read anyway, but for very short ones
SUGGESTIONS = 5
OTHER_CAPTIONS = 4
NEIGHBOURS = 5
BACKGROUND_PICTURES = 64
COUNTED_ROWS = 200_000  # above it a rank is told from a sample: reading every row takes seconds
_BANK = 512  # sentences that tell how near a picture is to sentences in general
_BEST = 16
_TELLING = 0.02  # of a cosine: words that differ by less do not set pictures apart
_CLOSE = 1e-6
Pictures = Mapping[str, "Image.Image"]


class Explainer:
    """Tells of one engine's pictures why they were found; made by `SearchEngine.explainer`, which keeps it.

    Every question takes the query and the picture's name, and costs what it needs: heat one pass through the picture tower, words
    one through the text tower, all else products with stored rows.
    """

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine

    # Where

    @property
    def shows_heat(self) -> bool:
        """Whether the model tells where it sees something."""
        return isinstance(self._engine.encoder, ExplainingEncoder)

    @property
    def misleads(self) -> str:
        """Where maps of this model mislead, in a sentence."""
        return MISLEADS["proportions" if self._encoder.heat_scale is None else "places"]

    def heat(
        self, query: Query, image_id: str, image: Image.Image, *, pictures: Pictures | None = None
    ) -> tuple[TermHeat, ...]:
        """Where a query is seen in a picture: as a whole, then, where it has several terms, each term.

        Raises
        ------
        ModelError
            When the model cannot tell.
        """
        encoder = self._encoder
        embedded = self._engine.embedded(query, pictures)
        row = self._row(image_id)
        seen = encoder.seen_part(*image.size)
        maps = []
        for raw, direction in zip(self._raw_maps(query, embedded, image), embedded.rows, strict=True):
            fit = self._fit(direction, row) if encoder.heat_scale is None else None
            maps.append(heat_map(raw, seen, scale=encoder.heat_scale, fit=fit))
        shares = (embedded.parts @ row.astype(np.float64)).tolist()
        if len(maps) == 1:
            return (TermHeat(query.label, None, maps[0]),)
        each = [
            TermHeat(term.subject.label, share, one) for term, share, one in zip(query.terms, shares, maps, strict=True)
        ]
        return (TermHeat(query.label, None, _together(maps, embedded)), *each)

    def word_heat(self, words: list[str], image_id: str, image: Image.Image) -> tuple[TermHeat, ...]:
        """Where each of several words is seen, asked for alone; words that say nothing of a picture are left out."""
        telling = [word for word in dict.fromkeys(words) if telling_words(word)]
        if not telling:
            return ()
        encoder, row = self._encoder, self._row(image_id)
        directions = self._engine.embedder.encode_texts(telling)
        seen = encoder.seen_part(*image.size)
        return tuple(
            TermHeat(
                word,
                None,
                heat_map(
                    raw, seen, scale=encoder.heat_scale,
                    fit=self._fit(direction, row) if encoder.heat_scale is None else None,
                ),
            )
            for word, raw, direction in zip(telling, encoder.explain(image, directions), directions, strict=True)
        )  # fmt: skip

    # Which words

    def words(self, query: Query, image_id: str, *, pictures: Pictures | None = None) -> tuple[WordFall, ...]:
        """How far the score falls without each word of the query's sentences.

        A sentence of one word is not taken apart: without it there is another question, whose score says nothing of this one.
        """
        embedded, row = self._engine.embedded(query, pictures), self._row(image_id)
        places = [
            (at, words, place)
            for at, term in enumerate(query.terms)
            if isinstance(term.subject, Words) and len(words := term.subject.text.split()) > 1
            for place in range(min(len(words), MOST_WORDS))
        ]
        if not places:
            return ()
        shorter = [" ".join(words[:place] + words[place + 1 :]) for _, words, place in places]
        encoded = self._engine.embedder.encode_texts(shorter)
        changed = []
        for (at, _, _), new in zip(places, encoded, strict=True):
            rows = embedded.rows.copy()
            rows[at] = new
            changed.append(self._engine.embedder.combined(query, rows).embedding)
        directions = np.stack(changed)
        score, ranks = self._score(embedded.embedding, row), self._ranks(directions, row)
        return tuple(
            WordFall(at, words[place], score - self._score(direction, row), rank)
            for (at, words, place), direction, rank in zip(places, directions, ranks, strict=True)
        )

    # What would move it

    def moves(self, query: Query, image_id: str, *, pictures: Pictures | None = None) -> Moves:
        """Words of the bundled vocabulary that raise or lower the picture most when asked for too, and captions like it."""
        embedded, row = self._engine.embedded(query, pictures), self._row(image_id)
        words, embeddings = self._vocabulary
        asked = {
            word for term in query.terms if isinstance(term.subject, Words) for word in telling_words(term.subject.text)
        }
        directions = self._engine.embedder.with_each(query, embedded, embeddings)
        estimated, margins = self._standing(directions, row)
        [rank] = self._ranks(embedded.embedding[None], row)
        allowed = np.array([not telling_words(word) & asked for word in words])
        order = np.lexsort((-margins, estimated))
        raising = [at for at in order.tolist() if allowed[at]][: 2 * SUGGESTIONS]
        lowering = [at for at in order[::-1].tolist() if allowed[at]][: 2 * SUGGESTIONS]
        exact = dict(zip(raising + lowering, self._ranks(directions[raising + lowering], row), strict=True))
        up = sorted((at for at in raising if exact[at] < rank), key=lambda at: (exact[at], -margins[at]))
        down = sorted((at for at in lowering if exact[at] > rank), key=lambda at: (-exact[at], margins[at]))
        return Moves(
            rank,
            tuple(Move(words[at], exact[at], _with(query, words[at])) for at in up[:SUGGESTIONS]),
            tuple(Move(words[at], exact[at], _with(query, words[at])) for at in down[:SUGGESTIONS]),
            self._captions_of_others(image_id),
            self._apart_from_the_one_before(embedded.embedding, image_id),
        )

    def apart(self, image_id: str, other: str) -> Apart:
        """What sets a picture apart from another one, in words of the bundled vocabulary."""
        words, embeddings = self._vocabulary
        centred = embeddings - embeddings.mean(axis=0)
        difference = centred @ (self._row(image_id) - self._row(other))
        order = np.argsort(-difference, kind="stable")
        more = tuple(words[at] for at in order[:3].tolist() if difference[at] > _TELLING)
        less = tuple(words[at] for at in order[::-1][:3].tolist() if difference[at] < -_TELLING)
        return Apart(other, more, less)

    def _apart_from_the_one_before(self, direction: FloatArray, image_id: str) -> Apart | None:
        if not self._counted:
            return None
        gallery = self._engine.gallery
        scores = gallery.image_embeddings @ direction
        ahead = np.flatnonzero(scores > scores[gallery.rows_by_id[image_id]] + _CLOSE)
        let_go(gallery.image_embeddings)
        return self.apart(image_id, gallery.image_ids[int(ahead[np.argmin(scores[ahead])])]) if len(ahead) else None

    # Seen from the crowd

    def crowd(self, query: Query, image_id: str, *, pictures: Pictures | None = None) -> Crowd:
        """How the picture stands among all: its rank, whether it is near every sentence, its neighbours and its captions."""
        engine, embedded, row = self._engine, self._engine.embedded(query, pictures), self._row(image_id)
        [rank] = self._ranks(embedded.embedding[None], row)
        scores = engine.sample @ embedded.embedding
        near = engine.sample @ row
        closest = np.argsort(-near, kind="stable")
        closest = closest[near[closest] < 1 - _CLOSE][:NEIGHBOURS]  # not itself, nor a copy of it
        caption, agreement = self._agreement(embedded.embedding, image_id)
        return Crowd(
            rank, engine.images, self._counted, self._score(embedded.embedding, row), float(np.median(scores)),
            self._hubness(image_id), len(closest), int((scores[closest] >= np.quantile(scores, 0.95)).sum()),
            caption, agreement,
        )  # fmt: skip

    # What these stand on

    @property
    def _encoder(self) -> ExplainingEncoder:
        encoder = self._engine.encoder
        if not isinstance(encoder, ExplainingEncoder):
            raise ModelError(
                f"A heat map needs a model that tells where it sees something, and {encoder.model_id} does not. "
                "Use the bundled model, one of OpenAI's, or a checkpoint of either."
            )
        return encoder

    def _row(self, image_id: str) -> FloatArray:
        return self._engine.source.picture_embedding(image_id)

    def _raw_maps(self, query: Query, embedded: EmbeddedQuery, image: Image.Image) -> FloatArray:
        """What the encoder says for each term, (T, h, w): sentences against sentences, pictures against pictures."""
        encoder = self._encoder
        sentences = np.array([isinstance(term.subject, Words) for term in query.terms])
        if sentences.all() or encoder.heat_scale is None:
            return encoder.explain(image, embedded.rows)
        pictures = self._engine.sample[spread_rows(len(self._engine.sample), BACKGROUND_PICTURES)]
        like_pictures = encoder.explain(image, embedded.rows, background=pictures)
        if not sentences.any():
            return like_pictures
        chosen: FloatArray = np.where(sentences[:, None, None], encoder.explain(image, embedded.rows), like_pictures)
        return chosen

    def _fit(self, direction: FloatArray, row: FloatArray) -> float | None:
        """How well the picture fits one direction, 0 to 1 between the median of the gallery and its best hundredth."""
        scores = self._engine.sample @ direction
        low, high = np.quantile(scores, [0.5, 0.99])
        return None if high - low < _CLOSE else float((self._score(direction, row) - low) / (high - low))

    @staticmethod
    def _score(direction: FloatArray, row: FloatArray) -> float:
        return float(direction.astype(np.float64) @ row.astype(np.float64))

    @property
    def _counted(self) -> bool:
        return not self._engine.gallery.sampled and len(self._engine.gallery) <= COUNTED_ROWS

    def _ranks(self, directions: FloatArray, row: FloatArray) -> list[int]:
        """The picture's rank for each direction (B, D): counted, or told from the sample where that would take long."""
        rows = self._engine.gallery.image_embeddings if self._counted else self._engine.sample
        own = directions @ row
        ahead = ((rows @ directions.T) > own + _CLOSE).sum(axis=0)  # its own row differs by rounding only
        let_go(self._engine.gallery.image_embeddings)
        return [1 + round(int(count) * self._engine.images / len(rows)) for count in ahead]

    def _standing(self, directions: FloatArray, row: FloatArray) -> tuple[np.ndarray, np.ndarray]:
        """Rank within the sample for each direction, (B,) int64, and how far above its median in its spreads, (B,) float64."""
        scores, own = self._engine.sample @ directions.T, directions @ row  # (S, B)
        margins = (own - scores.mean(axis=0)) / np.maximum(scores.std(axis=0), _CLOSE)
        return (scores > own + _CLOSE).sum(axis=0), margins.astype(np.float64)

    @cached_property
    def _vocabulary(self) -> tuple[tuple[str, ...], FloatArray]:
        words = tuple(dict.fromkeys(word for word in vocabulary() if word not in empty_words()))
        return words, self._engine.embedder.encode_texts(words)

    @cached_property
    def _bank(self) -> tuple[FloatArray, RowArray | None]:
        """Sentences of every kind and the rows of their pictures: captions where there are enough, else words."""
        texts, gallery = self._engine.texts, self._engine.gallery
        paired = gallery.paired_captions
        if texts is None or len(paired) < _BANK // 8:
            return self._vocabulary[1], None
        chosen = paired[spread_rows(len(paired), _BANK)]
        return np.array(texts[chosen]), gallery.rows_of(chosen)

    def _nearness(self, embeddings: FloatArray, rows: RowArray) -> np.ndarray:
        """How near pictures (B, D) are to sentences that are not their own: the mean of their best cosines, (B,)."""
        bank, own = self._bank
        scores = embeddings @ bank.T  # (B, sentences)
        if own is not None:
            scores[rows[:, None] == own] = -1.0
        best = min(_BEST, len(bank))
        return np.asarray(np.partition(scores, -best, axis=1)[:, -best:].mean(axis=1))

    @cached_property
    def _sample_nearness(self) -> np.ndarray:
        return self._nearness(self._engine.sample, self._engine.sample_rows)

    def _hubness(self, image_id: str) -> float:
        """The share of pictures that are less near to sentences in general than this one."""
        at = self._engine.gallery.rows_by_id.get(image_id, len(self._engine.gallery))
        own = self._nearness(self._row(image_id)[None], np.array([at]))[0]
        return float((self._sample_nearness < own - _CLOSE).mean())

    def _captions_of_others(self, image_id: str) -> tuple[tuple[str, float], ...]:
        at = self._engine.gallery.rows_by_id.get(image_id)
        if at is None:
            return ()
        found = self._engine.closest_captions(at, top_k=4 * OTHER_CAPTIONS)
        return tuple((hit.caption, hit.score) for hit in found if not hit.own)[:OTHER_CAPTIONS]

    def _agreement(self, direction: FloatArray, image_id: str) -> tuple[str | None, float | None]:
        texts, gallery = self._engine.texts, self._engine.gallery
        at = gallery.rows_by_id.get(image_id)
        positions = [] if at is None else gallery.captions_of(at)
        if texts is None or not positions:
            return None, None
        own = texts[positions] @ direction
        best = int(np.argmax(own))
        others = texts[spread_rows(len(texts), COUNTED_ROWS)] if len(texts) > COUNTED_ROWS else texts
        return gallery.captions[positions[best]], float((others @ direction < own[best] - _CLOSE).mean())


def _together(maps: list[HeatMap], embedded: EmbeddedQuery) -> HeatMap:
    """The query as a whole: its terms' maps by how much each counts, so that what is asked less of takes away."""
    amounts = np.einsum("td,td->t", embedded.parts, embedded.rows)
    amounts = amounts / np.abs(amounts).max()
    values = np.sum([amount * one.values for amount, one in zip(amounts.tolist(), maps, strict=True)], axis=0)
    return HeatMap((np.maximum(values, 0.0) / max(1.0, float(values.max()))).astype(np.float32), maps[0].seen)


def _with(query: Query, word: str) -> Query:
    return Query((*query.terms, Term(Words(word))))
