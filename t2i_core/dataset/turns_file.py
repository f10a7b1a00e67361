"""Which way up a dataset's pictures seem to stand, beside it: each is looked at once, and again when its file changes.

Like the facts of pictures it belongs to no key of a gallery, so that a rebuilt dataset needs only its new pictures looked at.
"""

from __future__ import annotations

import contextlib

import numpy as np
import numpy.typing as npt

from t2i_core.dataset.kept_file import kept_path
from t2i_core.dataset.npz_file import NpzError, open_npz
from t2i_core.dataset.stored_files import replace_file
from t2i_core.errors import DatasetError
from t2i_core.types import FloatArray, Gallery

TURNS_NAME = "turns.npz"
TURNS_VERSION = 3  # raised when the same file would be scored otherwise
WAYS = 4


def read_turns(gallery: Gallery, stamps: npt.NDArray[np.int64]) -> FloatArray:
    """What was kept of the files that are as they were.

    Parameters
    ----------
    gallery : Gallery
    stamps : ndarray of shape (N, 2), int64
        Size and time of each picture's file now; see `facts_file.FactsTable`.

    Returns
    -------
    ndarray of shape (N, 4, 4), float32
        Of each picture as it is, and turned by one, two and three quarters to the left: the logits of that view being upright, or
        turned to the left by one, two and three quarters. NaN where it was not looked at so.
    """
    logits = np.full((len(gallery), WAYS, WAYS), np.nan, dtype=np.float32)
    try:
        with open_npz(kept_path(gallery, TURNS_NAME)) as npz:
            kept = npz.arrays(("version", "image_ids", "stamps", "logits"))
    except (OSError, NpzError, MemoryError):
        return logits
    names, known = kept["image_ids"], kept["logits"]
    usable = kept["version"].shape == () and kept["version"].dtype.kind == "i" and int(kept["version"]) == TURNS_VERSION
    if not usable or names.ndim != 1 or names.dtype.kind != "U" or known.dtype != np.float32:
        return logits
    if known.shape != (len(names), WAYS, WAYS) or kept["stamps"].shape != (len(names), 2):
        return logits
    for at, name in enumerate(names.tolist()):
        row = gallery.rows_by_id.get(name)
        if row is not None and (kept["stamps"][at] == stamps[row]).all():
            logits[row] = known[at]
    return logits


def write_turns(gallery: Gallery, stamps: npt.NDArray[np.int64], logits: FloatArray) -> bool:
    """Keep them; False when the folder may not be written to, which costs only time later."""
    rows = np.flatnonzero(np.isfinite(logits[:, 0, 0]))
    names = np.array([gallery.image_ids[row] for row in rows.tolist()], dtype=np.str_)
    arrays = {"image_ids": names, "stamps": stamps[rows], "logits": logits[rows]}
    with contextlib.suppress(DatasetError):
        replace_file(
            kept_path(gallery, TURNS_NAME),
            lambda file: np.savez(file, allow_pickle=False, version=np.array(TURNS_VERSION), **arrays),
        )
        return True
    return False
