"""A varied handful of pictures: unique, repeatable, spread over what the gallery holds."""

from __future__ import annotations

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.neighbours.variety import varied_rows
from t2i_core.types import FloatArray


def grouped(groups: int, per_group: int, *, seed: int = 0) -> FloatArray:
    """Unit rows in tight groups around different directions."""
    rng = np.random.default_rng(seed)
    centres = np.repeat(np.eye(groups, 32), per_group, axis=0)
    return l2_normalize(centres + 0.01 * rng.normal(size=centres.shape))


def test_one_of_each_group_before_a_second_of_any() -> None:
    rows = varied_rows(grouped(8, 3), 8)
    assert len({int(row) // 3 for row in rows}) == 8


def test_rows_are_unique_and_repeatable() -> None:
    embeddings = grouped(5, 40)
    first = varied_rows(embeddings, 24)
    assert first.dtype == np.int64
    assert len(set(first.tolist())) == 24
    assert np.array_equal(first, varied_rows(embeddings, 24))
    assert not np.array_equal(first, varied_rows(embeddings, 24, seed=1))


@pytest.mark.parametrize(("images", "count", "expected"), [(3, 24, 3), (1, 1, 1), (0, 5, 0), (4, 0, 0)])
def test_small_galleries(images: int, count: int, expected: int) -> None:
    assert sorted(varied_rows(grouped(4, 1)[:images], count).tolist()) == list(range(expected))


def test_identical_pictures_are_no_obstacle() -> None:
    embeddings = np.repeat(grouped(1, 1), 6, axis=0)
    assert sorted(varied_rows(embeddings, 6).tolist()) == list(range(6))
