"""Reading the weights of a TorchScript archive without TorchScript: loading one would run the code in it.

Such an archive is a zip: ``data.pkl`` describes the module as nested objects, ``data/N`` hold the bytes of its tensors,
``code/`` holds a program that nobody needs who only wants the weights. The description is a pickle in form only: it
is followed here step by step by a machine that knows containers, numbers, texts and tensors, and has no way to import,
call or build anything else. Of the program only the lists are read that say which attributes are weights.
"""

from __future__ import annotations

import math
import pickletools
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

MOST_DESCRIPTION_BYTES = 8 * 2**20  # OpenAI's largest has some hundred kilobytes
MOST_CODE_BYTES = 32 * 2**20
MOST_TENSORS = 100_000
MOST_DEPTH = 64

_STORAGES = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
_WEIGHTS = re.compile(r"^class (\w+)\(Module\):\n  __parameters__ = \[(.*)\]\n  __buffers__ = \[(.*)\]$", re.MULTILINE)
_MODULES = "__torch__"  # classes that only the archive's own code knows: their attributes are all that is read


# What zipfile says about directories that are none.
_ODD_ZIP = (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError, struct.error, OverflowError)


class ForeignObjectError(Exception):
    """The description names something that is neither a tensor nor a container."""


class DamagedArchiveError(Exception):
    """The archive is not one, or not whole."""


def is_jit_archive(path: Path) -> bool:
    """Whether a file is a zip with the parts of a TorchScript archive; nothing in it is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/constants.pkl") for name in archive.namelist())
    except _ODD_ZIP:  # whatever else it may be is found out by others
        return False


def read_jit_archive(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of the module in a TorchScript archive by their names, as ``state_dict()`` calls them.

    Raises
    ------
    ForeignObjectError
        When the archive describes anything but modules, containers and tensors.
    DamagedArchiveError
        When it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _Reader(archive).tensors()
    except (ForeignObjectError, DamagedArchiveError):
        raise
    except Exception as error:  # a zip or a pickle that is wrong in whatever way
        raise DamagedArchiveError(f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True)
class _Name:
    """A class or function as the description names it; it stands for nothing that could be called."""

    module: str
    name: str


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: torch.dtype
    numel: int


@dataclass(eq=False)
class _Object:
    """An instance of a class of the archive: its attributes."""

    kind: _Name
    attributes: dict[Any, Any] = field(default_factory=dict)


class _Mark:
    pass


class _Reader:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        [description] = [name for name in archive.namelist() if name.count("/") == 1 and name.endswith("/data.pkl")]
        self._root = description.removesuffix("data.pkl")
        if self._part("byteorder", b"little") != b"little":
            raise DamagedArchiveError("its numbers have their bytes in the other order")
        self._storages: dict[str, torch.Tensor] = {}
        self._weights: dict[str, dict[str, frozenset[str]]] = {}
        self._code_bytes = 0

    def tensors(self) -> dict[str, torch.Tensor]:
        info = self._archive.getinfo(f"{self._root}data.pkl")
        if info.file_size > MOST_DESCRIPTION_BYTES:
            raise DamagedArchiveError(f"its description has {info.file_size:,} bytes")
        module = _Machine(self._storage, self._tensor).run(self._archive.read(info))
        return dict(self._named_tensors(module))

    def _weights_of(self, kind: _Name) -> frozenset[str] | None:
        """Names of a class's parameters and buffers; None where the archive does not say."""
        file = f"{self._root}code/{kind.module.replace('.', '/')}.py"
        if file not in self._weights:
            try:
                info = self._archive.getinfo(file)
            except KeyError:
                return None
            self._code_bytes += info.file_size
            if self._code_bytes > MOST_CODE_BYTES:
                raise DamagedArchiveError("more code than any model has")
            code = self._archive.read(info).decode("utf-8")
            self._weights[file] = {
                name: frozenset(re.findall(r'"([^"]*)"', f"{parameters}, {buffers}"))
                for name, parameters, buffers in _WEIGHTS.findall(code)
            }
        return self._weights[file].get(kind.name)

    def _named_tensors(self, module: Any) -> Iterator[tuple[str, torch.Tensor]]:
        """Weights of a module and the modules in it, each under the path of attributes that leads to it."""
        if not isinstance(module, _Object):
            raise ForeignObjectError(type(module).__name__)
        found, seen = 0, 0
        waiting = [("", module, 0)]
        while waiting:
            prefix, owner, depth = waiting.pop()
            weights = self._weights_of(owner.kind)
            seen += 1
            if depth > MOST_DEPTH or seen > MOST_TENSORS:  # modules that contain themselves
                raise DamagedArchiveError("modules nested without end")
            for name, value in owner.attributes.items():
                if isinstance(value, _Object):
                    waiting.append((f"{prefix}{name}.", value, depth + 1))
                elif isinstance(value, torch.Tensor) and (weights is None or name in weights):
                    found += 1
                    if found > MOST_TENSORS:
                        raise DamagedArchiveError(f"more than {MOST_TENSORS:,} tensors")
                    yield f"{prefix}{name}", value

    def _part(self, name: str, default: bytes) -> bytes:
        try:
            with self._archive.open(self._root + name) as file:
                return file.read(16).strip()
        except KeyError:
            return default  # archives of older versions lack it

    def _storage(self, reference: Any) -> _Storage:
        kind, storage, key, _, numel = reference
        if kind != "storage" or not isinstance(storage, _Name) or storage.module != "torch":
            raise ForeignObjectError(str(kind)[:40])
        if storage.name not in _STORAGES or type(key) is not str or type(numel) is not int or numel < 0:
            raise ForeignObjectError(storage.name[:40])
        return _Storage(key, _STORAGES[storage.name], numel)

    def _tensor(self, storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> torch.Tensor:
        if not isinstance(storage, _Storage) or not all(
            type(one) is int and one >= 0 for one in (offset, *size, *stride)
        ):
            raise DamagedArchiveError("a tensor without a storage")
        if math.prod(size) > storage.numel or len(size) != len(stride):
            raise DamagedArchiveError("a tensor larger than its storage")  # it would grow when it is first used
        flat = self._bytes_of(storage)
        reach = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
        if math.prod(size) and reach >= storage.numel:
            raise DamagedArchiveError("a tensor that reaches beyond its storage")
        return torch.as_strided(flat, size, stride, offset)

    def _bytes_of(self, storage: _Storage) -> torch.Tensor:
        if storage.key not in self._storages:
            info = self._archive.getinfo(f"{self._root}data/{storage.key}")
            size = storage.numel * torch.empty(0, dtype=storage.dtype).element_size()
            if info.compress_type != zipfile.ZIP_STORED or info.file_size != size or info.compress_size != size:
                raise DamagedArchiveError(f"{info.filename} has {info.file_size:,} bytes and not {size:,}")
            data = bytearray(self._archive.read(info))
            flat = torch.frombuffer(data, dtype=storage.dtype) if size else torch.empty(0, dtype=storage.dtype)
            self._storages[storage.key] = flat
        flat = self._storages[storage.key]
        if flat.dtype != storage.dtype:
            raise DamagedArchiveError("one storage of two types")
        return flat


class _Machine:
    """Follows a pickle's steps over plain values."""

    def __init__(self, storage: Callable[[Any], _Storage], tensor: Callable[..., torch.Tensor]) -> None:
        self._storage, self._tensor = storage, tensor
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self, description: bytes) -> Any:
        for step, argument, _ in pickletools.genops(description):
            if step.name == "STOP":
                return self._stack.pop()
            self._follow(step.name, argument)
        raise DamagedArchiveError("a description without an end")

    def _follow(self, step: str, argument: Any) -> None:
        stack = self._stack
        if step in _VALUES:
            stack.append(argument)
        elif step in _CONSTANTS:
            stack.append(_CONSTANTS[step])
        elif step in _EMPTY:
            stack.append(_EMPTY[step]())
        elif step in {"BINPUT", "LONG_BINPUT"}:
            self._memo[argument] = stack[-1]
        elif step in {"BINGET", "LONG_BINGET"}:
            stack.append(self._memo[argument])
        elif step == "GLOBAL":
            module, _, name = argument.partition(" ")
            stack.append(_Name(module, name))
        elif step == "TUPLE":
            items = self._since_mark()  # before the stack is appended to
            stack.append(tuple(items))
        elif step in _TUPLES:
            items = [stack.pop() for _ in range(_TUPLES[step])]
            stack.append(tuple(reversed(items)))
        elif step in {"APPEND", "APPENDS"}:
            items = [stack.pop()] if step == "APPEND" else self._since_mark()
            self._top(list).extend(items)
        elif step in {"SETITEM", "SETITEMS"}:
            items = list(reversed([stack.pop(), stack.pop()])) if step == "SETITEM" else self._since_mark()
            self._top(dict).update(zip(items[::2], items[1::2], strict=True))
        elif step == "BINPERSID":
            stack.append(self._storage(stack.pop()))
        elif step in {"NEWOBJ", "REDUCE"}:
            arguments, made = stack.pop(), stack.pop()
            stack.append(self._make(made, arguments))
        elif step == "BUILD":
            state = stack.pop()
            if type(state) is not dict:
                raise ForeignObjectError(type(state).__name__)
            self._top(_Object).attributes.update(state)
        elif step not in {"PROTO", "FRAME"}:
            raise ForeignObjectError(step)

    def _make(self, made: Any, arguments: Any) -> Any:
        if not isinstance(made, _Name) or type(arguments) is not tuple:
            raise ForeignObjectError(type(made).__name__)
        known = (made.module, made.name)
        if known == ("torch._utils", "_rebuild_tensor_v2"):
            return self._tensor(*arguments)
        if known == ("torch.jit._pickle", "restore_type_tag") and arguments:
            return arguments[0]
        if made.module == "torch.jit._pickle" and made.name in _TYPED_LISTS and len(arguments) == 1:
            return list(arguments[0])
        if known == ("collections", "OrderedDict") and not arguments:
            return {}
        if made.module.split(".")[0] == _MODULES and not arguments:
            return _Object(made)
        raise ForeignObjectError(f"{made.module}.{made.name}"[:80])

    def _since_mark(self) -> list[Any]:
        items = []
        while (item := self._stack.pop()) is not _Mark:
            items.append(item)
        return items[::-1]

    def _top(self, kind: type) -> Any:
        if type(self._stack[-1]) is not kind:
            raise ForeignObjectError(type(self._stack[-1]).__name__)
        return self._stack[-1]


_VALUES = frozenset({"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE"})
_CONSTANTS: dict[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "MARK": _Mark, "EMPTY_TUPLE": ()}
_EMPTY: dict[str, type] = {"EMPTY_LIST": list, "EMPTY_DICT": dict}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_TYPED_LISTS = frozenset({"build_intlist", "build_doublelist", "build_boollist", "build_tensorlist"})
