"""What happens to a decoded picture before a network sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL.Image import Resampling
from torch.nn import functional as F  # noqa: N812 - torch's own convention

if TYPE_CHECKING:
    from PIL import Image

RESIZE_RULES = {
    "crop": "shortest side to {side} px, centre crop",
    "squash": "resized to {side} x {side} px",
    "pad": "longest side to {side} px, padded to a square",
}
_FILTERS = {"bicubic": Resampling.BICUBIC, "bilinear": Resampling.BILINEAR, "lanczos": Resampling.LANCZOS}
_LONG = 8  # sides apart by more than this: strips
_WIDEST_FILTER = 3.0  # Lanczos looks at three pixels on either side
_TORCH_FILTERS = frozenset({"bicubic", "bilinear"})


@dataclass(frozen=True)
class PixelRule:
    """How a picture becomes the numbers a network was trained on.

    Attributes
    ----------
    side : int
        Width and height of the network's input in pixels.
    mean, std : tuple of 3 float
        Per channel (red, green, blue), on a scale where white is 1.
    resize : str
        ``crop`` (openai/CLIP: shortest side, centre crop), ``squash`` (both sides, the whole
        picture is seen) or ``pad`` (longest side, the rest in the mean colour).
    resample : str
        ``bicubic``, ``bilinear`` or ``lanczos``.
    """

    side: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    resize: str = "crop"
    resample: str = "bicubic"

    def __str__(self) -> str:
        mean, std = (", ".join(f"{value:.4f}" for value in values) for values in (self.mean, self.std))
        return f"{RESIZE_RULES[self.resize].format(side=self.side)}, {self.resample}, mean ({mean}), std ({std})"

    def square(self, image: Image.Image) -> np.ndarray:
        """One picture at the network's size: ndarray of shape (side, side, 3), uint8."""
        if image.mode != "RGB":
            image = image.convert("RGB")
        return _RESIZERS[self.resize](image, self)

    def seen_part(self, width: int, height: int) -> tuple[float, float, float, float]:
        """The part of a picture that becomes the square: left, top, right and bottom in parts of its width and height.

        With ``crop`` it lies within the picture, with ``pad`` it reaches beyond it (below 0 and above 1).

        Examples
        --------
        >>> openai_rule(224).seen_part(400, 200)
        (0.25, 0.0, 0.75, 1.0)
        """
        if self.resize == "squash":
            return 0.0, 0.0, 1.0, 1.0
        side = min(width, height) if self.resize == "crop" else max(width, height)
        across, down = ((1 - side / length) / 2 for length in (width, height))
        return across, down, 1 - across, 1 - down

    def pixels(self, images: Sequence[Image.Image], *, device: torch.device) -> torch.Tensor:
        """Network input: Tensor of shape (B, 3, side, side), float32, in channels-last memory."""
        return self.pixels_of_squares(np.stack([self.square(image) for image in images]), device=device)

    def pixels_of_squares(self, squares: np.ndarray, *, device: torch.device) -> torch.Tensor:
        """Network input of what `square` made: (B, side, side, 3) uint8 becomes (B, 3, side, side) float32.

        Pictures travel to the device as bytes and become floats there.
        """
        pixels = torch.from_numpy(squares).to(device).permute(0, 3, 1, 2).float()
        mean, std = (
            torch.tensor(values, dtype=torch.float32, device=device).view(1, 3, 1, 1)
            for values in (self.mean, self.std)
        )
        return torch.addcmul(-mean / std, pixels, 1.0 / (255.0 * std))


def _crop(image: Image.Image, rule: PixelRule) -> np.ndarray:
    # The rounding is torchvision's (Resize, CenterCrop), so that openai/CLIP's own pixels come out.
    width, height = image.size
    side = rule.side
    size = (side, int(side * height / width)) if width <= height else (int(side * width / height), side)
    left, top = round((size[0] - side) / 2.0), round((size[1] - side) / 2.0)
    if max(size) > _LONG * side:
        return np.asarray(_middle_of_strip(image, size, (left, top), rule))
    if size != image.size:
        image = image.resize(size, _FILTERS[rule.resample])
    return np.asarray(image.crop((left, top, left + side, top + side)))


def _middle_of_strip(
    image: Image.Image, size: tuple[int, int], corner: tuple[int, int], rule: PixelRule
) -> Image.Image:
    """The square of ``side`` at ``corner`` of what a strip resized to ``size`` would be: never more of it is made.

    The whole of a strip of 1 x 20,000 pixels would take gigabytes. Its pixels are the same: the filter sees as much
    around the square as it would, and the directions are taken one after the other in Pillow's order.
    """
    side, resample = rule.side, _FILTERS[rule.resample]
    along = int(image.height > image.width)
    step = image.size[along] / size[along]
    first, last = corner[along] * step, (corner[along] + side) * step
    around = int(_WIDEST_FILTER * max(1.0, step)) + 2
    start, stop = max(0, int(first) - around), min(image.size[along], int(last) + around + 1)
    part = image.crop((0, start, image.width, stop) if along else (start, 0, stop, image.height))
    upright = along == 1 and step > 1.0  # Pillow shrinks the long side of a tall picture first
    for direction in (1, 0) if upright else (0, 1):
        edges = [0.0, 0.0, float(part.width), float(part.height)]
        if direction == along:
            edges[direction], edges[direction + 2] = first - start, last - start
        target = (part.width, side) if direction else (side, part.height)
        part = part.resize(target, resample, box=(edges[0], edges[1], edges[2], edges[3]))
    return part


def _squash(image: Image.Image, rule: PixelRule) -> np.ndarray:
    if rule.resample not in _TORCH_FILTERS:
        return np.asarray(image.resize((rule.side, rule.side), _FILTERS[rule.resample]))
    # Pillow's filters to 0.05 grey levels on average (11 at most where edges are hard), three times as fast:
    # shrinking is what a build does most besides encoding.
    pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None]
    small = F.interpolate(pixels, size=(rule.side, rule.side), mode=rule.resample, antialias=True)
    return small[0].permute(1, 2, 0).contiguous().numpy()


def _pad(image: Image.Image, rule: PixelRule) -> np.ndarray:
    from PIL import Image as pillow  # noqa: N813 - the module, not its class

    side, longest = rule.side, max(image.size)
    width, height = (max(1, round(side * length / longest)) for length in image.size)
    square = pillow.new("RGB", (side, side), tuple(round(255 * value) for value in rule.mean))
    square.paste(image.resize((width, height), _FILTERS[rule.resample]), ((side - width) // 2, (side - height) // 2))
    return np.asarray(square)


_RESIZERS = {"crop": _crop, "squash": _squash, "pad": _pad}

OPENAI_MEAN = (0.48145466, 0.4578275, 0.40821073)
OPENAI_STD = (0.26862954, 0.26130258, 0.27577711)


def openai_rule(side: int) -> PixelRule:
    """openai/CLIP's preprocessing at the given input size."""
    return PixelRule(side, OPENAI_MEAN, OPENAI_STD)
