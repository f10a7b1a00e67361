"""Holding a file that people write together: one reads, changes and writes it at a time, whatever process or thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from t2i_core.dataset.stored_files import could_not_write
from t2i_core.errors import DatasetError

PATIENCE_SECONDS = 20.0


@contextmanager
def held(path: Path, *, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold a file of a dataset until the block ends, however it ends; readers need not: they see old bytes or new ones.

    Raises
    ------
    DatasetError
        When others hold it for longer than ``patience`` seconds, or its folder may not be written to.
    """
    # The system gives the lock back when its owner ends. It is a file of its own, since the file itself is replaced.
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=patience, fallback_to_soft=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise DatasetError(
            f"{path} is written by one at a time, and others held it for more than {patience:g} seconds. "
            "Try again in a moment; nothing was changed."
        ) from None
    except (OSError, NotImplementedError) as error:
        raise could_not_write(path, error if isinstance(error, OSError) else OSError(str(error))) from error
    try:
        yield
    finally:
        lock.release()
