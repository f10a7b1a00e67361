"""The first directory of a TIFF: its pieces are counted and measured before anything is made of them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

MOST_PIECES = 200_000
_WIDTH, _HEIGHT, _BITS, _STRIPS, _ORIENTATION, _SAMPLES, _ROWS, _MOST = 256, 257, 258, 273, 274, 277, 278, 281
_TILE_WIDTH, _TILE_HEIGHT, _TILES, _FORMAT = 322, 323, 324, 339
_SIZES = {1: 1, 3: 2, 4: 4, 16: 8}
_CODES = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MOST_ENTRIES = 4_096


class BadTiff(ValueError):
    """A TIFF whose pieces cannot be those of a picture one would want to open."""


@dataclass(frozen=True)
class TiffFacts:
    """What a TIFF's first directory says.

    Attributes
    ----------
    piece_bytes : int
        Size of the largest strip or tile when decoded.
    bits : int
        Bits of a sample.
    most : int
        Largest value a sample may have; 0 where the file does not say.
    unsigned : bool
        Whether samples are whole numbers without a sign.
    turned : bool
        Whether the picture is stored in another orientation than shown.
    """

    piece_bytes: int
    bits: int
    most: int
    unsigned: bool
    turned: bool


def read_tiff(file: BinaryIO) -> TiffFacts:
    """Look at the first directory.

    Raises
    ------
    BadTiff
        When it has too many strips or tiles, or entries without end.
    """
    values = _first_values(file)
    width, height = values.get(_WIDTH, (0, 1))[0], values.get(_HEIGHT, (0, 1))[0]
    samples, bits = values.get(_SAMPLES, (1, 1))[0], values.get(_BITS, (1, 1))[0]
    pieces = max(values.get(tag, (0, 0))[1] for tag in (_STRIPS, _TILES))
    if pieces > MOST_PIECES:
        raise BadTiff(f"{pieces:,} strips or tiles, at most {MOST_PIECES:,} are read")
    if _TILE_WIDTH in values and _TILE_HEIGHT in values:
        across, down = values[_TILE_WIDTH][0], values[_TILE_HEIGHT][0]
    else:
        across, down = width, min(height, values.get(_ROWS, (height, 1))[0])
    return TiffFacts(
        piece_bytes=across * down * max(1, samples) * max(1, (bits + 7) // 8),
        bits=bits,
        most=values.get(_MOST, (0, 0))[0],
        unsigned=values.get(_FORMAT, (1, 1))[0] == 1,
        turned=values.get(_ORIENTATION, (1, 1))[0] not in (0, 1),
    )


def _first_values(file: BinaryIO) -> dict[int, tuple[int, int]]:
    """First value and count of each tag that holds whole numbers."""
    file.seek(0)
    head = file.read(16)
    if len(head) < 8:
        return {}
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack(order + "H", head[2:4])[0] == 43
    if big and len(head) < 16:
        return {}
    start = struct.unpack(order + "Q", head[8:16])[0] if big else struct.unpack(order + "I", head[4:8])[0]
    file.seek(start)
    counted = file.read(8 if big else 2)
    if len(counted) < (8 if big else 2):
        return {}
    entries = struct.unpack(order + ("Q" if big else "H"), counted)[0]
    if entries > _MOST_ENTRIES:
        raise BadTiff(f"{entries:,} entries in its directory, at most {_MOST_ENTRIES:,} are read")
    length, inline = (20, 8) if big else (12, 4)
    table = file.read(entries * length)
    values: dict[int, tuple[int, int]] = {}
    for at in range(0, len(table) - length + 1, length):
        tag, kind = struct.unpack(order + "HH", table[at : at + 4])
        count = struct.unpack(order + ("Q" if big else "I"), table[at + 4 : at + length - inline])[0]
        size = _SIZES.get(kind)
        if size is None or count < 1:
            continue
        place = table[at + length - inline : at + length]
        if count * size > inline:
            file.seek(struct.unpack(order + ("Q" if big else "I"), place)[0])
            place = file.read(size)
        if len(place) >= size:
            values[tag] = (struct.unpack(order + _CODES[kind], place[:size])[0], count)
    return values
