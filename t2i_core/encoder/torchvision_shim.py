"""Makes ``import clip`` work beside a CPU-only torch, and a second quicker.

``clip`` imports ``torchvision.transforms``. The torchvision wheel on the package index is built for
CUDA: beside a CPU-only torch its compiled operators cannot load, and ``import torchvision`` stops
with ``operator torchvision::nms does not exist``. Nothing here calls those operators; torchvision
only wants to attach to their names, so declaring the two schemas is enough. It is done only after
the import failed for this very reason, so a matching pair of packages is left alone.

``torchvision`` also imports its model zoo and detection operators, and those import torch's compiler, which
takes longer than all the rest. They are left out at first and imported when somebody asks for them.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import torch

_MISSING = "operator torchvision::nms does not exist"
_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_LATER = ("models", "ops")

_lock = threading.Lock()
# Declarations live as long as the Library object that made them.
_declared: list[torch.library.Library] = []


def import_torchvision() -> None:
    """Import ``torchvision.transforms``, declaring the two missing operators where that is what stops it."""
    with _lock:
        if "torchvision" in sys.modules:  # somebody imported all of it
            importlib.import_module("torchvision.transforms")
            return
        try:
            _import_transforms()
        except RuntimeError as error:
            if _MISSING not in str(error) or _declared:
                raise
            library = torch.library.Library("torchvision", "FRAGMENT")
            for operator in ("nms", "qnms"):
                library.define(operator + _SCHEMA)
            _declared.append(library)
            _import_transforms()


def _import_transforms() -> None:
    with _left_out():
        importlib.import_module("torchvision.transforms")
    torchvision = sys.modules["torchvision"]

    def later(name: str) -> ModuleType:
        if name not in _LATER:
            raise AttributeError(f"module 'torchvision' has no attribute {name!r}")
        return importlib.import_module(f"torchvision.{name}")

    torchvision.__dict__["__getattr__"] = later


@contextmanager
def _left_out() -> Iterator[None]:
    """Empty modules stand in for `_LATER` while torchvision is imported."""
    empty = {f"torchvision.{name}": ModuleType(f"torchvision.{name}") for name in _LATER}
    sys.modules.update(empty)
    try:
        yield
    finally:
        for name, module in empty.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
        whole = sys.modules.get("torchvision")
        for name in _LATER:
            if whole is not None and whole.__dict__.get(name) is empty[f"torchvision.{name}"]:
                del whole.__dict__[name]
