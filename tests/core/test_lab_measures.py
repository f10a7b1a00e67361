"""The lab's measures against their formulas written out, as clip_benchmark defines them, on random embeddings."""

from __future__ import annotations

import numpy as np
import pytest

from t2i_core.errors import DatasetError
from t2i_core.evaluation import evaluate
from t2i_core.lab.examining import examine
from t2i_core.lab.ranking import Ranking
from t2i_core.lab.resampling import Draws
from t2i_core.types import Gallery
from tests.core.lab_galleries import noisy_gallery
from tests.core.small_galleries import make_gallery


def positive_pairs(gallery: Gallery, marks: list[tuple[int, int]]) -> np.ndarray:
    """Which pictures are right for which caption: (M, N) of 0 and 1."""
    pairs = np.zeros((len(gallery.captions), len(gallery)))
    captions = gallery.paired_captions
    pairs[captions, gallery.rows_of(captions)] = 1
    for caption, row in marks:
        pairs[caption, row] = 1
    return pairs


def clip_benchmark_recall(scores: np.ndarray, positives: np.ndarray, k: int) -> np.ndarray:
    """Of each query (a row): how many of the k best candidates are positive, divided by how many are positive at all.

    clip_benchmark reports the mean of whether this is above 0 as image_retrieval_recall@k, and, of the transposed
    scores, as text_retrieval_recall@k.
    """
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    recall: np.ndarray = np.take_along_axis(positives, best, axis=1).sum(axis=1) / positives.sum(axis=1)
    return recall


def full_formulas(scores: np.ndarray, positives: np.ndarray) -> dict[str, float]:
    """R-precision, mAP@R and MRR query by query, place by place."""
    r_precision, average, reciprocal, first_ranks = [], [], [], []
    for line, right in zip(scores, positives, strict=True):
        shown = right[np.argsort(-line, kind="stable")]
        number = int(right.sum())
        r_precision.append(shown[:number].sum() / number)
        average.append(sum(shown[:place].mean() * shown[place - 1] for place in range(1, number + 1)) / number)
        first_ranks.append(int(np.argmax(shown)) + 1)
        reciprocal.append(1 / first_ranks[-1])
    return {
        "r_precision": float(np.mean(r_precision)),
        "map@r": float(np.mean(average)),
        "mrr": float(np.mean(reciprocal)),
        "median_rank": float(np.median(first_ranks)),
    }


@pytest.mark.parametrize("marked", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_measures_equal_their_formulas(marked: bool, seed: int) -> None:
    gallery = noisy_gallery(80, 4, noise=1.5, seed=seed, bare=3)
    rng = np.random.default_rng(seed)
    chosen = [(int(caption), int(rng.integers(80))) for caption in rng.choice(len(gallery.captions), 40, replace=False)]
    marks = [(gallery.captions[caption], gallery.image_ids[row]) for caption, row in chosen] if marked else []
    assert gallery.text_embeddings is not None
    scores = gallery.text_embeddings.astype(np.float64) @ gallery.image_embeddings.T.astype(np.float64)
    positives = positive_pairs(gallery, chosen if marked else [])
    measured = examine(gallery, marks).measured
    asked = positives.sum(axis=0) > 0
    for direction, lines, right in (
        (measured.text_to_image, scores, positives),
        (measured.image_to_text, scores.T[asked], positives.T[asked]),
    ):
        expected = full_formulas(lines, right)
        for k in (1, 5, 10):
            recall = clip_benchmark_recall(lines, right, k)
            expected[f"hit@{k}"] = float((recall > 0).mean())
            assert direction.curve.recall[k - 1].value == pytest.approx(float(recall.mean()), abs=1e-6)
            found = recall * right.sum(axis=1)
            assert direction.curve.precision[k - 1].value == pytest.approx(float((found / k).mean()), abs=1e-6)
        expected["recall@10"] = float(clip_benchmark_recall(lines, right, 10).mean())
        assert {name: figure.value for name, figure in direction.figures.items()} == pytest.approx(expected, abs=1e-6)
        assert 0.1 < expected["hit@1"] < 0.95  # neither trivial nor hopeless
    assert measured.marked == int(positives.sum()) - len(gallery.captions)


def test_the_plain_evaluation_says_the_same() -> None:
    gallery = noisy_gallery(50, 3, noise=1.5)
    plain, measured = evaluate(gallery), examine(gallery).measured
    for name in ("text_to_image", "image_to_text"):
        scores, direction = getattr(plain, name), getattr(measured, name)
        assert [direction.figures[f"hit@{k}"].value for k in (1, 5, 10)] == pytest.approx(list(scores.recall.values()))
        assert direction.figures["median_rank"].value == scores.median_rank


def test_the_k_that_finds_a_share() -> None:
    curve = examine(noisy_gallery(60, 3, noise=2.0)).measured.text_to_image.curve
    k = curve.k_to_find(0.9)
    assert k is not None and curve.hits[k - 1].value >= 0.9 > curve.hits[k - 2].value
    assert len(curve) == 60 and curve.hits[-1].value == 1.0


def test_some_queries_alone() -> None:
    ranking = Ranking.of(np.array([0, 1, 0, 2, 2]), np.array([4, 1, 2, 9, 3]), np.array([7, 8, 9]), 10)
    assert ranking.right.tolist() == [2, 1, 2]
    part = ranking.of_queries(np.array([2, 0]))
    assert (part.ranks.tolist(), part.best.tolist(), part.units.tolist()) == ([3, 9, 2, 4], [3, 2], [9, 7])


@pytest.mark.parametrize("images", [1, 2, 20])
def test_few_pictures_have_figures(images: int) -> None:
    measured = examine(noisy_gallery(images, 2)).measured
    figure = measured.text_to_image.figures["hit@1"]
    assert figure.queries == 2 * images
    assert (figure.low is None) == (images == 1)
    if figure.low is not None and figure.high is not None:
        assert 0.0 <= figure.low <= figure.value <= figure.high <= 1.0


def test_without_captions_it_says_what_to_do() -> None:
    with pytest.raises(DatasetError, match=r"got none in data\. Add a captions file: python -m t2i_core build"):
        examine(make_gallery(np.eye(2)))
    with pytest.raises(DatasetError, match="Measuring needs caption embeddings"):
        examine(make_gallery(np.eye(2), [0, 1]))


def test_all_found_is_not_sure_to_be_all() -> None:
    units = np.arange(20)
    figure = Draws(20, units).mean(np.ones(20), units)
    assert figure.value == figure.high == 1.0
    assert figure.low == pytest.approx(0.025 ** (1 / 20))
