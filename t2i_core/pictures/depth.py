"""Samples of more than 8 bits: which range they use, and how they become 8 bits.

Cameras and scanners put 10, 12 or 14 bits into 16 without saying so; taken as 16 bits, such a picture is black.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

TILE_PIXELS = 1 << 21
DIM_FLOATS = 0.125  # floats are taken to reach 1; when none comes near, their own maximum is
SCALED_NOTE = "Scaled to the range they use, which is another than their file has room for"
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Samples:
    """What a file says of its samples: ``significant`` bits, the ``most`` one may be (0: it does not say), ``unsigned``."""

    significant: int = 0
    most: int = 0
    unsigned: bool = False


@dataclass(frozen=True)
class SampleRange:
    """The values that become black and white, and whether that was found from the picture itself."""

    low: float
    high: float
    found: bool

    def eight_bits(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
        """Samples of any type and shape on the scale of 8 bits: uint8 of the same shape."""
        plain = np.nan_to_num(values.astype(np.float32), copy=False, nan=0.0, posinf=self.high, neginf=self.low)
        plain -= np.float32(self.low)
        plain *= np.float32(255.0 / (self.high - self.low))
        return np.clip(plain, 0.0, 255.0, out=plain).round().astype(np.uint8)


def tiles(size: tuple[int, int], factor: tuple[int, int] = (1, 1)) -> Iterator[Box]:
    """Boxes that cover a picture, of ``TILE_PIXELS`` at most or a little more, cut at multiples of ``factor``."""
    width, height = size
    across = min(width, -(-(TILE_PIXELS // 2) // factor[0]) * factor[0])
    down = max(1, TILE_PIXELS // across // factor[1]) * factor[1]
    for top in range(0, height, down):
        for left in range(0, width, across):
            yield left, top, min(width, left + across), min(height, top + down)


def is_deep(image: Image.Image) -> bool:
    """Whether a decoded picture's samples are wider than 8 bits."""
    return image.mode == "F" or image.mode.startswith("I")


def deep_tile(image: Image.Image, box: Box, samples: Samples) -> npt.NDArray[np.generic]:
    """Samples of a part of a deep grey picture: ndarray of shape (h, w)."""
    values = np.asarray(image.crop(box))
    if image.mode == "I" and samples.unsigned:
        return values.view(np.uint32)
    return values


def deep_range(image: Image.Image, samples: Samples) -> SampleRange:
    """Which values of a deep grey picture are black and white."""
    low, high, bits = np.inf, -np.inf, 0
    for box in tiles(image.size):
        values = deep_tile(image, box, samples)
        if image.mode == "F":
            values = values[np.isfinite(values)]
            if not values.size:
                continue
        else:
            bits |= int(np.bitwise_or.reduce(values, axis=None)) if values.min() >= 0 else 0
        low, high = min(low, float(values.min())), max(high, float(values.max()))
    if low > high:
        return SampleRange(0.0, 1.0, False)
    if image.mode == "F":
        low = min(0.0, low)
        if low < 0 or high > 1.0:
            return SampleRange(low, high if high > low else low + 1.0, True)
        dim = 0.0 < high < DIM_FLOATS
        return SampleRange(0.0, high if dim else 1.0, dim)
    return whole_range(int(low), int(high), bits, samples)


def whole_range(low: int, high: int, bits: int, samples: Samples) -> SampleRange:
    """Which whole numbers are black and white; ``bits`` are all that occur in any sample."""
    if low < 0:
        return SampleRange(low, max(high, low + 1), True)
    if high == 0:
        return SampleRange(0, 65_535, False)
    if high <= samples.most and samples.most.bit_length() not in (0, 16, 32):
        return SampleRange(0, samples.most, False)
    if high > 65_535:
        return SampleRange(0, high, high.bit_length() < 32)
    unused = (1 << (16 - samples.significant)) - 1 if 0 < samples.significant < 16 else 0
    if unused and (high >> samples.significant or not bits & unused):
        return SampleRange(0, 65_535, False)  # widened to 16 bits, as the format asks for
    own = (1 << (samples.significant if unused else high.bit_length())) - 1
    return SampleRange(0, own, own < 65_535)


class SixteenBitColours:
    """Colours of 16 bits, whose upper and lower bytes Pillow gives in two decodings.

    Attributes
    ----------
    values : ndarray of shape (h, w, C), uint16
        Shrunk by ``factor``, each the mean of what it stands for.
    """

    def __init__(self, upper: Image.Image, factor: tuple[int, int]) -> None:
        self._factor, self._size = factor, upper.size
        self._shape = (-(-upper.height // factor[1]), -(-upper.width // factor[0]), len(upper.getbands()))
        self.values = np.zeros(self._shape, dtype=np.uint16)
        self.most, self._bits = 0, 0
        self._add(upper, 256.0)
        self._upper_most = [band[1] if isinstance(band, tuple) else 0 for band in upper.getextrema()]

    def add_lower(self, lower: Image.Image, *, grey: bool) -> None:
        """The lower bytes; of a ``grey`` picture with transparency they stand in every other channel."""
        self._add(lower, 1.0, order=(1, 1, 1, 3) if grey else None)

    def eight_bits(self, samples: Samples) -> tuple[Image.Image, bool]:
        """The picture in 8 bits a sample, and whether its range was found from itself."""
        colours = self.values[..., :3]
        most = max(int(colours.max()), int(max(self._upper_most[:3])) * 256)
        found = whole_range(0, most, int(np.bitwise_or.reduce(colours, axis=None)), samples)
        pixels = np.empty(self._shape, dtype=np.uint8)
        rows = max(1, TILE_PIXELS // self._shape[1])
        for top in range(0, self._shape[0], rows):
            part = self.values[top : top + rows]
            pixels[top : top + rows, :, :3] = found.eight_bits(part[..., :3])
            if self._shape[2] == 4:
                full = found if self._upper_most[3] < 128 else SampleRange(0, 65_535, False)
                pixels[top : top + rows, :, 3] = full.eight_bits(part[..., 3])
        return Image.fromarray(pixels), found.found

    def _add(self, image: Image.Image, weight: float, order: tuple[int, ...] | None = None) -> None:
        across, down = self._factor
        for left, top, right, bottom in tiles(self._size, self._factor):
            part = _means(image.crop((left, top, right, bottom)), self._factor)
            part = part[..., list(order)] if order else part
            rows, columns = part.shape[:2]
            y, x = top // down, left // across
            target = self.values[y : y + rows, x : x + columns]
            target += np.round(part.astype(np.float32) * np.float32(weight)).astype(np.uint16)


def _means(image: Image.Image, factor: tuple[int, int]) -> npt.NDArray[np.generic]:
    """Samples, or their exact means over blocks of ``factor``: (h, w, C), uint8 or float32."""
    if factor == (1, 1):
        return np.asarray(image)
    return np.stack([np.asarray(band.convert("F").reduce(factor)) for band in image.split()], axis=-1)


def few_bits(image: Image.Image) -> bool:
    """Whether the upper bytes of a picture's colours never reach the upper half: it may have fewer than 16 bits."""
    for box in tiles(image.size):
        part = image.crop(box)
        if any(part.getchannel(band).getextrema()[1] >= 128 for band in part.getbands() if band != "A"):  # type: ignore[operator]
            return False
    return True
