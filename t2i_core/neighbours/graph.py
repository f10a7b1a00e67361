"""The neighbour graph: each picture's closest others by cosine, exactly, once for everything that needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from t2i_core.cores import usable_cores
from t2i_core.types import FloatArray, RowArray

BLOCK = 2048
OnBlock = Callable[[int, int], None]


def row_prints(image_embeddings: FloatArray) -> npt.NDArray[np.uint64]:
    """A fingerprint of each row: ndarray of shape (N,), uint64; equal rows have equal ones."""
    rows = np.ascontiguousarray(image_embeddings)
    prints = b"".join(blake2b(row.tobytes(), digest_size=8).digest() for row in rows)
    return np.frombuffer(prints, dtype=np.uint64).copy()


def unique_rows(prints: npt.NDArray[np.uint64]) -> tuple[RowArray, RowArray]:
    """First row of each distinct picture, in order, and for every row which of those it equals.

    Returns
    -------
    first : ndarray of shape (U,), int64
    belongs : ndarray of shape (N,), int64
        Position in ``first``.
    """
    _, first, belongs = np.unique(prints, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return first[order].astype(np.int64), place[belongs].astype(np.int64)


def nearest_neighbours(
    embeddings: FloatArray, k: int, *, on_block: OnBlock | None = None
) -> tuple[FloatArray, npt.NDArray[np.int32]]:
    """Each row's ``k`` closest other rows.

    Every pair is scored once: blocks above the diagonal serve their rows and their columns. The blocks are
    dealt out to the cores by number, so that the same machine gives the same graph.

    Parameters
    ----------
    embeddings : ndarray of shape (N, D), float32, unit rows
    k : int
        At most N - 1.
    on_block : callable, optional
        Called with blocks done and blocks in all; an exception it raises ends the work.

    Returns
    -------
    similarities : ndarray of shape (N, k), float32, descending
    rows : ndarray of shape (N, k), int32
    """
    count = len(embeddings)
    if k <= 0:
        return np.empty((count, 0), dtype=np.float32), np.empty((count, 0), dtype=np.int32)
    from threadpoolctl import threadpool_limits

    from t2i_core.neighbours.scan import take_block

    starts = range(0, count, BLOCK)
    blocks = [(top, left) for top in starts for left in starts if left >= top]
    workers = min(usable_cores(), len(blocks))
    done = 0
    lock = threading.Lock()

    def work(worker: int) -> tuple[FloatArray, npt.NDArray[np.int32]]:
        nonlocal done
        best = np.full((count, k), -np.inf, dtype=np.float32)
        rows = np.full((count, k), -1, dtype=np.int32)
        lowest = best[:, -1].copy()
        for top, left in blocks[worker::workers]:
            scores = embeddings[top : top + BLOCK] @ embeddings[left : left + BLOCK].T
            take_block(scores, top, left, best, rows, lowest)
            with lock:
                done += 1
                if on_block is not None:
                    on_block(done, len(blocks))
        return best, rows

    # Each worker multiplies on one core; a product that used all of them would wait for the scan in between.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(work, range(workers)))
    if len(parts) == 1:
        return parts[0]
    best = np.concatenate([part[0] for part in parts], axis=1)
    rows = np.concatenate([part[1] for part in parts], axis=1)
    order = np.lexsort((rows, -best), axis=1)[:, :k]
    return np.take_along_axis(best, order, axis=1), np.take_along_axis(rows, order, axis=1)
