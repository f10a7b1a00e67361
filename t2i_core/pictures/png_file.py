"""PNG files without what is not the picture: texts, profiles and animation never reach the decoder.

Image generators keep whole work flows in text chunks, and a few kilobytes of them can unfold to gigabytes.
What is left is what decides about pixels, and of that only what is whole.
"""

from __future__ import annotations

import io
import struct
import zlib
from bisect import bisect_right
from dataclasses import dataclass
from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 250_000
_KEPT_SMALL = {b"tRNS": 256, b"sBIT": 4, b"eXIf": 1_000_000}  # at most so many bytes, and only if undamaged


class TooManyChunks(ValueError):
    """The file is cut into so many pieces that reading them would take too long."""


@dataclass(frozen=True)
class PngParts:
    """A PNG as the decoder may see it.

    Attributes
    ----------
    file : BinaryIO
        The same picture without other chunks.
    bits : int
        Bits a sample has by the header: 1 to 16.
    interlaced : bool
    significant : int
        Bits a sample had before it was widened (sBIT); 0 where the file does not say.
    """

    file: BinaryIO
    bits: int
    interlaced: bool
    significant: int


def open_png(file: BinaryIO) -> PngParts:
    """Leave out of a PNG everything that is not needed for its pixels.

    Raises
    ------
    TooManyChunks
        When it has more than ``MOST_CHUNKS``.
    """
    size = file.seek(0, io.SEEK_END)
    pieces: list[tuple[int, int] | bytes] = [SIGNATURE]
    early: list[bytes] = []
    pixels_begun = False
    bits, interlaced, significant, chunks = 0, False, 0, 0
    at = len(SIGNATURE)
    while at + 8 <= size:
        chunks += 1
        if chunks > MOST_CHUNKS:
            raise TooManyChunks(f"more than {MOST_CHUNKS:,} chunks")
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        end = at + 12 + length
        if kind in _KEPT_SMALL:
            content = _whole_chunk(file, at, length, most=_KEPT_SMALL[kind])
            if content is not None:
                if kind == b"sBIT" and length:
                    significant = max(content[8 : 8 + min(length, 3)])
                elif kind == b"eXIf":
                    early.append(
                        content
                    )  # told before the pixels, wherever it stands: asked later, it costs a decoding
                elif not pixels_begun:
                    pieces.append(content)
        elif kind in (b"IHDR", b"PLTE", b"IDAT", b"IEND"):
            if kind == b"IHDR" and length >= 13:
                header = file.read(13)
                bits, interlaced = header[8], header[12] == 1
            pixels_begun = pixels_begun or kind == b"IDAT"
            last = pieces[-1]
            if kind == b"IDAT" and len(pieces) > 2 and isinstance(last, tuple) and last[1] == at:
                pieces[-1] = (last[0], min(end, size))
            else:
                pieces.append((at, min(end, size)))
            if kind == b"IEND":
                break
        at = end
    pieces[2:2] = early  # behind the header
    return PngParts(io.BufferedReader(_Pieces(file, pieces), 1 << 16), bits, interlaced, significant)


def _whole_chunk(file: BinaryIO, at: int, length: int, *, most: int) -> bytes | None:
    """A small chunk with its length, kind and checksum; None where it is damaged or large."""
    if length > most:
        return None
    file.seek(at)
    content = file.read(12 + length)
    if len(content) < 12 + length or zlib.crc32(content[4:-4]) != struct.unpack(">I", content[-4:])[0]:
        return None
    return content


class _Pieces(io.RawIOBase):
    """Parts of a file, and bytes of our own, read as one file."""

    def __init__(self, file: BinaryIO, pieces: list[tuple[int, int] | bytes]) -> None:
        super().__init__()
        self._file, self._pieces = file, pieces
        self._starts = [0]
        for piece in pieces:
            length = len(piece) if isinstance(piece, bytes) else piece[1] - piece[0]
            self._starts.append(self._starts[-1] + length)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._starts[-1]}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._at >= self._starts[-1]:
            return 0
        number = bisect_right(self._starts, self._at) - 1
        inside, wanted = self._at - self._starts[number], min(len(buffer), self._starts[number + 1] - self._at)
        piece = self._pieces[number]
        if isinstance(piece, bytes):
            content = piece[inside : inside + wanted]
        else:
            self._file.seek(piece[0] + inside)
            content = self._file.read(wanted)
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)
