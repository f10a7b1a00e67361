"""Int8 codes of embeddings, with a proven bound on how wrong a score made from them can be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from t2i_core.arrays import read_only
from t2i_core.cores import usable_cores
from t2i_core.index.exact import check_image_embeddings
from t2i_core.index.scan import code_tiles
from t2i_core.index.tiles import GROUP, TILE_ROWS
from t2i_core.types import FloatArray

_BLOCK_TILES = 1_024
_SHIFT = 128  # a code is stored as a number without sign
_WIDTH = 4 * GROUP  # columns are filled up to a multiple of this
_NUMBER_LIMIT = 127 * 256 + 127  # two int8 planes
_MAX_DIMENSION = 65_000  # 255 * 128 * D stays within int32


@dataclass(frozen=True, eq=False)
class Codes:
    """N rows in one byte a number.

    Row i is ``center + scales[i] * (codes[i] - 128)`` but for a rest whose length is at most ``errors[i]``. Rows of one
    model share a large common part (the narrow cone of CLIP's embeddings), so it is taken off first and the codes
    spend their 8 bits on what differs.

    Attributes
    ----------
    tiles : ndarray of shape (T, W / 4, 16), int32, C order
        T tiles of 16 rows, W columns (D and zeros behind it); each number holds four uint8 codes of one row. Rows
        after the last one are zeros.
    scales, errors : ndarray of shape (16 * T,), float32
    center : ndarray of shape (D,), float32
    rows : int
        N.
    """

    tiles: npt.NDArray[np.int32]
    scales: FloatArray
    errors: FloatArray
    center: FloatArray
    rows: int

    def __len__(self) -> int:
        return self.rows

    @property
    def dimension(self) -> int:
        """Length D of a row."""
        return int(self.center.size)

    def row_codes(self) -> npt.NDArray[np.int16]:
        """The codes of every row, from -127 to 127: ndarray of shape (N, D), int16."""
        tiles, groups, _ = self.tiles.shape
        codes = self.tiles.view(np.uint8).reshape(tiles, groups, TILE_ROWS, GROUP).transpose(0, 2, 1, 3)
        return codes.reshape(tiles * TILE_ROWS, groups * GROUP)[: self.rows, : self.dimension].astype(np.int16) - _SHIFT


@dataclass(frozen=True, eq=False)
class QueryCodes:
    """Q queries in the form the scan multiplies with.

    Attributes
    ----------
    planes : ndarray of shape (2 * Q, W), int8
        A query's numbers are ``256 * planes[2 * q] + planes[2 * q + 1]``.
    scales : ndarray of shape (Q,), float64
        A query is its numbers times its scale but for a rest of length ``errors``.
    errors, lengths : ndarray of shape (Q,), float64
    corrections : ndarray of shape (Q,), float64
        What the shift of the rows' codes adds to every product with the numbers.
    """

    planes: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float64]
    errors: npt.NDArray[np.float64]
    lengths: npt.NDArray[np.float64]
    corrections: npt.NDArray[np.float64]


def encode_rows(image_embeddings: FloatArray, *, threads: int | None = None) -> Codes:
    """Codes of unit rows.

    Parameters
    ----------
    image_embeddings : ndarray of shape (N, D), float32, unit rows; may be memory-mapped
    threads : int, optional
        Default: the cores this process may use.

    Returns
    -------
    Codes
        Read-only arrays. The errors are computed in float64 from the stored numbers and rounded up.
    """
    check_image_embeddings(image_embeddings)
    rows, dimension = image_embeddings.shape
    if dimension > _MAX_DIMENSION:
        raise ValueError(f"Codes are for at most {_MAX_DIMENSION} dimensions, got {dimension}. Use ExactIndex.")
    center = _mean_row(image_embeddings)
    count, groups = -(-rows // TILE_ROWS), -(-dimension // _WIDTH) * _WIDTH // GROUP
    tiles = np.zeros((count, groups, TILE_ROWS), dtype=np.int32)
    scales, errors = np.zeros((2, count * TILE_ROWS), dtype=np.float32)
    codes = tiles.view(np.uint8).reshape(count, groups, TILE_ROWS, GROUP)

    def code(first: int) -> None:
        start, stop = first * TILE_ROWS, min(rows, (first + _BLOCK_TILES) * TILE_ROWS)
        block = np.asarray(image_embeddings[start:stop]).view(np.ndarray)
        code_tiles(read_only(np.ascontiguousarray(block).view()), center, codes[first:], scales[start:], errors[start:])

    with ThreadPoolExecutor(max(1, usable_cores() if threads is None else threads)) as pool:
        list(pool.map(code, range(0, count, _BLOCK_TILES)))
    return Codes(read_only(tiles), read_only(scales), read_only(errors), read_only(center), rows)


def code_shapes(rows: int, dimension: int) -> dict[str, tuple[tuple[int, ...], np.dtype]]:
    """Shape and type of each array of `Codes` for N rows of D numbers."""
    count, groups = -(-rows // TILE_ROWS), -(-dimension // _WIDTH) * _WIDTH // GROUP
    padded = ((count * TILE_ROWS,), np.dtype(np.float32))
    return {
        "tiles": ((count, groups, TILE_ROWS), np.dtype(np.int32)),
        "scales": padded,
        "errors": padded,
        "center": ((dimension,), np.dtype(np.float32)),
    }


def encode_queries(query_embeddings: FloatArray, *, columns: int) -> QueryCodes:
    """Queries (Q, D) as whole numbers of two int8 planes, filled up with zeros to ``columns``."""
    queries = query_embeddings.astype(np.float64)
    scales = np.abs(queries).max(axis=1, initial=0.0) / _NUMBER_LIMIT
    scales[scales == 0.0] = 1.0
    numbers = np.rint(queries / scales[:, None])
    errors = np.linalg.norm(queries - numbers * scales[:, None], axis=1)
    whole = numbers.astype(np.int32)
    low = ((whole + 128) & 255) - 128
    planes = np.zeros((2 * len(queries), columns), dtype=np.int8)
    planes[0::2, : queries.shape[1]] = (whole - low) >> 8
    planes[1::2, : queries.shape[1]] = low
    return QueryCodes(planes, scales, errors, np.linalg.norm(queries, axis=1), _SHIFT * numbers.sum(axis=1))


def _mean_row(image_embeddings: FloatArray) -> FloatArray:
    block = _BLOCK_TILES * TILE_ROWS
    total = np.zeros(image_embeddings.shape[1], dtype=np.float64)
    for start in range(0, len(image_embeddings), block):
        total += image_embeddings[start : start + block].sum(axis=0, dtype=np.float64)
    return read_only((total / max(1, len(image_embeddings))).astype(np.float32))
