"""The models that can be asked for by name, without loading any of them."""

from __future__ import annotations

from pathlib import Path

MINI_NAME = "mini"
MINI_PATH = Path(__file__).parent / "weights" / "mini.safetensors"

# clip.available_models() as data, so that a command line's --help and a page's list need no torch.
# A test compares it with the installed package.
OPENAI_MODELS: tuple[str, ...] = (
    "RN50",
    "RN101",
    "RN50x4",
    "RN50x16",
    "RN50x64",
    "ViT-B/32",
    "ViT-B/16",
    "ViT-L/14",
    "ViT-L/14@336px",
)
