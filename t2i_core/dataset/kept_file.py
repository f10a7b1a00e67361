"""What was computed of a gallery, kept beside its dataset with the gallery's key: read again only for the same embeddings."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from t2i_core.dataset.npz_file import NpzError, open_npz
from t2i_core.dataset.stored_files import replace_file
from t2i_core.errors import DatasetError
from t2i_core.types import Gallery

CACHE_NAME = ".cache"


def kept_path(gallery: Gallery, name: str, *, cached: bool = True) -> Path:
    """Where a file of that name lies: among what can be removed at any time, or beside the dataset's own files."""
    folder = Path(gallery.data_dir)
    return (folder / CACHE_NAME if cached else folder) / name


def read_kept(
    gallery: Gallery, name: str, fields: Sequence[str], *, what: str, of_others: str, fix: str, cached: bool = True
) -> dict[str, np.ndarray]:
    """The arrays of these names; their shapes and types are the caller's to check.

    Parameters
    ----------
    gallery : Gallery
    name : str
        Of the file.
    fields : sequence of str
        Names of the arrays in it, without that of the key.
    what, of_others, fix : str
        What the file holds, what one of another gallery holds, and what to do: parts of the messages.
    cached : bool
        As `kept_path`.

    Raises
    ------
    DatasetError
        When there is no such file, or it was made of other embeddings.
    """
    path = kept_path(gallery, name, cached=cached)
    try:
        with open_npz(path) as npz:
            arrays = npz.arrays(("key", *fields))
    except (OSError, NpzError, MemoryError) as error:
        raise DatasetError(f"{what} must lie in {path}, got: {error}. {fix}") from error
    key = str(arrays.pop("key"))[:100]
    if key != gallery.key:
        raise DatasetError(f"{path} must belong to the dataset {gallery.key}, got {of_others} of {key}. {fix}")
    return arrays


def write_kept(gallery: Gallery, name: str, *, cached: bool = True, **arrays: np.ndarray) -> bool:
    """Keep arrays; False when the folder may not be written to, which costs only time later."""
    with contextlib.suppress(DatasetError):
        replace_file(
            kept_path(gallery, name, cached=cached),
            lambda file: np.savez(file, allow_pickle=False, key=np.array(gallery.key), **arrays),
        )
        return True
    return False
