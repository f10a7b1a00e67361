"""Galleries with groups that are plain to see, for tests of maps and clusters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from t2i_core.types import Gallery
from tests.core.small_galleries import make_gallery

DIMENSION = 16
WORDS = ("castle tower stone", "fish coral reef", "rocket smoke launch")


def grouped_rows(images: int, *, groups: int = 3, seed: int = 0, noise: float = 0.2) -> np.ndarray:
    """Unit rows in groups one after the other, group i around direction i: (images, 16) float32."""
    random = np.random.default_rng(seed)
    centres = np.eye(DIMENSION)[:groups]
    rows = centres[np.arange(images) * groups // images] + noise * random.standard_normal((images, DIMENSION)) / 2
    unit: np.ndarray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def grouped_gallery(rows: np.ndarray, data_dir: Path, *, key: str = "grouped", captions: bool = True) -> Gallery:
    """A gallery of these rows; the captions of each group have words of their own, and "a photo" in common."""
    images = len(rows)
    texts = tuple(f"A photo of a {WORDS[row * len(WORDS) // images]} number {row}" for row in range(images))
    gallery = make_gallery(rows, list(range(images)) if captions else [], rows if captions else None)
    return replace(gallery, data_dir=data_dir, key=key, captions=texts if captions else ())
