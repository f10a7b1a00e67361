"""Ranks of captions beside a dataset: they take minutes to count and change only when the dataset does."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from t2i_core.dataset.kept_file import kept_path, read_kept, write_kept
from t2i_core.errors import DatasetError
from t2i_core.types import Gallery, RowArray

RANKS_NAME = "caption_ranks.npz"


def ranks_path(gallery: Gallery) -> Path:
    """Where the ranks of a gallery's captions lie."""
    return kept_path(gallery, RANKS_NAME)


def read_caption_ranks(gallery: Gallery) -> RowArray:
    """The ranks that were kept: ndarray of shape (M,), int64; 0 where unknown.

    Raises
    ------
    DatasetError
        When there are none, or they were counted over other embeddings.
    """
    path, fix = ranks_path(gallery), "They are counted again."
    ranks = read_kept(gallery, RANKS_NAME, ("ranks",), what="Ranks of captions", of_others="ranks", fix=fix)["ranks"]
    if ranks.shape != (len(gallery.captions),) or ranks.dtype != np.int32:
        raise DatasetError(
            f"{path} must hold {len(gallery.captions)} ranks of type int32, got {ranks.shape} of {ranks.dtype}. {fix}"
        )
    if ranks.size and not (int(ranks.min()) >= 0 and int(ranks.max()) <= len(gallery)):
        raise DatasetError(f"{path} must hold ranks of 0 to {len(gallery)}, got {ranks.min()} to {ranks.max()}. {fix}")
    return ranks.astype(np.int64)


def write_caption_ranks(gallery: Gallery, ranks: RowArray) -> bool:
    """Keep ranks beside the dataset; False when the folder may not be written to, which costs only time later."""
    return write_kept(gallery, RANKS_NAME, ranks=ranks.astype(np.int32))
