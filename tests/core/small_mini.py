"""A very small mini model with random weights, for tests."""

from __future__ import annotations

import copy
from pathlib import Path

import torch

from recipes.mini.plan import CONFIG
from t2i_core.encoder.mini_network import MiniClip, build_mini
from t2i_core.training.saving import save_mini


def small_config() -> dict:
    config = copy.deepcopy(CONFIG)
    config.update(dimension=32, image_size=64)
    config["image"] = {"variants": ["lite0"], "head_width": 64}
    config["text"].update(rank=16, width=64, layers=1, heads=2, sentence=48, head_width=64)
    return config


def small_mini() -> MiniClip:
    torch.manual_seed(0)
    return build_mini(small_config()).eval()


def write_small_mini(path: Path) -> MiniClip:
    module = small_mini()
    save_mini(module, path, config=small_config())
    return module
