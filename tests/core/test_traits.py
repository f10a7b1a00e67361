"""What verdicts weigh: traits of a sentence's scores, how much each counts, and that a search is told by what was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import Evidence, evidence_path, read_evidence, write_evidence
from t2i_core.dataset.evidence_file import TRAIT_COUNT
from t2i_core.engine import FolderSource, SearchEngine
from t2i_core.errors import DatasetError
from t2i_core.query import SearchRequest
from t2i_core.relevance.measuring import auroc
from t2i_core.relevance.traits import (
    REACH,
    TAKEN_OFF,
    TRAITS,
    best_pictures,
    crosswise,
    nearness_to_words,
    strengths_of,
    traits_of,
    weigh,
)
from t2i_core.types import Gallery, Manifest
from tests.core.small_galleries import DIMENSION, ColourEncoder, make_gallery

ENCODER = ColourEncoder("mini")
RNG = np.random.default_rng(2)
PICTURES, QUERIES, BACKGROUND, WORDS = (l2_normalize(RNG.normal(size=(count, DIMENSION))) for count in (150, 4, 40, 90))
SENTENCE = "a dog on a beach"


def test_weights_are_those_of_a_logistic_regression_in_which_both_kinds_count_alike() -> None:
    from sklearn.linear_model import LogisticRegression  # takes a second, which every process of the tests would spend
    from sklearn.preprocessing import StandardScaler

    here, elsewhere = RNG.normal(0.6, 2.0, size=(90, 3)), RNG.normal(size=(30, 3))
    rows, right = np.concatenate([here, elsewhere]), np.repeat([1, 0], [90, 30])
    scaler = StandardScaler().fit(rows)
    theirs = LogisticRegression(C=1.0, class_weight="balanced", tol=1e-10).fit(scaler.transform(rows), right)
    ours = strengths_of(rows, weigh(here, elsewhere))
    np.testing.assert_allclose(ours, theirs.decision_function(scaler.transform(rows)), atol=1e-5)


def test_what_only_seems_to_tell_is_not_counted() -> None:
    here, elsewhere = RNG.normal(size=(40, TRAIT_COUNT)), RNG.normal(size=(40, TRAIT_COUNT))
    weights = weigh(here, elsewhere)
    assert auroc(strengths_of(here, weights), strengths_of(elsewhere, weights)) > 0.6
    assert auroc(*crosswise(here, elsewhere)) < 0.58


def test_the_best_pictures_are_the_same_in_blocks() -> None:
    nearness = nearness_to_words(PICTURES, WORDS, block=32)
    wanted = np.sort(PICTURES @ WORDS.T, axis=1)[:, -64:].mean(axis=1)
    np.testing.assert_allclose(nearness, wanted, atol=1e-6)
    scores = QUERIES @ PICTURES.T
    order = np.argsort(-scores, axis=1)[:, :REACH]
    for block in (7, 100, 1_000):
        best = best_pictures(QUERIES, PICTURES, nearness, block=block)
        np.testing.assert_allclose(best.scores, np.take_along_axis(scores, order, axis=1), atol=1e-6)
        np.testing.assert_array_equal(best.nearness, nearness[order])


def test_each_trait_is_what_it_is_called() -> None:
    nearness = nearness_to_words(PICTURES, WORDS)
    told = traits_of(best_pictures(QUERIES, PICTURES, nearness), QUERIES, BACKGROUND)[0]
    scores, there = -np.sort(-(PICTURES @ QUERIES[0])), BACKGROUND @ QUERIES[0]
    reached = np.argsort(-(PICTURES @ QUERIES[0]))[:REACH]
    balanced = -np.sort(-(PICTURES @ QUERIES[0] - TAKEN_OFF * nearness)[reached])
    wanted = {
        "best": scores[0],
        "mean of the 5 best": scores[:5].mean(),
        "best, balanced": balanced[0],
        "mean of the 5 best, balanced": balanced[:5].mean(),
        "mean of the 5 best in the background": np.sort(there)[-5:].mean(),
        "mean over the background": there.mean(),
        "spread over the background": there.std(),
    }
    assert tuple(wanted) == TRAITS and len(TRAITS) == TRAIT_COUNT
    np.testing.assert_allclose(told, list(wanted.values()), atol=1e-6)


@pytest.fixture
def weighed(tmp_path: Path) -> tuple[Gallery, Evidence, float]:
    """A dataset with weights, and the strength of a sentence there."""
    manifest = Manifest(1, "mini", ENCODER.weights_sha256, DIMENSION, 150, 0, "colour", "0" * 64, "2026-01-01", "1")
    gallery = replace(make_gallery(PICTURES, manifest=manifest), data_dir=tmp_path)
    nearness = nearness_to_words(PICTURES, WORDS)
    asked = ENCODER.encode_text([SENTENCE])
    weights = np.array([1.0, 2.0, 30.0, 4.0, -5.0, 6.0, -7.0, 0.25])
    rows = l2_normalize(BACKGROUND.astype(np.float16))  # as they are kept
    strength = float(strengths_of(traits_of(best_pictures(asked, PICTURES, nearness), asked, rows), weights)[0])
    none = np.empty(0, dtype=np.int64)
    evidence = Evidence(
        BACKGROUND, none, 5, (0, 0), (99, 99), 0.9, 0.9, 100, 100, np.empty(0, np.float32), weights, nearness
    )
    return gallery, evidence, strength


@pytest.mark.parametrize(
    ("above", "evidence"), [((-2e-4, -1e-4), "strong"), ((-1e-4, 1e-4), "some"), ((1e-4, 2e-4), "weak")]
)
def test_a_search_is_told_by_the_strength_that_was_measured(
    weighed: tuple[Gallery, Evidence, float], above: tuple[float, float], evidence: str
) -> None:
    gallery, kept, strength = weighed
    assert write_evidence(gallery, replace(kept, sentences=(strength + above[0], strength + above[1])))
    engine = SearchEngine(ENCODER, FolderSource(gallery))
    for asked in (SearchRequest.of(SENTENCE, top_k=1), SearchRequest.of(SENTENCE, top_k=100)):
        verdict = engine.search(asked).verdict
        assert verdict is not None and verdict.evidence == evidence
    few = engine.search(SearchRequest.of("a dog", top_k=1)).verdict
    assert few is not None and few.evidence == "weak"  # by thresholds of its own


def test_weights_are_kept_and_a_file_without_them_goes_by_the_gap(weighed: tuple[Gallery, Evidence, float]) -> None:
    gallery, kept, _ = weighed
    assert write_evidence(gallery, kept)
    again = read_evidence(gallery)
    np.testing.assert_array_equal(again.trait_weights, kept.trait_weights)
    np.testing.assert_array_equal(again.nearness, kept.nearness)
    with np.load(evidence_path(gallery)) as npz:
        arrays = dict(npz)
    for wrong in (
        {"trait_weights": np.zeros(3)},
        {"nearness": np.zeros(149, np.float32)},
        {"trait_weights": np.full(8, np.nan)},
    ):
        np.savez(evidence_path(gallery), **(arrays | wrong))
        with pytest.raises(DatasetError, match="must hold 8 finite weights"):
            read_evidence(gallery)
    np.savez(
        evidence_path(gallery),
        **{name: one for name, one in arrays.items() if name not in {"trait_weights", "nearness"}},
    )
    earlier = read_evidence(gallery)
    assert len(earlier.trait_weights) == len(earlier.nearness) == 0
    assert SearchEngine(ENCODER, FolderSource(gallery)).search(SearchRequest.of(SENTENCE, top_k=1)).verdict is not None
