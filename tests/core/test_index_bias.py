"""A bias, one number a row added to its score, is searched as exactly as scores alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core.arrays import l2_normalize
from t2i_core.errors import SearchIndexError
from t2i_core.index.exact import ExactIndex
from t2i_core.index.quantized import QuantizedIndex
from tests.core.test_quantized_index import KINDS, LANES, queries_for


def biases(rng: np.random.Generator, images: int, kind: str) -> np.ndarray:
    """Of the size of scores, far larger, far smaller, and one row far from the others."""
    small = 0.05 * rng.normal(size=images)
    if kind == "spike":
        small[rng.integers(0, images)] = rng.choice([-50.0, 50.0])
    return (small * {"scores": 1.0, "large": 1e4, "tiny": 1e-6, "spike": 1.0, "equal": 0.0}[kind]).astype(np.float32)


@settings(max_examples=80, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    biased=st.sampled_from(["scores", "large", "tiny", "spike", "equal"]),
    images=st.sampled_from([1, 3, 50, 333]),
    dimension=st.sampled_from([2, 33, 128]),
    top_k=st.sampled_from([1, 10, "all"]),
    lanes=st.sampled_from(LANES),
    batched=st.booleans(),
    filtered=st.sampled_from([None, 0.1, 0.9]),
    seed=st.integers(0, 2**16),
)
def test_every_index_finds_the_rows_of_a_full_sort(
    kind: Callable[[np.random.Generator, int, int], np.ndarray],
    biased: str,
    images: int,
    dimension: int,
    top_k: int | str,
    lanes: int,
    batched: bool,
    filtered: float | None,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    rows = l2_normalize(kind(rng, images, dimension))
    queries = np.concatenate([queries_for(rng, rows) for _ in range(4 if batched else 1)])
    where = None if filtered is None else rng.random(images) < filtered
    bias = biases(rng, images, biased)
    most = images if isinstance(top_k, str) else min(top_k, images)
    scores, found = ExactIndex(rows).search(queries, most, where, bias)
    quantized = QuantizedIndex(rows, threads=2, lanes=lanes).search(queries, most, where, bias)
    np.testing.assert_array_equal(quantized[1], found)
    np.testing.assert_array_equal(quantized[0], scores)
    for query, own in zip(queries, found, strict=True):
        # Each row's sum alone, as scores are defined: equal rows are equal then.
        exact = np.array([(row.astype(np.float64) * query).sum() for row in rows]) + bias
        allowed = np.arange(images) if where is None else np.flatnonzero(where)
        np.testing.assert_array_equal(own, allowed[np.lexsort((allowed, -exact[allowed]))][:most])


def test_a_bias_of_zeros_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    rows = l2_normalize(rng.normal(size=(200, 32)))
    for index in (ExactIndex(rows), QuantizedIndex(rows)):
        plain, zeros = index.search(rows[:3], 9), index.search(rows[:3], 9, None, np.zeros(200, dtype=np.float32))
        np.testing.assert_array_equal(plain[0], zeros[0])
        np.testing.assert_array_equal(plain[1], zeros[1])


def test_the_bias_given_stays_as_it_was() -> None:
    rows = l2_normalize(np.random.default_rng(4).normal(size=(40, 8)))
    bias = np.linspace(-1, 1, 40).astype(np.float32)
    before = bias.copy()
    QuantizedIndex(rows).search(rows[:1], 3, None, bias)
    np.testing.assert_array_equal(bias, before)
    assert bias.flags.writeable


@pytest.mark.parametrize(
    "bias", [np.zeros(3, dtype=np.float32), np.zeros(4), np.array([0, np.nan, 0, 0], dtype=np.float32)], ids=str
)
def test_other_biases_are_refused(bias: np.ndarray) -> None:
    rows = l2_normalize(np.eye(4))
    for index in (ExactIndex(rows), QuantizedIndex(rows)):
        with pytest.raises(SearchIndexError, match=r"bias must be a float32 array of shape \(4,\) of finite numbers"):
            index.search(rows[:1], 1, None, bias)
