"""A contact sheet: several pictures as one, each with its number, for who can look at one picture at a time."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from t2i_core.errors import ImageError
from t2i_core.pictures.images import open_image

CELL, GAP, BAND = 256, 6, 20
QUALITY = 85
_INK, _PAPER, _EMPTY = (20, 20, 20), (255, 255, 255), (225, 225, 225)


def contact_sheet(pictures: Sequence[bytes | None], *, columns: int = 4) -> bytes:
    """A JPEG of small pictures in rows, numbered from 1; an empty cell where there is none.

    Parameters
    ----------
    pictures : sequence of bytes or None
        JPEGs of at most 256 pixels a side.
    columns : int
        At most this many side by side.
    """
    if not pictures:
        raise ImageError("A contact sheet needs at least one picture, got none. Name some.")
    columns = min(columns, len(pictures))
    rows = math.ceil(len(pictures) / columns)
    width, height = columns * (CELL + GAP) + GAP, rows * (CELL + BAND + GAP) + GAP
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for place, data in enumerate(pictures):
        left = GAP + place % columns * (CELL + GAP)
        top = GAP + place // columns * (CELL + BAND + GAP)
        draw.text((left + 2, top + 3), str(place + 1), fill=_INK, font_size=14)
        if data is None:
            draw.rectangle((left, top + BAND, left + CELL - 1, top + BAND + CELL - 1), fill=_EMPTY)
            continue
        small = open_image(data, max_pixels=CELL * CELL, name=f"picture {place + 1}")
        sheet.paste(small, (left + (CELL - small.width) // 2, top + BAND + (CELL - small.height) // 2))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
