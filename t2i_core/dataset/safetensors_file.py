"""Reading safetensors files nobody vouches for: a JSON header whose every claim is compared with the file, then numbers, mapped."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from t2i_core.errors import DatasetError

# Their names for types of numbers that rows of embeddings come in; bfloat16 is the upper half of a float32.
TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
MOST_HEADER_BYTES = 16 * 2**20
_LENGTH = 8


@dataclass(frozen=True)
class StoredTensor:
    """Where a tensor's numbers lie, once that is known to fit the file."""

    dtype: str
    shape: tuple[int, ...]
    begin: int


def list_tensors(path: Path) -> dict[str, StoredTensor]:
    """The tensors of floats in a safetensors file by their names; others are left out.

    Raises
    ------
    DatasetError
        When it is no such file, or its header tells of more than is there.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(_LENGTH), "little")
            if size < _LENGTH or not 2 <= length <= min(MOST_HEADER_BYTES, size - _LENGTH):
                raise _refused(path, f"a header of {length:,} bytes in {size:,}")
            header = json.loads(file.read(length))
    except (OSError, ValueError, RecursionError) as error:
        raise _refused(path, str(error).splitlines()[0][:200] if str(error) else type(error).__name__) from error
    if not isinstance(header, dict):
        raise _refused(path, "a header that is no JSON object")
    found = {}
    for name, told in header.items():
        if name != "__metadata__":
            stored = _checked(path, name, told, data=size - _LENGTH - length)
            if stored.dtype in TYPES:
                found[name] = StoredTensor(stored.dtype, stored.shape, _LENGTH + length + stored.begin)
    return found


def read_tensor_rows(path: Path, stored: StoredTensor) -> np.ndarray:
    """A tensor of shape (N, D) as floats, mapped from the disk where numpy knows its type."""
    rows = np.memmap(path, dtype=TYPES[stored.dtype], mode="r", offset=stored.begin, shape=stored.shape)
    if stored.dtype == "BF16":
        return (rows.astype(np.uint32) << 16).view(np.float32)
    return rows


def _checked(path: Path, name: str, told: Any, *, data: int) -> StoredTensor:
    """One entry of the header, its bytes compared with its shape and with the ``data`` bytes that are there."""
    try:
        dtype, shape, (begin, end) = told["dtype"], told["shape"], told["data_offsets"]
        numbers = [*shape, begin, end]
    except (KeyError, TypeError, ValueError) as error:
        raise _refused(path, f"an entry {name[:40]!r} without dtype, shape and data_offsets") from error
    if not isinstance(dtype, str) or not all(type(number) is int and number >= 0 for number in numbers):
        raise _refused(path, f"an entry {name[:40]!r} whose sizes are no whole numbers")
    expected = math.prod(shape) * np.dtype(TYPES[dtype]).itemsize if dtype in TYPES else end - begin
    if not begin <= end <= data or end - begin != expected:
        raise _refused(
            path, f"{name[:40]!r} of shape {tuple(shape)} at {begin:,} to {end:,}, and {data:,} bytes are there"
        )
    return StoredTensor(dtype, tuple(shape), begin)


def _refused(path: Path, received: str) -> DatasetError:
    return DatasetError(
        f"A safetensors file must hold what its header tells of, got {received} in {path}. Write it anew, or name another."
    )
