"""The scan over int8 codes: compiled once, then limited by how fast memory can be read.

The kernels release the interpreter lock, so that the caller's own threads share the work. (numba's parallel loops may
not be entered by two threads at once, and a server has many.)
"""

from __future__ import annotations

import numpy as np
from numba import njit

from t2i_core.index.tiles import GROUP, TILE_ROWS, tile_sums

_CODE_LIMIT = 127
_SHIFT = 128
_BLOCK_TILES = 64  # half a megabyte of 512-dimensional codes: stays in the cache while many queries pass over it


@njit(cache=True, nogil=True, boundscheck=False)
def code_tiles(rows, center, codes, scales, errors):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Code rows into tiles.

    Parameters
    ----------
    rows : ndarray of shape (n, D), float32
    center : ndarray of shape (D,), float32
    codes : ndarray of shape (n / 16, W / 4, 16, 4), uint8
    scales, errors : ndarray of shape (n,), float32
    """
    count, dimension = rows.shape
    rest = np.empty(dimension, dtype=np.float64)
    for row in range(count):
        biggest = 0.0
        for column in range(dimension):
            rest[column] = np.float64(rows[row, column]) - np.float64(center[column])
            biggest = max(biggest, abs(rest[column]))
        scale = np.float32(biggest / _CODE_LIMIT)
        tile, place = row // TILE_ROWS, row % TILE_ROWS
        squares = 0.0
        for column in range(dimension):
            number = 0.0
            if scale > 0:
                number = min(max(np.rint(rest[column] / np.float64(scale)), -_CODE_LIMIT), _CODE_LIMIT)
            codes[tile, column // GROUP, place, column % GROUP] = np.uint8(np.int32(number) + _SHIFT)
            squares += (rest[column] - number * np.float64(scale)) ** 2
        scales[row] = scale
        # Half an ulp of float32 may be lost by rounding to nearest; this adds a whole one and more.
        errors[row] = np.float32(np.sqrt(squares) * (1.0 + 2.0**-22))


@njit(cache=True, nogil=True, boundscheck=False)
def scan_tiles(  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    tiles, scales, errors, span, words, weights, queries, heaps, filled, allowed, biases, found, counts, lanes
):
    """Rows whose score may be among the best of some queries.

    Parameters
    ----------
    tiles, scales, errors
        See `t2i_core.index.codes.Codes`.
    span : tuple of int
        First row, a multiple of 16, and the row after the last one.
    words : ndarray of shape (W / 4, P), int32
        Planes 2 * q and 2 * q + 1 belong to query q.
    weights : ndarray of shape (Q, 4), float64
        Of a product: its offset, its scale. Of the error of a score: how often the row's own counts, and the rest.
    queries : int
        Q, at most P / 2.
    heaps : ndarray of shape (Q, top_k), float32
        The biggest lower bounds so far, the smallest of them first (as in heapq).
    filled : ndarray of shape (Q,), int64
        How many there are.
    allowed : ndarray of shape (N,) or (0,), bool
        Rows that count; an empty array lets all of them.
    biases : ndarray of shape (N,) or (0,), float32
        Added to scores and bounds of the rows; an empty array adds nothing.
    found : tuple of ndarray of shape (Q, room): int32 rows, float32 upper bounds
        Receives the rows that may be among the best, ascending, and some more.
    counts : ndarray of shape (Q,), int64
        How many there are; -1 where there was not room enough.
    lanes : int
        See `t2i_core.index.tiles.fastest_lanes`.
    """
    rows, uppers = found
    room = rows.shape[1]
    filtered, biased = allowed.size > 0, biases.size > 0
    sums = np.empty((words.shape[1], TILE_ROWS), dtype=np.int32)
    scores = np.empty(TILE_ROWS, dtype=np.float32)
    bounds = np.empty(TILE_ROWS, dtype=np.float32)
    added = np.zeros(TILE_ROWS, dtype=np.float32)
    first_row, last_row = span
    for tile in range(first_row // TILE_ROWS, (last_row + TILE_ROWS - 1) // TILE_ROWS):
        start = tile * TILE_ROWS
        stop = min(TILE_ROWS, last_row - start)
        if filtered:
            none = True
            for row in range(stop):
                none &= not allowed[start + row]
            if none:
                continue
        if biased:
            for row in range(stop):
                added[row] = biases[start + row]
        tile_sums(tiles[tile], words, sums, lanes)
        for query in range(queries):
            if counts[query] < 0:
                continue
            heap = heaps[query]
            full = filled[query] == heap.size
            threshold = heap[0] if full else np.float32(-np.inf)
            best = np.float32(-np.inf)
            correction, factor = weights[query, 0], weights[query, 1]
            length, rest = np.float32(weights[query, 2]), np.float32(weights[query, 3])
            for row in range(TILE_ROWS):
                product = 256.0 * sums[2 * query, row] + sums[2 * query + 1, row] - correction
                scores[row] = np.float32(np.float64(scales[start + row]) * factor * product) + added[row]
                bounds[row] = scores[row] + (errors[start + row] * length + rest)
                best = max(best, bounds[row])
            if best < threshold:
                continue
            for row in range(stop):
                if bounds[row] < threshold or (filtered and not allowed[start + row]):
                    continue
                if counts[query] == room:
                    _keep_best(rows[query], uppers[query], counts, query, threshold)
                    if counts[query] < 0:
                        break
                rows[query, counts[query]] = start + row
                uppers[query, counts[query]] = bounds[row]
                counts[query] += 1
                lower = np.float32(scores[row] - (errors[start + row] * length + rest))
                if filled[query] < heap.size:
                    _sift_up(heap, filled[query], lower)
                    filled[query] += 1
                elif lower > heap[0]:
                    _sift_down(heap, lower)
                if filled[query] == heap.size:
                    threshold = heap[0]


@njit(cache=True, nogil=True, boundscheck=False)
def scan_many(  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    tiles, scales, errors, images, words, weights, heaps, filled, allowed, biases, found, counts, lanes
):
    """`scan_tiles` over all rows for many queries; ``words`` has shape (G, W / 4, P), a slice for P / 2 queries."""
    total = len(weights)
    together = words.shape[2] // 2
    block = _BLOCK_TILES * TILE_ROWS
    rows, uppers = found
    for first_row in range(0, images, block):
        span = (first_row, min(images, first_row + block))
        for group in range(words.shape[0]):
            start, stop = group * together, min(total, (group + 1) * together)
            scan_tiles(
                tiles,
                scales,
                errors,
                span,
                words[group],
                weights[start:stop],
                stop - start,
                heaps[start:stop],
                filled[start:stop],
                allowed,
                biases,
                (rows[start:stop], uppers[start:stop]),
                counts[start:stop],
                lanes,
            )


@njit(cache=True, nogil=True, boundscheck=False, fastmath=True)
def product_of_rows(embeddings, rows, query, products):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Product of some rows of ``embeddings`` (N, D) with ``query`` (D,), float32 sums in any order."""
    for position in range(rows.size):
        row = embeddings[rows[position]]
        total = np.float32(0.0)
        for column in range(query.size):
            total += row[column] * query[column]
        products[position] = total


@njit(cache=True, nogil=True, boundscheck=False)
def _keep_best(rows, uppers, counts, query, threshold):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Drop what is below the threshold by now; -1 where that makes little room."""
    kept = 0
    for position in range(counts[query]):
        if uppers[position] >= threshold:
            rows[kept], uppers[kept] = rows[position], uppers[position]
            kept += 1
    counts[query] = kept if kept <= rows.size * 3 // 4 else -1


@njit(cache=True, nogil=True, boundscheck=False)
def _sift_up(heap, position, value):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    while position > 0:
        parent = (position - 1) >> 1
        if heap[parent] <= value:
            break
        heap[position] = heap[parent]
        position = parent
    heap[position] = value


@njit(cache=True, nogil=True, boundscheck=False)
def _sift_down(heap, value):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Put ``value`` in the place of the smallest."""
    position = 0
    while True:
        child = 2 * position + 1
        if child >= heap.size:
            break
        if child + 1 < heap.size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[position] = heap[child]
        position = child
    heap[position] = value
