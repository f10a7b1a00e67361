"""Which index a gallery gets."""

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.index import opening
from t2i_core.index.exact import ExactIndex
from t2i_core.index.quantized import QuantizedIndex


@pytest.mark.parametrize(("images", "kind"), [(49, ExactIndex), (50, QuantizedIndex)])
def test_large_galleries_are_quantized_and_answer_alike(
    monkeypatch: pytest.MonkeyPatch, images: int, kind: type
) -> None:
    monkeypatch.setattr(opening, "QUANTIZED_FROM", 50)
    rows = l2_normalize(np.random.default_rng(3).normal(size=(images, 16)))
    index = opening.open_index(rows)
    assert type(index) is kind
    scores, found = index.search(rows[:2], 5)
    expected_scores, expected = ExactIndex(rows).search(rows[:2], 5)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(scores, expected_scores)
