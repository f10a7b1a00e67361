"""What is said of a picture file that cannot be used: it is damaged, or decoding it asks for more than there is."""

from __future__ import annotations

from PIL import Image

from t2i_core.errors import ImageError

# Pillow's decoders count the bits of a row in an int and refuse a longer one as if memory were lacking.
MOST_ROW_BITS = 2**31 - 1
LONGEST_AVIF_SIDE = 32_768  # what libavif reads
AVIF_HEAD_BYTES = 1 << 16  # before the pixels
_CHANNELS = {"RGB": 3, "BGR": 3, "LAB": 3, "HSV": 3, "YCC": 3, "LA": 2, "PA": 2, "La": 2}
_BITS = {"1": 1, "I": 32, "F": 32}


def plain(error: BaseException) -> str:
    """Pillow's own words in one line, without its addresses of objects in memory."""
    text = " ".join(str(error).split()) or type(error).__name__
    return type(error).__name__ if " at 0x" in text else text.rstrip(".")


def damaged(label: str, why: str) -> ImageError:
    """What is said of a picture that is not whole."""
    return ImageError(f"A picture must be whole, {label} is damaged ({why}). Copy it again or remove it.")


def not_decoded(image: Image.Image | None, error: BaseException, *, label: str) -> ImageError:
    """What is said of a picture that was opened, where ``image`` is it, and whose decoding failed."""
    if not isinstance(error, MemoryError):
        return damaged(label, plain(error))
    if image is None:
        return ImageError(
            f"Opening a picture must fit into the memory there is, {label} does not. Close other programs or save it smaller."
        )
    width, height = image.size
    bits = row_bits(image)
    if bits > MOST_ROW_BITS:
        return ImageError(
            f"One row of a picture may have at most {MOST_ROW_BITS:,} bits, {label} has {bits:,} "
            f"({width:,} × {height:,} pixels, {bits // width} bits each, {image.format}). Save it less wide."
        )
    return ImageError(
        f"Opening a picture must fit into the memory there is, {label} does not ({width:,} × {height:,} pixels, "
        f"{image.format}). Close other programs or save it smaller."
    )


def row_bits(image: Image.Image) -> int:
    """Bits a row of a picture has in its file, by what its decoder is told."""
    tiles = getattr(image, "tile", None)
    args = tiles[0][3] if tiles else None
    told = args[0] if isinstance(args, tuple) and args else args
    mode, _, layout = (told if isinstance(told, str) else image.mode).partition(";")
    depth = int("".join(letter for letter in layout if letter.isdecimal()) or _BITS.get(mode, 8))
    if mode == "BGR" and layout in ("15", "16"):
        return image.width * 16
    channels = _CHANNELS.get(mode, 4 if mode.startswith(("RGB", "BGR", "XBGR", "ABGR", "CMYK")) else 1)
    return image.width * channels * depth


def avif_side(head: bytes) -> int:
    """The longer side that an AVIF file states in its first bytes; 0 where it does not say."""
    at = head.find(b"ispe")
    return (
        max((int.from_bytes(head[start : start + 4], "big") for start in (at + 8, at + 12)), default=0) if at > 0 else 0
    )
