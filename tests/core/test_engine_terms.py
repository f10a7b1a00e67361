"""Queries of several terms: weights, shares, conditions and the cutoff of a request."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from t2i_core.dataset import read_gallery
from t2i_core.engine import SearchEngine
from t2i_core.errors import QueryError
from t2i_core.opening import open_engine
from t2i_core.query import Condition, GalleryPicture, OutsidePicture, Query, SearchRequest, Term, Words, parse_query
from tests.core.small_galleries import COLOURS, ColourEncoder, save_ours

SHA = hashlib.sha256(b"a picture").hexdigest()


@pytest.fixture
def encoder() -> ColourEncoder:
    return ColourEncoder("mini")


@pytest.fixture
def engine(tmp_path: Path, encoder: ColourEncoder) -> SearchEngine:
    save_ours(tmp_path / "data", encoder)
    return open_engine(encoder, read_gallery(tmp_path / "data", tmp_path / "images"))


def test_terms_are_weighed_and_summed(engine: SearchEngine, encoder: ColourEncoder) -> None:
    red = Image.new("RGB", (9, 9), COLOURS["boats/red.png"])
    query = Query(
        (Term(Words("a lake"), 2.0), Term(GalleryPicture("meadow.png"), -0.5), Term(OutsidePicture(SHA), 0.25))
    )
    result = engine.search(SearchRequest(query, top_k=4), pictures={SHA: red})
    rows = [
        encoder.encode_text(["a lake"])[0],
        engine.source.picture_embedding("meadow.png"),
        encoder.encode_image([red])[0],
    ]
    spreads = [float((engine.gallery.image_embeddings.astype(float) @ row).std()) for row in rows]
    wanted = sum(
        weight / spread * row.astype(float)
        for weight, spread, row in zip((2.0, -0.5, 0.25), spreads, rows, strict=True)
    )
    wanted /= np.linalg.norm(wanted)
    assert result.query_embedding is not None
    np.testing.assert_allclose(result.query_embedding, wanted, atol=1e-6)
    scores = engine.gallery.image_embeddings @ wanted
    assert [hit.row for hit in result.hits] == np.argsort(-scores, kind="stable").tolist()
    for hit in result.hits:
        assert len(hit.shares) == 3
        assert sum(hit.shares) == pytest.approx(hit.score, abs=1e-6)
        assert hit.cosines == pytest.approx([engine.gallery.image_embeddings[hit.row] @ row for row in rows], abs=1e-6)
    assert result.left_out == ()  # a picture one wants less of may still be found


def test_one_term_has_no_shares_and_its_own_embedding(engine: SearchEngine, encoder: ColourEncoder) -> None:
    result = engine.search(SearchRequest(parse_query("0.5*lake"), top_k=2))
    np.testing.assert_array_equal(result.query_embedding, encoder.encode_text(["lake"])[0])
    assert {hit.shares for hit in result.hits} == {()}


def test_a_term_to_have_less_of_turns_the_ranking_round(engine: SearchEngine) -> None:
    wanted = [hit.row for hit in engine.search(SearchRequest(parse_query("lake"), top_k=4)).hits]
    unwanted = [hit.row for hit in engine.search(SearchRequest(parse_query("- lake"), top_k=4)).hits]
    assert unwanted == wanted[::-1]


@pytest.mark.parametrize("written", ["0*lake", "lake - lake", "lake - [boats/red.png] - lake + [boats/red.png]"])
def test_terms_that_leave_nothing_are_refused(engine: SearchEngine, written: str) -> None:
    with pytest.raises(QueryError, match="cancel out"):
        engine.search(SearchRequest(parse_query(written), top_k=1))


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        (Condition("folder", ("boats",)), {"boats/red.png", "boats/blue.png"}),
        (Condition("folder", ("boats", "birds/")), {"boats/red.png", "boats/blue.png", "birds/swan.png"}),
        (Condition("folder", ("boat",)), set()),
        (Condition("folder", ("boats",), negated=True), {"meadow.png", "birds/swan.png"}),
        (Condition("picture", ("meadow.png", "gone.png")), {"meadow.png"}),
    ],
)
def test_conditions_act_before_the_best_are_taken(engine: SearchEngine, condition: Condition, left: set[str]) -> None:
    result = engine.search(SearchRequest(Query.of("anything"), (condition,), top_k=4))
    assert {hit.image_id for hit in result.hits} == left
    assert [hit.rank for hit in result.hits] == list(range(1, len(left) + 1))


def test_all_conditions_hold(engine: SearchEngine) -> None:
    where = (Condition("folder", ("boats",)), Condition("picture", ("boats/red.png",), negated=True))
    result = engine.search(SearchRequest(Query.of("anything"), where, top_k=4))
    assert [hit.image_id for hit in result.hits] == ["boats/blue.png"]


def test_a_condition_on_what_is_not_there_names_what_is(engine: SearchEngine) -> None:
    with pytest.raises(QueryError, match="looks at one of folder, picture"):
        engine.search(SearchRequest(Query.of("anything"), (Condition("column:year", at_least=1990.0),), top_k=1))


def test_the_cutoff_leaves_out_what_scores_less(engine: SearchEngine) -> None:
    every = engine.search(SearchRequest.of("a lake", top_k=4)).hits
    cut = engine.search(SearchRequest.of("a lake", top_k=4, cutoff=every[1].score)).hits
    assert cut == every[:2]
