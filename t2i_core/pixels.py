"""From whatever a file holds (palette, CMYK, 16 bits, transparency, rotation) to upright 8-bit RGB."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from PIL import Image

from t2i_core.errors import ImageError

ORIENTATION_TAG = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
WHITE = (255, 255, 255, 255)
# What Pillow's decoders raise on damaged files, found by decoding files with random bytes changed.
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    AttributeError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)


def read_orientation(image: Image.Image) -> int:
    """EXIF orientation 1..8 of a picture that was opened but not decoded; 1 when absent or senseless."""
    if image.format == "TIFF":
        return 1  # Pillow turns these itself, sizes included
    if image.format == "PNG" and "exif" not in image.info:
        return 1  # asking would decode the whole picture, in search of a chunk behind the pixels
    try:
        orientation = image.getexif().get(ORIENTATION_TAG, 1)
    except DAMAGE:
        return 1  # a damaged EXIF block is no reason to refuse the pixels
    return orientation if orientation in UPRIGHT else 1


def to_rgb(image: Image.Image, *, name: str) -> Image.Image:
    """A decoded picture as 8-bit RGB: transparency on white, deeper pixels scaled to 8 bits.

    Raises
    ------
    ImageError
        When the colour mode is one that cannot be shown as RGB.
    """
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode == "F" or image.mode.startswith("I"):
        return _from_deep(image)
    try:
        if image.has_transparency_data:
            layer = image.convert("RGBA")
            return Image.alpha_composite(Image.new("RGBA", layer.size, WHITE), layer).convert("RGB")
        return image.convert("RGB")
    except ValueError as error:
        raise ImageError(
            f"A picture must be in a colour mode that can be shown as RGB, got mode {image.mode}: {name}. "
            "Save it as an RGB picture."
        ) from error


def _from_deep(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits as RGB: integers by their bit depth, floats over 1 by their range."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    if image.mode == "F":
        low, high = min(0.0, float(values.min())), max(1.0, float(values.max()))
    else:
        low, high = 0.0, 65535.0
        if float(values.max()) > high or float(values.min()) < low:
            low, high = float(values.min()), float(values.max())
    grey = np.clip((values - low) * (255.0 / (high - low)), 0.0, 255.0).round().astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")
