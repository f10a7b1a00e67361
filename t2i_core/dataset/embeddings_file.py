"""The embeddings file: an npz with ``image`` rows and, where there are captions, ``text`` rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from t2i_core.dataset.mapped_rows import open_mapped
from t2i_core.dataset.npz_file import ArrayHeader, LargeArrayError, NpzError, NpzFile, PickledArrayError, open_npz
from t2i_core.dataset.picture_names import list_some
from t2i_core.dataset.unit_rows import row_norms, unit_rows
from t2i_core.errors import DatasetError
from t2i_core.types import FloatArray

STORED_DTYPES = (np.float16, np.float32, np.float64)


@dataclass(frozen=True, eq=False)
class StoredEmbeddings:
    """What an embeddings file holds.

    Attributes
    ----------
    image : ndarray of shape (R, D), float
    text : ndarray of shape (M, E), float, or None
    image_ids : ndarray of shape (R,), str, or None
        None in the original project's files, whose rows follow the captions file.
    image_sizes : ndarray of shape (R, 2), int, or None
    members : mapping of str to int
        CRC-32 of each array's bytes, from the zip directory: it tells two files apart without reading them.
    norms : mapping of str to ndarray of shape (R,), float64
        Of the arrays that hold unit rows by now (the memory-mapped ones): the lengths the rows had.
    """

    path: Path
    image: np.ndarray
    text: np.ndarray | None
    image_ids: np.ndarray | None
    image_sizes: np.ndarray | None
    members: Mapping[str, int]
    norms: Mapping[str, np.ndarray] = field(default_factory=dict)

    def row_norms(self, name: str) -> np.ndarray:
        """Length of each row of ``image`` or ``text`` as it was stored: ndarray of shape (R,), float64."""
        return self.norms[name] if name in self.norms else row_norms(self._rows(name))

    def unit_rows(self, name: str, rows: np.ndarray | None, norms: np.ndarray) -> FloatArray:
        """Rows of ``image`` or ``text`` scaled to length 1, all of them for None; ``norms`` are theirs."""
        chosen = self._rows(name) if rows is None else self._rows(name)[rows]
        return chosen if name in self.norms else unit_rows(chosen, norms)

    def _rows(self, name: str) -> np.ndarray:
        rows = self.image if name == "image" else self.text
        assert rows is not None
        return rows


def read_embeddings(path: Path, *, mapped: bool = False, derive: bool = True) -> StoredEmbeddings:
    """Read an embeddings file without ever unpickling anything.

    Parameters
    ----------
    mapped : bool
        Take the rows of a large file from the store beside it, where they are unit rows and are read when touched.
    derive : bool
        Make that store where there is none; otherwise nothing is written.

    Raises
    ------
    DatasetError
        When it is missing, cut off, holds pickled objects or other arrays, or arrays of another shape or type.
    """
    with _opened(path) as npz:
        if "image" not in npz.members:
            raise DatasetError(
                f"{path} must hold the array image (and text, one row per caption), "
                f"got {list_some(list(npz.members), limit=8) or 'no array'}. "
                "Rename its arrays, or rebuild: python -m t2i_core build"
            )
        names: list[str] = [name for name in ("image", "text") if name in npz.members]
        headers = {name: _header(npz, name, path) for name in names}
        _check_rows(headers["image"], "image", path)
        if "text" in headers and 0 in headers["text"].shape:
            del headers["text"]  # no captions
        if "text" in headers:
            _check_rows(headers["text"], "text", path)
        others = [name for name in ("image_ids", "image_sizes") if name in npz.members]
        arrays: dict[str, np.ndarray] = {name: _array(npz, name, path) for name in others}
        ids = _checked_ids(arrays.get("image_ids"), headers["image"].shape[0], path)
        # Everything cheap is checked by now: a store is made of a file that will be used.
        ready = {}
        for name, header in headers.items():
            kept = open_mapped(npz, path.parent, name, header, derive=derive) if mapped else None
            if kept is None:
                arrays[name] = _array(npz, name, path)
            else:
                ready[name], arrays[name] = kept, kept.rows
    return StoredEmbeddings(
        path,
        arrays["image"],
        arrays.get("text"),
        ids,
        arrays.get("image_sizes"),
        npz.members,
        {name: kept.norms for name, kept in ready.items()},
    )


def list_members(path: Path) -> dict[str, int]:
    """CRC-32 of each array of an npz by name; DatasetError when it is no complete npz."""
    with _opened(path) as npz:
        return npz.members


def read_captioned_pictures(path: Path) -> np.ndarray | None:
    """Names of the pictures of a file with rows of captions, and nothing else of it: ndarray of shape (R,), str.

    Empty where there are no rows of captions; None in the original project's files, where the captions file names pictures.

    Raises
    ------
    DatasetError
        When it is no complete npz, or its names are none.
    """
    with _opened(path) as npz:
        if not {"image", "text"} <= npz.members.keys():
            return np.empty(0, dtype=np.str_)
        if "image_ids" not in npz.members:
            return None
        return _checked_ids(_array(npz, "image_ids", path), _header(npz, "image", path).shape[0], path)


@contextmanager
def _opened(path: Path) -> Iterator[NpzFile]:
    """The file wherever its content is now, its faults as errors of a dataset."""
    try:
        with open_npz(path) as npz:
            yield npz
    except (NpzError, OSError) as error:
        raise _unreadable(path, error) from error


def write_embeddings(file: BinaryIO, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays as an uncompressed npz; equal arrays give equal bytes."""
    np.savez(file, **arrays)  # type: ignore[arg-type]


def hash_arrays(arrays: Mapping[str, np.ndarray]) -> str:
    """SHA-256 over the names, types, shapes and bytes of arrays, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}|{array.dtype.str}|{array.shape}|".encode())
        # Text arrays do not offer their memory as bytes; the view does, without a copy.
        digest.update(array.view(np.uint8).data if array.size else b"")
    return digest.hexdigest()


def _unreadable(path: Path, error: Exception) -> DatasetError:
    if isinstance(error, FileNotFoundError):
        return DatasetError(
            f"A dataset folder needs {path.name}, got none in {path.parent}. Make it: python -m t2i_core build"
        )
    return DatasetError(
        f"{path} must be a complete npz file, got something that cannot be read ({error}). "
        "Copy it again from where it came, or rebuild: python -m t2i_core build"
    )


def _header(npz: NpzFile, name: str, path: Path) -> ArrayHeader:
    try:
        return npz.header(name)
    except PickledArrayError as error:
        raise DatasetError(
            f"The array {name} of {path} must hold numbers or text, got pickled Python objects, which could run code when read. "
            "Save it again as float32, for instance with np.stack, or rebuild: python -m t2i_core build"
        ) from error


def _array(npz: NpzFile, name: str, path: Path) -> np.ndarray:
    _header(npz, name, path)
    try:
        return npz.array(name)
    except LargeArrayError as error:
        raise DatasetError(
            f"The array {name} of {path} must fit into memory, got one that does not ({error}). Split the dataset."
        ) from error


def _check_rows(header: ArrayHeader, name: str, path: Path) -> None:
    if len(header.shape) != 2 or 0 in header.shape:
        raise DatasetError(
            f"The array {name} of {path} must have shape (rows, dimension) and at least one row, got {header.shape}. "
            "Rebuild: python -m t2i_core build"
        )
    if header.dtype not in STORED_DTYPES:
        raise DatasetError(
            f"The array {name} of {path} must be float16, float32 or float64, got {header.dtype}. "
            "Save the embeddings as the model returned them, or rebuild: python -m t2i_core build"
        )


def _checked_ids(ids: np.ndarray | None, rows: int, path: Path) -> np.ndarray | None:
    if ids is None:
        return None
    if ids.ndim != 1 or ids.dtype.kind != "U" or len(ids) != rows:
        raise DatasetError(
            f"The array image_ids of {path} must hold one name for each of the {rows} image rows, "
            f"got {ids.dtype} of shape {ids.shape}. Rebuild: python -m t2i_core build"
        )
    return ids
