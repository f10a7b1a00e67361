"""When a picture was taken and by which camera, as its EXIF says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from t2i_core.pictures.decoding import opened
from t2i_core.pictures.pixels import DAMAGE

LONGEST_CAMERA = 60
_EXIF, _TAKEN, _SAVED, _MAKE, _MODEL = 0x8769, 0x9003, 0x0132, 0x010F, 0x0110


class Origin(NamedTuple):
    """Day a picture was taken as a number, 20210523 for 23 May 2021, 0 where unknown; and its camera, empty where unknown."""

    taken: int = 0
    camera: str = ""


UNKNOWN = Origin()


def read_origin(source: Path, *, name: str) -> Origin:
    """What a picture's header says of where it comes from; nothing where it says nothing that can be read.

    Raises
    ------
    ImageError
        When it is missing, empty or no picture.
    """
    with opened(source, label=name, max_pixels=None) as picture:
        return origin_of(picture.image)


def origin_of(image: Image.Image) -> Origin:
    """`read_origin` of a picture that was opened, and not decoded."""
    if image.format == "PNG" and "exif" not in image.info:
        return UNKNOWN  # asking would decode the whole picture, in search of a chunk behind the pixels
    try:
        exif = image.getexif()
        taken = exif.get_ifd(_EXIF).get(_TAKEN) or exif.get(_SAVED)
        make, model = (_plain(exif.get(tag)) for tag in (_MAKE, _MODEL))
    except DAMAGE:
        return UNKNOWN  # a damaged EXIF block is no reason to leave the picture out
    # Most cameras repeat their maker: "NIKON CORPORATION" and "NIKON D90".
    repeated = bool(make) and model.lower().startswith(make.lower().split()[0])
    camera = model if repeated else f"{make} {model}".strip()
    return Origin(day_number(taken), camera[:LONGEST_CAMERA].strip())


def day_number(written: object) -> int:
    """``2021:05:23 18:30:00`` → 20210523; 0 for what is no day, as cameras write where their clock was never set.

    Examples
    --------
    >>> day_number("2021:05:23 18:30:00"), day_number("2021-05-23"), day_number("0000:00:00 00:00:00")
    (20210523, 20210523, 0)
    """
    parts = str(written)[:10].replace("-", ":").split(":")
    if [len(part) for part in parts] != [4, 2, 2] or not all(part.isascii() and part.isdigit() for part in parts):
        return 0
    year, month, day = map(int, parts)
    try:
        date(year, month, day)
    except ValueError:
        return 0
    return year * 10_000 + month * 100 + day


def _plain(written: object) -> str:
    """A text of a header, which may hold anything, in one line."""
    text = written.decode("latin-1") if isinstance(written, bytes) else str(written or "")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
