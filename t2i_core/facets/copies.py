"""Which pictures are copies: pairs with nearly the same coarse pattern, or the same embedding, and the stacks they make.

A copy has nearly the same coarse pattern: its perceptual hash differs in at most 8 of 64 bits, and so do its greys.
That finds what was halved or saved again. Mirrors are found by the hash of the mirror image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from t2i_core.dataset.facts_file import FactsTable
from t2i_core.neighbours.graph import row_prints
from t2i_core.pictures.facts import THUMB_SIDE
from t2i_core.types import Gallery, MaskArray, RowArray

MOST_BITS = 8
BITS = 64
ALIKE_GREYS = 0.9  # correlation of 16 by 16 greys: what two different pictures of one hash do not reach
FLAT = 4.0  # grey levels: below that spread a picture has no pattern to compare
BLOCK = 512, 8192


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of pictures.

    Attributes
    ----------
    left, right : ndarray of shape (P,), int64
        Rows, the left one smaller.
    bits : ndarray of shape (P,), int64
        In how many their hashes differ; -1 where that is not what they were found by.
    cosines : ndarray of shape (P,), float64
    mirrored : ndarray of shape (P,), bool
    """

    left: RowArray
    right: RowArray
    bits: RowArray
    cosines: npt.NDArray[np.float64]
    mirrored: MaskArray

    def __len__(self) -> int:
        return len(self.left)

    def only(self, chosen: np.ndarray) -> Pairs:
        """Some of them: by a mask or by positions."""
        return Pairs(*(part[chosen] for part in (self.left, self.right, self.bits, self.cosines, self.mirrored)))


def copy_pairs(gallery: Gallery, facts: FactsTable | None) -> Pairs:
    """Pairs of pictures that are copies: by what was measured of their files, where it was, and by equal embeddings."""
    equal = _equal_rows(gallery)
    if facts is None:
        return equal
    rows = np.flatnonzero(facts.decoded)
    hashes = facts.hashes[rows, 0]
    left, right, bits = near_hashes(hashes, hashes)
    left, right = rows[left], rows[right]
    same = _alike_greys(facts, left, right)
    return joined(equal, pairs_of(gallery, left[same], right[same], bits[same]))


def mirror_pairs(gallery: Gallery, facts: FactsTable) -> Pairs:
    """Pairs of pictures of which one is the mirror image of the other, or of a copy of it."""
    rows = np.flatnonzero(facts.decoded)
    left, right, _ = near_hashes(facts.hashes[rows, 0], facts.hashes[rows, 1])
    left, right = rows[left], rows[right]
    same = _alike_greys(facts, left, right, mirrored=True)
    return pairs_of(gallery, left[same], right[same], mirrored=True)


def stacks_of(pairs: Pairs, count: int) -> RowArray:
    """Which stack each picture is in, named by its smallest row; a picture without a pair is a stack of its own.

    A copy of a copy is in the stack too.

    Parameters
    ----------
    pairs : Pairs
    count : int
        N, how many pictures there are.

    Returns
    -------
    ndarray of shape (N,), int64
    """
    first = np.arange(count)
    for left, right in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True):
        one, other = _top(first, left), _top(first, right)
        first[max(one, other)] = min(one, other)
    for row in np.unique(np.concatenate([pairs.left, pairs.right])).tolist():
        first[row] = _top(first, row)
    return first


def _top(first: RowArray, row: int) -> int:
    while first[row] != row:
        first[row] = first[first[row]]
        row = int(first[row])
    return row


def near_hashes(here: npt.NDArray[np.uint64], there: npt.NDArray[np.uint64]) -> tuple[RowArray, RowArray, RowArray]:
    """Pairs of rows i < j whose hashes ``here[i]`` and ``there[j]`` differ in few bits, and in how many.

    Parameters
    ----------
    here, there : ndarray of shape (N,), uint64

    Returns
    -------
    left, right, bits : ndarray of shape (P,), int64
    """
    tall, wide = BLOCK
    found: list[tuple[RowArray, RowArray, RowArray]] = []
    for top in range(0, len(here), tall):
        for start in range(top, len(there), wide):
            bits = np.bitwise_count(here[top : top + tall, None] ^ there[None, start : start + wide])
            rows, columns = np.nonzero(bits <= MOST_BITS)
            rows, columns = rows + top, columns + start
            later = columns > rows
            rows, columns = rows[later], columns[later]
            found.append((rows, columns, bits[rows - top, columns - start].astype(np.int64)))
    if not found:
        return (np.empty(0, dtype=np.int64),) * 3
    left, right, distances = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return left, right, distances


def _alike_greys(facts: FactsTable, left: RowArray, right: RowArray, *, mirrored: bool = False) -> MaskArray:
    """Whether pairs have the same greys but for light and contrast; flat ones have to be equal, file size included."""
    one = facts.thumbs[left].astype(np.float32)
    other = facts.thumbs[right].astype(np.float32)
    if mirrored:
        other = other[:, :, ::-1]
    one, other = (greys.reshape(len(left), THUMB_SIDE**2) for greys in (one, other))
    level = np.abs(one - other).max(axis=1, initial=0.0) <= 1.0
    equal = level & (facts.stamps[left, 0] == facts.stamps[right, 0])
    one, other = one - one.mean(axis=1, keepdims=True), other - other.mean(axis=1, keepdims=True)
    spread, other_spread = one.std(axis=1), other.std(axis=1)
    correlation = (one * other).mean(axis=1) / np.maximum(spread * other_spread, 1e-6)
    patterned = np.minimum(spread, other_spread) >= FLAT
    alike: MaskArray = np.where(patterned, correlation >= ALIKE_GREYS, equal & (not mirrored))
    return alike


def _equal_rows(gallery: Gallery) -> Pairs:
    """Pictures with the same embedding to the last bit, each paired with the first of them."""
    prints = row_prints(np.ascontiguousarray(gallery.image_embeddings))
    _, first, belongs = np.unique(prints, return_index=True, return_inverse=True)
    kept = first[belongs]
    right = np.flatnonzero(kept != np.arange(len(kept)))
    return pairs_of(gallery, kept[right].astype(np.int64), right.astype(np.int64), np.zeros(len(right), dtype=np.int64))


def pairs_of(
    gallery: Gallery, left: RowArray, right: RowArray, bits: RowArray | None = None, *, mirrored: bool = False
) -> Pairs:
    """These pairs of rows, with how alike the model finds them."""
    rows = gallery.image_embeddings
    cosines = np.einsum("pd,pd->p", rows[left].astype(np.float64), rows[right].astype(np.float64))
    told = np.full(len(left), -1, dtype=np.int64) if bits is None else bits
    return Pairs(left, right, told, cosines, np.full(len(left), mirrored))


def joined(*parts: Pairs) -> Pairs:
    """Several lots of pairs as one; of a pair that is in two, the first is kept."""
    names = ("left", "right", "bits", "cosines", "mirrored")
    whole = Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    if not len(whole):
        return whole
    _, first = np.unique(whole.left * (int(whole.right.max()) + 1) + whole.right, return_index=True)
    return whole.only(np.sort(first))


def keepers(gallery: Gallery, facts: FactsTable | None) -> npt.NDArray[np.float64]:
    """Which of two pictures is the one to keep, as a number for each, the better one bigger: ndarray of shape (N,), float64.

    More pixels, else more bytes, else the older file, else the earlier row.
    """
    count = len(gallery)
    if facts is None:
        return -np.arange(count, dtype=np.float64)
    pixels = facts.sizes.prod(axis=1)
    order = np.lexsort((-np.arange(count), -facts.stamps[:, 1], facts.stamps[:, 0], pixels))
    places = np.empty(count)
    places[order] = np.arange(count)
    return places
