"""Ranks both ways: the compiled counting and the plain one, against sorting written out in full."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core.ranks import counting
from t2i_core.ranks.counting import pair_ranks
from tests.core.lab_galleries import noisy_gallery


def sorted_ranks(scores: np.ndarray, rows: np.ndarray) -> tuple[list[int], list[int]]:
    """Rank of each caption's picture in its row, and of the caption in its picture's column; ties by place."""
    pictures = [
        np.argsort(-line, kind="stable").tolist().index(row) + 1 for line, row in zip(scores, rows, strict=True)
    ]
    captions = [
        np.argsort(-scores[:, row], kind="stable").tolist().index(caption) + 1 for caption, row in enumerate(rows)
    ]
    return pictures, captions


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 24), st.integers(1, 60), st.integers(0, 2**31))
def test_ranks_agree_with_sorting(images: int, captions: int, block_scores: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Rows of four halves: scores are exact in float32, and ties are common.
    image, text = np.zeros((images, 6), dtype=np.float32), np.zeros((captions, 6), dtype=np.float32)
    for row in (*image, *text):
        row[rng.choice(6, 4, replace=False)] = rng.choice([-0.5, 0.5], 4)
    rows = rng.integers(images, size=captions)
    expected = sorted_ranks(text @ image.T, rows)
    for most in (block_scores, None):
        found = pair_ranks(image, text, rows, block_scores=most)
        assert (found[0].tolist(), found[1].tolist()) == expected


def test_blocks_of_any_shape_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = noisy_gallery(150, 5, dimension=32)
    texts = gallery.text_embeddings
    assert texts is not None
    rows = gallery.rows_of(gallery.paired_captions)
    expected = sorted_ranks(texts.astype(np.float64) @ gallery.image_embeddings.T.astype(np.float64), rows)
    monkeypatch.setattr(counting, "SMALL", 0)
    for cores, shape in ((1, (64, 100)), (2, (1024, 1024)), (3, (100, 64))):
        monkeypatch.setattr(counting, "usable_cores", lambda cores=cores: cores)
        monkeypatch.setattr(counting, "CAPTIONS", shape[0])
        monkeypatch.setattr(counting, "PICTURES", shape[1])
        found = pair_ranks(gallery.image_embeddings, texts, rows)
        assert (found[0].tolist(), found[1].tolist()) == expected


def test_progress_is_told_and_its_error_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = noisy_gallery(40, 2)
    texts = gallery.text_embeddings
    assert texts is not None
    rows = gallery.rows_of(gallery.paired_captions)
    told: list[float] = []
    pair_ranks(gallery.image_embeddings, texts, rows, block_scores=200, on_progress=told.append)
    assert told == sorted(told) and told[-1] == 1.0 and len(told) > 3

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pair_ranks(gallery.image_embeddings, texts, rows, block_scores=200, on_progress=stop)


def test_nothing_to_rank() -> None:
    empty = pair_ranks(np.eye(3, dtype=np.float32), np.empty((0, 3), dtype=np.float32), np.empty(0, dtype=np.int64))
    assert [one.tolist() for one in empty] == [[], []]
