"""Which pictures are cut out of one another, mirrored or not: looked for among given pairs, and proved on their files.

Two looks. The greys that are kept of every picture say which pairs may be, for next to nothing; those are registered anew on small
squares of their files: one must lie within the other, nothing stretched, and agree in every part that holds something. So two
moments of one scene stay two pictures, and so do two products of one shape before white.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from t2i_core.cores import usable_cores
from t2i_core.dataset.facts_file import FactsTable
from t2i_core.errors import ImageError
from t2i_core.facets.copies import FLAT, Pairs, joined, pairs_of
from t2i_core.facets.measuring import OnProgress, nothing_told
from t2i_core.pictures.folder import picture_path
from t2i_core.pictures.images import read_image
from t2i_core.pictures.overlap import (
    FloatSquares,
    Likeness,
    Windows,
    cut_out,
    greys_alike,
    likeness,
    register,
    turned_round,
    whole_windows,
)
from t2i_core.types import Gallery, MaskArray, RowArray

# The first look, on 16 by 16 greys, lets nearly every crop pass.
FIRST_GREYS = 0.2  # correlation of both as they are; a crop of an eighth at each side still has more
FIRST_CORRELATION, FIRST_STEPS = 0.85, 5
MOST_A_PICTURE = 4  # others that are looked at closely, so that pictures of one layout do not take for ever
# The second, on 48 by 48 colours. Where corners and texture fill the picture, light and colours may have been changed.
SIDE, DECODED_SIDE, STEPS = 48, 96, 4
FILLED = 18  # blocks of 36
CORRELATION, DETAIL, WORST = 0.975, 0.92, 0.45
# Where few places can be told apart, as of a product before white, the same levels are asked for, and less may differ.
CORNERS = 6
SURE_CORRELATION, SURE_DETAIL, SURE_WORST, SURE_TONE = 0.985, 0.96, 0.35, 0.18
PROPORTIONS = 0.04  # by how much of itself a pixel may be wider in one than in the other
BATCH, FIRST_BATCH = 128, 1024
HELD = 4096  # squares of pictures, 7 KB each


@dataclass(frozen=True, eq=False)
class _Candidates:
    """Pairs that may be cut out of one another: where the right one lies in the left, and how alike their greys are there."""

    left: RowArray
    right: RowArray
    mirrored: MaskArray
    windows: Windows
    correlation: npt.NDArray[np.float64]

    def only(self, chosen: np.ndarray) -> _Candidates:
        """Some of them: by a mask or by positions."""
        parts = (self.left, self.right, self.mirrored, self.windows, self.correlation)
        return _Candidates(*(part[chosen] for part in parts))


def crop_pairs(
    gallery: Gallery,
    facts: FactsTable,
    left: RowArray,
    right: RowArray,
    *,
    max_pixels: int,
    on_progress: OnProgress = nothing_told,
) -> Pairs:
    """Those of some pairs of which one is cut out of the other, or of its mirror image.

    Found is what leaves up to about 15 % away at each side, at any size; with other light or colours only where texture fills it. What
    holds little more than one shape or one colour is never told: it would be found in too many pictures.

    Parameters
    ----------
    gallery : Gallery
    facts : FactsTable
        Of its pictures.
    left, right : ndarray of shape (P,), int64
        The pairs, each once, the smaller row left.
    max_pixels : int
        Pictures with more are not decoded.
    on_progress : callable, optional
        Told a stage, how many pairs are done and how many there are.
    """
    able = facts.decoded & (facts.thumbs.reshape(len(facts), -1).std(axis=1) >= FLAT)
    kept = able[left] & able[right]
    left, right = left[kept], right[kept]
    found = [_first_look(facts, left, right, mirrored=mirrored) for mirrored in (False, True)]
    candidates = _best_of_each(_together(found))
    proved = np.zeros(len(candidates.left), dtype=np.bool_)
    squares = _Squares(gallery, max_pixels)
    for start in range(0, len(proved), BATCH):
        on_progress("crops", start, len(proved))
        some = candidates.only(np.arange(start, min(start + BATCH, len(proved))))
        proved[start : start + BATCH] = _second_look(facts, squares, some)
    if len(proved):
        on_progress("crops", len(proved), len(proved))
    chosen = candidates.only(proved)
    straight, turned = chosen.only(~chosen.mirrored), chosen.only(chosen.mirrored)
    return joined(
        pairs_of(gallery, straight.left, straight.right),
        pairs_of(gallery, turned.left, turned.right, mirrored=True),
    )


def _first_look(facts: FactsTable, left: RowArray, right: RowArray, *, mirrored: bool) -> _Candidates:
    """Pairs whose kept greys can be laid upon each other."""
    parts = [_none()]
    for start in range(0, len(left), FIRST_BATCH):
        here, there = left[start : start + FIRST_BATCH], right[start : start + FIRST_BATCH]
        one, other = _greys(facts, here, mirrored=False), _greys(facts, there, mirrored=mirrored)
        near = greys_alike(one, other) >= FIRST_GREYS
        here, there, one, other = here[near], there[near], one[near], other[near]
        # Each in the other: steps go far more surely from what shows less to what shows more, and who does is not known.
        whole = whole_windows(len(here))
        windows, correlation = register(one, other, whole, steps=FIRST_STEPS)
        inverse, other_correlation = register(other, one, whole, steps=FIRST_STEPS)
        turned = other_correlation > correlation
        windows = np.where(turned[:, None], turned_round(inverse), windows)
        correlation = np.maximum(correlation, other_correlation)
        found = _Candidates(here, there, np.full(len(here), mirrored), windows, correlation)
        parts.append(found.only(correlation >= FIRST_CORRELATION))
    return _together(parts)


def _second_look(facts: FactsTable, squares: _Squares, some: _Candidates) -> MaskArray:
    """Whether candidates are one picture wherever both show it."""
    one, other, read = squares.of(some.left, some.right)
    other[some.mirrored] = other[some.mirrored][:, :, ::-1]
    windows, _ = register(one.mean(axis=3), other.mean(axis=3), some.windows, steps=STEPS)
    proved: MaskArray = read & (cut_out(windows) | cut_out(turned_round(windows)))
    return proved & _one_picture(likeness(one, other, windows)) & _in_proportion(facts, some, windows)


def _one_picture(found: Likeness) -> MaskArray:
    filled = (found.corners >= FILLED) & (found.correlation >= CORRELATION)
    filled &= (found.detail >= DETAIL) & (found.worst <= WORST)
    sure = (found.corners >= CORNERS) & (found.correlation >= SURE_CORRELATION) & (found.tone <= SURE_TONE)
    sure &= (found.detail >= SURE_DETAIL) & (found.worst <= SURE_WORST)
    one: MaskArray = filled | sure
    return one


def _in_proportion(facts: FactsTable, some: _Candidates, windows: Windows) -> MaskArray:
    """Whether nothing would have to be stretched."""
    one, other = facts.sizes[some.left], facts.sizes[some.right]
    across = windows[:, 1] * one[:, 0] / other[:, 0]
    down = windows[:, 3] * one[:, 1] / other[:, 1]
    held: MaskArray = np.abs(np.log(across / down)) <= PROPORTIONS
    return held


class _Squares:
    """Small squares of a gallery's pictures, each decoded once while it is wanted again soon."""

    def __init__(self, gallery: Gallery, max_pixels: int) -> None:
        self._gallery, self._max_pixels = gallery, max_pixels
        self._held: OrderedDict[int, npt.NDArray[np.uint8] | None] = OrderedDict()

    def of(self, left: RowArray, right: RowArray) -> tuple[FloatSquares, FloatSquares, MaskArray]:
        """Softened colours of both sides of pairs, (P, S, S, 3), float32, and which of the pairs could be read."""
        wanted = np.unique(np.concatenate([left, right])).tolist()
        with ThreadPoolExecutor(usable_cores(), thread_name_prefix="picture-squares") as pool:
            missing = [row for row in wanted if row not in self._held]
            self._held.update(zip(missing, pool.map(self._read, missing), strict=True))
        for row in wanted:
            self._held.move_to_end(row)
        sides = []
        for rows in (left, right):
            squares = np.zeros((len(rows), SIDE, SIDE, 3), dtype=np.float32)
            for at, row in enumerate(rows.tolist()):
                if (square := self._held[row]) is not None:
                    squares[at] = square
            sides.append(_softened(squares))
        read = np.array(
            [
                self._held[one] is not None and self._held[two] is not None
                for one, two in zip(left.tolist(), right.tolist(), strict=True)
            ]
        )
        while len(self._held) > HELD:
            self._held.popitem(last=False)
        return sides[0], sides[1], read

    def _read(self, row: int) -> npt.NDArray[np.uint8] | None:
        name = self._gallery.image_ids[row]
        try:
            path = picture_path(self._gallery.images_dir, name)
            image = read_image(path, max_pixels=self._max_pixels, draft_side=DECODED_SIDE, name=name).image
        except ImageError:
            return None  # it went since it was measured, which a check of damaged files tells
        return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.uint8)


def _softened(squares: FloatSquares) -> FloatSquares:
    """Neighbouring pixels mixed a little, so that what lies between two of them counts as well as they do."""
    for axis in (1, 2):
        wide = np.pad(squares, [(1, 1) if at == axis else (0, 0) for at in range(4)], mode="edge")
        before, after = (np.take(wide, range(at, at + SIDE), axis=axis) for at in (0, 2))
        squares = 0.25 * before + 0.5 * squares + 0.25 * after
    return squares


def _greys(facts: FactsTable, rows: RowArray, *, mirrored: bool) -> FloatSquares:
    thumbs = facts.thumbs[rows].astype(np.float32)
    return np.ascontiguousarray(thumbs[:, :, ::-1]) if mirrored else thumbs


def _best_of_each(candidates: _Candidates) -> _Candidates:
    """Those that are among the best few of either picture, in the order of rows, so that a picture is decoded once."""
    kept = np.zeros(len(candidates.left), dtype=np.bool_)
    for rows in (candidates.left, candidates.right):
        order = np.lexsort((-candidates.correlation, rows))
        _, starts, sizes = np.unique(rows[order], return_index=True, return_counts=True)
        kept[order[np.arange(len(order)) - np.repeat(starts, sizes) < MOST_A_PICTURE]] = True
    chosen = np.flatnonzero(kept)
    return candidates.only(chosen[np.lexsort((candidates.right[chosen], candidates.left[chosen]))])


def _none() -> _Candidates:
    rows = np.empty(0, dtype=np.int64)
    return _Candidates(rows, rows, np.empty(0, dtype=np.bool_), whole_windows(0), np.empty(0))


def _together(parts: Sequence[_Candidates]) -> _Candidates:
    names = ("left", "right", "mirrored", "windows", "correlation")
    return _Candidates(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
