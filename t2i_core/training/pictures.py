"""Training pictures as the network sees them, plain or mirrored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import ImageOps

from t2i_core.encoder.preprocessing import PixelRule
from t2i_core.images import open_image

PLAIN, FLIP = "plain", "flip"
_MAX_PIXELS = 100_000_000


def pixels(paths: Sequence[Path], *, view: str, rule: PixelRule) -> torch.Tensor:
    """Network input: Tensor of shape (B, 3, side, side), float32, channels-last.

    Parameters
    ----------
    view : str
        ``plain`` or ``flip`` (mirrored).
    """
    squares = np.stack([_square(path, view=view, rule=rule) for path in paths])
    return rule.pixels_of_squares(squares, device=torch.device("cpu"))


def _square(path: Path, *, view: str, rule: PixelRule) -> np.ndarray:
    image = open_image(path, max_pixels=_MAX_PIXELS)
    return rule.square(ImageOps.mirror(image) if view == FLIP else image)
