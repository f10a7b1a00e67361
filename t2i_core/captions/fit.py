"""How well captions fit their pictures: similarity to the own picture, and its rank among all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from t2i_core import dataset
from t2i_core.errors import DatasetError
from t2i_core.evaluation import BLOCK_SCORES, pictures_ahead
from t2i_core.types import FloatArray, Gallery, RowArray

# Below this many scores ranks are there at once, and a file would only lie around.
STORED_FROM_SCORES = 200_000_000


def caption_similarities(gallery: Gallery) -> FloatArray:
    """Cosine of each caption with its own picture.

    Returns
    -------
    ndarray of shape (M,), float32
        NaN where the picture has no embedding, everywhere where the captions have none.
    """
    similarities = np.full(len(gallery.captions), np.nan, dtype=np.float32)
    texts = gallery.text_embeddings
    if texts is None:
        return similarities
    known = gallery.paired_captions
    step = max(1, BLOCK_SCORES // max(1, gallery.dimension))
    for start in range(0, len(known), step):
        part = known[start : start + step]
        own = gallery.image_embeddings[gallery.rows_of(part)]
        similarities[part] = np.einsum("cd,cd->c", texts[part], own)
    return similarities


def caption_ranks(gallery: Gallery, *, on_progress: Callable[[float], None] | None = None) -> RowArray:
    """Place of each caption's own picture when the caption is searched, from 1, ties as in `evaluation`.

    One pass over all M × N scores, a block of captions at a time.

    Parameters
    ----------
    gallery : Gallery
    on_progress : callable, optional
        Called with the share that is done, after each block.

    Returns
    -------
    ndarray of shape (M,), int64
        0 where the picture has no embedding, everywhere where the captions have none.
    """
    ranks = np.zeros(len(gallery.captions), dtype=np.int64)
    texts = gallery.text_embeddings
    if texts is None:
        return ranks
    known = gallery.paired_captions
    block = max(1, BLOCK_SCORES // len(gallery))
    for start in range(0, len(known), block):
        part = known[start : start + block]
        rows = gallery.rows_of(part)
        scores = texts[part] @ gallery.image_embeddings.T  # (block, N)
        own = np.einsum("cd,cd->c", texts[part], gallery.image_embeddings[rows])
        ranks[part] = pictures_ahead(scores, own, rows) + 1
        if on_progress is not None:
            on_progress(min(1.0, (start + block) / len(known)))
    return ranks


def kept_caption_ranks(gallery: Gallery, *, on_progress: Callable[[float], None] | None = None) -> RowArray:
    """The ranks, read from beside the dataset where they were counted before, and kept there when that took long."""
    if gallery.text_embeddings is None or len(gallery.captions) * len(gallery) < STORED_FROM_SCORES:
        return caption_ranks(gallery, on_progress=on_progress)
    try:
        return dataset.read_caption_ranks(gallery)
    except DatasetError:
        ranks = caption_ranks(gallery, on_progress=on_progress)
    dataset.write_caption_ranks(gallery, ranks)
    return ranks
