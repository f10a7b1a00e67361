"""A tiny random model in the bundled model's format."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch

from t2i_core.encoder.mini_network import build_mini
from t2i_core.training.saving import save_mini

DIMENSION = 48
CONFIG: dict[str, Any] = {
    "format_version": 2,
    "dimension": DIMENSION,
    "image_size": 64,
    "mean": [0.5, 0.5, 0.5],
    "std": [0.5, 0.5, 0.5],
    "resize": "squash",
    "resample": "bicubic",
    "image": {"variants": ["lite0"], "head_width": 32},
    "text": {
        "vocabulary": 49_408,
        "rank": 8,
        "width": 64,
        "layers": 2,
        "heads": 2,
        "context_length": 77,
        "sentence": 16,
        "head_width": 32,
    },
}


def save_tiny_mini(path: Path, *, seed: int = 0, **changes: object) -> dict[str, Any]:
    """Write it; the config comes back.

    numpy draws the weights, since torch draws other ones on another kind of processor. They are large enough to keep
    what a layer is given alive, so that two pictures lie clearly apart.
    """
    config = CONFIG | changes
    state = torch.random.get_rng_state()
    try:
        module = build_mini(config)
    finally:
        torch.random.set_rng_state(state)
    rng = np.random.default_rng(seed)
    for name, weights in module.named_parameters():
        shape = tuple(weights.shape)
        middle, spread = (0.0, math.sqrt(2 / math.prod(shape[1:]))) if weights.ndim > 1 else (0.0, 0.1)
        if weights.ndim == 1 and not name.endswith("bias"):
            middle = 1.0  # what a norm multiplies by
        weights.data = torch.from_numpy(rng.normal(middle, spread, shape).astype(np.float32))
    save_mini(module, path, config=config)
    return config
