"""What decoding a picture takes in memory, told from its header, and a gate that keeps the sum of it bounded."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# One picture must not take more than about 600 MB beside what the program holds anyway; the rest is for work in tiles.
MOST_BYTES = 530_000_000
BYTES_PER_ALLOWED_PIXEL = 5.3
# Larger ones are handed over at a half, a third ... of their size: no model and no window shows more.
WHOLE_PIXELS = 24_000_000
LONGEST_SIDE = 250_000  # squashing a strip makes it as wide as the model reads before it makes it short
_ROW_BYTES = 16  # Pillow keeps an address of every row
# Measured with Pillow 13 beside the decoded picture itself: the decoders' frames and their copies.
_DECODER_BYTES = {"WEBP": 13.0, "AVIF": 8.0, "HEIF": 8.0}
_PIXEL_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}


def most_bytes(max_pixels: int) -> int:
    """What decoding one picture may take: more only for whoever allows more pixels than are by default."""
    return max(MOST_BYTES, round(BYTES_PER_ALLOWED_PIXEL * max_pixels))


def decoding_bytes(kind: str | None, mode: str, size: tuple[int, int], *, beside: int = 0) -> int:
    """Bytes to decode and convert a picture of this format and mode; ``beside`` is what its file asks for besides."""
    width, height = size
    pixels = width * height
    stored = pixels * _PIXEL_BYTES.get(mode, 4) + height * _ROW_BYTES
    decoder = round(pixels * _DECODER_BYTES.get(kind or "", 0.0))
    return stored + decoder + beside + 8 * min(pixels, WHOLE_PIXELS // 2)


def reduction(size: tuple[int, int]) -> tuple[int, int]:
    """By how much a picture is shrunk in each direction so that it can be worked on as a whole; (1, 1) nearly always."""
    across, down = (-(-side // LONGEST_SIDE) for side in size)
    width, height = -(-size[0] // across), -(-size[1] // down)
    step = 1
    while -(-width // min(step, width)) * -(-height // min(step, height)) > WHOLE_PIXELS:
        step += 1
    return min(across * step, size[0]), min(down * step, size[1])


class MemoryGate:
    """Lets decoders in while the sum of what they take stays within bounds; one alone always gets in."""

    def __init__(self, limit: int) -> None:
        self._limit, self._taken, self._inside = limit, 0, 0
        self._changed = threading.Condition()

    @contextmanager
    def held(self, number: int) -> Iterator[None]:
        """Wait until there is room for ``number`` bytes, and keep it until the block ends."""
        with self._changed:
            self._changed.wait_for(lambda: not self._inside or self._taken + number <= self._limit)
            self._taken += number
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._taken -= number
                self._inside -= 1
                self._changed.notify_all()


def _installed_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0


GATE = MemoryGate(max(MOST_BYTES, _installed_memory() // 8))
