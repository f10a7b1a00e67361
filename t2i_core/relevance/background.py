"""The background of a model: rows of pictures of anything, with which the best pictures of a dataset are compared.

The bundled model brings its own. For another one the bundled pictures are encoded once, where a checkout has them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from t2i_core.arrays import l2_normalize, read_only
from t2i_core.config import read_settings
from t2i_core.dataset import Evidence, read_background
from t2i_core.dataset.npz_file import NpzError, open_npz
from t2i_core.encoder.names import MINI_PATH
from t2i_core.errors import DatasetError
from t2i_core.pictures.folder import look_through
from t2i_core.pictures.images import open_image
from t2i_core.types import Encoder, FloatArray, Gallery, RowArray

MINI_BACKGROUND = MINI_PATH.with_name("mini_background.npz")
BUNDLED_PICTURES = Path(__file__).resolve().parents[2] / "static" / "images"
FEWEST = 100  # rows; with fewer the best of them say little
_BATCH = 16
_SAME_PICTURE = 0.99


def own_background(weights_sha256: str) -> FloatArray | None:
    """The rows that come with a model: ndarray of shape (B, D), float32, unit rows; None where none do."""
    rows, made_by = _mini_rows()
    return rows if made_by == weights_sha256 else None


def background_for(gallery: Gallery, encoder: Encoder) -> tuple[FloatArray, RowArray | None]:
    """Rows to compare a gallery's pictures with, (B, D) float32: none of the gallery's own pictures is among them.

    Returns
    -------
    rows : ndarray of shape (B, D), float32, unit rows
    brought : ndarray of shape (B,), int64, or None
        Which of the rows that the model brings they are, where it brings any.

    Raises
    ------
    DatasetError
        When there are too few such pictures.
    """
    own = own_background(encoder.weights_sha256)
    rows = own if own is not None else read_background(gallery)
    if rows is None:
        rows = _encode_bundled(encoder)
    kept = np.flatnonzero(~_known(rows, gallery))
    if len(kept) < FEWEST:
        raise DatasetError(
            f"A verdict compares with at least {FEWEST} pictures that {encoder.model_id} tells from the dataset's own, got "
            f"{len(kept)} of those in {BUNDLED_PICTURES}. Take a dataset of other pictures, or another model."
        )
    return rows[kept], None if own is None else kept


def opened(evidence: Evidence, weights_sha256: str) -> Evidence | None:
    """Evidence with its background rows, also where the model brings them; None where it brings others by now."""
    if len(evidence.background):
        return evidence
    own = own_background(weights_sha256)
    if (
        own is None
        or not len(evidence.brought)
        or int(evidence.brought.max()) >= len(own)
        or int(evidence.brought.min()) < 0
    ):
        return None
    return replace(evidence, background=read_only(own[evidence.brought]))


def _encode_bundled(encoder: Encoder) -> FloatArray:
    names = look_through(BUNDLED_PICTURES).pictures if BUNDLED_PICTURES.is_dir() else ()
    rows = [np.empty((0, encoder.dimension), dtype=np.float32)]
    for start in range(0, len(names), _BATCH):
        opened = [
            open_image(BUNDLED_PICTURES / name, max_pixels=read_settings().max_pixels, name=name)
            for name in names[start : start + _BATCH]
        ]
        rows.append(encoder.encode_image(opened))
    return np.concatenate(rows)


def _known(rows: FloatArray, gallery: Gallery, *, block: int = 16_384) -> np.ndarray:
    """Which rows are pictures of the gallery: (B,), bool."""
    known = np.zeros(len(rows), dtype=np.bool_)
    for start in range(0, len(gallery), block):
        known |= (rows @ gallery.image_embeddings[start : start + block].T > _SAME_PICTURE).any(axis=1)
    return known


@cache
def _mini_rows() -> tuple[FloatArray, str]:
    try:
        with open_npz(MINI_BACKGROUND) as npz:
            arrays = npz.arrays(("rows", "weights"))
    except (OSError, NpzError) as error:
        raise DatasetError(
            f"The background of the bundled model must lie in {MINI_BACKGROUND}, got: {error}. Restore it (git checkout)."
        ) from error
    return read_only(l2_normalize(arrays["rows"])), str(arrays["weights"])
