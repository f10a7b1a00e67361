"""Balanced ranking: measured crosswise, kept beside the dataset, exact, and offered only where it helps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import FEW_WORDS, Balance, balance_path, read_balance, write_balance
from t2i_core.dataset import PICTURES as OF_PICTURES
from t2i_core.engine import FolderSource, SearchEngine
from t2i_core.engine.balance import BEST, FEWEST_CAPTIONS, SHARE, Bias, measure_balance, nearness_to
from t2i_core.errors import DatasetError, QueryError
from t2i_core.query import Query, SearchRequest, parse_query
from t2i_core.remote.source import CollectionSource
from t2i_core.types import Gallery, Manifest
from tests.core.small_galleries import DIMENSION, ColourEncoder, make_gallery

ENCODER = ColourEncoder("mini")
PICTURES, EACH = 200, 5
SENTENCE = "a dog on a beach"


def with_hubs(strength: float, *, dimension: int = 24, seed: int = 1) -> Gallery:
    """Pictures some of which lie near what all sentences have in common, as much as ``strength`` says."""
    rng = np.random.default_rng(seed)
    own = l2_normalize(rng.normal(size=(PICTURES, dimension - 1)))
    rows = np.repeat(np.arange(PICTURES), EACH)
    pictures = l2_normalize(np.hstack([own, strength * (rng.random((PICTURES, 1)) - 0.5)]))
    noise = 0.3 * rng.normal(size=(len(rows), dimension - 1))
    texts = l2_normalize(np.hstack([own[rows] + noise, np.ones((len(rows), 1))]))
    return make_gallery(pictures, rows.tolist(), texts)


@pytest.fixture
def kept(tmp_path: Path) -> Gallery:
    """A gallery of the encoder's dimension with a balance beside it."""
    gallery = replace(with_hubs(2.0, dimension=DIMENSION), data_dir=tmp_path, manifest=_manifest())
    nearness = np.random.default_rng(2).normal(0.3, 0.2, PICTURES).astype(np.float32)
    assert write_balance(gallery, Balance(nearness, 0.5, 0.03, 0.01, 0.05, 900))
    return gallery


def _manifest() -> Manifest:
    return Manifest(
        1, "mini", ENCODER.weights_sha256, DIMENSION, PICTURES, PICTURES * EACH, "colour", "0" * 64, "2026-01-01", "1"
    )


def engine_of(gallery: Gallery) -> SearchEngine:
    return SearchEngine(ENCODER, FolderSource(gallery))


def test_nearness_is_the_mean_of_the_best_cosines_but_for_a_pictures_own() -> None:
    gallery = with_hubs(1.0)
    assert gallery.text_embeddings is not None
    rows = gallery.caption_rows
    found = nearness_to(gallery, gallery.text_embeddings, rows)
    for row in (0, 77, PICTURES - 1):
        others = gallery.text_embeddings[rows != row].astype(float) @ gallery.image_embeddings[row]
        assert found[row] == pytest.approx(np.sort(others)[-BEST:].mean(), abs=1e-6)


def test_few_sentences_are_all_counted() -> None:
    gallery = with_hubs(1.0)
    assert gallery.text_embeddings is not None
    sentences, rows = (
        gallery.text_embeddings[:12],
        gallery.caption_rows[:12],
    )  # five of the first picture, two of the third
    found = nearness_to(gallery, sentences, rows)
    others = np.sort(sentences[5:].astype(float) @ gallery.image_embeddings[0])
    assert found[0] == pytest.approx(others.mean(), abs=1e-6)


def test_the_gain_is_sure_where_there_are_hubs_and_not_where_there_are_none() -> None:
    hubs, none = (measure_balance(gallery, gallery.text_embeddings) for gallery in (with_hubs(1.5), with_hubs(0.0)))
    assert hubs.offered and hubs.low <= hubs.gain <= hubs.high
    assert hubs.queries == PICTURES * EACH and hubs.share == SHARE
    assert not none.offered
    again = measure_balance(with_hubs(1.5), with_hubs(1.5).text_embeddings)
    assert (again.gain, again.low, again.high) == (hubs.gain, hubs.low, hubs.high)


def test_equal_sentences_of_the_other_half_are_not_asked() -> None:
    gallery = with_hubs(1.0)
    same = replace(gallery, captions=("a house",) * len(gallery.captions))
    with pytest.raises(QueryError, match="differ"):
        measure_balance(same, same.text_embeddings)


@pytest.mark.parametrize("texts", [True, False])
def test_too_few_captions_are_told(texts: bool) -> None:
    gallery = make_gallery(np.eye(4), [0, 1, 2], np.eye(4)[:3])
    with pytest.raises(QueryError, match=f"needs at least {FEWEST_CAPTIONS} captions"):
        measure_balance(gallery, gallery.text_embeddings if texts else None)


def test_what_is_kept_is_read_again_and_belongs_to_its_dataset(kept: Gallery) -> None:
    balance = read_balance(kept)
    assert (balance.share, balance.gain, balance.low, balance.high, balance.queries) == (0.5, 0.03, 0.01, 0.05, 900)
    with pytest.raises(DatasetError, match="must belong to the dataset other, got that of numbers"):
        read_balance(replace(kept, key="other"))
    with pytest.raises(ValueError, match="read-only"):
        balance.nearness[0] = 1.0


@pytest.mark.parametrize(
    "harm",
    [
        {"nearness": np.zeros(3, dtype=np.float32)},
        {"nearness": np.full(PICTURES, np.nan, dtype=np.float32)},
        {"nearness": np.zeros(PICTURES)},
        {"figures": np.zeros(3)},
        {"figures": np.full(4, np.inf)},
        {"queries": np.zeros(2, dtype=np.int64)},
    ],
    ids=["too few", "no numbers", "another type", "figures missing", "figures without end", "two counts"],
)
def test_a_file_that_does_not_fit_is_refused(kept: Gallery, harm: dict[str, np.ndarray]) -> None:
    with np.load(balance_path(kept)) as npz:
        arrays = dict(npz)
    np.savez(balance_path(kept), **(arrays | harm))
    with pytest.raises(DatasetError, match=r"must hold 200 finite float32 numbers"):
        read_balance(kept)
    assert engine_of(kept).balance is None


@pytest.mark.parametrize(
    "asked", [SENTENCE, "2*a dog on a beach - [3.jpg]", "a dog on a beach - 0.5*a house in the snow"]
)
def test_pictures_are_those_of_a_full_sort_and_their_scores_are_cosines(kept: Gallery, asked: str) -> None:
    engine = engine_of(kept)
    query = parse_query(asked)
    result = engine.search(SearchRequest(query, top_k=30, ranking="balanced"))
    assert result.query_embedding is not None
    cosines = kept.image_embeddings.astype(float) @ result.query_embedding.astype(float)
    rows = engine._embedder.encode_texts([term.subject.content for term in query.terms if term.subject.tag == "words"])
    spreads = [(kept.image_embeddings.astype(float) @ row).std() for row in rows]
    amounts = [1.0]
    if len(query.terms) == 2:
        pictures = [kept.image_embeddings[3]] if "[" in asked else []
        every = [*rows, *pictures]
        spreads = [(kept.image_embeddings.astype(float) @ row).std() for row in every]
        length = np.linalg.norm(
            sum(term.weight / spread * row for term, spread, row in zip(query.terms, spreads, every, strict=True))
        )
        amounts = [term.weight / spread / length for term, spread in zip(query.terms, spreads, strict=True)][
            : len(rows)
        ]
    wanted = cosines - 0.5 * sum(amounts) * read_balance(kept).nearness
    np.testing.assert_allclose(wanted[[hit.row for hit in result.hits]], -np.sort(-wanted)[:30], atol=1e-6)
    assert [hit.score for hit in result.hits] == pytest.approx([cosines[hit.row] for hit in result.hits], abs=1e-6)
    plain = engine.search(SearchRequest(query, top_k=30))
    assert [hit.row for hit in plain.hits] != [hit.row for hit in result.hits]
    assert plain.median_score == result.median_score


@pytest.mark.parametrize("query", [Query.of("a dog"), Query.like(["3.jpg"])], ids=["words", "picture"])
def test_what_is_unlike_captions_is_ranked_by_cosine_and_says_so(kept: Gallery, query: Query) -> None:
    engine = engine_of(kept)
    plain, balanced = (engine.search(SearchRequest(query, top_k=9, ranking=one)) for one in ("cosine", "balanced"))
    assert balanced.hits == plain.hits
    assert "ranked by cosine" in balanced.notes[-1] and not plain.notes


def test_it_is_refused_where_it_was_not_measured_or_does_not_help(kept: Gallery) -> None:
    request = SearchRequest.of(SENTENCE, top_k=3, ranking="balanced")
    with pytest.raises(QueryError, match=r"numbers has none. Make it: python -m t2i_core index --balanced"):
        engine_of(replace(kept, key="other")).search(request)
    write_balance(kept, replace(read_balance(kept), low=-0.01))
    with pytest.raises(QueryError, match=r"here it adds \+3.0 points of recall@10 \(95 % interval -1.0 to \+5.0, 900"):
        engine_of(kept).search(request)
    write_balance(kept, replace(read_balance(kept), low=0.01))
    with pytest.raises(QueryError, match="looks at every picture, got an approximate search"):
        engine_of(kept).search(replace(request, approximate=True))


def test_a_collection_says_that_it_has_none(kept: Gallery) -> None:
    class Server:
        images, captions, searched_by = PICTURES, 0, "Milvus at localhost (exact)"

    collection = replace(kept, whole=Server())
    with pytest.raises(QueryError, match="for datasets in a folder, got a collection"):
        engine_of(collection).search(SearchRequest.of(SENTENCE, top_k=3, ranking="balanced"))
    assert engine_of(collection).balance is None
    source = CollectionSource(collection, None)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="for datasets in a folder, got a collection in Milvus"):
        source.find(
            kept.image_embeddings[0],
            1,
            where=None,
            left_out=(),
            approximate=False,
            texts=None,
            bias=np.zeros(PICTURES, np.float32),
        )


def test_a_bias_is_the_same_for_a_few_pictures_and_never_above_its_most() -> None:
    near = np.random.default_rng(8).uniform(-0.2, 0.9, size=(2, 500)).astype(np.float32)
    bias = Bias((OF_PICTURES, FEW_WORDS), (-0.31, 0.17), (near[0], near[1])).scaled(0.7)
    some = np.array([3, 499, 20])
    np.testing.assert_array_equal(bias.of([near[0][some], near[1][some]]), bias.values[some])
    most = bias.most([(float(one.min()), float(one.max())) for one in near])
    assert bias.values.max() <= most
    ends = Bias((OF_PICTURES,), (-0.31,), (near[0],))
    assert ends.most([(float(near[0].min()), float(near[0].max()))]) == pytest.approx(ends.values.max(), abs=1e-6)
