"""The eleven basic names of colours, and how much of a picture each covers."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image

COLOURS = ("black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown")
MAIN_SHARE = 15  # percent: what covers less of a picture is not what one remembers of it
_STEP = 8  # levels of a channel that are called alike
_BLACK, _WHITE, _GREY, _RED, _ORANGE, _YELLOW, _GREEN, _BLUE, _PURPLE, _PINK, _BROWN = range(len(COLOURS))
# Where one hue ends, in degrees round the circle, and the next begins.
_HUES = (
    (14, _RED),
    (44, _ORANGE),
    (68, _YELLOW),
    (168, _GREEN),
    (255, _BLUE),
    (305, _PURPLE),
    (342, _PINK),
    (361, _RED),
)


def colour_shares(image: Image.Image) -> npt.NDArray[np.uint8]:
    """Percent of a picture that each of `COLOURS` covers: ndarray of shape (11,), uint8.

    Parameters
    ----------
    image : Image
        8-bit RGB; a small copy tells the same and is quicker.
    """
    levels = np.asarray(image, dtype=np.uint8).reshape(-1, 3) // _STEP
    names = _names()[levels[:, 0], levels[:, 1], levels[:, 2]]
    counts = np.bincount(names, minlength=len(COLOURS))
    return np.rint(100.0 * counts / max(1, len(names))).astype(np.uint8)


def main_colours(shares: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which colours are main ones of pictures: those that cover a seventh or more, and the largest where none does.

    Parameters
    ----------
    shares : ndarray of shape (N, 11), uint8
        Rows of zeros are pictures nobody has measured: they have none.

    Returns
    -------
    ndarray of shape (N, 11), bool
    """
    main = shares >= MAIN_SHARE
    seen = shares.max(axis=1, initial=0) > 0
    main[np.flatnonzero(seen), shares[seen].argmax(axis=1)] = True
    return main


@cache
def _names() -> npt.NDArray[np.uint8]:
    """The name of every colour by its coarse levels: ndarray of shape (32, 32, 32), uint8."""
    axis = (np.arange(256 // _STEP) + 0.5) * _STEP / 256
    red, green, blue = np.meshgrid(axis, axis, axis, indexing="ij")
    brightest, darkest = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    spread = brightest - darkest
    hue = _hue(red, green, blue, brightest, spread)
    names = np.select([hue < end for end, _ in _HUES], [name for _, name in _HUES]).astype(np.uint8)
    lightness, strength = (brightest + darkest) / 2, spread / brightest
    warm = (hue < 50) | (hue >= 350)
    names[
        ((hue >= 14) & (hue < 50) & (brightest < 0.66)) | (warm & (hue < 50) & (lightness < 0.62) & (strength < 0.5))
    ] = _BROWN
    names[((hue < 14) | (hue >= 320)) & (lightness > 0.66)] = _PINK
    names[(hue >= 255) & (hue < 320) & (lightness > 0.8) & (hue > 280)] = _PINK
    # Little colour is none, the more so where it is dark or bright: nobody calls a shadow blue.
    faint = (spread < 0.1) | (strength < 0.14) | ((lightness > 0.86) & (spread < 0.2))
    names[faint] = _GREY
    names[faint & (lightness > 0.85)] = _WHITE
    names[(brightest < 0.18) | (faint & (lightness < 0.2))] = _BLACK
    return names


def _hue(
    red: np.ndarray, green: np.ndarray, blue: np.ndarray, brightest: np.ndarray, spread: np.ndarray
) -> npt.NDArray[np.float64]:
    """Degrees round the circle, red at 0, green at 120, blue at 240; 0 for greys."""
    whole = np.where(spread > 0, spread, 1.0)
    sixths = np.select(
        [brightest == red, brightest == green],
        [((green - blue) / whole) % 6, (blue - red) / whole + 2],
        (red - green) / whole + 4,
    )
    degrees: npt.NDArray[np.float64] = 60.0 * sixths % 360.0
    return degrees
