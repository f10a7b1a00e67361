"""How the numbers of a facet lie, as the page's filters draw it."""

from __future__ import annotations

import numpy as np

from t2i_core.facets.columns import number_column, text_column
from t2i_core.facets.counting import MOST_VALUES
from t2i_core.facets.spreads import BARS, spread_of

NOBODY = np.empty(0, dtype=np.int64)


def test_every_picture_with_a_number_is_counted_once() -> None:
    numbers = np.random.default_rng(1).normal(50, 20, 200)
    numbers[::10] = np.nan
    spread = spread_of("width", number_column(numbers), np.arange(20))
    assert spread is not None
    assert (len(spread.gallery), sum(spread.gallery), sum(spread.hits)) == (BARS, 180, 18)
    assert all(hits <= gallery for hits, gallery in zip(spread.hits, spread.gallery, strict=True))
    assert (spread.low, spread.high) == (np.nanmin(numbers), np.nanmax(numbers))
    assert not spread.integral


def test_days_lie_as_evenly_as_they_follow_each_other() -> None:
    days = np.array([20201201.0, 20201231.0, 20210101.0, 20210131.0])
    spread = spread_of("taken", number_column(days), NOBODY)
    assert spread is not None
    assert (spread.low, spread.high, spread.integral) == (20201201.0, 20210131.0, True)
    held = np.flatnonzero(spread.gallery)
    assert held[0] == 0
    assert held[-1] == BARS - 1
    # The turn of the year is in the middle, though the numbers jump there.
    assert set(held[1:-1].tolist()) <= {BARS // 2 - 1, BARS // 2}
    assert sum(spread.gallery) == 4


def test_texts_are_a_range_where_they_are_many_numbers_only() -> None:
    years = [str(1990 + year) for year in range(MOST_VALUES + 1)]
    spread = spread_of("column:year", text_column(len(years), years), NOBODY)
    assert spread is not None
    assert (spread.low, spread.high) == (1990.0, 1990.0 + MOST_VALUES)
    for told in (years[:-1], [*years, "old"]):
        assert spread_of("column:year", text_column(len(told), told), NOBODY) is None


def test_what_does_not_differ_has_no_spread() -> None:
    assert spread_of("width", number_column(np.full(5, 640.0)), NOBODY) is None
    assert spread_of("width", number_column(np.full(5, np.nan)), NOBODY) is None
