"""The query on the map: always among its hits, a marker for each region they fall into."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core.projection import place_query
from t2i_core.projection.placing import hit_weights

CORNERS = np.array([[-1, -1], [1, 1], [-1, 1], [1, -1]], dtype=np.float32)


def test_no_hits_no_marker() -> None:
    assert place_query(CORNERS, [], []) == ()


def test_one_hit_is_where_the_query_stands() -> None:
    [anchor] = place_query(CORNERS, [2], [0.3])
    assert (anchor.x, anchor.y, anchor.ring, anchor.rows) == (-1.0, 1.0, 0.0, (2,))


def test_the_best_hits_pull_the_marker() -> None:
    near = np.array([[0, 0], [0.1, 0]], dtype=np.float32)
    [anchor] = place_query(np.concatenate([near, CORNERS]), [0, 1], [0.40, 0.20])
    assert 0 <= anchor.x < 0.05
    assert anchor.y == 0
    assert anchor.rows == (0, 1)


def test_separate_regions_get_markers_of_their_own() -> None:
    random = np.random.default_rng(0)
    left = random.normal((-0.8, 0), 0.03, (10, 2))
    right = random.normal((0.8, 0), 0.03, (10, 2))
    places = np.concatenate([left, right, CORNERS]).astype(np.float32)
    anchors = place_query(places, list(range(20)), np.linspace(0.3, 0.29, 20).tolist())
    assert len(anchors) == 2
    assert {round(anchor.x, 1) for anchor in anchors} == {-0.8, 0.8}
    assert anchors[0].weight >= anchors[1].weight
    assert all(anchor.ring < 0.1 for anchor in anchors)


def test_no_marker_stands_in_a_hole_among_its_hits() -> None:
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    around = 0.08 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    places = np.concatenate([around, CORNERS]).astype(np.float32)
    [anchor] = place_query(places, list(range(12)), [0.3] * 12)
    assert min(np.hypot(*(around - (anchor.x, anchor.y)).T)) < 1e-6


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_every_hit_belongs_to_one_marker_and_markers_to_their_hits(hits: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    places = random.uniform(-1, 1, (60, 2)).astype(np.float32)
    rows = random.permutation(60)[:hits].tolist()
    scores = np.sort(random.uniform(0.1, 0.4, hits))[::-1].tolist()
    anchors = place_query(places, rows, scores)
    told = [row for anchor in anchors for row in (*anchor.rows, *anchor.strays)]
    assert sorted(told) == sorted(rows)
    assert 1 <= len(anchors) <= 4
    for anchor in anchors:
        own = places[list(anchor.rows)]
        assert own[:, 0].min() - 1e-6 <= anchor.x <= own[:, 0].max() + 1e-6
        assert own[:, 1].min() - 1e-6 <= anchor.y <= own[:, 1].max() + 1e-6
        nearest = np.hypot(*(own - (anchor.x, anchor.y)).T).min()
        assert nearest <= max(anchor.ring, 1e-6)


def test_weights_sum_to_one_and_follow_the_scores() -> None:
    weights = hit_weights([0.4, 0.35, 0.3, 0.1])
    assert weights.sum() == pytest.approx(1)
    assert (np.diff(weights) <= 0).all()
    assert hit_weights([0.2, 0.2]).tolist() == [0.5, 0.5]
