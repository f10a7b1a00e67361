"""The codes of a large gallery's rows, kept in the mapped store so that they are made once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from t2i_core.dataset.mapped_rows import MAPPED_DIR, MAPPED_VERSION, read_arrays, write_arrays
from t2i_core.types import Gallery

if TYPE_CHECKING:
    from t2i_core.index.codes import Codes

CODES_VERSION = 1  # raised when the same rows would get other codes than before

logger = logging.getLogger(__name__)


def open_codes(gallery: Gallery) -> Codes | None:
    """The codes of a gallery whose rows are memory-mapped, made and kept when there are none; None for another gallery.

    A store that cannot be written costs time at every start and nothing else.
    """
    if not isinstance(gallery.image_embeddings, np.memmap):
        return None
    from t2i_core.index.codes import Codes, encode_rows

    folder = gallery.data_dir / MAPPED_DIR
    facts = {"version": MAPPED_VERSION, "codes_version": CODES_VERSION, "gallery": gallery.key}
    arrays = read_arrays(folder, "codes", facts)
    if arrays is None or not _fit(arrays, gallery):
        codes = encode_rows(gallery.image_embeddings)
        made = {"tiles": codes.tiles, "scales": codes.scales, "errors": codes.errors, "center": codes.center}
        try:
            write_arrays(folder, "codes", made, facts)
        except OSError as error:
            logger.info("%s could not be written (%s), so the codes are kept in memory.", folder, error.strerror)
            return codes
        del codes, made  # the memory goes back; the pages of the file take its place
        arrays = read_arrays(folder, "codes", facts)
    if arrays is None or not _fit(arrays, gallery):
        return None
    plain = {name: array.view(np.ndarray) for name, array in arrays.items()}
    return Codes(plain["tiles"], plain["scales"], plain["errors"], plain["center"], len(gallery))


def _fit(arrays: Mapping[str, np.ndarray], gallery: Gallery) -> bool:
    """Whether arrays have the shapes and types of a gallery's codes: the scan reads memory without asking again."""
    from t2i_core.index.codes import code_shapes

    wanted = code_shapes(len(gallery), gallery.dimension)
    return {name: (array.shape, array.dtype) for name, array in arrays.items()} == wanted
