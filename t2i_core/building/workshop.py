"""The ``.build`` folder beside a dataset: one build at a time, and arrays written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from t2i_core.dataset.npz_file import NpzError, open_npz
from t2i_core.errors import BuildError

WORKSHOP_NAME = ".build"
LOCK_NAME = "lock"
OWNER_NAME = "owner"  # whose lock it is, for the message to others


@contextmanager
def open_workshop(data_dir: Path) -> Iterator[Path]:
    """The ``.build`` folder, held by this process alone until the block ends, however it ends.

    Raises
    ------
    BuildError
        When another build holds it, or it cannot be made.
    """
    workshop = data_dir / WORKSHOP_NAME
    # The system gives the lock back when its owner ends, however that is; the file stays, or two builds could lock two.
    lock = FileLock(workshop / LOCK_NAME, fallback_to_soft=False)
    try:
        workshop.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout:
        raise _taken(data_dir) from None
    except (OSError, NotImplementedError) as error:
        raise _not_written(data_dir, error, fix="Choose a folder you may write to.") from error
    try:
        with suppress(OSError):  # a full disk is told of when something that matters is written
            (workshop / OWNER_NAME).write_text(f"{os.getpid()}\n", encoding="ascii")
        yield workshop
    finally:
        lock.release()


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
    with writing_to(path.parent):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise


@contextmanager
def writing_to(
    folder: Path,
    *,
    who: str = "A build",
    fix: str = "Free some space and run the same build again: it goes on from there.",
) -> Iterator[None]:
    """Say who must be able to write to ``folder`` where that fails, and what to do: BuildError for any OSError."""
    try:
        yield
    except OSError as error:
        raise _not_written(folder, error, who=who, fix=fix) from error


def _not_written(folder: Path, error: Exception, *, fix: str, who: str = "A build") -> BuildError:
    why = getattr(error, "strerror", None) or error
    return BuildError(f"{who} must be able to write to {folder}, got: {why}. {fix}")


def read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """What `write_arrays` wrote, or None when it is missing or damaged."""
    try:
        with open_npz(path) as npz:
            return npz.arrays()
    except (OSError, NpzError, MemoryError):
        return None


def _taken(data_dir: Path) -> BuildError:
    try:
        # In a file of its own: not every system lets others read a file that is locked.
        pid = (data_dir / WORKSHOP_NAME / OWNER_NAME).read_text(encoding="ascii", errors="replace")[:20].strip()
    except OSError:
        pid = ""
    who = f"process {pid}" if pid.isdecimal() else "another process"
    return BuildError(
        f"Only one build at a time may write to {data_dir}, and {who} is building there. "
        "Wait until it is done, stop it, or choose another folder."
    )
