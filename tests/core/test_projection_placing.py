"""The query on the map: among its hits where they lie together, without a place where they do not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core.projection import QueryPlace, place_query
from t2i_core.projection.placing import PLACE_HITS, TOGETHER, hit_weights

CORNERS = np.array([[-1, -1], [1, 1], [-1, 1], [1, -1]], dtype=np.float32)


def blobs(*sizes: int) -> np.ndarray:
    """Groups of points far from each other, in the order of their sizes, and the map's corners after them."""
    random = np.random.default_rng(0)
    middles = [(-0.8, 0.0), (0.8, 0.0), (0.0, 0.8), (0.0, -0.8)]
    parts = [random.normal(middle, 0.02, (size, 2)) for middle, size in zip(middles, sizes, strict=False)]
    return np.concatenate([*parts, CORNERS]).astype(np.float32)


def falling(count: int) -> list[float]:
    scores: list[float] = np.linspace(0.4, 0.2, count).tolist()
    return scores


def test_no_hits_no_marker() -> None:
    assert place_query(CORNERS, [], []) == QueryPlace()


def test_one_hit_is_where_the_query_stands() -> None:
    place = place_query(CORNERS, [2], [0.3])
    assert place.marker is not None
    assert (place.marker.x, place.marker.y, place.marker.ring, place.marker.rows) == (-1.0, 1.0, 0.0, (2,))
    assert (place.of, place.groups, place.alone) == (1, (), (2,))


def test_the_best_hits_pull_the_marker() -> None:
    near = np.array([[0, 0], [0.1, 0]], dtype=np.float32)
    marker = place_query(np.concatenate([near, CORNERS]), [0, 1], [0.40, 0.20]).marker
    assert marker is not None
    assert 0 <= marker.x < 0.05
    assert marker.y == 0
    assert marker.rows == (0, 1)


@pytest.mark.parametrize("top_k", [24, 25, 50, 130, 200])
@pytest.mark.parametrize("sizes", [(20, 180), (4, 190), (24, 100, 60), (10, 8, 150)])
def test_the_place_is_that_of_the_query_and_not_of_how_many_hits_are_looked_at(
    sizes: tuple[int, ...], top_k: int
) -> None:
    places = blobs(*sizes)
    few = place_query(places, list(range(PLACE_HITS)), falling(200)[:PLACE_HITS])
    assert few.of == PLACE_HITS == 24
    assert place_query(places, list(range(top_k)), falling(200)[:top_k]) == few


def test_scattered_hits_have_groups_and_no_marker() -> None:
    place = place_query(blobs(18, 4, 2), list(range(24)), falling(24))
    assert place.marker is None
    assert [len(group) for group in place.groups] == [18, 4, 2]
    assert place.groups[1] == (18, 19, 20, 21)
    assert place.alone == ()


def test_a_few_hits_elsewhere_do_not_take_the_place_away() -> None:
    places = blobs(21, 2, 1)
    place = place_query(places, list(range(24)), falling(24))
    assert place.marker is not None
    assert place.marker.rows == tuple(range(21))
    assert abs(place.marker.x + 0.8) < 0.05
    assert [len(group) for group in place.groups] == [21, 2]
    assert place.alone == (23,)


def test_hits_that_all_lie_apart_have_no_place() -> None:
    place = place_query(CORNERS, [0, 1, 2, 3], [0.3, 0.3, 0.3, 0.3])
    assert place == QueryPlace(of=4, alone=(0, 1, 2, 3))


def test_no_marker_stands_in_a_hole_among_its_hits() -> None:
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    around = 0.08 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    places = np.concatenate([around, CORNERS]).astype(np.float32)
    marker = place_query(places, list(range(12)), [0.3] * 12).marker
    assert marker is not None
    assert min(np.hypot(*(around - (marker.x, marker.y)).T)) < 1e-6


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1), st.floats(0.02, 1.0))
def test_every_hit_that_counts_is_in_one_group_and_the_marker_among_its_hits(
    hits: int, seed: int, spread: float
) -> None:
    random = np.random.default_rng(seed)
    places = np.concatenate([random.uniform(-spread, spread, (60, 2)), CORNERS]).astype(np.float32)
    rows = random.permutation(60)[:hits].tolist()
    scores = np.sort(random.uniform(0.1, 0.4, hits))[::-1].tolist()
    place = place_query(places, rows, scores)
    told = [row for group in place.groups for row in group] + list(place.alone)
    assert sorted(told) == sorted(rows[:PLACE_HITS])
    assert place.of == min(hits, PLACE_HITS)
    sizes = [len(group) for group in place.groups]
    assert sizes == sorted(sizes, reverse=True)
    assert all(size > 1 for size in sizes)
    assert (place.marker is not None) == (max([*sizes, 1]) >= TOGETHER * place.of)
    if place.marker is None:
        return
    own = places[list(place.marker.rows)]
    assert own[:, 0].min() - 1e-6 <= place.marker.x <= own[:, 0].max() + 1e-6
    assert own[:, 1].min() - 1e-6 <= place.marker.y <= own[:, 1].max() + 1e-6
    nearest = np.hypot(*(own - (place.marker.x, place.marker.y)).T).min()
    assert nearest <= max(place.marker.ring, 1e-6)


def test_weights_sum_to_one_and_follow_the_scores() -> None:
    weights = hit_weights([0.4, 0.35, 0.3, 0.1])
    assert weights.sum() == pytest.approx(1)
    assert (np.diff(weights) <= 0).all()
    assert hit_weights([0.2, 0.2]).tolist() == [0.5, 0.5]
