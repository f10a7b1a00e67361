"""Likes and dislikes: ranked by words and judgements in one exact pass; the score stays the query's."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import PICTURES, Balance
from t2i_core.engine import FolderSource, SearchEngine
from t2i_core.engine.balance import Bias
from t2i_core.engine.feedback import DISLIKED, ENOUGH, LIKED, separating, steer
from t2i_core.engine.standardising import ScoreSpreads
from t2i_core.errors import QueryError
from t2i_core.export import hits_to_json
from t2i_core.index.exact import ExactIndex
from t2i_core.index.quantized import QuantizedIndex
from t2i_core.query import Condition, SearchRequest, parse_query
from tests.core.small_galleries import DIMENSION, ColourEncoder, make_gallery
from tests.core.test_engine_standardising import cone

ENCODER = ColourEncoder("mini")


def engine_of(rows: np.ndarray, *, quantized: bool = False) -> SearchEngine:
    index = QuantizedIndex(rows, threads=1) if quantized else ExactIndex(rows)
    return SearchEngine(ENCODER, FolderSource(make_gallery(rows), index))


def names(rows: list[int]) -> tuple[str, ...]:
    return tuple(f"{row}.jpg" for row in rows)


def found(engine: SearchEngine, **asked: object) -> list[int]:
    result = engine.search(SearchRequest.of("a thing", top_k=engine.images, **asked))
    return [hit.row for hit in result.hits if hit.row is not None]


def told_apart(rows: np.ndarray, right: np.ndarray, *, tol: float, max_iter: int) -> np.ndarray:
    """scikit-learn's direction from the disliked to the liked."""
    from sklearn.linear_model import LogisticRegression  # takes a second, which every process of the tests would spend

    model = LogisticRegression(C=1.0, class_weight="balanced", tol=tol, max_iter=max_iter)
    direction: np.ndarray = model.fit(rows, right).coef_[0]
    return direction


def wanted_sum(rows: np.ndarray, asked: np.ndarray, liked: list[int], disliked: list[int], aim: str) -> np.ndarray:
    """The oracle: what is added up, each standardised over the gallery in float64; scikit-learn tells liked from disliked."""
    wide = rows.astype(np.float64)
    added: list[tuple[np.ndarray, float]] = [(asked.astype(np.float64), 1.0)]
    if liked and disliked and len(liked) + len(disliked) >= ENOUGH[aim]:
        right = np.repeat([1, 0], [len(liked), len(disliked)])
        added.append((told_apart(wide[liked + disliked], right, tol=1e-10, max_iter=10_000), 0.5))
    else:
        added += [(wide[liked].mean(axis=0), LIKED[aim])] if liked else []
        added += [(wide[disliked].mean(axis=0), -DISLIKED[aim])] if disliked else []
    total = np.zeros(len(rows))
    for direction, weight in added:
        scores = wide @ direction
        total += weight * (scores - scores.mean()) / scores.std()
    return total


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    images=st.sampled_from([40, 150]),
    liked=st.sampled_from([0, 1, 3, 20]),
    disliked=st.sampled_from([0, 1, 2, 15]),
    aim=st.sampled_from(["all", "one"]),
    quantized=st.booleans(),
)
def test_pictures_are_ranked_by_the_sum_of_standardised_scores(
    seed: int, images: int, liked: int, disliked: int, aim: str, quantized: bool
) -> None:
    rows = cone(seed, images)
    judged = np.random.default_rng(seed).permutation(images)[: liked + disliked].tolist()
    good, bad = judged[:liked], judged[liked:]
    order = found(engine_of(rows, quantized=quantized), liked=names(good), disliked=names(bad), aim=aim)
    total = wanted_sum(rows, ENCODER.encode_text(["a thing"])[0], good, bad, aim)
    wanted = [row for row in np.argsort(-total, kind="stable").tolist() if row not in bad]
    assert sorted(order) == sorted(wanted)
    # The vector is rounded to float32 once: sums nearer to each other than that are ties.
    np.testing.assert_allclose(total[order], total[wanted], rtol=0, atol=1e-4)


def test_scores_and_captions_stay_those_of_the_query() -> None:
    engine = engine_of(cone(1, 60))
    plain = engine.search(SearchRequest.of("a thing", top_k=60))
    turned = engine.search(SearchRequest.of("a thing", top_k=60, liked=["7.jpg"], disliked=["9.jpg"]))
    assert [hit.row for hit in turned.hits] != [hit.row for hit in plain.hits if hit.row != 9]
    scores = {hit.row: hit.score for hit in plain.hits}
    assert {hit.row: hit.score for hit in turned.hits} == {row: one for row, one in scores.items() if row != 9}
    assert [hit.rank for hit in turned.hits] == list(range(1, 60))
    assert turned.median_score == plain.median_score
    np.testing.assert_array_equal(turned.query_embedding, plain.query_embedding)


def test_what_is_like_a_liked_picture_moves_up_and_what_is_disliked_is_left_out() -> None:
    """Two heaps of pictures between which the words do not tell."""
    rng = np.random.default_rng(2)
    asked = ENCODER.encode_text(["a thing"])[0].astype(np.float64)
    heaps = np.repeat(np.eye(DIMENSION)[:2], 20, axis=0)
    heaps -= np.outer(heaps @ asked, asked)
    engine = engine_of(l2_normalize(heaps + asked + 0.05 * rng.normal(size=heaps.shape)))

    def of_second(order: list[int]) -> int:
        return sum(row >= 20 for row in order[:20])

    plain, liking, disliking = found(engine), found(engine, liked=["25.jpg"]), found(engine, disliked=["25.jpg"])
    assert of_second(disliking) < of_second(plain) < of_second(liking)
    assert liking.index(25) < plain.index(25)
    assert 25 not in disliking
    assert found(engine, disliked=["25.jpg"], aim="one") == [row for row in plain if row != 25]


def test_the_order_of_judging_changes_nothing() -> None:
    rows = cone(3, 500)
    engine = engine_of(rows)
    one = engine.search(SearchRequest.of("a thing", top_k=500, liked=names([3, 1, 2]), disliked=names([9, 8])))
    other = engine.search(SearchRequest.of("a thing", top_k=500, liked=names([2, 3, 1]), disliked=names([8, 9])))
    assert one.hits == other.hits


def test_pictures_that_are_passed_over_count_as_away() -> None:
    engine = engine_of(cone(4, 30))
    request = SearchRequest(parse_query("thing + [3.jpg]"), top_k=30, liked=("5.jpg",), disliked=("3.jpg", "4.jpg"))
    result = engine.search(request, passed_over=names([4, 5, 6]))
    assert {hit.row for hit in result.hits} == set(range(30)) - {3, 4, 5, 6}
    assert (result.left_out, result.passed_over, result.away) == (("3.jpg",), names([4, 5, 6]), 4)
    assert result.head(2).passed_over == result.passed_over
    exported = json.loads(hits_to_json(result, dataset="numbers"))
    assert exported["passed_over"] == ["4.jpg", "5.jpg", "6.jpg"]
    assert exported["request"]["liked"] == ["5.jpg"]


def test_judgements_and_conditions_hold_together() -> None:
    engine = engine_of(cone(5, 30))
    where = (Condition("picture", names(list(range(10)))),)
    assert set(found(engine, where=where, liked=["20.jpg"], disliked=["3.jpg"])) == set(range(10)) - {3}


def test_a_bias_counts_as_much_beside_judgements() -> None:
    """Ranked by the standardised sum with the balanced score in the place of the query's, in one pass."""
    rows = cone(6, 200)
    bias = (0.1 * np.random.default_rng(6).normal(size=200)).astype(np.float32)
    asked, liked = ENCODER.encode_text(["a thing"])[0], rows[[4, 9]]
    steered = steer(asked, liked, rows[:0], ScoreSpreads(rows))
    added = Bias((PICTURES,), (1.0,), (bias,)).scaled(steered.query_part).values
    _, order = ExactIndex(rows).search(steered.embedding[None], 200, None, added)
    wide = rows.astype(np.float64)
    of_query, of_liked = wide @ asked.astype(np.float64), wide @ liked.astype(np.float64).mean(axis=0)
    total = (of_query + bias) / of_query.std() + of_liked / of_liked.std()
    np.testing.assert_allclose(total[order[0]], np.sort(total)[::-1], rtol=0, atol=1e-4)


def test_balanced_ranking_is_turned_too(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_of(cone(7, 60))
    nearness = np.linspace(0, 1, 60).astype(np.float32)
    monkeypatch.setitem(engine._balances, "pictures", Balance(nearness, 0.5, 0.1, 0.05, 0.15, 900))
    asked = "a thing of four words"
    plain, turned = (
        [hit.row for hit in engine.search(SearchRequest.of(asked, top_k=60, ranking="balanced", liked=liked)).hits]
        for liked in ((), ("50.jpg",))
    )
    assert turned.index(50) < plain.index(50)
    cosine = [hit.row for hit in engine.search(SearchRequest.of(asked, top_k=60, liked=["50.jpg"])).hits]
    assert turned != cosine


@pytest.mark.parametrize(("liked", "disliked"), [(1, 1), (1, 60), (40, 3), (150, 150)])
def test_liked_and_disliked_are_told_apart_as_scikit_learn_does(liked: int, disliked: int) -> None:
    rows = cone(liked, liked + disliked)
    right = np.repeat([1, 0], [liked, disliked])
    wanted = told_apart(rows.astype(np.float64), right, tol=1e-12, max_iter=100_000)
    np.testing.assert_allclose(separating(rows[:liked], rows[liked:]), wanted, atol=1e-5 * np.abs(wanted).max())


def test_the_same_picture_liked_and_disliked_under_two_names_says_nothing() -> None:
    rows = np.repeat(cone(1, 1), 2, axis=0)
    np.testing.assert_allclose(separating(rows[:1], rows[1:]), 0, atol=1e-9)
    engine = engine_of(np.concatenate([rows, cone(2, 30)]))
    plain = [row for row in found(engine) if row != 1]
    assert found(engine, liked=["0.jpg"], disliked=["1.jpg"], aim="one") == plain


def test_what_cannot_be_judged_is_told() -> None:
    rows = cone(8, 30)
    engine = engine_of(rows)
    with pytest.raises(QueryError, match=r"No picture of this gallery is named 'gone\.jpg'"):
        found(engine, liked=["gone.jpg"])
    opposite = l2_normalize(np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]]))
    with pytest.raises(QueryError, match=r"and the query cancel out\. Take one of them back"):
        steer(opposite[0], opposite[1:2], opposite[:0], ScoreSpreads(opposite))


@pytest.mark.parametrize("images", [1, 3])
def test_a_gallery_of_one_look_can_be_judged(images: int) -> None:
    engine = engine_of(np.repeat(cone(9, 1), images, axis=0))
    assert found(engine, liked=["0.jpg"]) == list(range(images))
