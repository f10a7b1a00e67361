"""Reading single npy files of rows nobody vouches for, mapped and not unpickled."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from t2i_core.errors import DatasetError


def read_npy_rows(path: Path) -> np.ndarray:
    """The rows of an npy file, ndarray of shape (N, D), any float dtype, mapped from the disk.

    Raises
    ------
    DatasetError
        When it is no such file, is shorter than it says, or holds Python objects.
    """
    try:
        rows: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError, MemoryError, OverflowError, SyntaxError) as error:
        raise _refused(path, str(error).splitlines()[0][:200] if str(error) else type(error).__name__) from error
    if not isinstance(rows, np.ndarray) or rows.ndim != 2 or rows.dtype.kind != "f" or not rows.size:
        raise _refused(path, f"{getattr(rows, 'dtype', 'something')} of shape {getattr(rows, 'shape', '?')}")
    return rows


def write_npy(path: Path, rows: np.ndarray) -> None:
    """Write an array as npy."""
    np.save(path, rows, allow_pickle=False)


def _refused(path: Path, received: str) -> DatasetError:
    return DatasetError(
        f"An npy file of embeddings must hold float rows, one a picture, got {received} in {path}. Write it with numpy.save."
    )
