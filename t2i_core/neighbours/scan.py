"""The compiled part of the neighbour graph: keeping each row's best scores while blocks of them come by."""

from __future__ import annotations

from numba import njit

LANE = 64  # scores looked at in one go; almost all of them are too low to matter


@njit(cache=True, nogil=True, boundscheck=False)
def _insert(best, rows, row, score, other):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    place = best.shape[1] - 1
    while place > 0 and best[row, place - 1] < score:
        best[row, place] = best[row, place - 1]
        rows[row, place] = rows[row, place - 1]
        place -= 1
    best[row, place] = score
    rows[row, place] = other


@njit(cache=True, nogil=True, boundscheck=False)
def take_block(scores, top, left, best, rows, lowest):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Take over a block of scores, for its rows and, since scores are symmetric, for its columns.

    Parameters
    ----------
    scores : ndarray of shape (b, c), float32
    top, left : int
        Row numbers of its first row and its first column; equal on the diagonal, else ``left`` is larger.
    best, rows : ndarrays of shape (N, k), float32 and int32
        Best scores so far, descending, and whose they are; changed in place.
    lowest : ndarray of shape (N,), float32
        The last column of ``best``; changed in place.
    """
    count, width = scores.shape
    last = best.shape[1] - 1
    diagonal = top == left
    for i in range(count):
        row = top + i
        start = 0
        while start < width:
            end = min(width, start + LANE)
            floor = lowest[row]
            found = False
            for j in range(start, end):
                found |= (scores[i, j] > floor) | (scores[i, j] > lowest[left + j])
            if found:
                for j in range(start, end):
                    score = scores[i, j]
                    other = left + j
                    if row != other and score > lowest[row]:
                        _insert(best, rows, row, score, other)
                        lowest[row] = best[row, last]
                    if not diagonal and score > lowest[other]:
                        _insert(best, rows, other, score, row)
                        lowest[other] = best[other, last]
            start = end
