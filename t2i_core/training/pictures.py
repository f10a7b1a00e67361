"""Training pictures as the network sees them: plain, mirrored, or a part of them in another light."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

from t2i_core.encoder.preprocessing import PixelRule
from t2i_core.pictures.images import open_image

PLAIN, FLIP, CROP = "plain", "flip", "crop"
_MAX_PIXELS = 100_000_000


def pixels(paths: Sequence[Path], *, view: str, rule: PixelRule, first: int = 0) -> torch.Tensor:
    """Network input: Tensor of shape (B, 3, side, side), float32, channels-last.

    Parameters
    ----------
    view : str
        ``plain``, ``flip`` (mirrored), or ``crop1``, ``crop2`` ...: half to nearly all of the picture, mirrored
        every other time, a little brighter or darker.
    first : int
        Row of the first picture; with the view's number the seed of what is drawn for it.
    """
    squares = np.stack([_square(path, view=view, rule=rule, row=first + row) for row, path in enumerate(paths)])
    return rule.pixels_of_squares(squares, device=torch.device("cpu"))


def _square(path: Path, *, view: str, rule: PixelRule, row: int) -> np.ndarray:
    image = open_image(path, max_pixels=_MAX_PIXELS)
    if view.startswith(CROP):
        return _other_light(*_cropped(image.convert("RGB"), rule, seed=1000 * int(view[len(CROP) :]) + 7 * row))
    return rule.square(ImageOps.mirror(image) if view == FLIP else image)


def _cropped(image: Image.Image, rule: PixelRule, *, seed: int) -> tuple[Image.Image, np.random.Generator]:
    random = np.random.default_rng(seed)
    share, stretch = np.sqrt(random.uniform(0.55, 0.95)), np.exp(random.uniform(-0.15, 0.15))
    width, height = min(1.0, share * stretch) * image.width, min(1.0, share / stretch) * image.height
    left, top = random.uniform(0, image.width - width), random.uniform(0, image.height - height)
    part = image.resize((rule.side, rule.side), Image.Resampling.BICUBIC, box=(left, top, left + width, top + height))
    return (ImageOps.mirror(part) if random.random() < 0.5 else part), random


def _other_light(image: Image.Image, random: np.random.Generator) -> np.ndarray:
    brightness, contrast = random.uniform(0.8, 1.2), random.uniform(0.85, 1.15)
    values = np.asarray(image).astype(np.float32)
    mean = values.mean()
    changed: np.ndarray = np.clip((values - mean) * contrast + mean * brightness, 0, 255).astype(np.uint8)
    return changed
