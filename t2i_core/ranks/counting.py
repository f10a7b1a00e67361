"""Ranks both ways of every pair of a caption and its picture, from one pass over all scores.

Scores closer than `SAME_SCORE` are level, and level ones go by their place: the smaller row, the earlier caption.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from t2i_core.cores import usable_cores
from t2i_core.types import FloatArray, RowArray

SAME_SCORE = 1e-6  # float32 cannot tell such scores apart; matrix products even differ by where a row stands in them
SMALL = 2**22  # so few scores are counted before the compiled part would be loaded
CAPTIONS, PICTURES = 1024, 1024  # of a block
_STEP = 2**24  # numbers taken from the embeddings at a time
OnProgress = Callable[[float], None]
Counts = npt.NDArray[np.int32]


def pair_ranks(
    image_embeddings: FloatArray,
    text_embeddings: FloatArray,
    caption_rows: RowArray,
    *,
    block_scores: int | None = None,
    on_progress: OnProgress | None = None,
) -> tuple[RowArray, RowArray]:
    """Rank of each caption's picture among all pictures, and of each caption among all captions for its picture.

    Parameters
    ----------
    image_embeddings : ndarray of shape (N, D), float32
    text_embeddings : ndarray of shape (M, D), float32
    caption_rows : ndarray of shape (M,), int64
        Row of the picture each caption describes.
    block_scores : int, optional
        Most scores to hold at a time, in each thread.
    on_progress : callable, optional
        Called with the share that is done; an exception it raises ends the work.

    Returns
    -------
    picture_ranks : ndarray of shape (M,), int64, from 1
    caption_ranks : ndarray of shape (M,), int64, from 1
    """
    scores = len(image_embeddings) * len(text_embeddings)
    if not scores:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    own = _own_scores(image_embeddings, text_embeddings, caption_rows)
    upper = (own + SAME_SCORE).astype(np.float32)
    # One step of float32 lower, so that the same comparison serves both ends.
    lower = np.nextafter((own - SAME_SCORE).astype(np.float32), np.float32(-np.inf))
    if scores <= min(SMALL, block_scores or SMALL):
        return _count_small(text_embeddings @ image_embeddings.T, caption_rows, upper, lower)
    blocks = _Blocks(image_embeddings, text_embeddings, caption_rows, upper, lower, on_progress)
    return blocks.count(*_shape(block_scores))


def _shape(block_scores: int | None) -> tuple[int, int]:
    """Captions and pictures of a block."""
    if block_scores is None or block_scores >= CAPTIONS * PICTURES:
        return CAPTIONS, PICTURES
    pictures = max(1, int(np.sqrt(block_scores)))
    return max(1, block_scores // pictures), pictures


def _own_scores(images: FloatArray, texts: FloatArray, rows: RowArray) -> FloatArray:
    own = np.empty(len(texts), dtype=np.float32)
    step = max(1, _STEP // images.shape[1])
    for start in range(0, len(texts), step):
        part = slice(start, start + step)
        own[part] = np.einsum("cd,cd->c", texts[part], images[rows[part]])
    return own


def slots_of(rows: RowArray) -> RowArray:
    """Which of its picture's captions each caption is, from 0: ndarray of shape (M,), int64.

    Examples
    --------
    >>> slots_of(np.array([4, 2, 4, 4])).tolist()
    [0, 0, 1, 2]
    """
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    slots = np.empty(len(rows), dtype=np.int64)
    slots[order] = np.arange(len(rows)) - np.searchsorted(ordered, ordered)
    return slots


def _count_small(scores: FloatArray, rows: RowArray, upper: FloatArray, lower: FloatArray) -> tuple[RowArray, RowArray]:
    """The same counting where all scores (M, N) are held at once."""
    captions, images = scores.shape
    earlier = np.arange(images) < rows[:, None]
    ahead = scores > np.where(earlier, lower[:, None], upper[:, None])
    ahead[np.arange(captions), rows] = False
    slots, caption_ranks = slots_of(rows), np.empty(captions, dtype=np.int64)
    for slot in range(int(slots.max()) + 1):
        chosen = np.flatnonzero(slots == slot)
        earlier = np.arange(captions)[:, None] < chosen
        before = scores[:, rows[chosen]] > np.where(earlier, lower[chosen], upper[chosen])
        before[chosen, np.arange(len(chosen))] = False
        caption_ranks[chosen] = before.sum(axis=0) + 1
    return ahead.sum(axis=1).astype(np.int64) + 1, caption_ranks


class _Blocks:
    """The work dealt out to the cores: each takes every so many pictures and passes over all captions in their order."""

    def __init__(
        self, images: FloatArray, texts: FloatArray, rows: RowArray, upper: FloatArray, lower: FloatArray,
        on_progress: OnProgress | None,
    ) -> None:  # fmt: skip
        self._images, self._texts, self._rows = images, texts, rows.astype(np.int64)
        self._upper, self._lower, self._on_progress = upper, lower, on_progress
        self._slots = slots_of(rows)
        self._per_picture = np.bincount(rows, minlength=len(images))
        self._caption_ranks = np.empty(len(texts), dtype=np.int64)
        self._lock, self._done, self._total = threading.Lock(), 0, 1

    def count(self, captions: int, pictures: int) -> tuple[RowArray, RowArray]:
        """The ranks, from blocks of this shape."""
        from threadpoolctl import threadpool_limits

        workers = usable_cores()
        pictures = min(pictures, -(-len(self._images) // workers))
        strips = [slice(left, left + pictures) for left in range(0, len(self._images), pictures)]
        self._total = len(strips) * -(-len(self._texts) // captions)
        # Each thread multiplies on one core; a product that used all of them would wait for the counting in between.
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers) as pool:
            parts = list(pool.map(lambda worker: self._work(strips[worker::workers], captions), range(workers)))
        ahead: RowArray = np.sum(parts, axis=0, dtype=np.int64)
        return ahead + 1, self._caption_ranks

    def _work(self, strips: list[slice], captions: int) -> Counts:
        text_ahead = np.zeros(len(self._texts), dtype=np.int32)
        room = np.empty(0, dtype=np.float32)
        for strip in strips:
            images = self._images[strip]
            if len(room) < captions * len(images):
                room = np.empty(captions * len(images), dtype=np.float32)
            self._pass_over(images, strip.start, captions, text_ahead, room)
        return text_ahead

    def _pass_over(self, images: FloatArray, left: int, captions: int, text_ahead: Counts, room: FloatArray) -> None:
        """All captions against some pictures."""
        from t2i_core.ranks.scan import count_block

        width = len(images)
        mine = np.flatnonzero((self._rows >= left) & (self._rows < left + width))
        places = self._slots[mine], self._rows[mine] - left
        deep = int(self._per_picture[left : left + width].max(initial=0))
        thresholds = np.full((deep, width), np.inf, dtype=np.float32)
        thresholds[places] = self._lower[mine]
        ahead = np.zeros((deep, width), dtype=np.int32)
        columns = np.ascontiguousarray(images.T)
        for start in range(0, len(self._texts), captions):
            texts = self._texts[start : start + captions]
            scores = room[: len(texts) * width].reshape(len(texts), width)
            np.matmul(texts, columns, out=scores)
            count_block(
                scores, start, left, self._rows, self._slots, self._upper, self._lower, text_ahead, thresholds, ahead
            )
            self._tell()
        self._caption_ranks[mine] = ahead[places] + 1

    def _tell(self) -> None:
        with self._lock:
            self._done += 1
            if self._on_progress is not None:
                self._on_progress(self._done / self._total)
