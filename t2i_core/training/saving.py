"""Writes a mini model's file: fp16 weights, int8 matrices with one scale a row, config in the metadata."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from t2i_core.encoder.mini_network import FORMAT, SCALE_SUFFIX, MiniClip

# Matrices of these parts are stored as int8, and so are the backbone's convolutions of one pixel, which are
# nearly all of its weights. What filters each channel for itself stays fp16.
_INT8_PREFIXES = ("text.", "head.")
_INT8_FROM = 50_000  # smaller matrices are not worth the rounding


def save_mini(module: MiniClip, path: Path, *, config: dict[str, Any]) -> None:
    """Write ``module`` so that `t2i_core.encoder.mini_network.load_mini` reads it; atomic."""
    stored: dict[str, torch.Tensor] = {}
    for name, tensor in module.state_dict().items():
        tensor = tensor.detach().float().cpu()
        if _is_rounded(name, tensor):
            codes, scale = row_codes(tensor)
            stored[name], stored[name + SCALE_SUFFIX] = codes.contiguous(), scale.contiguous()
        else:
            stored[name] = tensor.to(torch.float16).contiguous()
    metadata = {"format": FORMAT, "config": json.dumps(config, sort_keys=True)}
    replace_safetensors(path, stored, metadata=metadata)


def row_codes(weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A weight tensor (R, ...) as int8 codes of the same shape and one float32 scale (R,) a row."""
    rows = weights.flatten(1)
    scale = rows.abs().amax(dim=1).clamp_min(1e-8) / 127.0
    codes = (rows / scale[:, None]).round().clamp(-127, 127).to(torch.int8)
    return codes.view_as(weights), scale


def is_pointwise(weights: torch.Tensor) -> bool:
    """Whether these are the weights of a convolution of one pixel."""
    return weights.dim() == 4 and weights.shape[2:] == (1, 1)


def _is_rounded(name: str, tensor: torch.Tensor) -> bool:
    if name.startswith("backbone."):
        return is_pointwise(tensor)
    return name.startswith(_INT8_PREFIXES) and tensor.dim() == 2 and tensor.numel() >= _INT8_FROM


def replace_safetensors(
    path: Path, tensors: dict[str, torch.Tensor], *, metadata: dict[str, str] | None = None
) -> None:
    """Write a safetensors file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    save_file(tensors, str(temporary), metadata=metadata)
    temporary.chmod(0o644)  # the library writes files that only their owner can read
    temporary.replace(path)
