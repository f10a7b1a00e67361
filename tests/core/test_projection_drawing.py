"""A map as numbers for a browser."""

from __future__ import annotations

import numpy as np
import pytest

from t2i_core.projection import drawing
from t2i_core.projection.gap import modality_gap
from tests.core.small_galleries import make_gallery

PLACES = np.random.default_rng(3).uniform(-1, 1, (500, 2)).astype(np.float32)


def test_two_bytes_a_coordinate_are_enough_to_draw() -> None:
    bounds = drawing.bounds_of(PLACES)
    steps = drawing.quantised(PLACES, bounds)
    assert (steps.dtype, steps.shape) == (np.dtype("<u2"), PLACES.shape)
    low, wide = np.array([bounds[0], bounds[2]]), np.array([bounds[1] - bounds[0], bounds[3] - bounds[2]])
    np.testing.assert_allclose(low + steps / drawing.STEPS * wide, PLACES, atol=2e-5)


def test_a_single_point_has_bounds() -> None:
    left, right, bottom, top = drawing.bounds_of(np.array([[0.25, 0.5]], dtype=np.float32))
    assert left == 0.25 < right
    assert bottom == 0.5 < top


def test_a_polygon_holds_the_points_inside_it() -> None:
    square = [(-0.5, -0.4), (0.6, -0.4), (0.6, 0.7), (-0.5, 0.7)]
    x, y = PLACES.T
    expected = np.flatnonzero((x > -0.5) & (x < 0.6) & (y > -0.4) & (y < 0.7))
    assert drawing.rows_in_polygon(PLACES, square).tolist() == expected.tolist()
    notched = [(-1, -1), (1, -1), (1, 1), (0, 0), (-1, 1)]  # without the triangle above its middle
    expected = np.flatnonzero(~(y > np.abs(x)) & (np.abs(x) < 1) & (np.abs(y) < 1))
    assert drawing.rows_in_polygon(PLACES, notched).tolist() == expected.tolist()
    assert len(drawing.rows_in_polygon(PLACES, [(0, 0), (1, 1)])) == 0


def test_density_counts_every_point_in_its_cell() -> None:
    places = np.array([[0, 0], [0, 0], [0, 0], [1, 1], [0.4, 0.9], [5, 5]], dtype=np.float32)
    grid = drawing.density(places, (0.0, 1.0, 0.0, 1.0), 2)
    assert (grid > 0).tolist() == [[True, True], [True, False]]
    assert grid[1, 0] == 255  # three points at the bottom left
    assert grid[0, 0] == grid[0, 1] < 255


def test_values_become_bytes_between_their_ends() -> None:
    steps, low, high = drawing.as_bytes(np.array([1.0, 3.0, np.nan, 2.0]))
    assert (low, high) == (1.0, 3.0)
    assert steps.tolist() == [0, 254, drawing.NO_VALUE, 127]
    assert drawing.as_bytes(np.array([2.0, 2.0]))[0].tolist() == [0, 0]
    assert drawing.as_bytes(np.array([np.nan]))[0].tolist() == [drawing.NO_VALUE]


def test_the_gap_is_the_distance_of_the_two_centres() -> None:
    images = np.eye(4, dtype=np.float32)[:2]
    texts = np.array([[0, 0, 1, 0], [0.6, 0, 0.8, 0], [0, 0, 1, 0]], dtype=np.float32)
    gap = modality_gap(make_gallery(images, [0, 0, 1], texts))
    assert gap is not None
    apart = texts.mean(axis=0) - images.mean(axis=0)
    assert gap.distance == pytest.approx(np.linalg.norm(apart))
    assert gap.matched == pytest.approx(0.2)
    assert modality_gap(make_gallery(images)) is None
