"""The embeddings file: an npz with ``image`` rows and, where there are captions, ``text`` rows."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from t2i_core.arrays import l2_normalize
from t2i_core.dataset.picture_names import list_some
from t2i_core.errors import DatasetError
from t2i_core.types import FloatArray, MaskArray

CHUNK_ROWS = 8192
SMALLEST_NORM = 1e-6  # below this a direction is rounding noise
UNIT_TOLERANCE = 1e-5  # float32 rounding of a unit row; such rows are kept bit for bit
STORED_DTYPES = (np.float16, np.float32, np.float64)


@dataclass(frozen=True, eq=False)
class StoredEmbeddings:
    """What an embeddings file holds, unchanged.

    Attributes
    ----------
    image : ndarray of shape (R, D), float
    text : ndarray of shape (M, E), float, or None
    image_ids : ndarray of shape (R,), str, or None
        None in the original project's files, whose rows follow the captions file.
    image_sizes : ndarray of shape (R, 2), int, or None
    members : mapping of str to int
        CRC-32 of each array's bytes, from the zip directory: it tells two files apart without reading them.
    """

    path: Path
    image: np.ndarray
    text: np.ndarray | None
    image_ids: np.ndarray | None
    image_sizes: np.ndarray | None
    members: Mapping[str, int]


def read_embeddings(path: Path) -> StoredEmbeddings:
    """Read an embeddings file without ever unpickling anything.

    Raises
    ------
    DatasetError
        When it is missing, cut off, holds pickled objects or other arrays, or arrays of another shape or type.
    """
    try:
        with np.load(_checked(path), allow_pickle=False) as stored:
            names = list(stored.files)
            if "image" not in names:
                raise DatasetError(
                    f"{path} must hold the array image (and text, one row per caption), "
                    f"got {list_some(names, limit=8) or 'no array'}. "
                    "Rename its arrays, or rebuild: python -m t2i_core build"
                )
            arrays = {
                name: _read_array(stored, name, path)
                for name in ("image", "text", "image_ids", "image_sizes")
                if name in names
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise _unreadable(path, error) from error
    image = _checked_rows(arrays["image"], "image", path)
    text = _checked_rows(arrays["text"], "text", path) if arrays.get("text", np.empty(0)).size else None
    return StoredEmbeddings(
        path, image, text, _checked_ids(arrays, path), arrays.get("image_sizes"), list_members(path)
    )


def list_members(path: Path) -> dict[str, int]:
    """CRC-32 of each array of an npz by name; DatasetError when it is no complete npz."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {info.filename.removesuffix(".npy"): info.CRC for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError) as error:
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


def row_norms(rows: np.ndarray) -> np.ndarray:
    """Length of each row: ndarray of shape (R,), float64; not finite where the row is not."""
    norms = np.empty(len(rows))
    with np.errstate(all="ignore"):
        for start in range(0, len(rows), CHUNK_ROWS):
            chunk = rows[start : start + CHUNK_ROWS]
            if chunk.dtype == np.float16:
                chunk = chunk.astype(np.float32)
            squares = np.einsum("rd,rd->r", chunk, chunk)
            if not np.isfinite(squares).all():  # also where finite numbers overflow float32
                wide = chunk.astype(np.float64)
                squares = np.einsum("rd,rd->r", wide, wide)
            norms[start : start + CHUNK_ROWS] = np.sqrt(squares)
    return norms


def usable_rows(norms: np.ndarray) -> MaskArray:
    """Rows that have a direction: ndarray of shape (R,), bool."""
    return np.isfinite(norms) & (norms > SMALLEST_NORM)


def unit_rows(rows: np.ndarray, norms: np.ndarray) -> FloatArray:
    """Rows scaled to length 1, float32 of shape (R, D): the same array where they already are."""
    if rows.dtype == np.float32 and np.all(np.abs(norms - 1.0) <= UNIT_TOLERANCE):
        return np.ascontiguousarray(rows)
    scaled = np.empty(rows.shape, dtype=np.float32)
    for start in range(0, len(rows), CHUNK_ROWS):
        scaled[start : start + CHUNK_ROWS] = l2_normalize(rows[start : start + CHUNK_ROWS])
    return scaled


def _checked(path: Path) -> Path:
    """``path`` when it is a zip: anything else would make numpy try to unpickle it."""
    list_members(path)
    return path


def _unreadable(path: Path, error: Exception) -> DatasetError:
    if isinstance(error, OSError) and not path.is_file():
        return DatasetError(
            f"A dataset folder needs {path.name}, got none in {path.parent}. Make it: python -m t2i_core build"
        )
    return DatasetError(
        f"{path} must be a complete npz file, got something that cannot be read ({error}). "
        "Copy it again from where it came, or rebuild: python -m t2i_core build"
    )


def _read_array(stored: np.lib.npyio.NpzFile, name: str, path: Path) -> np.ndarray:
    try:
        return np.asarray(stored[name])
    except ValueError as error:
        if "allow_pickle" not in str(error):
            raise _unreadable(path, error) from error
        raise DatasetError(
            f"The array {name} of {path} must hold numbers or text, got pickled Python objects, which could run code when read. "
            "Save it again as float32, for instance with np.stack, or rebuild: python -m t2i_core build"
        ) from error
    except MemoryError as error:
        raise DatasetError(
            f"The array {name} of {path} must fit into memory, got one that does not ({error}). Split the dataset."
        ) from error


def _checked_rows(array: np.ndarray, name: str, path: Path) -> np.ndarray:
    if array.ndim != 2 or 0 in array.shape:
        raise DatasetError(
            f"The array {name} of {path} must have shape (rows, dimension) and at least one row, got {array.shape}. "
            "Rebuild: python -m t2i_core build"
        )
    if array.dtype not in STORED_DTYPES:
        raise DatasetError(
            f"The array {name} of {path} must be float16, float32 or float64, got {array.dtype}. "
            "Save the embeddings as the model returned them, or rebuild: python -m t2i_core build"
        )
    return array


def _checked_ids(arrays: Mapping[str, np.ndarray], path: Path) -> np.ndarray | None:
    ids = arrays.get("image_ids")
    if ids is None:
        return None
    if ids.ndim != 1 or ids.dtype.kind != "U" or len(ids) != len(arrays["image"]):
        raise DatasetError(
            f"The array image_ids of {path} must hold one name for each of the {len(arrays['image'])} image rows, "
            f"got {ids.dtype} of shape {ids.shape}. Rebuild: python -m t2i_core build"
        )
    return ids
