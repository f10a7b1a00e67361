"""Which way up a picture stands: one backbone of the bundled model, and a linear head over where its maps see what.

Sky lies above and feet stand below: of every view the head tells the chances that it is upright, or was turned to the left by
one, two or three quarters. Looking again at the picture in the other three ways makes the answer surer.
`python -m recipes.mini.upright_head` made the head, and says of what.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from safetensors.torch import load_file
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.core_workers import CoreWorkers
from t2i_core.encoder.mini_network import InvertedResidual, LiteBackbone, load_mini
from t2i_core.encoder.names import MINI_PATH
from t2i_core.types import FloatArray

HEAD = Path(__file__).parent / "weights" / "mini_upright.safetensors"
VARIANT = "lite0"
SIDE = 160
WAYS = 4
MIDDLE_CHANNELS = 112  # of the maps in the middle, twice as fine as the last
LAST_GRID, MIDDLE_GRID = 3, 5

Squares = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class UprightHead:
    """Linear in what the maps see where: Tensors of shape (4, 1280, 3, 3), (4, 112, 5, 5) and (4,), float32."""

    last: torch.Tensor
    middle: torch.Tensor
    bias: torch.Tensor

    def __call__(self, last: torch.Tensor, middle: torch.Tensor) -> torch.Tensor:
        """From maps of shape (B, 1280, 3, 3) and (B, 112, 5, 5) to logits (B, 4)."""
        logits: torch.Tensor = self.bias + last.flatten(1) @ self.last.flatten(1).T
        return logits + middle.flatten(1) @ self.middle.flatten(1).T


class UprightReader:
    """Tells of pictures which way up they stand. Safe to share between threads.

    Parameters
    ----------
    backbone : LiteBackbone
    mean, std : sequences of three floats
        Of the pixels that the backbone was trained on.
    head : UprightHead or None
        None for who looks at the maps alone.
    """

    def __init__(self, backbone: LiteBackbone, mean: list[float], std: list[float], head: UprightHead | None) -> None:
        self._backbone, self._head = backbone.requires_grad_(False), head
        self._mean, self._std = (torch.tensor(values).view(1, 3, 1, 1) for values in (mean, std))

    def logits(self, squares: Squares) -> FloatArray:
        """How likely each of some squares is upright, or turned to the left by one, two or three quarters.

        Parameters
        ----------
        squares : ndarray of shape (B, 160, 160, 3), uint8
            See `square`.

        Returns
        -------
        ndarray of shape (B, 4), float32
        """
        assert self._head is not None
        with torch.inference_mode():
            logits: FloatArray = self._head(*self.maps(squares)).numpy()
        return logits

    def maps(self, squares: Squares) -> tuple[torch.Tensor, torch.Tensor]:
        """What the head looks at: Tensors of shape (B, 1280, 3, 3) and (B, 112, 5, 5), float32."""
        pixels = (torch.from_numpy(squares).permute(0, 3, 1, 2).float() / 255 - self._mean) / self._std
        maps = F.relu6(self._backbone.stem(pixels.contiguous(memory_format=torch.channels_last)))
        middle = maps
        for block in self._backbone.blocks:
            assert isinstance(block, InvertedResidual)  # ModuleList forgets what it holds
            maps = block(maps)
            middle = maps if maps.shape[1] == MIDDLE_CHANNELS else middle
        last = F.relu6(self._backbone.last(maps))
        return F.adaptive_avg_pool2d(last, LAST_GRID), F.adaptive_avg_pool2d(middle, MIDDLE_GRID)


def square(image: Image.Image) -> Squares:
    """A picture as the reader looks at it: ndarray of shape (160, 160, 3), uint8, squashed."""
    return np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC))


@cache
def open_upright() -> UprightReader:
    """The reader of the bundled model; opened once, for it is small."""
    return reader_with(UprightHead(**{name: weights.float() for name, weights in load_file(HEAD).items()}))


def reader_with(head: UprightHead | None) -> UprightReader:
    """A reader with some head, or with none for who makes one."""
    module, config = load_mini(MINI_PATH)
    backbone = module.backbone.parts[list(config["image"]["variants"]).index(VARIANT)]
    assert isinstance(backbone, LiteBackbone)
    return UprightReader(backbone, config["mean"], config["std"], head)


@cache
def workers() -> CoreWorkers:
    """Threads with one core each."""
    return CoreWorkers()
