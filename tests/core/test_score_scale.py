"""Where score bars end: a fixed reference of the dataset and model, which no query moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.engine import SearchEngine
from t2i_core.engine.score_scale import FEWEST_CAPTIONS, MOST_WORDS, reach_of_captions
from t2i_core.opening import open_engine
from t2i_core.query import Query, SearchRequest
from t2i_core.types import FloatArray, Gallery
from tests.core.small_galleries import ColourEncoder, make_gallery

D = 64


class TopicEncoder(ColourEncoder):
    """A sentence of "thing N" lies near the Nth picture; any other points nowhere in particular."""

    def __init__(self) -> None:
        super().__init__("topics", dimension=D)
        self.asked = 0

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        self.asked += len(texts)
        return np.stack([self.one(text) for text in texts])

    def one(self, text: str) -> FloatArray:
        number = int(text.split()[-1]) if text.startswith("thing ") else None
        row = 0.9 * self._row(text) if number is None else 0.9 * self._row(text) + 1.6 * self.picture(number)
        unit: FloatArray = l2_normalize(row[None])[0]
        return unit

    def picture(self, number: int) -> FloatArray:
        return self._row(f"picture {number}")


def made(captions: int = 60, *, texts: bool = True) -> tuple[TopicEncoder, Gallery]:
    encoder = TopicEncoder()
    pictures = np.stack([encoder.picture(number) for number in range(captions)])
    gallery = make_gallery(pictures, range(captions) if texts else ())
    sentences = tuple(f"thing {number}" for number in range(captions if texts else 0))
    embedded = encoder.encode_text(sentences) if texts else None
    return encoder, replace(gallery, captions=sentences, text_embeddings=embedded)


def part(engine: SearchEngine, query: str | Query) -> float:
    """How full the first hit's bar is."""
    result = engine.search(SearchRequest.of(query, top_k=1))
    good = engine.good_score(result)
    assert good is not None
    return (result.hits[0].score - result.median_score) / (good - result.median_score)


def test_a_good_query_nearly_fills_its_bar_and_nonsense_does_not() -> None:
    encoder, gallery = made()
    engine = open_engine(encoder, gallery)
    good = [part(engine, f"thing {number}") for number in range(0, 60, 7)]
    nonsense = [part(engine, words) for words in ("asdf qwer", "tax forms", "why", "of the and", "12")]
    assert min(good) > 0.75
    assert np.median(good) <= 1.0
    assert max(nonsense) < 0.65
    assert max(nonsense) < min(good)


def test_the_reference_is_that_of_captions_with_their_own_pictures() -> None:
    encoder, gallery = made()
    engine = open_engine(encoder, gallery)
    assert gallery.text_embeddings is not None
    scores = gallery.text_embeddings @ gallery.image_embeddings.T
    above = np.diag(scores) - np.median(scores, axis=1)
    for query in ("thing 3", "nonsense", Query.of("thing 3", "thing 4")):
        result = engine.search(SearchRequest.of(query, top_k=2))
        good = engine.good_score(result)
        assert good is not None
        assert good - result.median_score == pytest.approx(np.quantile(above, 0.95), abs=1e-5)


def test_of_a_picture_the_same_picture_is_the_end() -> None:
    encoder, gallery = made()
    engine = open_engine(encoder, gallery)
    before = encoder.asked
    assert engine.good_score(engine.search(SearchRequest.of(Query.like(["3.jpg"]), top_k=2))) == 1.0
    assert engine.good_score(engine.search(SearchRequest.of(Query.like(("3.jpg", "4.jpg")), top_k=2))) == 1.0
    assert encoder.asked == before  # nothing was encoded for it


@pytest.mark.parametrize("captions", [0, FEWEST_CAPTIONS - 1], ids=["none", "too few"])
def test_without_enough_captions_common_words_tell(captions: int) -> None:
    encoder, gallery = made()
    few = replace(
        gallery,
        captions=gallery.captions[:captions],
        caption_rows=gallery.caption_rows[:captions],
        text_embeddings=gallery.text_embeddings[:captions]
        if captions and gallery.text_embeddings is not None
        else None,
    )
    engine = open_engine(encoder, few)
    before = encoder.asked
    first = engine.search(SearchRequest.of("thing 3", top_k=1))
    assert encoder.asked == before + 1  # a search alone does not wait for the reference
    good = engine.good_score(first)
    assert good is not None
    assert good > first.median_score
    assert encoder.asked == before + 1 + MOST_WORDS
    engine.good_score(first)
    assert encoder.asked == before + 1 + MOST_WORDS  # once


def test_captions_that_do_not_find_their_pictures_are_no_reference() -> None:
    _, gallery = made()
    assert gallery.text_embeddings is not None
    away = -gallery.image_embeddings
    assert reach_of_captions(gallery, away, gallery.image_embeddings) is None
