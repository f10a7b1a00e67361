"""PackedTexts: a million names or captions in one piece of memory, a third of what as many str objects take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

PACKED_FROM = 100_000  # fewer take little memory either way, and a tuple is quicker to read
_AT_ONCE = 4_096


class PackedTexts(Sequence[str]):
    """Immutable texts, kept as UTF-8 one after the other and made into str when they are read.

    Parameters
    ----------
    texts : sequence of str
    """

    def __init__(self, texts: Sequence[str]) -> None:
        # Lone surrogates, which file names may have, are no UTF-8 otherwise.
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        self._ends = np.cumsum([len(one) for one in encoded], dtype=np.int64)
        self._ends.setflags(write=False)
        self._content = b"".join(encoded)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        at = place + len(self) if place < 0 else place
        if not 0 <= at < len(self):
            raise IndexError(f"place must be in {-len(self)}..{len(self) - 1}, got {place}")
        return self._between(int(self._ends[at - 1]) if at else 0, int(self._ends[at]))

    def __iter__(self) -> Iterator[str]:
        start = 0
        for first in range(0, len(self), _AT_ONCE):
            for end in self._ends[first : first + _AT_ONCE].tolist():
                yield self._between(start, end)
                start = end

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and any(one == text for one in self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PackedTexts):
            return self._content == other._content and np.array_equal(self._ends, other._ends)
        if isinstance(other, tuple):
            return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))
        return NotImplemented

    def __hash__(self) -> int:
        return hash((len(self), self._content))

    def __repr__(self) -> str:
        return f"PackedTexts({len(self):,} texts, {len(self._content):,} bytes)"

    def _between(self, start: int, end: int) -> str:
        return self._content[start:end].decode("utf-8", "surrogatepass")


def packed(texts: Sequence[str]) -> Sequence[str]:
    """Many texts as `PackedTexts`, few as a tuple."""
    return PackedTexts(texts) if len(texts) >= PACKED_FROM else tuple(texts)
