"""Intervals hold what they promise: over made-up pictures whose true recall is known, 95 of 100 cover it."""

from __future__ import annotations

import numpy as np
import pytest

from t2i_core.lab.resampling import Draws

PICTURES, CAPTIONS = 80, 5


def coverage(mean: float, *, by_picture: bool, times: int, seed: int = 5) -> float:
    """How often the interval covers the recall of all pictures there could be.

    Captions of one picture succeed together: each picture has its own chance, drawn around the mean.
    """
    rng = np.random.default_rng(seed)
    covered = 0
    for time in range(times):
        chance = rng.beta(2 * mean, 2 * (1 - mean), PICTURES)
        hits = (rng.random((PICTURES, CAPTIONS)) < chance[:, None]).astype(np.float64).ravel()
        pictures = np.repeat(np.arange(PICTURES), CAPTIONS)
        units = pictures if by_picture else np.arange(len(hits))
        figure = Draws(len(hits), units, seed=time, resamples=250).mean(hits, units)
        assert figure.low is not None and figure.high is not None
        covered += figure.low <= mean <= figure.high
    return covered / times


@pytest.mark.parametrize("mean", [0.3, 0.6, 0.85])
def test_intervals_by_picture_cover_the_truth(mean: float) -> None:
    assert 0.92 <= coverage(mean, by_picture=True, times=400) <= 0.97


def test_intervals_by_caption_would_not() -> None:
    """The simulation can tell: what resamples captions promises too much."""
    assert coverage(0.6, by_picture=False, times=150) < 0.9


def test_the_same_seed_gives_the_same_interval() -> None:
    values, units = np.random.default_rng(0).random(50), np.arange(50)
    assert Draws(50, units, seed=3).mean(values, units) == Draws(50, units, seed=3).mean(values, units)
    assert Draws(50, units, seed=3).mean(values, units) != Draws(50, units, seed=4).mean(values, units)
