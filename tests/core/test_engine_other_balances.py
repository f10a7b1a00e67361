"""Balance for a few words and for captions: measured crosswise, kept apart, and used only where it surely helps."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.commands import balancing, options
from t2i_core.commands.console import Console
from t2i_core.dataset import CAPTIONS, FEW_WORDS, PICTURES, Balance, balance_path, read_balance, write_balance
from t2i_core.engine import FolderSource, SearchEngine
from t2i_core.engine.other_balances import measure_caption_balance, measure_word_balance
from t2i_core.errors import DatasetError, QueryError
from t2i_core.query import SearchRequest, parse_query
from t2i_core.types import FloatArray, Gallery
from tests.core.small_galleries import DIMENSION, ColourEncoder
from tests.core.test_engine_balance import EACH, ENCODER, _manifest, with_hubs
from tests.core.test_engine_balance import PICTURES as COUNT

WORDS = [f"{first}{second}{third}" for first in "bdfgk" for second in "aeio" for third in "lmnr"]


def with_words(strength: float) -> tuple[Gallery, dict[str, FloatArray]]:
    """Pictures of two words each, some of which lie near what all words have in common, and the words' vectors."""
    rng = np.random.default_rng(3)
    vectors = l2_normalize(rng.normal(size=(len(WORDS), 24)))
    of_pictures = np.array([rng.choice(len(WORDS), 2, replace=False) for _ in range(600)])
    own = vectors[of_pictures].sum(axis=1) + 0.5 * rng.normal(size=(600, 24)) / np.sqrt(24)
    hub = strength * (rng.random((600, 1)) - 0.5)
    pictures = l2_normalize(np.hstack([own, hub]))
    texts = l2_normalize(np.hstack([vectors, np.ones((len(WORDS), 1))]))
    gallery = replace(
        with_hubs(0.0),
        image_ids=tuple(f"{row}.jpg" for row in range(600)),
        image_embeddings=pictures.astype(np.float32),
        captions=tuple(" ".join(WORDS[one] for one in pair) for pair in of_pictures),
        caption_rows=np.arange(600),
        text_embeddings=None,
        image_sizes=np.zeros((600, 2), dtype=np.int64),
    )
    return gallery, {word: row.astype(np.float32) for word, row in zip(WORDS, texts, strict=True)}


def encoder_of(vectors: dict[str, FloatArray]) -> object:
    def encode(texts: Sequence[str]) -> FloatArray:
        return l2_normalize(np.stack([np.sum([vectors[word] for word in text.split()], axis=0) for text in texts]))

    return encode


@pytest.mark.parametrize("strength", [2.0, 0.0])
def test_captions_gain_where_some_are_near_every_picture_and_not_elsewhere(strength: float) -> None:
    rng = np.random.default_rng(1)
    own = l2_normalize(rng.normal(size=(COUNT, 23)))
    rows = np.repeat(np.arange(COUNT), EACH)
    hub = strength * (rng.random((len(rows), 1)) - 0.5)
    texts = l2_normalize(np.hstack([own[rows] + 0.45 * rng.normal(size=(len(rows), 23)), hub]))
    pictures = l2_normalize(np.hstack([own, np.ones((COUNT, 1))]))
    gallery = replace(with_hubs(0.0), image_embeddings=pictures.astype(np.float32))
    balance = measure_caption_balance(gallery, texts.astype(np.float32))
    assert balance.nearness.shape == (COUNT * EACH,)
    assert balance.queries == COUNT
    assert balance.low <= balance.gain <= balance.high
    assert balance.offered is (strength > 0)


def test_a_captions_own_picture_does_not_count_for_its_nearness() -> None:
    gallery = with_hubs(1.0)
    assert gallery.text_embeddings is not None
    balance = measure_caption_balance(gallery, gallery.text_embeddings)
    scores = gallery.text_embeddings[7].astype(float) @ gallery.image_embeddings.T
    others = np.delete(scores, gallery.caption_rows[7])
    assert balance.nearness[7] == pytest.approx(np.sort(others)[-128:].mean(), abs=1e-6)


@pytest.mark.parametrize("strength", [3.0, 0.0])
def test_few_words_gain_where_pictures_are_near_every_word_and_not_elsewhere(strength: float) -> None:
    gallery, vectors = with_words(strength)
    balance = measure_word_balance(gallery, encoder_of(vectors))  # type: ignore[arg-type]
    assert balance.nearness.shape == (600,)
    assert balance.queries > 70
    assert balance.low <= balance.gain <= balance.high
    assert balance.offered is (strength > 0)


def test_too_little_to_measure_is_told() -> None:
    gallery = with_hubs(0.0)
    few = replace(gallery, captions=("a dog",) * len(gallery.captions))
    with pytest.raises(QueryError, match="needs 40 words that several pictures' captions share"):
        measure_word_balance(few, ENCODER.encode_text)
    with pytest.raises(QueryError, match="needs at least 800 of them"):
        measure_caption_balance(gallery, None)


@pytest.fixture
def kept(tmp_path: Path) -> Gallery:
    """A gallery with a balance of each kind beside it."""
    gallery = replace(with_hubs(2.0, dimension=DIMENSION), data_dir=tmp_path, manifest=_manifest())
    rng = np.random.default_rng(2)
    for of, count in ((PICTURES, COUNT), (FEW_WORDS, COUNT), (CAPTIONS, COUNT * EACH)):
        nearness = rng.normal(0.3, 0.2, count).astype(np.float32)
        assert write_balance(gallery, Balance(nearness, 0.5, 0.03, 0.01, 0.05, 900), of)
    return gallery


def test_each_kind_has_its_own_file_and_length(kept: Gallery) -> None:
    paths = {of: balance_path(kept, of) for of in (PICTURES, FEW_WORDS, CAPTIONS)}
    assert len(set(paths.values())) == 3
    paths[CAPTIONS].write_bytes(paths[PICTURES].read_bytes())
    with pytest.raises(DatasetError, match=rf"must hold {COUNT * EACH} finite"):
        read_balance(kept, CAPTIONS)
    assert SearchEngine(ENCODER, FolderSource(kept)).balance_of(CAPTIONS) is None


@pytest.mark.parametrize("asked", ["a dog", "2*a dog - a house in deep snow", "2*a dog - red"])
def test_words_go_by_the_balance_that_is_meant_for_them(kept: Gallery, asked: str) -> None:
    engine = SearchEngine(ENCODER, FolderSource(kept))
    result = engine.search(SearchRequest(parse_query(asked), top_k=40, ranking="balanced"))
    assert result.query_embedding is not None
    embedded = engine._embedder.embed(parse_query(asked), {})
    amounts = np.einsum("td,td->t", embedded.parts, embedded.rows)
    near = {of: read_balance(kept, of).nearness for of in (PICTURES, FEW_WORDS)}
    long = [len(term.subject.content.split()) > 3 for term in parse_query(asked).terms]
    taken = sum(0.5 * amount * near[PICTURES if one else FEW_WORDS] for amount, one in zip(amounts, long, strict=True))
    wanted = kept.image_embeddings.astype(float) @ result.query_embedding.astype(float) - taken
    np.testing.assert_allclose(wanted[[hit.row for hit in result.hits]], -np.sort(-wanted)[:40], atol=1e-6)
    assert result.notes == ()


def test_few_words_stay_with_the_cosine_where_theirs_may_not_help(kept: Gallery) -> None:
    write_balance(kept, replace(read_balance(kept, FEW_WORDS), low=-0.01), FEW_WORDS)
    result = SearchEngine(ENCODER, FolderSource(kept)).search(SearchRequest.of("a dog", top_k=3, ranking="balanced"))
    assert "ranked by cosine" in result.notes[-1]


def test_captions_of_a_picture_are_balanced_where_it_surely_helps(kept: Gallery) -> None:
    engine = SearchEngine(ENCODER, FolderSource(kept))
    plain, balanced = (engine.closest_captions(5, top_k=9, balanced=one) for one in (False, True))
    assert kept.text_embeddings is not None
    cosines = kept.text_embeddings.astype(float) @ kept.image_embeddings[5]
    ranked = cosines - 0.5 * read_balance(kept, CAPTIONS).nearness
    np.testing.assert_allclose(ranked[[hit.position for hit in balanced]], -np.sort(-ranked)[:9], atol=1e-6)
    assert [hit.score for hit in balanced] == pytest.approx([cosines[hit.position] for hit in balanced], abs=1e-6)
    assert plain != balanced
    write_balance(kept, replace(read_balance(kept, CAPTIONS), low=0.0), CAPTIONS)
    assert SearchEngine(ENCODER, FolderSource(kept)).closest_captions(5, top_k=9, balanced=True) == plain


def test_index_keeps_what_the_dataset_is_fit_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gallery = replace(with_hubs(1.5, dimension=DIMENSION), data_dir=tmp_path, manifest=_manifest())
    monkeypatch.setattr(options, "open_model", lambda arguments, gallery: ColourEncoder("mini"))
    measured = balancing.measure_and_keep(gallery, argparse.Namespace(), Console(sys.stdout, sys.stderr))
    assert set(measured) == {PICTURES, CAPTIONS}  # captions made of numbers have no words
    assert "words that several pictures' captions share, got 0" in capsys.readouterr().err
    for of, balance in measured.items():
        assert read_balance(gallery, of).gain == balance.gain
    lines = balancing.told({**measured, FEW_WORDS: replace(measured[PICTURES], gain=0.008, low=0.006, high=0.01)})
    assert lines[0].startswith("Balanced ranking adds +") and "points of recall@10 (95 % interval" in lines[0]
    assert "closest to a picture it adds" in lines[1] and "points of recall@1 (95 %" in lines[1]
    assert "+0.8 points of average precision (95 % interval +0.6 to +1.0, 1,000 words): it does so there." in lines[2]
