"""Reading weights from a file nobody vouches for: nothing in it is ever run."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from t2i_core.encoder.jit_archive import DamagedArchiveError, ForeignObjectError, is_jit_archive, read_jit_archive
from t2i_core.errors import ModelError

_MAKE_SAFE = "Save it again as a state dict, torch.save(model.state_dict(), PATH), or as .safetensors."
# Where training scripts put the weights among other things.
_WRAPPERS = ("state_dict", "model_state_dict", "model")
_PARALLEL_PREFIX = "module."
# How torch's restricted unpickler says that it met an object it will not make.
_FOREIGN_OBJECT = ("unsupported global", "unrecognized function", "unsupported class", "can only")


def read_state_dict(path: Path) -> dict[str, torch.Tensor]:
    """The weights of a state dict, a JIT archive or a .safetensors file, on the CPU.

    State dicts are read by PyTorch's restricted unpickler, which makes tensors and plain
    containers only; of JIT archives the tensors are read, and the code in them is neither loaded nor run.

    Raises
    ------
    ModelError
        When the file is none of these, damaged, or holds other objects.
    """
    if is_safetensors(path):
        return _read_safetensors(path)
    if is_jit_archive(path):
        return _read_jit_archive(path)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        # The restricted unpickler raises this both for forbidden objects and for plain nonsense.
        if any(sign in str(error).lower() for sign in _FOREIGN_OBJECT):
            raise ModelError(_foreign(path)) from error
        raise ModelError(_damaged(path)) from error
    except Exception as error:  # a zip, a tar or a pickle that is wrong in whatever way
        raise ModelError(_damaged(path)) from error
    return _unwrap(content, path)


def is_safetensors(path: Path) -> bool:
    """Whether the file begins like a .safetensors file: a length and a JSON header."""
    with path.open("rb") as file:
        start = file.read(9)
    return len(start) == 9 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") < path.stat().st_size


def safetensors_metadata(path: Path) -> dict[str, str]:
    """The text a .safetensors file carries beside its tensors.

    Raises
    ------
    ModelError
        When the file is damaged.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return dict(file.metadata() or {})
    except (SafetensorError, OSError, ValueError, TypeError, RuntimeError, MemoryError, OverflowError) as error:
        raise ModelError(_damaged(path)) from error


def _read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError, ValueError, TypeError, RuntimeError, MemoryError, OverflowError) as error:
        raise ModelError(_damaged(path)) from error


def _read_jit_archive(path: Path) -> dict[str, torch.Tensor]:
    try:
        return read_jit_archive(path)
    except ForeignObjectError as error:
        raise ModelError(_foreign(path)) from error
    except DamagedArchiveError as error:
        raise ModelError(_damaged(path)) from error


def _unwrap(content: object, path: Path) -> dict[str, torch.Tensor]:
    for wrapper in _WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(wrapper), Mapping):
            content = content[wrapper]
    if (
        not isinstance(content, Mapping)
        or not content
        or not all(isinstance(v, torch.Tensor) for v in content.values())
    ):
        kind = "an empty one" if isinstance(content, Mapping) and not content else type(content).__name__
        raise ModelError(f"A checkpoint must hold a dict of tensors, got {kind} in {path.name}. {_MAKE_SAFE}")
    if all(str(name).startswith(_PARALLEL_PREFIX) for name in content):
        return {str(name).removeprefix(_PARALLEL_PREFIX): tensor for name, tensor in content.items()}
    return {str(name): tensor for name, tensor in content.items()}


def _foreign(path: Path) -> str:
    return (
        f"A checkpoint must hold tensors only, and {path.name} holds other Python objects, which could run "
        f"code when loaded. {_MAKE_SAFE}"
    )


def _damaged(path: Path) -> str:
    return (
        f"A checkpoint must be a state dict, a JIT archive or a .safetensors file, and {path.name} "
        f"({path.stat().st_size:,} bytes) cannot be read as any of them. It may be damaged or half copied: fetch it again."
    )
