"""The index for a gallery of a given size."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from t2i_core.index.exact import ExactIndex
from t2i_core.types import FloatArray, Index

if TYPE_CHECKING:
    from t2i_core.index.codes import Codes

# Below this, scoring every row takes about a millisecond and compiling the scan is not worth it.
QUANTIZED_FROM = 20_000


def open_index(image_embeddings: FloatArray, *, find_codes: Callable[[], Codes | None] | None = None) -> Index:
    """An index over unit rows (N, D); whichever it is, rows and scores are the same.

    ``find_codes`` is asked for stored codes of the rows where they are wanted; without any they are made.
    """
    if len(image_embeddings) < QUANTIZED_FROM:
        return ExactIndex(image_embeddings)
    from t2i_core.index.quantized import QuantizedIndex

    return QuantizedIndex(image_embeddings, find_codes() if find_codes else None)
