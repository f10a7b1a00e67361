"""From a picture to captions: best first, equal sentences once, its own ones marked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize, read_only
from t2i_core.engine import SearchEngine
from t2i_core.opening import open_engine
from t2i_core.types import Gallery, Manifest


class NoEncoder:
    model_id, weights_sha256, dimension, preprocessing, device = "none", "0", 4, "", "cpu"


def engine(*, with_text: bool = True) -> SearchEngine:
    images = read_only(np.eye(3, 4, dtype=np.float32))
    captions = ("a cat", "a dog", "a dog", "a bird", "a kitten")
    wide = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [1, 0.5, 0, 0]])
    gallery = Gallery(
        name="pets",
        data_dir=Path(),
        images_dir=Path(),
        image_ids=("cat.jpg", "dog.jpg", "bird.jpg"),
        image_embeddings=images,
        captions=captions,
        caption_rows=read_only(np.array([0, 1, 1, 2, 0])),
        text_embeddings=read_only(l2_normalize(wide)) if with_text else None,
        image_sizes=read_only(np.zeros((3, 2), dtype=np.int64)),
        key="pets",
        manifest=Manifest(1, "none", "0", 4, 3, 5, "", "", "", ""),
    )
    return open_engine(NoEncoder(), gallery)  # type: ignore[arg-type]  # pictures alone are asked for, nothing is encoded


def test_best_first_and_own_marked() -> None:
    hits = engine().closest_captions(0, top_k=3)
    assert [(hit.rank, hit.caption, hit.own) for hit in hits] == [
        (1, "a cat", True),
        (2, "a kitten", True),
        (3, "a dog", False),
    ]
    assert hits[0].score == pytest.approx(1.0)


def test_equal_sentences_appear_once() -> None:
    assert [hit.caption for hit in engine().closest_captions(1, top_k=9)].count("a dog") == 1


def test_without_caption_embeddings_there_are_none() -> None:
    assert engine(with_text=False).closest_captions(0) == ()
    assert not engine(with_text=False).compares_captions
