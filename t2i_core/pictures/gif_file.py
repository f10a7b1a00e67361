"""What stands before the first frame of a GIF: Pillow joins comments piece by piece, which must not take for ever."""

from __future__ import annotations

from typing import BinaryIO

MOST_BYTES = 1 << 20


class LongGifHeader(ValueError):
    """More text than pictures have stands before the first frame."""


def check_gif(file: BinaryIO) -> None:
    """Walk to the first frame.

    Raises
    ------
    LongGifHeader
        When more than ``MOST_BYTES`` of extensions stand before it.
    """
    file.seek(0)
    head = file.read(13)
    if len(head) < 13:
        return
    if head[10] & 0x80:
        file.seek(3 << ((head[10] & 7) + 1), 1)
    passed = 0
    while file.read(1) == b"!":
        file.seek(1, 1)
        while (length := file.read(1)) not in (b"", b"\0"):
            passed += length[0]
            if passed > MOST_BYTES:
                raise LongGifHeader(f"more than {MOST_BYTES:,} bytes of text before the first frame")
            file.seek(length[0], 1)
