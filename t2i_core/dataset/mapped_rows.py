"""The mapped store: the rows of an embeddings file once more, as unit rows that are read from the disk when touched.

Large datasets only. It lies in ``.mapped`` beside the npz it was made from and can be made again from it at any time:
``rows.json`` names the CRC-32 of each array it came from and the SHA-256 of each of its own files. Sessions and
processes share its pages, and opening it reads none.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import tokenize
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from t2i_core.arrays import read_only
from t2i_core.dataset.npz_file import ArrayHeader, NpzError, NpzFile
from t2i_core.dataset.unit_rows import row_norms, unit_rows, usable_rows
from t2i_core.types import FloatArray

MAPPED_DIR = ".mapped"
MAPPED_VERSION = 1
MAPPED_FROM = 20_000  # rows; a smaller file is read as quickly as it is mapped
_CHUNK_BYTES = 16 * 2**20
_HASHED_BYTES = 2**20
_MOST_RECORD_BYTES = 2**20

# What numpy says of headers that are none, and Python of records of another shape.
_ODD_FILES = (
    OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, SyntaxError, EOFError, OverflowError,
    MemoryError, RecursionError, tokenize.TokenError,
)  # fmt: skip

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class MappedRows:
    """One array of an embeddings file as unit rows.

    Attributes
    ----------
    rows : ndarray of shape (R, D), float32, read-only, memory-mapped
        Length 1, except where the row had no direction.
    norms : ndarray of shape (R,), float64
        Lengths of the rows as they were.
    """

    rows: FloatArray
    norms: np.ndarray


def open_mapped(
    npz: NpzFile, data_dir: Path, name: str, header: ArrayHeader, *, derive: bool = True
) -> MappedRows | None:
    """One array of the store in a dataset folder; made when it is missing or of another file.

    Parameters
    ----------
    npz : NpzFile
        The embeddings file.
    name : str
        ``image`` or ``text``.
    header : ArrayHeader
        Of that array, as the npz has it.
    derive : bool
        Whether to make it; otherwise nothing is written.

    Returns
    -------
    MappedRows or None
        None where the array is small, of a kind the store does not hold, or cannot be written; then read the npz.
    """
    folder = data_dir / MAPPED_DIR
    shape, crc = header.shape, npz.members[name]
    found = _open(folder, name, crc, shape)
    if found is not None or not derive:
        return found
    if len(shape) != 2 or shape[0] < MAPPED_FROM or shape[1] == 0 or header.fortran or header.dtype not in _KINDS:
        return None
    try:
        if not _derive(npz, name, header, folder):
            return None
    except NpzError:
        return None  # reading the npz says what is wrong with it
    except OSError as error:
        # A folder that may not be written to holds a dataset all the same: its rows are read into memory.
        logger.info("%s could not be written (%s), so the rows are read into memory.", folder, error.strerror or error)
        return None
    return _open(folder, name, crc, shape)


def check_mapped(folder: Path) -> list[str]:
    """Names of the files of a store whose bytes are not the ones that were written."""
    changed = []
    for record in folder.glob("*.json"):
        files = (read_record(record) or {}).get("files")
        for file, noted in files.items() if isinstance(files, dict) else ():
            path = folder / Path(file).name
            sha256 = noted.get("sha256") if isinstance(noted, dict) else None
            if not path.is_file() or hash_file(path) != sha256:
                changed.append(path.name)
    return sorted(changed)


def write_arrays(folder: Path, name: str, arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> None:
    """Put arrays into a store as ``NAME.ARRAY.npy``, and last ``NAME.json`` that vouches for them.

    Raises
    ------
    OSError
        When they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").unlink(missing_ok=True)  # it must not vouch for a mixture, should this be cut short
    files: dict[str, Any] = {}
    for array_name, array in arrays.items():
        files |= _write_array(folder / f"{name}.{array_name}.npy", array)
    write_record(folder / f"{name}.json", {**facts, "files": files})


def _write_array(path: Path, array: np.ndarray) -> dict[str, Any]:
    """Write an array in one step; its entry for the record."""
    temporary = _temporary(path)
    try:
        with temporary.open("wb") as file:
            np.lib.format.write_array(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        noted = {"bytes": temporary.stat().st_size, "sha256": hash_file(temporary)}
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return {path.name: noted}


def read_arrays(folder: Path, name: str, facts: Mapping[str, Any]) -> dict[str, np.ndarray] | None:
    """The arrays of a store, memory-mapped; None when they were made from something else or are not whole."""
    record = read_record(folder / f"{name}.json")
    if record is None or any(record.get(key) != value for key, value in facts.items()):
        return None
    arrays: dict[str, np.ndarray] = {}
    try:
        for file, noted in record["files"].items():
            path = folder / Path(file).name
            if path.stat().st_size != noted["bytes"]:
                return None
            arrays[file.split(".")[1]] = read_only(np.load(path, mmap_mode="r", allow_pickle=False))
    except _ODD_FILES:
        return None  # cut off or written by another hand: it is made again
    return arrays


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write a record in one step."""
    temporary = _temporary(path)
    try:
        temporary.write_text(json.dumps({"version": MAPPED_VERSION, **record}, indent=1), encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def hash_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASHED_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _open(folder: Path, name: str, crc: int, shape: tuple[int, ...]) -> MappedRows | None:
    arrays = read_arrays(folder, name, {"version": MAPPED_VERSION, "crc": crc})
    if arrays is None or set(arrays) != {"rows", "norms"}:
        return None
    rows, norms = arrays["rows"], arrays["norms"]
    if (rows.shape, rows.dtype, norms.shape, norms.dtype) != (
        shape,
        np.dtype(np.float32),
        shape[:1],
        np.dtype(np.float64),
    ):
        return None
    return MappedRows(rows, read_only(np.array(norms)))


def _derive(npz: NpzFile, name: str, header: ArrayHeader, folder: Path) -> bool:
    """Make the store of one array; False when no row of it can be used."""
    rows, columns = header.shape
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.rows.npy"
    temporary = _temporary(path)
    norms = np.empty(rows)
    digest = hashlib.sha256()
    try:
        with temporary.open("w+b") as file, npz.raw(name) as read:
            np.lib.format.write_array_header_1_0(
                file, {"descr": "<f4", "fortran_order": False, "shape": (rows, columns)}
            )
            file.seek(0)
            digest.update(file.read())
            for start, chunk in _chunks(read, (rows, columns), header.dtype):
                norms[start : start + len(chunk)] = found = row_norms(chunk)
                data = unit_rows(chunk, found).astype("<f4", copy=False).tobytes()
                digest.update(data)
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if not usable_rows(norms).any():
            return False
        noted = {"bytes": temporary.stat().st_size, "sha256": digest.hexdigest()}
        (folder / f"{name}.json").unlink(missing_ok=True)
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    files = {path.name: noted, **_write_array(folder / f"{name}.norms.npy", norms)}
    write_record(folder / f"{name}.json", {"crc": npz.members[name], "files": files})
    return True


_KINDS = (np.dtype("<f2"), np.dtype("<f4"), np.dtype("<f8"))


def _chunks(
    read: Callable[[int], bytes], shape: tuple[int, int], dtype: np.dtype[Any]
) -> Iterator[tuple[int, np.ndarray]]:
    """Rows of an npz member a few megabytes at a time; its end is read too, where its checksum is compared."""
    row_bytes = shape[1] * dtype.itemsize
    rows = max(1, _CHUNK_BYTES // row_bytes)
    for start in range(0, shape[0], rows):
        wanted = min(rows, shape[0] - start)
        data = read(wanted * row_bytes)
        if len(data) != wanted * row_bytes:
            raise NpzError("the array ends too early")
        yield start, np.frombuffer(data, dtype=dtype).reshape(wanted, shape[1])
    read(1)


def read_record(path: Path) -> dict[str, Any] | None:
    """What `write_record` wrote, or None."""
    try:
        with path.open("rb") as file:
            record = json.loads(file.read(_MOST_RECORD_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
