"""From whatever a file holds (palette, CMYK, 16 bits, transparency, rotation) to upright 8-bit RGB."""

from __future__ import annotations

import struct
import zlib

from PIL import Image

from t2i_core.errors import ImageError
from t2i_core.pictures.depth import (
    SCALED_NOTE,
    TILE_PIXELS,
    Box,
    SampleRange,
    Samples,
    deep_range,
    deep_tile,
    is_deep,
    tiles,
)

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
PLAIN = Samples()
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


def to_rgb(
    image: Image.Image, *, name: str, factor: tuple[int, int] = (1, 1), samples: Samples = PLAIN
) -> tuple[Image.Image, str]:
    """A decoded picture as 8-bit RGB: transparency on white, deeper samples scaled to 8 bits.

    Large pictures are converted tile by tile, so that no more than the two of them is held.

    Parameters
    ----------
    factor : (int, int)
        By how much it is shrunk in each direction.
    samples : Samples
        What the file says of samples of more than 8 bits.

    Returns
    -------
    (Image, str)
        The picture, and what a person should know of how it was read; empty nearly always.

    Raises
    ------
    ImageError
        When the colour mode is one that cannot be shown as RGB.
    """
    deep = deep_range(image, samples) if is_deep(image) else None
    note = SCALED_NOTE if deep is not None and deep.found else ""
    opaque = deep is None and _hides_everything(image)
    if image.mode == "RGB" and "transparency" not in image.info and factor == (1, 1):
        return image, note
    if factor == (1, 1) and image.width * image.height <= TILE_PIXELS:
        return _tile_as_rgb(image, (0, 0, *image.size), name, deep, samples, opaque=opaque), note
    across, down = factor
    rgb = Image.new("RGB", (-(-image.width // across), -(-image.height // down)))
    for box in tiles(image.size, factor):
        part = _tile_as_rgb(image, box, name, deep, samples, opaque=opaque)
        rgb.paste(part.reduce(factor) if factor != (1, 1) else part, (box[0] // across, box[1] // down))
    return rgb, note


def _tile_as_rgb(
    image: Image.Image, box: Box, name: str, deep: SampleRange | None, samples: Samples, *, opaque: bool
) -> Image.Image:
    if deep is not None:
        return Image.fromarray(deep.eight_bits(deep_tile(image, box, samples))).convert("RGB")
    part = image if box == (0, 0, *image.size) else image.crop(box)
    try:
        if part.has_transparency_data and not opaque:
            layer = part.convert("RGBA")
            return Image.alpha_composite(Image.new("RGBA", layer.size, WHITE), layer).convert("RGB")
        return part.convert("RGB")
    except ValueError as error:
        raise ImageError(
            f"A picture must be in a colour mode that can be shown as RGB, got mode {image.mode}: {name}. "
            "Save it as an RGB picture."
        ) from error


def _hides_everything(image: Image.Image) -> bool:
    """Whether an alpha channel is zero everywhere over a picture that shows something: it is not in use."""
    if image.mode not in ("RGBA", "LA"):
        return False
    colours: set[object] = set()
    for box in tiles(image.size):
        part = image.crop(box)
        if part.getchannel("A").getextrema() != (0, 0):
            return False
        colours.update((band, *part.getchannel(band).getextrema()) for band in part.getbands() if band != "A")
    return len(colours) > len(image.getbands()) - 1 or any(one[1] != one[2] for one in colours)  # type: ignore[index]
