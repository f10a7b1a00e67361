"""Ranks both ways of captions and their pictures, kept beside a dataset: they change only when the dataset does."""

from __future__ import annotations

import numpy as np

from t2i_core.dataset.kept_file import kept_path, read_kept, write_kept
from t2i_core.errors import DatasetError
from t2i_core.types import Gallery, RowArray

PAIR_RANKS_NAME = "pair_ranks.npz"
_FIX = "They are counted again."


def read_pair_ranks(gallery: Gallery) -> tuple[RowArray, RowArray]:
    """Rank of each paired caption's picture, and of the caption for its picture: ndarrays of shape (P,), int64.

    Raises
    ------
    DatasetError
        When there are none, or they were counted over other embeddings.
    """
    fields = ("pictures", "captions")
    kept = read_kept(gallery, PAIR_RANKS_NAME, fields, what="Ranks both ways", of_others="ranks", fix=_FIX)
    pairs = len(gallery.paired_captions)
    for name, most in (("pictures", len(gallery)), ("captions", pairs)):
        ranks = kept[name]
        if ranks.shape != (pairs,) or ranks.dtype != np.int32:
            raise DatasetError(
                f"{kept_path(gallery, PAIR_RANKS_NAME)} must hold {pairs} ranks of type int32, got {ranks.shape} of "
                f"{ranks.dtype}. {_FIX}"
            )
        if pairs and not (int(ranks.min()) >= 1 and int(ranks.max()) <= most):
            raise DatasetError(
                f"{kept_path(gallery, PAIR_RANKS_NAME)} must hold ranks of 1 to {most}, got {ranks.min()} to {ranks.max()}. {_FIX}"
            )
    return kept["pictures"].astype(np.int64), kept["captions"].astype(np.int64)


def write_pair_ranks(gallery: Gallery, picture_ranks: RowArray, caption_ranks: RowArray) -> bool:
    """Keep ranks beside the dataset; False when the folder may not be written to, which costs only time later."""
    return write_kept(
        gallery, PAIR_RANKS_NAME, pictures=picture_ranks.astype(np.int32), captions=caption_ranks.astype(np.int32)
    )
