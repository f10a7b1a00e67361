"""What a request asks beside its query: which pictures may come, as how many, in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from t2i_core.engine.diversity import AMONG, varied
from t2i_core.engine.ordering import in_order
from t2i_core.engine.source import Found, Source
from t2i_core.engine.stacking import Stacker
from t2i_core.facets.counting import Facet, count_facet
from t2i_core.facets.facets import Facets
from t2i_core.query import SearchRequest
from t2i_core.query.request import STACKINGS
from t2i_core.types import Hit, MaskArray, SearchResult


class Narrowing:
    """Narrows the searches of one source."""

    def __init__(self, source: Source) -> None:
        self._source, self._gallery = source, source.gallery
        self._stacker = Stacker(source.gallery)

    @cached_property
    def facets(self) -> Facets:
        """What all pictures a search looks at are filtered, counted and ordered by."""
        return Facets(self._source.listed)

    def where(self, request: SearchRequest, among: MaskArray | None) -> MaskArray | None:
        """Rows that fit a request's conditions and are ``among`` these, both (N,), bool; None for all of them."""
        fitting = self.facets.rows_that_fit(request.where) if request.where else None
        if fitting is None or among is None:
            return among if fitting is None else fitting
        return fitting & among

    def found(self, request: SearchRequest, wanted: int, find: Callable[[int], Found]) -> Found:
        """The best ``wanted`` pictures, or stacks, of those that ``find`` finds so many of; varied where that is asked."""
        among = min(max(wanted, AMONG), len(self._gallery)) if request.diversity else wanted
        found = find(among) if request.stacking == STACKINGS[0] else self._stacker.find(request.stacking, among, find)
        if not request.diversity:
            return found
        return varied(found, self._gallery.image_embeddings, diversity=request.diversity, wanted=wanted)

    def fitting(self, request: SearchRequest, where: MaskArray | None, left_out: Sequence[str]) -> int | None:
        """How many pictures could be found under a request's conditions; None where it has none."""
        return int(self._allowed(where, left_out).sum()) if request.where else None

    def arranged(
        self, request: SearchRequest, hits: Sequence[Hit], where: MaskArray | None, left_out: Sequence[str]
    ) -> tuple[Hit, ...]:
        """Hits in the order that is asked for, each with what is stacked behind it."""
        if request.stacking != STACKINGS[0]:
            allowed = self._allowed(where, left_out)
            hits = [
                replace(hit, stack=self._stacker.others(request.stacking, hit.row, allowed=allowed)) for hit in hits
            ]
        return in_order(hits, request.order, lambda: self.facets, self.row_of)

    def count(self, result: SearchResult, names: Sequence[str]) -> tuple[Facet, ...]:
        """How many pictures have each value of some facets: in the gallery, among those that fit, among the hits.

        Raises
        ------
        QueryError
            When the gallery has no such facet, or its pictures are not measured.
        """
        fitting = self.facets.rows_that_fit(result.request.where)
        found = (self.row_of(hit) for hit in result.hits)
        rows = np.array([row for row in found if row is not None], dtype=np.int64)
        return tuple(count_facet(self.facets, name, fitting=fitting, hits=rows) for name in names)

    def row_of(self, hit: Hit) -> int | None:
        """Where the facets have a hit: its row, but in a gallery that is a sample."""
        return self.facets.gallery.rows_by_id.get(hit.image_id) if self._gallery.sampled else hit.row

    def _allowed(self, where: MaskArray | None, left_out: Sequence[str]) -> MaskArray:
        """Rows that could be found: ndarray of shape (N,), bool."""
        listed = self.facets.gallery
        allowed = np.ones(len(listed), dtype=np.bool_) if where is None else where.copy()
        rows = listed.rows_by_id
        allowed[[rows[name] for name in left_out if name in rows]] = False
        return allowed
