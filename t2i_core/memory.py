"""Gives back to the system what a large task has let go of, or has read of a mapped file."""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Callable

import numpy as np

_ARENA_MAX = -8  # of glibc's malloc.h


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
