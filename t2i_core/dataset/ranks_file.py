"""Ranks of captions beside a dataset: they take minutes to count and change only when the dataset does."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np

from t2i_core.dataset.npz_file import NpzError, open_npz
from t2i_core.dataset.stored_files import replace_file
from t2i_core.errors import DatasetError
from t2i_core.types import Gallery, RowArray

RANKS_NAME = "caption_ranks.npz"
CACHE_NAME = ".cache"


def ranks_path(gallery: Gallery) -> Path:
    """Where the ranks of a gallery's captions lie."""
    return Path(gallery.data_dir) / CACHE_NAME / RANKS_NAME


def read_caption_ranks(gallery: Gallery) -> RowArray:
    """The ranks that were kept: ndarray of shape (M,), int64; 0 where unknown.

    Raises
    ------
    DatasetError
        When there are none, or they were counted over other embeddings.
    """
    path = ranks_path(gallery)
    fix = "They are counted again."
    try:
        with open_npz(path) as npz:
            arrays = npz.arrays(("key", "ranks"))
            key, ranks = str(arrays["key"])[:100], arrays["ranks"]
    except (OSError, NpzError, MemoryError) as error:
        raise DatasetError(f"Ranks of captions must lie in {path}, got: {error}. {fix}") from error
    if key != gallery.key:
        raise DatasetError(f"{path} must belong to the dataset {gallery.key}, got ranks of {key}. {fix}")
    if ranks.shape != (len(gallery.captions),) or ranks.dtype != np.int32:
        raise DatasetError(
            f"{path} must hold {len(gallery.captions)} ranks of type int32, got {ranks.shape} of {ranks.dtype}. {fix}"
        )
    if ranks.size and not (int(ranks.min()) >= 0 and int(ranks.max()) <= len(gallery)):
        raise DatasetError(f"{path} must hold ranks of 0 to {len(gallery)}, got {ranks.min()} to {ranks.max()}. {fix}")
    return ranks.astype(np.int64)


def write_caption_ranks(gallery: Gallery, ranks: RowArray) -> bool:
    """Keep ranks beside the dataset; False when the folder may not be written to, which costs only time later."""
    with contextlib.suppress(DatasetError):
        replace_file(
            ranks_path(gallery), lambda file: np.savez(file, key=np.array(gallery.key), ranks=ranks.astype(np.int32))
        )
        return True
    return False
