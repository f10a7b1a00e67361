"""Gives back to the system what a large task has let go of, or has read of a mapped file."""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Callable

import numpy as np

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of glibc's malloc.h
_KEPT_BYTES, _LARGE_BYTES = (
    512 * 2**20,
    256 * 2**20,
)  # what the maps of a batch of pictures take together, and the largest of them


def give_back() -> None:
    """Let allocators return their free pages, which they keep for later otherwise, hundreds of MB: glibc's, and Arrow's."""
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.default_memory_pool().release_unused()
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def share_heap() -> None:
    """Let all threads allocate from one heap, where glibc would give each its own with its own free pages."""
    option = _of_glibc("mallopt")
    if option is not None:
        option(_ARENA_MAX, 1)


def keep_large_blocks() -> None:
    """Let what one batch of pictures let go of serve the next, until `give_back`.

    glibc asks the system for every large block, gives it back at once, and the system fills each page of the next one with
    zeros: a fifth of the time that a network takes over pictures.
    """
    option = _of_glibc("mallopt")
    if option is not None:
        option(_TRIM_THRESHOLD, _KEPT_BYTES)
        option(_MMAP_THRESHOLD, _LARGE_BYTES) or option(_MMAP_THRESHOLD, 32 * 2**20)  # the most that older ones allow


def _of_glibc(name: str) -> Callable[..., int] | None:
    try:
        function: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):
        return None  # another allocator, with other habits
    return function


def let_go(array: np.ndarray) -> None:
    """Unmap what was read of a memory-mapped array; an array in memory is left alone.

    The system keeps the file's pages as long as it has room, so reading them again is cheap. Without this every row that is
    touched holds the 64 KB around it, and after some searches the process holds the whole file.
    """
    owner: object = array
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        owner.madvise(mmap.MADV_DONTNEED)
