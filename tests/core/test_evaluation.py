"""Recall and ranks, compared with a ranking written out in full."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core import evaluation
from t2i_core.dataset import read_gallery, without_text_embeddings
from t2i_core.errors import DatasetError
from t2i_core.evaluation import evaluate, rank_pairs, recall_at_k
from tests.core.small_galleries import make_gallery, save_ours


def best_first(scores: np.ndarray) -> list[int]:
    """Places of scores, best first; ties by position."""
    return sorted(range(len(scores)), key=lambda place: (-scores[place], place))


def oracle(scores: np.ndarray, caption_rows: list[int]) -> tuple[list[int], list[int]]:
    """Ranks by sorting every row and column; ties by position."""
    text_ranks = []
    for caption, row in enumerate(caption_rows):
        order = best_first(scores[caption])
        text_ranks.append(order.index(row) + 1)
    image_ranks = []
    for image in sorted(set(caption_rows)):
        order = best_first(scores[:, image])
        image_ranks.append(min(order.index(caption) for caption, row in enumerate(caption_rows) if row == image) + 1)
    return text_ranks, image_ranks


@settings(max_examples=80)
@given(st.integers(1, 9), st.integers(1, 24), st.integers(1, 60), st.integers(0, 2**31))
def test_ranks_agree_with_sorting(images: int, captions: int, block_scores: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Rows of four halves: scores are exact in float32, and ties are common.
    image = np.zeros((images, 6), dtype=np.float32)
    text = np.zeros((captions, 6), dtype=np.float32)
    for rows in (image, text):
        for row in rows:
            row[rng.choice(6, 4, replace=False)] = rng.choice([-0.5, 0.5], 4)
    owners = rng.integers(images, size=captions)
    previous, evaluation.BLOCK_SCORES = evaluation.BLOCK_SCORES, block_scores
    try:
        text_ranks, image_ranks = rank_pairs(image, text, owners)
    finally:
        evaluation.BLOCK_SCORES = previous
    assert (text_ranks.tolist(), image_ranks.tolist()) == oracle(text @ image.T, owners.tolist())


def test_ranks_of_real_looking_rows_agree_with_sorting() -> None:
    rng = np.random.default_rng(3)
    image = rng.standard_normal((150, 32)).astype(np.float32)
    owners = np.repeat(np.arange(150), 5)
    text = image[owners] + 2.0 * rng.standard_normal((750, 32)).astype(np.float32)
    image /= np.linalg.norm(image, axis=1, keepdims=True)
    text /= np.linalg.norm(text, axis=1, keepdims=True)
    text_ranks, image_ranks = rank_pairs(image, text, owners)
    exact = text.astype(np.float64) @ image.T.astype(np.float64)
    assert (text_ranks.tolist(), image_ranks.tolist()) == oracle(exact, owners.tolist())
    assert 1 < np.median(text_ranks) < 50


def test_equal_pictures_rank_by_row() -> None:
    same = np.tile(np.array([[0.6, 0.8]], dtype=np.float32), (4, 1))
    text_ranks, image_ranks = rank_pairs(same, same, np.arange(4))
    assert text_ranks.tolist() == [1, 2, 3, 4]
    assert image_ranks.tolist() == [1, 2, 3, 4]


def test_recall_counts_ranks_up_to_k() -> None:
    ranks = np.array([1, 2, 5, 6, 11])
    assert [recall_at_k(ranks, k) for k in (1, 5, 10)] == [0.2, 0.6, 0.8]


def test_a_picture_counts_once_any_caption_is_found() -> None:
    # Picture 0's first caption is closest to picture 1, its second one is perfect.
    eye = np.eye(2, 4, dtype=np.float32)
    result = evaluate(make_gallery(eye, [0, 0, 1], np.stack([eye[1], eye[0], eye[1]])))
    assert result.text_ranks.tolist() == [2, 1, 1]
    assert result.image_ranks.tolist() == [1, 2]  # level with its own, but the other's caption stands earlier
    assert result.as_dict() == {
        "text_to_image": {"recall@1": 2 / 3, "recall@5": 1.0, "recall@10": 1.0, "median_rank": 1.0},
        "image_to_text": {"recall@1": 0.5, "recall@5": 1.0, "recall@10": 1.0, "median_rank": 1.5},
        "images": 2,
        "captions": 3,
        "model": "unknown",
    }
    json.dumps(result.as_dict())


def test_captions_of_unknown_pictures_and_bare_pictures() -> None:
    eye = np.eye(3, dtype=np.float32)
    result = evaluate(make_gallery(eye, [-1, 2], eye[[2, 2]]))
    assert (result.images, result.captions) == (3, 1)
    assert result.text_ranks.tolist() == [1]
    assert result.image_ranks.tolist() == [1]  # pictures 0 and 1 are no queries


def test_the_model_is_the_manifests(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    gallery = read_gallery(tmp_path / "data")
    assert evaluate(gallery).model == "colours"
    assert evaluate(gallery, model="other").model == "other"


def test_captions_encoded_again_are_used() -> None:
    eye = np.eye(2, dtype=np.float32)
    gallery = make_gallery(eye, [0, 1])
    assert evaluate(gallery, text_embeddings=eye).text_to_image.recall[1] == 1.0
    with pytest.raises(DatasetError) as caught:
        evaluate(gallery, text_embeddings=np.eye(3, dtype=np.float32))
    assert str(caught.value) == (
        "Caption embeddings must have shape (2, 2), got (3, 3). Encode the gallery's captions with its model."
    )


def test_no_captions() -> None:
    with pytest.raises(DatasetError) as caught:
        evaluate(make_gallery(np.eye(2)))
    assert str(caught.value) == (
        "An evaluation needs captions of the pictures, got none in data. "
        "Add a captions file: python -m t2i_core build --captions FILE --data data"
    )


def test_no_caption_embeddings() -> None:
    with pytest.raises(DatasetError) as caught:
        evaluate(without_text_embeddings(make_gallery(np.eye(2), [0, 1], np.eye(2))))
    assert str(caught.value) == (
        "An evaluation needs caption embeddings made by the pictures' model, got none in data. "
        "Rebuild: python -m t2i_core build --data data"
    )
