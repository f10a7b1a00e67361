"""The scan over int8 codes: compiled once, then limited by how fast memory can be read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

# Plain loops: the compiler turns the inner one into the widest integer multiply-add the CPU has.
# The kernels release the interpreter lock, so that the caller's own threads share the rows.
# (numba's parallel loops may not be entered by two threads at once, and a server has many.)


@njit(cache=True, nogil=True, boundscheck=False)
def scan_rows(codes, scales, errors, numbers, factor, rest, top_k, allowed, bounds):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Upper bounds of the rows' scores, and the ``top_k`` biggest lower bounds.

    Parameters
    ----------
    codes : ndarray of shape (n, D), int8
    scales, errors : ndarray of shape (n,), float32
    numbers : ndarray of shape (D,), int16
    factor : float
        The query's scale.
    rest : float
        What a row's length times it bounds the error made by the query's own rounding.
    top_k : int
    allowed : ndarray of shape (n,) or (0,), bool
        Rows that count; an empty array lets all of them.
    bounds : ndarray of shape (n,), float32
        Receives the upper bounds, without the offset of the center; -inf where a row does not count.

    Returns
    -------
    ndarray of shape (min(top_k, rows that count),), float32
        In no order.
    """
    images, dimension = codes.shape
    filtered = allowed.size > 0
    heap = np.empty(top_k, dtype=np.float32)  # smallest value first, as in heapq
    filled = 0
    for row in range(images):
        if filtered and not allowed[row]:
            bounds[row] = -np.inf
            continue
        total = np.int32(0)
        for column in range(dimension):
            total += np.int32(codes[row, column]) * np.int32(numbers[column])
        score = scales[row] * factor * total
        error = errors[row] + rest
        bounds[row] = score + error
        lower = np.float32(score - error)
        if filled < top_k:
            position = filled
            filled += 1
            while position > 0:
                parent = (position - 1) >> 1
                if heap[parent] <= lower:
                    break
                heap[position] = heap[parent]
                position = parent
            heap[position] = lower
        elif lower > heap[0]:
            position = 0
            while True:
                child = 2 * position + 1
                if child >= top_k:
                    break
                if child + 1 < top_k and heap[child + 1] < heap[child]:
                    child += 1
                if heap[child] >= lower:
                    break
                heap[position] = heap[child]
                position = child
            heap[position] = lower
    return heap[:filled]


@njit(cache=True, nogil=True, boundscheck=False)
def rows_at_least(bounds, threshold):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Positions whose bound reaches ``threshold``, ascending: ndarray of shape (C,), int64."""
    count = 0
    for position in range(bounds.size):
        if bounds[position] >= threshold:
            count += 1
    positions = np.empty(count, dtype=np.int64)
    count = 0
    for position in range(bounds.size):
        if bounds[position] >= threshold:
            positions[count] = position
            count += 1
    return positions


AllRows: npt.NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
