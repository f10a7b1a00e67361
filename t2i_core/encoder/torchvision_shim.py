"""Makes ``import clip`` work beside a CPU-only torch.

``clip`` imports ``torchvision.transforms``. The torchvision wheel on the package index is built for
CUDA: beside a CPU-only torch its compiled operators cannot load, and ``import torchvision`` stops
with ``operator torchvision::nms does not exist``. Nothing here calls those operators; torchvision
only wants to attach to their names, so declaring the two schemas is enough. It is done only after
the import failed for this very reason, so a matching pair of packages is left alone.
"""

from __future__ import annotations

import importlib
import threading

import torch

_MISSING = "operator torchvision::nms does not exist"
_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"

_lock = threading.Lock()
# Declarations live as long as the Library object that made them.
_declared: list[torch.library.Library] = []


def import_torchvision() -> None:
    """Import ``torchvision.transforms``, declaring the two missing operators where that is what stops it."""
    with _lock:
        try:
            importlib.import_module("torchvision.transforms")
        except RuntimeError as error:
            if _MISSING not in str(error) or _declared:
                raise
            library = torch.library.Library("torchvision", "FRAGMENT")
            for operator in ("nms", "qnms"):
                library.define(operator + _SCHEMA)
            _declared.append(library)
            importlib.import_module("torchvision.transforms")
