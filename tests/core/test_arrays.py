"""Unit rows, read-only arrays, and the range of top_k."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from t2i_core.arrays import check_top_k, l2_normalize, read_only
from t2i_core.errors import QueryError


@given(
    hnp.arrays(
        np.float32, st.tuples(st.integers(0, 4), st.integers(1, 5)), elements=st.floats(-(2.0**99), 2.0**99, width=32)
    )
)
def test_rows_have_length_one_or_stay_zero(rows: np.ndarray) -> None:
    before = rows.copy()
    unit = l2_normalize(rows)
    norms = np.linalg.norm(unit.astype(np.float64), axis=1)
    assert unit.dtype == np.float32
    assert np.allclose(norms, np.any(rows != 0, axis=1), atol=1e-6)
    assert np.array_equal(rows, before)


def test_read_only_refuses_writes() -> None:
    array = np.zeros(2)
    assert read_only(array) is array
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


@pytest.mark.parametrize("top_k", [1, 108, np.int64(5)])
def test_top_k_in_range(top_k: int) -> None:
    assert check_top_k(top_k, images=108) == top_k
    assert type(check_top_k(top_k, images=108)) is int


@pytest.mark.parametrize("top_k", [0, -1, 109, 500, 2.5, "5", True])
def test_top_k_out_of_range(top_k: object) -> None:
    with pytest.raises(QueryError) as caught:
        check_top_k(top_k, images=108)  # type: ignore[arg-type]  # what is refused
    assert str(caught.value) == f"top_k must be in 1..108, got {top_k}. Ask for at most as many pictures as there are."
