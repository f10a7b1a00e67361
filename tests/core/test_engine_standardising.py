"""Terms count by their standardised scores, in one exact pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core.arrays import l2_normalize
from t2i_core.engine import FolderSource, SearchEngine
from t2i_core.engine.standardising import ScoreSpreads
from t2i_core.errors import QueryError
from t2i_core.index.exact import ExactIndex
from t2i_core.index.quantized import QuantizedIndex
from t2i_core.query import GalleryPicture, Query, SearchRequest, Term, Words, parse_query
from tests.core.small_galleries import DIMENSION, ColourEncoder, make_gallery

ENCODER = ColourEncoder("mini")
subjects = st.integers(0, 30).map(lambda n: Words(f"thing {n}")) | st.integers(0, 3).map(
    lambda n: GalleryPicture(f"{n}.jpg")
)
weights = st.floats(-2, 2).map(lambda weight: round(weight, 2)).filter(bool)
terms = st.lists(
    st.builds(Term, subjects, weights), min_size=2, max_size=4, unique_by=lambda term: term.subject.content
)


def cone(seed: int, images: int) -> np.ndarray:
    """Rows with much in common, as a model's pictures have: different terms spread very differently over them."""
    rng = np.random.default_rng(seed)
    return l2_normalize(
        rng.normal(size=(images, DIMENSION)) * rng.uniform(0.01, 1, DIMENSION) + rng.normal(size=DIMENSION)
    )


def standardised(query: Query, rows: np.ndarray) -> tuple[np.ndarray, float]:
    """The oracle: each term's scores in float64, standardised, weighted, summed; and how long the summed vector is."""
    total, vector = np.zeros(len(rows)), np.zeros(rows.shape[1])
    for term in query.terms:
        subject = term.subject
        own = rows[int(subject.content.split(".")[0])] if isinstance(subject, GalleryPicture) else None
        asked = (ENCODER.encode_text([subject.content])[0] if own is None else own).astype(np.float64)
        scores = rows.astype(np.float64) @ asked
        total += term.weight * (scores - scores.mean()) / scores.std()
        vector += term.weight * asked / scores.std()
    return total, float(np.linalg.norm(vector))


@settings(max_examples=40, deadline=None)
@given(terms, st.integers(0, 2**16), st.sampled_from([4, 30, 120]), st.booleans())
def test_rows_are_those_of_the_standardised_sum(asked: list[Term], seed: int, images: int, quantized: bool) -> None:
    query = Query(tuple(asked))
    if query.alike:
        return
    rows = cone(seed, images)
    index = QuantizedIndex(rows, threads=1) if quantized else ExactIndex(rows)
    engine = SearchEngine(ENCODER, FolderSource(make_gallery(rows), index))
    found = [hit.row for hit in engine.search(SearchRequest(query, top_k=images)).hits if hit.row is not None]
    total, length = standardised(query, rows)
    own = {
        int(name.split(".")[0]) for name in (t.subject.content for t in asked if t.weight > 0) if name.endswith(".jpg")
    }
    order = [row for row in np.argsort(-total, kind="stable").tolist() if row not in own]
    # The query is rounded to float32 once: sums nearer to each other than that are ties.
    tie = 4 * length * 2.0**-24
    np.testing.assert_allclose(total[found], total[order], rtol=0, atol=tie)
    assert sorted(found) == sorted(order)
    alone = [
        place
        for place, row in enumerate(order)
        if min(
            (abs(total[row] - total[other]) for other in order[max(0, place - 1) : place + 2] if other != row),
            default=1,
        )
        > tie
    ]
    assert [found[place] for place in alone] == [order[place] for place in alone]


def test_moments_give_the_mean_and_spread_of_scores() -> None:
    rows, asked = cone(3, 5_000), cone(4, 6)
    scores = rows.astype(np.float64) @ asked.T.astype(np.float64)
    mean, spread = ScoreSpreads(rows).of(asked)
    np.testing.assert_allclose(mean, scores.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(spread, scores.std(axis=0), rtol=1e-9)


def test_terms_of_equal_spread_keep_their_weights() -> None:
    rows = np.eye(4, dtype=np.float32)
    weights = np.array([0.3, -2.0, 1.0])
    np.testing.assert_array_equal(ScoreSpreads(rows).equalised(weights, rows[:3]), weights)


@pytest.mark.parametrize("images", [1, 3])
def test_a_gallery_of_one_look_can_be_asked(images: int) -> None:
    """No term has a spread there, and all pictures score the same."""
    engine = SearchEngine(ENCODER, FolderSource(make_gallery(np.repeat(cone(5, 1), images, axis=0))))
    result = engine.search(SearchRequest(parse_query("2*thing - other"), top_k=images))
    assert [hit.row for hit in result.hits] == list(range(images))


def test_things_of_one_kind_asked_alike_are_their_mean() -> None:
    engine = SearchEngine(ENCODER, FolderSource(make_gallery(cone(6, 50))))
    asked = ("thing 1", "thing 2", "thing 3")
    mean = ENCODER.encode_text(asked).astype(np.float64).mean(axis=0, keepdims=True)
    np.testing.assert_array_equal(engine.embedding_of(Query.of(*asked)), l2_normalize(mean)[0])


def test_a_term_that_does_not_count_changes_nothing() -> None:
    engine = SearchEngine(ENCODER, FolderSource(make_gallery(cone(7, 50))))
    one = engine.search(SearchRequest(parse_query("2*thing - [3.jpg]"), top_k=9))
    other = engine.search(SearchRequest(parse_query("2*thing - [3.jpg] + 0*snow"), top_k=9))
    assert [(hit.row, hit.score) for hit in one.hits] == [(hit.row, hit.score) for hit in other.hits]
    assert {hit.shares[2] for hit in other.hits} == {0.0}


def test_terms_that_leave_nothing_are_refused() -> None:
    engine = SearchEngine(ENCODER, FolderSource(make_gallery(cone(8, 50))))
    with pytest.raises(QueryError, match="cancel out"):
        engine.search(SearchRequest(parse_query("[1.jpg] - snow - [1.jpg] + snow"), top_k=1))
