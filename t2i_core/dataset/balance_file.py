"""How near each picture is to sentences in general, beside a dataset: what balanced ranking takes off."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from t2i_core.dataset.kept_file import kept_path, read_kept, write_kept
from t2i_core.errors import DatasetError
from t2i_core.types import FloatArray, Gallery

# What is balanced, and the file that holds it: pictures for sentences, pictures for a few words, captions for pictures.
PICTURES, FEW_WORDS, CAPTIONS = "pictures", "few words", "captions"
_NAMES = {PICTURES: "balance.npz", FEW_WORDS: "word_balance.npz", CAPTIONS: "caption_balance.npz"}


@dataclass(frozen=True, eq=False)
class Balance:
    """What was measured of a dataset for balanced ranking.

    Attributes
    ----------
    nearness : ndarray of shape (N,), float32
        How near each picture is to sentences, or to words, that are not its own; (M,) how near each caption is to pictures.
    share : float
        How much of it is taken off a score.
    gain, low, high : float
        What that adds to recall@10 on the dataset's captions (average precision for few words, recall@1 of captions), in fractions
        of 1, and the ends of its 95 % interval over pictures.
    queries : int
        Captions, words or pictures it was measured on.
    """

    nearness: FloatArray
    share: float
    gain: float
    low: float
    high: float
    queries: int

    @property
    def offered(self) -> bool:
        """Whether it is sure to help this dataset: the whole interval lies above zero."""
        return self.low > 0.0


def balance_path(gallery: Gallery, of: str = PICTURES) -> Path:
    """Where the balance of a gallery lies."""
    return kept_path(gallery, _NAMES[of])


def read_balance(gallery: Gallery, of: str = PICTURES) -> Balance:
    """The balance that was kept, of `PICTURES`, `FEW_WORDS` or `CAPTIONS`.

    Raises
    ------
    DatasetError
        When there is none, or it was measured on other embeddings.
    """
    path, fix = balance_path(gallery, of), "Measure it: python -m t2i_core index --balanced"
    fields = ("nearness", "figures", "queries")
    arrays = read_kept(gallery, _NAMES[of], fields, what="The balance of a dataset", of_others="that", fix=fix)
    nearness, figures, queries = (arrays[name] for name in fields)
    count = len(gallery.captions) if of == CAPTIONS else len(gallery)
    fits = nearness.shape == (count,) and nearness.dtype == np.float32
    fits = fits and figures.shape == (4,) and figures.dtype == np.float64 and queries.shape == ()
    if not fits or not np.isfinite(nearness).all() or not np.isfinite(figures).all() or queries.dtype != np.int64:
        raise DatasetError(
            f"{path} must hold {count} finite float32 numbers, four figures and a count, got {nearness.dtype} of shape "
            f"{nearness.shape}. {fix}"
        )
    nearness.setflags(write=False)
    share, gain, low, high = figures.tolist()
    return Balance(nearness, share, gain, low, high, int(queries))


def write_balance(gallery: Gallery, balance: Balance, of: str = PICTURES) -> bool:
    """Keep a balance beside the dataset; False when the folder may not be written to."""
    return write_kept(
        gallery,
        _NAMES[of],
        nearness=balance.nearness,
        figures=np.array([balance.share, balance.gain, balance.low, balance.high]),
        queries=np.array(balance.queries, dtype=np.int64),
    )
