"""What verdicts and cutoffs are made of: reaches, drops, counts, histograms, gaps, and what is bundled for them."""

from __future__ import annotations

import numpy as np
import pytest

from t2i_core.dataset import Evidence
from t2i_core.encoder.names import MINI_PATH
from t2i_core.encoder.weight_files import file_sha256
from t2i_core.relevance.background import own_background
from t2i_core.relevance.cutting import before_largest_drop, cut_at, histogram_of
from t2i_core.relevance.gaps import best_cosines
from t2i_core.relevance.measuring import auroc, bundled_sentences


def test_a_reach_keeps_its_share_of_captions_that_were_not_measured() -> None:
    """Conformal risk control: over many draws the next caption's own picture is left out one time in ten at most."""
    rng = np.random.default_rng(5)
    none = np.empty((0, 4), dtype=np.float32)
    missed = 0
    for _ in range(4_000):
        reaches = rng.exponential(size=40).astype(np.float32)
        evidence = Evidence(none, np.empty(0, dtype=np.int64), 1, (0, 0), (0, 0), 0, 0, 39, 0, np.sort(reaches[:39]))
        reach = evidence.reach(0.9)
        assert reach is not None
        missed += reaches[39] > reach
    assert 0.08 < missed / 4_000 <= 0.11


def test_few_reaches_promise_nothing() -> None:
    none = np.empty(0, dtype=np.int64)
    eight, nine = (
        Evidence(
            np.eye(1, 4, dtype=np.float32), none, 1, (0, 0), (0, 0), 0, 0, 1, 1, np.arange(count, dtype=np.float32)
        )
        for count in (8, 9)
    )
    assert eight.reach(0.9) is None
    assert nine.reach(0.9) == 8.0


@pytest.mark.parametrize(
    ("scores", "before"), [([0.33, 0.32, 0.18], 2), ([0.5, 0.2, 0.19], 1), ([0.3, 0.3], 2), ([0.3], 1), ([], 0)]
)
def test_the_largest_drop(scores: list[float], before: int) -> None:
    assert before_largest_drop(scores) == before


def test_what_belongs_beyond_the_hits_is_told_from_a_sample() -> None:
    among = np.linspace(0, 1, 101, dtype=np.float32)
    within = cut_at(0.95, found=[0.99, 0.97, 0.9], among=among, asked=2, images=10_000, by_score=True)
    beyond = cut_at(0.5, found=[0.99, 0.97, 0.9], among=among, asked=2, images=10_000, by_score=True)
    assert (within.belong, within.estimated, within.left_out) == (2, False, 0)
    assert beyond.belong == pytest.approx(5_050, abs=60)
    assert beyond.estimated


def test_a_histogram_of_equal_scores_has_one_bar() -> None:
    assert histogram_of(np.full(4, 0.2, dtype=np.float32), 0.2, images=8).counts[0] == 4


def test_the_best_cosines_are_the_same_in_blocks() -> None:
    rng = np.random.default_rng(6)
    queries, rows = (rng.normal(size=(count, 4)).astype(np.float32) for count in (3, 50))
    wanted = -np.sort(-(queries @ rows.T), axis=1)[:, :5]
    for block in (1, 7, 64):
        np.testing.assert_allclose(best_cosines(queries, rows, block=block), wanted, rtol=1e-6)
    assert best_cosines(queries, rows[:2]).shape == (3, 2)


def test_auroc_counts_pairs() -> None:
    assert auroc(np.array([1.0, 2.0], dtype=np.float32), np.array([0.0, 1.0], dtype=np.float32)) == 0.875


def test_every_bundled_sentence_has_a_subject() -> None:
    sentences = bundled_sentences()
    assert len(sentences) > 250
    assert all(subjects and "[" not in sentence for sentence, subjects in sentences)


def test_the_bundled_background_is_of_the_bundled_weights() -> None:
    """Weights that are made anew need `python -m recipes.mini.background_rows`."""
    rows = own_background(file_sha256(MINI_PATH))
    assert rows is not None
    assert rows.shape == (625, 512)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    assert own_background("0" * 64) is None
