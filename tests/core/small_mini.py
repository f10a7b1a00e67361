"""A very small mini model with random weights, for tests."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch

from recipes.mini.plan import CONFIG
from t2i_core.encoder.mini_network import MiniClip, build_mini
from t2i_core.training.saving import save_mini


def small_config() -> dict[str, Any]:
    config = copy.deepcopy(CONFIG)
    config.update(dimension=32, image_size=64)
    config["image"] = {"variants": ["lite0"], "head_width": 64}
    config["text"].update(rank=16, width=64, layers=1, heads=2, sentence=48, head_width=64)
    return config


def small_mini() -> MiniClip:
    """Drawn in float64: in float32 torch draws other numbers on another kind of processor."""
    state, numbers = torch.random.get_rng_state(), torch.get_default_dtype()
    torch.manual_seed(0)
    try:
        torch.set_default_dtype(torch.float64)
        module = build_mini(small_config()).eval()
    finally:
        torch.set_default_dtype(numbers)
        torch.random.set_rng_state(state)
    return module.float()


def write_small_mini(path: Path) -> MiniClip:
    module = small_mini()
    save_mini(module, path, config=small_config())
    return module
