"""Reading a file to its end: only a regular one, and only up to a size that was fixed before it was opened."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from t2i_core.errors import DatasetError

FIX = "Check its path and permissions."
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def check(path: Path, *, what: str, at_most: int, fix: str = FIX) -> int:
    """Size of a file that can be read to its end; messages call it ``what`` and end with ``fix``.

    Raises
    ------
    DatasetError
        When it is missing, a folder, a device, a pipe or a socket, or larger than ``at_most`` bytes.
    """
    try:
        facts = Path(path).stat()
    except (OSError, ValueError) as error:
        raise _unreadable(path, what, error, fix) from error
    return _size(facts, path, what=what, at_most=at_most, fix=fix)


def read_whole(path: Path, *, what: str, at_most: int, fix: str = FIX) -> bytes:
    """Bytes of a file.

    Raises
    ------
    DatasetError
        As `check`, and when it cannot be read. A pipe is not waited for.
    """
    check(path, what=what, at_most=at_most, fix=fix)  # before it is opened: opening a device can have effects
    try:
        handle = os.open(path, os.O_RDONLY | _NO_WAITING)
    except (OSError, ValueError) as error:
        raise _unreadable(path, what, error, fix) from error
    with os.fdopen(handle, "rb") as file:
        size = _size(os.fstat(file.fileno()), path, what=what, at_most=at_most, fix=fix)
        try:
            data = file.read(at_most + 1 if size == 0 else size + 1)  # files of /proc say that they are empty
            data += file.read(at_most + 1 - len(data)) if len(data) > size else b""
        except OSError as error:
            raise _unreadable(path, what, error, fix) from error
    if len(data) > at_most:
        raise _too_large(path, what, at_most)
    return data


def _size(facts: os.stat_result, path: Path, *, what: str, at_most: int, fix: str) -> int:
    if not stat.S_ISREG(facts.st_mode):
        kind = "a folder" if stat.S_ISDIR(facts.st_mode) else "a device, pipe or socket"
        raise DatasetError(f"{what} must be a file on a disk, got {kind}: {path}. {fix}")
    if facts.st_size > at_most:
        raise _too_large(path, what, at_most, facts.st_size)
    return facts.st_size


def _too_large(path: Path, what: str, at_most: int, size: int | None = None) -> DatasetError:
    received = "more" if size is None else f"{size:,} bytes"
    return DatasetError(f"{what} may hold at most {at_most:,} bytes, got {received}: {path}. Split it or name another.")


def _unreadable(path: Path, what: str, error: OSError | ValueError, fix: str) -> DatasetError:
    return DatasetError(f"{what} {path} cannot be read: {getattr(error, 'strerror', None) or error}. {fix}")
