"""Reading npz files nobody vouches for: every fault comes out as one error, and memory is taken only for what is there.

The headers of all arrays are compared with the sizes in the zip before any of them is read, and nothing is unpickled.
"""

from __future__ import annotations

import math
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from t2i_core.dataset.switch_record import read_current

MOST_ARRAYS = 10_000
# Numbers compress to about nine tenths, names to a tenth; what claims to become this much more was made to fill memory.
LARGE_BYTES = 64 * 2**20
MOST_GROWTH = 200
LAST_LETTER = 0x10FFFF
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")  # with a member, and without any


class NpzError(Exception):
    """An npz file, or an array of one, cannot be read; the message says why in a few words."""


class PickledArrayError(NpzError):
    """An array holds Python objects."""


class LargeArrayError(NpzError):
    """An array does not fit into memory."""


@dataclass(frozen=True)
class ArrayHeader:
    """What an array says of itself; the file holds exactly as many bytes as that makes."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool


class NpzFile:
    """An npz file that is open for reading; made by `open_npz`.

    Attributes
    ----------
    members : dict of str to int
        CRC-32 of each array's bytes, from the zip directory.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        if len(self._infos) > MOST_ARRAYS:
            raise NpzError(f"it holds {len(self._infos):,} arrays")
        self.members = {name: info.CRC for name, info in self._infos.items()}

    def header(self, name: str) -> ArrayHeader:
        """Shape and type of an array, once they are known to fit the file."""
        with _faults_told(), self._archive.open(self._infos[name]) as stored:
            return self._read_header(stored, name)

    def array(self, name: str) -> np.ndarray:
        """An array, its checksum compared."""
        self.header(name)
        try:
            with _faults_told(), self._archive.open(self._infos[name]) as stored:
                array: np.ndarray = np.lib.format.read_array(stored, allow_pickle=False)
                if stored.read(1):  # the checksum is compared at the end
                    raise NpzError(f"{name} is longer than its header says")
                if array.dtype.kind == "U" and array.size and _letters(array).max() > LAST_LETTER:
                    raise NpzError(f"{name} holds letters that are none")
                return array
        except MemoryError as error:
            raise LargeArrayError(str(error) or "no memory") from error

    def arrays(self, names: tuple[str, ...] | None = None) -> dict[str, np.ndarray]:
        """Several arrays, all by default; NpzError when one is not there."""
        missing = [name for name in names or () if name not in self.members]
        if missing:
            raise NpzError(f"it has no array {missing[0]}")
        return {name: self.array(name) for name in (self.members if names is None else names)}

    @contextmanager
    def raw(self, name: str) -> Iterator[Callable[[int], bytes]]:
        """The bytes of an array behind its header, to be read in pieces; to the end, where the checksum is compared."""
        with _faults_told():
            stored = self._archive.open(self._infos[name])

        def read(size: int) -> bytes:
            with _faults_told():
                return stored.read(size)

        with stored:
            with _faults_told():
                self._read_header(stored, name)
            yield read

    def _read_header(self, stored: IO[bytes], name: str) -> ArrayHeader:
        info = self._infos[name]
        version = np.lib.format.read_magic(stored)
        if version not in {(1, 0), (2, 0)}:
            raise NpzError(f"{name} has the npy version {version[0]}.{version[1]}")
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(stored)
        if dtype.hasobject:
            raise PickledArrayError(f"{name} holds Python objects")
        data = math.prod(shape) * dtype.itemsize
        if any(length < 0 for length in shape) or stored.tell() + data != info.file_size:
            raise NpzError(
                f"{name} says it has shape {_short(shape)} of {_short(dtype)}, and {info.file_size:,} bytes are there"
            )
        if info.file_size > LARGE_BYTES and info.file_size > MOST_GROWTH * info.compress_size:
            raise NpzError(f"{name} would grow from {info.compress_size:,} bytes to {info.file_size:,}")
        return ArrayHeader(tuple(shape), dtype, fortran)


@contextmanager
def open_npz(path: Path) -> Iterator[NpzFile]:
    """Open an npz file for reading.

    Raises
    ------
    NpzError
        When it is none, at once or while arrays are read.
    FileNotFoundError
        When there is no file.
    """
    with _faults_told():
        file = read_current(path, _open_regular)
    with file:
        with _faults_told():
            archive = zipfile.ZipFile(file)
            file.seek(0)
            if file.read(4) not in _ZIP_STARTS:
                raise NpzError("something stands before its beginning")  # numpy would take it for a pickle
            opened = NpzFile(archive)
        yield opened


def _open_regular(path: Path) -> IO[bytes]:
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
        raise NpzError("no regular file")
    return path.open("rb")


@contextmanager
def _faults_told() -> Iterator[None]:
    """Whatever zipfile, zlib and numpy say about bytes that are no npz, as one error."""
    try:
        yield
    except (NpzError, MemoryError, FileNotFoundError):
        raise
    except Exception as error:  # a header can be wrong in as many ways as there are errors
        raise NpzError(_short(error) or type(error).__name__) from error


def _letters(array: np.ndarray) -> np.ndarray:
    native = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("="))).reshape(-1)
    return native.view(np.uint32) if native.dtype.itemsize else np.zeros(1, dtype=np.uint32)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
