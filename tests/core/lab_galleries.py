"""Galleries for tests of the lab: pictures and captions that mean them more or less, with words, lengths and columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from t2i_core.arrays import l2_normalize
from t2i_core.types import Gallery
from tests.core.small_galleries import make_gallery


def noisy_gallery(
    images: int = 60, captions: int = 3, *, noise: float = 1.0, dimension: int = 16, seed: int = 0, bare: int = 0
) -> Gallery:
    """Captions lie around their pictures; the last ``bare`` pictures have none."""
    rng = np.random.default_rng(seed)
    pictures = l2_normalize(rng.standard_normal((images, dimension)))
    rows = np.repeat(np.arange(images - bare), captions)
    texts = l2_normalize(pictures[rows] + noise * rng.standard_normal((len(rows), dimension)) / np.sqrt(dimension))
    gallery = make_gallery(pictures, rows.tolist(), texts)
    words = [f"a {'dog' if row % 2 else 'cat'} number {position}" for position, row in enumerate(rows.tolist())]
    return replace(gallery, captions=tuple(words), caption_columns={"half": [str(row % 2) for row in rows.tolist()]})
