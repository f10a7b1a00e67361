"""Int8 codes of embeddings, with a proven bound on how wrong a score made from them can be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from t2i_core.arrays import read_only
from t2i_core.index.exact import check_image_embeddings
from t2i_core.types import FloatArray

_BLOCK = 65_536
_CODE_LIMIT = 127


@dataclass(frozen=True, eq=False)
class Codes:
    """N rows in one byte a number.

    Row i is ``center + scales[i] * codes[i]`` but for a rest whose length is at most ``errors[i]``. Rows of one
    model share a large common part (the narrow cone of CLIP's embeddings), so it is taken off first and the codes
    spend their 8 bits on what differs.

    Attributes
    ----------
    codes : ndarray of shape (N, D), int8, C order
    scales, errors : ndarray of shape (N,), float32
    center : ndarray of shape (D,), float32
    """

    codes: npt.NDArray[np.int8]
    scales: FloatArray
    errors: FloatArray
    center: FloatArray

    def __len__(self) -> int:
        return int(self.codes.shape[0])


@dataclass(frozen=True, eq=False)
class QueryCodes:
    """A query in the form the scan multiplies with.

    ``numbers`` (D,) int16 times ``scale`` is the query but for a rest of length ``error``; ``offset`` is the query's
    product with the rows' center.
    """

    numbers: npt.NDArray[np.int16]
    scale: float
    error: float
    offset: float


def encode_rows(image_embeddings: FloatArray) -> Codes:
    """Codes of unit rows.

    Parameters
    ----------
    image_embeddings : ndarray of shape (N, D), float32, unit rows; may be memory-mapped

    Returns
    -------
    Codes
        Read-only arrays. The errors are computed in float64 from the stored numbers and rounded up.
    """
    check_image_embeddings(image_embeddings)
    images, dimension = image_embeddings.shape
    center = _mean_row(image_embeddings)
    codes = np.empty((images, dimension), dtype=np.int8)
    scales = np.empty(images, dtype=np.float32)
    errors = np.empty(images, dtype=np.float32)
    for start in range(0, images, _BLOCK):
        block = slice(start, start + _BLOCK)
        rest = image_embeddings[block].astype(np.float64) - center
        scale = (np.abs(rest).max(axis=1, initial=0.0) / _CODE_LIMIT).astype(np.float32)
        numbers = np.rint(rest / np.where(scale == 0.0, 1.0, scale)[:, None]).clip(-_CODE_LIMIT, _CODE_LIMIT)
        rest -= numbers * scale[:, None].astype(np.float64)
        codes[block], scales[block] = numbers, scale
        errors[block] = np.nextafter(np.linalg.norm(rest, axis=1).astype(np.float32), np.float32(np.inf))
    return Codes(read_only(codes), read_only(scales), read_only(errors), read_only(center))


def encode_query(query_embedding: FloatArray, center: FloatArray) -> QueryCodes:
    """The query (D,) as int16 numbers, so small that D products with int8 codes cannot leave an int32."""
    query = query_embedding.astype(np.float64)
    limit = min(32_767, (2**31 - 1) // (_CODE_LIMIT * query.size))
    scale = float(np.abs(query).max(initial=0.0)) / limit or 1.0
    numbers = np.rint(query / scale)
    error = float(np.linalg.norm(query - numbers * scale))
    return QueryCodes(numbers.astype(np.int16), scale, error, float(center.astype(np.float64) @ query))


def _mean_row(image_embeddings: FloatArray) -> FloatArray:
    total = np.zeros(image_embeddings.shape[1], dtype=np.float64)
    for start in range(0, len(image_embeddings), _BLOCK):
        total += image_embeddings[start : start + _BLOCK].sum(axis=0, dtype=np.float64)
    return (total / max(1, len(image_embeddings))).astype(np.float32)
