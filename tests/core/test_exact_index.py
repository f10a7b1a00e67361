"""The exact index against a full sort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core.errors import QueryError, SearchIndexError
from t2i_core.index.exact import ExactIndex
from t2i_core.types import Index


def best_first(allowed: list[int], rows: np.ndarray, query: np.ndarray) -> list[int]:
    return sorted(allowed, key=lambda row: (-float(rows[row] @ query), row))


@settings(max_examples=80)
@given(st.integers(1, 30), st.integers(1, 30), st.booleans(), st.integers(0, 2**31))
def test_agrees_with_a_full_sort(images: int, top_k: int, masked: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Whole numbers: scores are exact, and ties are common.
    rows = rng.integers(-2, 3, (images, 4)).astype(np.float32)
    queries = rng.integers(-2, 3, (3, 4)).astype(np.float32)
    where = rng.random(images) < 0.5 if masked else None
    top_k = min(top_k, images)
    scores, found = ExactIndex(rows).search(queries, top_k, where)
    for query, query_scores, query_rows in zip(queries, scores, found, strict=True):
        allowed = [row for row in range(images) if where is None or where[row]]
        expected = best_first(allowed, rows, query)[:top_k]
        assert query_rows.tolist() == expected
        assert query_scores.tolist() == [float(rows[row] @ query) for row in expected]
    assert (scores.dtype, found.dtype) == (np.dtype(np.float32), np.dtype(np.int64))


def test_nothing_allowed_finds_nothing() -> None:
    index = ExactIndex(np.eye(3, dtype=np.float32))
    scores, rows = index.search(np.ones((2, 3), dtype=np.float32), 2, np.zeros(3, dtype=bool))
    assert scores.shape == rows.shape == (2, 0)


def test_is_an_index() -> None:
    index: Index = ExactIndex(np.eye(3, dtype=np.float32))
    assert len(index) == 3


def test_other_arrays_are_refused() -> None:
    with pytest.raises(SearchIndexError) as caught:
        ExactIndex(np.eye(3))  # type: ignore[arg-type]  # what is refused
    assert str(caught.value) == (
        "image_embeddings must be a float32 array of shape (N, D), got float64 of shape (3, 3). Convert it first."
    )


def test_queries_of_another_dimension_are_refused() -> None:
    with pytest.raises(SearchIndexError) as caught:
        ExactIndex(np.eye(3, dtype=np.float32)).search(np.ones((1, 2), dtype=np.float32), 1)
    assert str(caught.value) == (
        "query_embeddings must have shape (Q, 3), got (1, 2). Encode the query with the model that built the gallery."
    )


def test_top_k_beyond_the_gallery_is_refused() -> None:
    with pytest.raises(QueryError) as caught:
        ExactIndex(np.eye(3, dtype=np.float32)).search(np.ones((1, 3), dtype=np.float32), 4)
    assert str(caught.value) == "top_k must be in 1..3, got 4. Ask for at most as many pictures as there are."
