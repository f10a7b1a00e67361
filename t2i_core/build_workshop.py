"""The ``.build`` folder beside a dataset: one build at a time, and arrays written whole or not at all."""

from __future__ import annotations

import fcntl
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from t2i_core.errors import BuildError

WORKSHOP_NAME = ".build"
LOCK_NAME = "lock"


@contextmanager
def open_workshop(data_dir: Path) -> Iterator[Path]:
    """The ``.build`` folder, held by this process alone until the block ends, however it ends.

    Raises
    ------
    BuildError
        When another build holds it, or it cannot be made.
    """
    workshop = data_dir / WORKSHOP_NAME
    try:
        workshop.mkdir(parents=True, exist_ok=True)
        lock = os.open(workshop / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise BuildError(
            f"A build must be able to write to {data_dir}, got: {error.strerror or error}. "
            "Choose a folder you may write to."
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(data_dir, lock) from None
        with suppress(OSError):  # a full disk is told of when something that matters is written
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        yield workshop
    finally:
        os.close(lock)  # which gives the lock back; the file stays, or two builds could lock two files


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write an npz under a temporary name and rename it.

    It is not forced to the disk: after a power failure `read_arrays` notices a cut file, and its work
    is done again.

    Raises
    ------
    BuildError
        When it cannot be written (disk full, no permission).
    """
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise BuildError(
            f"A build must be able to write to {path.parent}, got: {error.strerror or error}. "
            "Free some space and run the same build again: it goes on from there."
        ) from error


def read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """What `write_arrays` wrote, or None when it is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError):
        return None


def _taken(data_dir: Path, lock: int) -> BuildError:
    pid = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
    who = f"process {pid}" if pid else "another process"
    return BuildError(
        f"Only one build at a time may write to {data_dir}, and {who} is building there. "
        "Wait until it is done, stop it, or choose another folder."
    )
