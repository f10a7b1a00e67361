"""What a decoded picture says of itself in numbers: light, sharpness, information, colours, and a hash that copies share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageStat

from t2i_core.pictures.colours import colour_shares

THUMB_SIDE = 16
EDGES_SIDE = 64  # sharpness is judged at this size, where all pictures are alike
HASH_SIDE = 32
SHARP_SIDE = 384  # at which the steepest steps are as steep in a sharp picture as in a small copy of it
COARSE = 4
KEPT_WAVES = 8  # of the cosine transform in each direction: 64 bits
# Enough pixels for percentiles to three places, and few enough to take a millisecond.
_LIGHT_PIXELS = 2**16
# How bright red, green and blue look; the measure cleanvision takes, so that its thresholds can be taken too.
_WEIGHTS = (0.241, 0.691, 0.068)


@dataclass(frozen=True, eq=False)
class PictureFacts:
    """Numbers of one picture.

    Attributes
    ----------
    dark_end, light_end : float
        Brightness, 0 to 1, that 5 and 99 of 100 pixels stay below.
    entropy : float
        Bits a sample holds; of one channel where the picture is grey.
    edges : float
        Standard deviation of its edges at 64 pixels; low where it is blurred.
    unevenness : float
        Standard deviation of its histogram of greys at 64 pixels; high where few greys make up most of it.
    sharpness : float
        Its steepest steps in parts of those of a copy of a quarter the size: about a quarter where it is blurred, whatever its
        contrast, and above a half where anything in it is sharp.
    hash, mirrored_hash : int
        64 bits of its coarse pattern and of its mirror image's.
    thumb : ndarray of shape (16, 16), uint8
        Its greys.
    colours : ndarray of shape (11,), uint8
        Percent of it that each colour of `t2i_core.pictures.colours.COLOURS` covers.
    """

    dark_end: float
    light_end: float
    entropy: float
    edges: float
    unevenness: float
    sharpness: float
    hash: int
    mirrored_hash: int
    thumb: npt.NDArray[np.uint8]
    colours: npt.NDArray[np.uint8]


def measure(image: Image.Image) -> PictureFacts:
    """Facts of a decoded picture, which is upright 8-bit RGB."""
    dark_end, light_end = _light(image)
    factor = max(image.size) / EDGES_SIDE
    small = (
        image.resize((max(1, int(image.width // factor)), max(1, int(image.height // factor)))) if factor > 1 else image
    )
    grey_small = small.convert("L")
    edges = ImageStat.Stat(grey_small.filter(ImageFilter.FIND_EDGES)).stddev[0]
    whole = image.convert("L")
    grey = whole.resize((HASH_SIDE, HASH_SIDE), Image.Resampling.LANCZOS)
    pattern = np.asarray(grey, dtype=np.float64)
    bits, mirrored = hashes(pattern)
    return PictureFacts(
        dark_end=dark_end,
        light_end=light_end,
        entropy=_entropy(image, small),
        edges=float(edges),
        unevenness=float(np.std(grey_small.histogram())),
        sharpness=_sharpness(whole),
        hash=bits,
        mirrored_hash=mirrored,
        thumb=np.asarray(grey.reduce(HASH_SIDE // THUMB_SIDE), dtype=np.uint8),
        colours=colour_shares(small),
    )


def hashes(greys: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Perceptual hash of a square of greys, and that of its mirror image.

    The 8 by 8 slowest waves of its cosine transform, a bit each: whether it is above their median. A mirror turns the
    sign of every other wave across.

    Parameters
    ----------
    greys : ndarray of shape (32, 32), float64
    """
    waves = _transform() @ greys @ _transform().T  # (8, 8)
    turned = waves * np.where(np.arange(KEPT_WAVES) % 2, -1.0, 1.0)
    return _bits(waves), _bits(turned)


@cache
def _transform() -> npt.NDArray[np.float64]:
    """The slowest rows of the cosine transform: ndarray of shape (8, 32)."""
    at = (np.arange(HASH_SIDE) + 0.5) * np.pi / HASH_SIDE
    return np.cos(np.arange(KEPT_WAVES)[:, None] * at[None, :])


def _bits(waves: npt.NDArray[np.float64]) -> int:
    return int.from_bytes(np.packbits(waves > np.median(waves)).tobytes(), "big")


def _light(image: Image.Image) -> tuple[float, float]:
    """Brightness that 5 and 99 of 100 pixels stay below."""
    step = max(1, int(np.ceil((image.width * image.height / _LIGHT_PIXELS) ** 0.5)))
    pixels = np.asarray(image)[::step, ::step]
    squares = _squares()
    brightness = squares[0][pixels[..., 0]] + squares[1][pixels[..., 1]] + squares[2][pixels[..., 2]]
    ends = np.sqrt(np.percentile(brightness, (5, 99))) / 255.0
    return float(ends[0]), float(ends[1])


@cache
def _squares() -> tuple[npt.NDArray[np.float32], ...]:
    levels = np.arange(256, dtype=np.float32) ** 2
    return tuple((np.float32(weight) * levels) for weight in _WEIGHTS)


def _sharpness(grey: Image.Image) -> float:
    """The steepest hundredth of steps from pixel to pixel, in parts of those of a copy of a quarter the size."""
    factor = max(grey.size) / SHARP_SIDE
    if factor > 1:
        size = max(1, int(grey.width // factor)), max(1, int(grey.height // factor))
        grey = grey.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    coarse = _steepness(grey.reduce(COARSE))
    return _steepness(grey) / coarse if coarse > 0.0 else 1.0


def _steepness(grey: Image.Image) -> float:
    levels = np.asarray(grey, dtype=np.float32)
    if min(levels.shape) < 2:
        return 0.0
    across, down = np.diff(levels, axis=1)[:-1], np.diff(levels, axis=0)[:, :-1]
    steps = across[::2] ** 2 + down[::2] ** 2  # every other row tells as much in half the time
    return float(np.sqrt(np.percentile(steps, 99)))


def _entropy(image: Image.Image, small: Image.Image) -> float:
    """Bits a sample holds. Three equal channels count once, or grey pictures would seem to hold more than they do."""
    if _is_grey(small) and _is_grey(image):
        return float(image.getchannel("R").entropy())
    return float(image.entropy())


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = (band.tobytes() for band in image.split())
    return red == green == blue
