"""The quantized index gives the oracle's rows and scores, whatever the data."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core.arrays import l2_normalize
from t2i_core.errors import QueryError, SearchIndexError
from t2i_core.index.codes import encode_queries, encode_rows
from t2i_core.index.exact import ExactIndex
from t2i_core.index.quantized import QuantizedIndex
from t2i_core.index.tiles import MANY_PLANES, ONE_PLANES, fastest_lanes, tile_sums
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


def shuffled_rows(rng: np.random.Generator, images: int, dimension: int) -> np.ndarray:
    """The same numbers in another order in each row: a query of equal entries scores all of them the same but for rounding."""
    return rng.permuted(np.tile(rng.normal(size=dimension) + 0.2, (images, 1)), axis=1)


Rows = Callable[[np.random.Generator, int, int], np.ndarray]
KINDS: tuple[Rows, ...] = (
    random_rows,
    clustered_rows,
    repeated_rows,
    nearly_tied_rows,
    constant_rows,
    spiked_rows,
    huge_and_tiny_rows,
    shuffled_rows,
)


LANES = [lanes for lanes in (0, 8, 16) if lanes <= fastest_lanes()]


def queries_for(rng: np.random.Generator, rows: FloatArray) -> FloatArray:
    """A row itself, something beside a row, something unrelated, and the same number everywhere."""
    near = rows[-1] + 0.05 * rng.normal(size=rows.shape[1])
    return l2_normalize(np.stack([rows[0], near, rng.normal(size=rows.shape[1]), np.ones(rows.shape[1])]))


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    images=st.sampled_from([1, 2, 3, 50, 333]),
    dimension=st.sampled_from([1, 2, 33, 512]),
    top_k=st.sampled_from([1, 2, 10, "all"]),
    lanes=st.sampled_from(LANES),
    batched=st.booleans(),
    filtered=st.sampled_from([None, 0.0, 0.1, 0.9]),
    seed=st.integers(0, 2**16),
)
def test_rows_and_scores_are_the_oracles(
    kind: Rows,
    images: int,
    dimension: int,
    top_k: int | Literal["all"],
    lanes: int,
    batched: bool,
    filtered: float | None,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    rows = l2_normalize(kind(rng, images, dimension))
    queries = np.concatenate([queries_for(rng, rows) for _ in range(9 if batched else 1)])
    where = None if filtered is None else rng.random(images) < filtered
    wanted = images if top_k == "all" else min(top_k, images)
    expected_scores, expected_rows = ExactIndex(rows).search(queries, wanted, where)
    scores, found = QuantizedIndex(rows, threads=2, lanes=lanes).search(queries, wanted, where)
    np.testing.assert_array_equal(found, expected_rows)
    np.testing.assert_array_equal(scores, expected_scores)


@settings(max_examples=20, deadline=None)
@given(kind=st.sampled_from(KINDS), images=st.sampled_from([1, 2, 50]), seed=st.integers(0, 2**16))
def test_one_more_than_there_are_is_refused_as_by_the_oracle(kind: Rows, images: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = l2_normalize(kind(rng, images, 33))
    queries = queries_for(rng, rows)
    for index in (ExactIndex(rows), QuantizedIndex(rows)):
        with pytest.raises(QueryError, match=rf"top_k must be in 1\.\.{images}, got {images + 1}\."):
            index.search(queries, images + 1)


def test_rows_shared_between_threads_are_the_oracles() -> None:
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


def test_only_a_few_rows_are_read_in_full_precision() -> None:
    rng = np.random.default_rng(6)
    rows = l2_normalize(random_rows(rng, 20_000, 256))
    candidates = QuantizedIndex(rows).candidates(queries_for(rng, rows)[2], 10)
    assert 10 <= candidates.size < 400


def test_the_error_of_each_row_bounds_what_its_codes_leave_out() -> None:
    rng = np.random.default_rng(7)
    rows = l2_normalize(clustered_rows(rng, 500, 96))
    codes = encode_rows(rows)
    stored = codes.center.astype(np.float64) + codes.scales[:500, None].astype(np.float64) * codes.row_codes()
    left_out = np.linalg.norm(rows - stored, axis=1)
    assert (left_out <= codes.errors[:500]).all()
    assert codes.errors.max() < 0.02


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("planes", [ONE_PLANES, MANY_PLANES])
def test_sums_of_a_tile_are_whole_number_products(planes: int, lanes: int) -> None:
    rng = np.random.default_rng(8)
    # The biggest numbers there are among them: nothing may saturate or overflow.
    codes = rng.choice([0, 1, 128, 254, 255], (16, 512)).astype(np.uint8)
    numbers = rng.choice([-128, -1, 0, 1, 127], (planes, 512)).astype(np.int8)
    codes[0], numbers[0] = 255, -128
    tile = np.ascontiguousarray(codes.reshape(16, 128, 4).transpose(1, 0, 2)).view(np.int32)[..., 0]
    sums = np.empty((planes, 16), dtype=np.int32)
    tile_sums(tile, np.ascontiguousarray(numbers.view(np.int32).T), sums, lanes)
    np.testing.assert_array_equal(sums, numbers.astype(np.int64) @ codes.astype(np.int64).T)


def test_the_planes_of_a_query_make_up_the_query() -> None:
    rng = np.random.default_rng(9)
    queries = l2_normalize(
        np.concatenate([rng.normal(size=(3, 33)), np.eye(33)[:2], -np.eye(33)[:2], np.zeros((1, 33))])
    )
    coded = encode_queries(queries, columns=48)
    planes = coded.planes.astype(np.float64)
    rest = queries - (256 * planes[0::2, :33] + planes[1::2, :33]) * coded.scales[:, None]
    assert (np.linalg.norm(rest, axis=1) <= coded.errors + 1e-15).all()
    assert coded.errors.max() < 1e-3
    assert not planes[:, 33:].any()


def test_top_k_beyond_the_gallery_is_refused() -> None:
    rows = l2_normalize(np.eye(4))
    with pytest.raises(QueryError, match=r"top_k must be in 1\.\.4, got 5\."):
        QuantizedIndex(rows).search(rows[:1], 5)


def test_codes_of_other_rows_are_refused() -> None:
    codes = encode_rows(l2_normalize(np.eye(3)))
    with pytest.raises(SearchIndexError, match=r"codes must have the shape of image_embeddings \(4, 4\), got \(3, 3\)"):
        QuantizedIndex(l2_normalize(np.eye(4)), codes)


def test_a_mask_of_the_wrong_shape_is_refused() -> None:
    rows = l2_normalize(np.eye(4))
    with pytest.raises(SearchIndexError, match=r"where must be a bool array of shape \(4,\), got bool of shape \(3,\)"):
        QuantizedIndex(rows).search(rows[:1], 1, np.ones(3, dtype=bool))
