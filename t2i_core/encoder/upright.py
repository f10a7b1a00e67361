"""Which way up a picture stands: one backbone of the bundled model, and a head that says how upright what it sees looks.

The head is linear in where the backbone's maps see what, for sky lies above and feet stand below. A score alone says little; a
picture is upright in that of its four ways whose score is highest, and the scores' exponentials are the chances of the four.
`python -m recipes.mini.upright_head` made the head, and says of what.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from safetensors.torch import load_file
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.core_workers import CoreWorkers
from t2i_core.encoder.mini_network import FEATURE_CHANNELS, InvertedResidual, LiteBackbone, load_mini
from t2i_core.encoder.names import MINI_PATH
from t2i_core.types import FloatArray

HEAD = Path(__file__).parent / "weights" / "mini_upright.safetensors"
VARIANT = "lite0"
SIDE = 160
MIDDLE_CHANNELS = 112  # of the maps in the middle, twice as fine as the last
LAST_GRID, MIDDLE_GRID = 3, 5

Squares = npt.NDArray[np.uint8]


class UprightReader:
    """Scores pictures by how upright they look. Safe to share between threads.

    Parameters
    ----------
    backbone : LiteBackbone
    mean, std : sequences of three floats
        Of the pixels that the backbone was trained on.
    last, middle : Tensors of shape (1280, 3, 3) and (112, 5, 5), float32
        The head.
    """

    def __init__(
        self, backbone: LiteBackbone, mean: list[float], std: list[float], last: torch.Tensor, middle: torch.Tensor
    ) -> None:
        self._backbone = backbone.requires_grad_(False)
        self._mean, self._std = (torch.tensor(values).view(1, 3, 1, 1) for values in (mean, std))
        self._last, self._middle = last, middle

    def scores(self, squares: Squares) -> FloatArray:
        """How upright each of some squares looks.

        Parameters
        ----------
        squares : ndarray of shape (B, 160, 160, 3), uint8
            See `square`.

        Returns
        -------
        ndarray of shape (B,), float32
        """
        with torch.inference_mode():
            last, middle = self.maps(squares)
            found = torch.einsum("bchw,chw->b", F.adaptive_avg_pool2d(last, LAST_GRID), self._last)
            found = found + torch.einsum("bchw,chw->b", F.adaptive_avg_pool2d(middle, MIDDLE_GRID), self._middle)
        scores: FloatArray = found.numpy()
        return scores

    def maps(self, squares: Squares) -> tuple[torch.Tensor, torch.Tensor]:
        """What the head looks at before it is pooled: Tensors of shape (B, 1280, 5, 5) and (B, 112, 10, 10), float32."""
        pixels = (torch.from_numpy(squares).permute(0, 3, 1, 2).float() / 255 - self._mean) / self._std
        maps = F.relu6(self._backbone.stem(pixels.contiguous(memory_format=torch.channels_last)))
        middle = maps
        for block in self._backbone.blocks:
            assert isinstance(block, InvertedResidual)  # ModuleList forgets what it holds
            maps = block(maps)
            middle = maps if maps.shape[1] == MIDDLE_CHANNELS else middle
        return F.relu6(self._backbone.last(maps)), middle


def square(image: Image.Image) -> Squares:
    """A picture as the reader looks at it: ndarray of shape (160, 160, 3), uint8, squashed."""
    return np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC))


@cache
def open_upright() -> UprightReader:
    """The reader of the bundled model; opened once, for it is small."""
    head = load_file(HEAD)
    return bare_reader(head["last"].float(), head["middle"].float())


def bare_reader(last: torch.Tensor | None = None, middle: torch.Tensor | None = None) -> UprightReader:
    """A reader with a head, or with one that says nothing, for who makes one."""
    module, config = load_mini(MINI_PATH)
    backbone = module.backbone.parts[list(config["image"]["variants"]).index(VARIANT)]
    assert isinstance(backbone, LiteBackbone)
    last = torch.zeros(FEATURE_CHANNELS, LAST_GRID, LAST_GRID) if last is None else last
    middle = torch.zeros(MIDDLE_CHANNELS, MIDDLE_GRID, MIDDLE_GRID) if middle is None else middle
    return UprightReader(backbone, config["mean"], config["std"], last, middle)


@cache
def workers() -> CoreWorkers:
    """Threads with one core each."""
    return CoreWorkers()
