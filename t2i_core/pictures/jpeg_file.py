"""JPEG files before they are decoded: how they store their picture, and what a decoder would have to do and hold."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

END = b"\xff\xd9"
MOST_HEADER_BYTES = 32 * 2**20
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # not a stuffed byte, nor a mark to start again from
_BLOCK = 1 << 20


@dataclass(frozen=True)
class JpegFacts:
    """How a JPEG stores its picture.

    Attributes
    ----------
    coefficient_bytes : int
        What a decoder holds besides the picture, because it must see all scans first; 0 with a single one.
    scans : int
        Passes over the picture; counted up to the limit that was given.
    lacking_bits : int
        Bits that the least finished part still lacks when the last pass there is has been made; 0 where nothing is.
    whole_bytes : int
        Where the file ends, or where the marker begins in which it ends.
    bits : int
        Bits of a sample; 0 where the file does not say.
    """

    coefficient_bytes: int
    scans: int
    lacking_bits: int
    whole_bytes: int
    bits: int


class LongJpegHeader(ValueError):
    """Much more than any picture needs stands before its pixels."""


def read_jpeg(file: BinaryIO, *, most_scans: int) -> JpegFacts:
    """Look through a JPEG's markers; what is damaged is taken as it is, for the decoder to judge.

    Raises
    ------
    LongJpegHeader
        When more than ``MOST_HEADER_BYTES`` stand before the first scan.
    """
    sampling: list[tuple[int, int, int]] = []
    width = height = bits = 0
    several = False
    scans = 0
    missing_bits: dict[tuple[int, int], int] = {}
    size = file.seek(0, 2)
    whole_bytes, at = size, 2
    while (found := _segment(file, at)) is not None:
        marker, start, length = found
        if start + length > size:
            whole_bytes = at
            break
        file.seek(start)
        if marker in _FRAMES:
            head = file.read(min(length, 6 + 3 * 4))
            if len(head) < 6:
                break
            bits, height, width, count = struct.unpack(">BHHB", head[:6])
            rest = head[6 : 6 + 3 * count]
            sampling = [(rest[i], rest[i + 1] >> 4, rest[i + 1] & 15) for i in range(0, len(rest) - 2, 3)]
            several = marker in _PROGRESSIVE
            if several:
                missing_bits = {(one[0], part): 16 for one in sampling for part in (0, 1)}
        elif marker == 0xDA:
            head = file.read(min(length, 1 + 2 * 4 + 3))
            if not head or len(head) < 4 + 2 * head[0]:
                break
            scans += 1
            inside = head[0]
            if not several and inside >= len(sampling):
                return JpegFacts(0, 1, 0, size, bits)  # what follows the only scan is never read
            first, _, precision = head[1 + 2 * inside : 4 + 2 * inside]
            for number in range(inside):
                missing_bits[head[1 + 2 * number], int(first > 0)] = precision & 15
            if scans > most_scans:
                break
        elif marker == 0xD9:
            break
        at = start + length
        if not scans and at > MOST_HEADER_BYTES:
            raise LongJpegHeader(f"more than {MOST_HEADER_BYTES:,} bytes before its pixels")
        if marker == 0xDA:
            after = _after_scan(file, at)
            if after is None:
                break
            at = after
    return JpegFacts(
        _coefficients(width, height, sampling), scans, max(missing_bits.values(), default=0), whole_bytes, bits
    )


def _coefficients(width: int, height: int, sampling: list[tuple[int, int, int]]) -> int:
    """Bytes of all coefficients, two each, in whole blocks."""
    most_across, most_down = (max((one[side] for one in sampling), default=1) or 1 for side in (1, 2))
    total = 0
    for _, across, down in sampling:
        columns, rows = -(-width * across // (8 * most_across)), -(-height * down // (8 * most_down))
        total += (columns + 1) * (rows + 1) * 128
    return total


def _segment(file: BinaryIO, at: int) -> tuple[int, int, int] | None:
    """The marker at or behind ``at``, where its content starts, and the content's length; None at the end."""
    file.seek(at)
    head = file.read(4)
    while len(head) == 4 and head[0] == 0xFF and head[1] == 0xFF:  # fill bytes
        at += 1
        file.seek(at)
        head = file.read(4)
    if len(head) < 2 or head[0] != 0xFF:
        return None
    if head[1] in (0x01, 0xD8, 0xD9) or 0xD0 <= head[1] <= 0xD7:
        return head[1], at + 2, 0
    if len(head) < 4:
        return None
    length = struct.unpack(">H", head[2:4])[0]
    return (head[1], at + 4, length - 2) if length >= 2 else None


def _after_scan(file: BinaryIO, at: int) -> int | None:
    """Where the next marker stands behind a scan's data."""
    file.seek(at)
    kept, start = b"", at
    while block := file.read(_BLOCK):
        text = kept + block
        found = _NEXT_MARKER.search(text)
        if found is not None:
            return start + found.start()
        kept = text[-1:]
        start += len(text) - 1
    return None
