"""A picture with a heat map over it: smooth, in even steps of colour, and readable beneath."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

# Colours from dark violet to light yellow whose lightness grows evenly, so that they can be told apart in grey and by those
# who do not tell red from green. `pages/_ui/components/shared/detail/heat.js` draws with the same; a test compares them.
COLOURS = (
    (31, 12, 72), (85, 15, 109), (136, 34, 106), (186, 54, 85), (227, 89, 51), (249, 140, 10), (249, 201, 50), (252, 255, 164),
)  # fmt: skip
STRONGEST = 0.72  # how much of the picture the brightest place hides
COLOUR_LEFT, LIGHT_LEFT = 0.45, 0.86  # of the picture below, so that its own colours are not taken for heat


def draw_heat(
    image: Image.Image, values: npt.NDArray[np.float32], seen: tuple[float, float, float, float]
) -> Image.Image:
    """The picture, a little greyer and darker, with heat over it.

    Parameters
    ----------
    image : PIL.Image.Image
    values : ndarray of shape (h, w), float32, 0 to 1
        0 leaves the picture as it is.
    seen : tuple of 4 float
        Left, top, right and bottom of the part they lie on, in parts of the picture's width and height; it may reach beyond.
    """
    plain = np.asarray(image.convert("RGB"), dtype=np.float32)
    grey = (plain @ np.array([0.299, 0.587, 0.114], dtype=np.float32))[..., None]
    below = LIGHT_LEFT * (COLOUR_LEFT * plain + (1 - COLOUR_LEFT) * grey)
    heat = _spread_over(image.size, values, seen)
    stops = np.linspace(0.0, 1.0, len(COLOURS))
    colours = np.stack([np.interp(heat, stops, [colour[at] for colour in COLOURS]) for at in range(3)], axis=-1)
    hidden = (STRONGEST * np.sqrt(heat))[..., None] * np.minimum(1.0, 4.0 * heat)[..., None]
    return Image.fromarray((below * (1 - hidden) + colours * hidden).round().astype(np.uint8))


def _spread_over(
    size: tuple[int, int], values: npt.NDArray[np.float32], seen: tuple[float, float, float, float]
) -> npt.NDArray[np.float32]:
    """Values at each pixel of a picture, (height, width) float32; 0 where the model did not look."""
    width, height = size
    left, top, right, bottom = (round(part * length) for part, length in zip(seen, (width, height) * 2, strict=True))
    part = Image.fromarray(values).resize((max(1, right - left), max(1, bottom - top)), Image.Resampling.BICUBIC)
    canvas = Image.new("F", size, 0.0)
    canvas.paste(part, (left, top))
    spread: npt.NDArray[np.float32] = np.clip(np.asarray(canvas), 0.0, 1.0)
    return spread
