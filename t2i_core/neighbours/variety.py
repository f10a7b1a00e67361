"""A varied handful of pictures, and of captions: what a gallery shows before anything is asked."""

from __future__ import annotations

import numpy as np

from t2i_core.types import FloatArray, Gallery, RowArray

POOL_PER_PICTURE = 3
LARGEST_POOL = 1_200
SHORT_WORDS = range(3, 8)
SHORT_CHARACTERS = 38
PICTURES_PER_CAPTION = 24


def varied_rows(image_embeddings: FloatArray, count: int, *, seed: int = 0) -> RowArray:
    """Rows of pictures that differ from each other; the same for the same gallery and seed.

    A random pool is drawn first and the pictures farthest from those already taken are picked from
    it. A small pool keeps oddities from crowding out what the gallery is mostly about.

    Parameters
    ----------
    image_embeddings : ndarray of shape (N, D), float32, unit rows
    count : int
        How many; all N when there are fewer.
    seed : int

    Returns
    -------
    ndarray of shape (min(count, N),), int64
    """
    images = len(image_embeddings)
    count = min(count, images)
    if count <= 0:
        return np.empty(0, dtype=np.int64)
    drawn = np.random.default_rng(seed).permutation(images)
    pool = drawn[: min(images, max(count, min(LARGEST_POOL, POOL_PER_PICTURE * count)))]
    candidates = image_embeddings[pool]
    taken = np.zeros(count, dtype=np.int64)
    nearest = candidates @ candidates[0]
    nearest[0] = np.inf
    for position in range(1, count):
        best = int(np.argmin(nearest))
        taken[position] = best
        nearest = np.maximum(nearest, candidates @ candidates[best])
        nearest[best] = np.inf
    rows: RowArray = pool[taken].astype(np.int64)
    return rows


def short_captions(gallery: Gallery, count: int) -> list[str]:
    """Up to ``count`` short captions of pictures that differ from each other, the shortest first."""
    shortest: list[str] = []
    for row in sorted(varied_rows(gallery.image_embeddings, PICTURES_PER_CAPTION * count, seed=1).tolist()):
        captions = (gallery.captions[position] for position in gallery.captions_of(row))
        fitting = [one for one in captions if len(one.split()) in SHORT_WORDS and len(one) <= SHORT_CHARACTERS]
        shortest += [min(fitting, key=len)] if fitting else []
    return sorted(shortest, key=len)[:count]
