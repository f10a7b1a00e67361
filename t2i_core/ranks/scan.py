"""The compiled part of counting ranks: how many scores of a block come before each caption's picture and each picture's captions."""

from __future__ import annotations

import numpy as np
from numba import njit

LANE = 64  # scores that are skipped together where none exceeds the lowest threshold of its picture


@njit(cache=True, nogil=True, boundscheck=False)
def _above(line, threshold):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """How many exceed a threshold."""
    count = np.int32(0)
    for j in range(line.size):
        count += np.int32(line[j] > threshold)
    return count


@njit(cache=True, nogil=True, boundscheck=False)
def _add_above(line, floor, thresholds, counts):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Count for each picture which of its thresholds its score exceeds; ``floor`` holds the lowest of them."""
    deep = thresholds.shape[0]
    for lane in range(line.size // LANE):  # counted from 0, or the loops below are not vectorised
        found = False
        for j in range(LANE):
            found |= line[lane * LANE + j] > floor[lane * LANE + j]
        if found:
            for slot in range(deep):
                for j in range(LANE):
                    at = lane * LANE + j
                    counts[slot, at] += np.int32(line[at] > thresholds[slot, at])
    for at in range(line.size // LANE * LANE, line.size):
        for slot in range(deep):
            counts[slot, at] += np.int32(line[at] > thresholds[slot, at])


@njit(cache=True, nogil=True, boundscheck=False)
def count_block(  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    scores, start, left, rows, slots, upper, lower, text_ahead, thresholds, caption_ahead
):
    """Count the scores of a block that come before the right ones.

    Blocks of the same pictures must come in the order of their captions: a level score counts while it is of an earlier caption,
    and each caption raises its own threshold as it passes.

    Parameters
    ----------
    scores : ndarray of shape (b, w), float32
    start, left : int
        Number of its first caption and of its first picture.
    rows, slots : ndarrays of shape (M,), int64
        The picture of each caption, and which of that picture's captions it is.
    upper, lower : ndarrays of shape (M,), float32
        Between these a score is level with the caption's own; ``lower`` is just below the smallest such.
    text_ahead : ndarray of shape (M,), int32
        Pictures that come before each caption's own; changed in place.
    thresholds : ndarray of shape (T, w), float32
        What a score must exceed to come before each of a picture's captions; infinite where it has fewer. Changed in place.
    caption_ahead : ndarray of shape (T, w), int32
        Captions that come before each; changed in place.
    """
    count, width = scores.shape
    deep = thresholds.shape[0]
    floor = np.full(width, np.float32(np.inf))
    for slot in range(deep):
        for j in range(width):
            floor[j] = min(floor[j], thresholds[slot, j])
    for i in range(count):
        caption = start + i
        own = rows[caption] - left
        middle = min(max(own, 0), width)
        line = scores[i]
        text_ahead[caption] += _above(line[:middle], lower[caption]) + _above(line[middle:], upper[caption])
        if 0 <= own < width:
            thresholds[slots[caption], own] = upper[caption]
        _add_above(line, floor, thresholds, caption_ahead)
