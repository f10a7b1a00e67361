"""The quantized index gives the oracle's rows and scores, whatever the data."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core.arrays import l2_normalize
from t2i_core.errors import QueryError, SearchIndexError
from t2i_core.index.codes import encode_query, encode_rows
from t2i_core.index.exact import ExactIndex
from t2i_core.index.quantized import QuantizedIndex
from t2i_core.types import FloatArray


def random_rows(rng: np.random.Generator, images: int, dimension: int) -> np.ndarray:
    return rng.normal(size=(images, dimension))


def clustered_rows(rng: np.random.Generator, images: int, dimension: int) -> np.ndarray:
    centers = rng.normal(size=(5, dimension)) + 3.0 * rng.normal(size=dimension)
    return centers[rng.integers(0, 5, images)] + 0.1 * rng.normal(size=(images, dimension))


def repeated_rows(rng: np.random.Generator, images: int, dimension: int) -> np.ndarray:
    return rng.normal(size=(3, dimension))[rng.integers(0, 3, images)]


def nearly_tied_rows(rng: np.random.Generator, images: int, dimension: int) -> np.ndarray:
    return rng.normal(size=dimension) + 1e-6 * rng.normal(size=(images, dimension))


def constant_rows(rng: np.random.Generator, images: int, dimension: int) -> np.ndarray:
    return np.ones((images, dimension))


def spiked_rows(rng: np.random.Generator, images: int, dimension: int) -> np.ndarray:
    rows = 1e-3 * rng.normal(size=(images, dimension))
    rows[np.arange(images), rng.integers(0, dimension, images)] += rng.choice([-1.0, 1.0], images)
    return rows


def huge_and_tiny_rows(rng: np.random.Generator, images: int, dimension: int) -> np.ndarray:
    return rng.normal(size=(images, dimension)) * 10.0 ** rng.integers(-30, 30, (images, 1))


KINDS = (
    random_rows,
    clustered_rows,
    repeated_rows,
    nearly_tied_rows,
    constant_rows,
    spiked_rows,
    huge_and_tiny_rows,
)


def queries_for(rng: np.random.Generator, rows: FloatArray) -> FloatArray:
    """A row itself, something beside a row, and something unrelated."""
    near = rows[-1] + 0.05 * rng.normal(size=rows.shape[1])
    return l2_normalize(np.stack([rows[0], near, rng.normal(size=rows.shape[1])]))


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    images=st.sampled_from([1, 2, 3, 50, 333]),
    dimension=st.sampled_from([1, 2, 33, 512]),
    top_k=st.sampled_from([1, 2, 10, 1000]),
    filtered=st.sampled_from([None, 0.0, 0.1, 0.9]),
    seed=st.integers(0, 2**16),
)
def test_rows_and_scores_are_the_oracles(kind, images, dimension, top_k, filtered, seed):
    rng = np.random.default_rng(seed)
    rows = l2_normalize(kind(rng, images, dimension))
    queries = queries_for(rng, rows)
    where = None if filtered is None else rng.random(images) < filtered
    top_k = min(top_k, images)
    expected_scores, expected_rows = ExactIndex(rows).search(queries, top_k, where)
    scores, found = QuantizedIndex(rows, threads=2).search(queries, top_k, where)
    np.testing.assert_array_equal(found, expected_rows)
    np.testing.assert_array_equal(scores, expected_scores)


def test_rows_shared_between_threads_are_the_oracles():
    rng = np.random.default_rng(5)
    rows = l2_normalize(clustered_rows(rng, 40_000, 64))
    queries = queries_for(rng, rows)
    index = QuantizedIndex(rows, threads=3)
    expected = ExactIndex(rows).search(queries, 50)
    answers: list[tuple[np.ndarray, np.ndarray]] = []
    sessions = [threading.Thread(target=lambda: answers.append(index.search(queries, 50))) for _ in range(8)]
    for session in sessions:
        session.start()
    for session in sessions:
        session.join()
    assert len(answers) == 8
    for scores, found in answers:
        np.testing.assert_array_equal(found, expected[1])
        np.testing.assert_array_equal(scores, expected[0])


def test_only_a_few_rows_are_read_in_full_precision():
    rng = np.random.default_rng(6)
    rows = l2_normalize(random_rows(rng, 20_000, 256))
    candidates = QuantizedIndex(rows).candidates(queries_for(rng, rows)[2], 10)
    assert 10 <= candidates.size < 400


def test_the_error_of_each_row_bounds_what_its_codes_leave_out():
    rng = np.random.default_rng(7)
    rows = l2_normalize(clustered_rows(rng, 500, 96))
    codes = encode_rows(rows)
    stored = codes.center.astype(np.float64) + codes.scales[:, None].astype(np.float64) * codes.codes
    left_out = np.linalg.norm(rows - stored, axis=1)
    assert (left_out <= codes.errors).all()
    assert codes.errors.max() < 0.02


def test_the_largest_products_stay_within_int32():
    for dimension in (1, 512, 1024, 4096):
        query = encode_query(l2_normalize(np.ones((1, dimension)))[0], np.zeros(dimension, dtype=np.float32))
        assert 127 * np.abs(query.numbers.astype(np.int64)).sum() < 2**31


def test_top_k_beyond_the_gallery_is_refused():
    rows = l2_normalize(np.eye(4))
    with pytest.raises(QueryError, match=r"top_k must be in 1\.\.4, got 5\."):
        QuantizedIndex(rows).search(rows[:1], 5)


def test_codes_of_other_rows_are_refused():
    codes = encode_rows(l2_normalize(np.eye(3)))
    with pytest.raises(SearchIndexError, match=r"codes must have the shape of image_embeddings \(4, 4\), got \(3, 3\)"):
        QuantizedIndex(l2_normalize(np.eye(4)), codes)


def test_a_mask_of_the_wrong_shape_is_refused():
    rows = l2_normalize(np.eye(4))
    with pytest.raises(SearchIndexError, match=r"where must be a bool array of shape \(4,\), got bool of shape \(3,\)"):
        QuantizedIndex(rows).search(rows[:1], 1, np.ones(3, dtype=bool))
