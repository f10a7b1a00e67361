"""Stacks in a ranking: copies become one hit, and as many hits come as were asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from t2i_core.dataset.stacks_file import HOW, Stacks, read_stacks
from t2i_core.engine.source import Found, FoundPicture
from t2i_core.errors import DatasetError, QueryError
from t2i_core.query.request import LOOK_ALIKES
from t2i_core.types import Gallery, MaskArray, RowArray


class Stacker:
    """Makes stacks of what is found in one gallery."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        self._read: dict[str, tuple[RowArray, Mapping[int, RowArray]]] = {}

    def find(self, stacking: str, wanted: int, find: Callable[[int], Found]) -> Found:
        """The best picture of each of the best ``wanted`` stacks, or of all that there are.

        Parameters
        ----------
        stacking : str
            One of `t2i_core.query.request.STACKINGS`, and not none.
        wanted : int
        find : callable
            Finds the best of so many single pictures.

        Raises
        ------
        QueryError
            When nobody made such stacks.
        """
        stacks, behind = self._stacks(stacking)
        ask = min(len(stacks), wanted + min(wanted, sum(len(rows) - 1 for rows in behind.values())))
        while True:
            found = find(ask)
            kept = self._best(found, stacks)
            # Fewer than asked for came: there are no more.
            if len(kept) >= wanted or len(found.pictures) < ask or ask == len(stacks):
                return replace(found, pictures=kept[:wanted])
            ask = min(len(stacks), 2 * ask)

    def others(self, stacking: str, row: int | None, *, allowed: MaskArray | None) -> tuple[str, ...]:
        """Names of the pictures that are stacked behind one, of those that may be returned."""
        stacks, behind = self._stacks(stacking)
        rows = () if row is None else behind.get(int(stacks[row]), ())
        return tuple(
            self._gallery.image_ids[other]
            for other in map(int, rows)
            if other != row and (allowed is None or allowed[other])
        )

    @staticmethod
    def _best(found: Found, stacks: RowArray) -> tuple[FoundPicture, ...]:
        best: dict[int, FoundPicture] = {}
        for one in found.pictures:
            best.setdefault(-1 - len(best) if one.row is None else int(stacks[one.row]), one)
        return tuple(best.values())

    def _stacks(self, stacking: str) -> tuple[RowArray, Mapping[int, RowArray]]:
        """Which stack each picture is in, and the rows of those that hold several."""
        known = self._read.get(stacking)
        if known is not None:
            return known
        if self._gallery.searched_by:
            raise QueryError("Stacks are made of a dataset in a folder, got a collection. Ask without stacks.")
        try:
            kept = read_stacks(self._gallery)
        except DatasetError as error:
            raise QueryError(
                f"Stacks of copies must be made before they are asked for, and {self._gallery.name} has none. Make them: {HOW}"
            ) from error
        stacks = _of_kind(kept, stacking, self._gallery.name)
        order = np.argsort(stacks, kind="stable")
        names, starts, sizes = np.unique(stacks[order], return_index=True, return_counts=True)
        several = np.flatnonzero(sizes > 1)
        behind = {int(names[at]): order[starts[at] : starts[at] + sizes[at]] for at in several.tolist()}
        self._read[stacking] = stacks, behind
        return stacks, behind


def _of_kind(kept: Stacks, stacking: str, name: str) -> RowArray:
    if stacking != LOOK_ALIKES:
        return kept.copies
    if kept.look_alikes is None:
        raise QueryError(
            f"Stacks of look-alikes must be made before they are asked for, and {name} has none. "
            "Make them: python -m t2i_core index --look-alikes"
        )
    return kept.look_alikes
