"""The order in which hits are shown; which pictures they are is settled before, by score."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from t2i_core.facets.facets import Facets
from t2i_core.query.request import ORDERS
from t2i_core.types import Hit


def in_order(
    hits: Sequence[Hit], order: str, facets: Callable[[], Facets], row_of: Callable[[Hit], int | None]
) -> tuple[Hit, ...]:
    """Hits by score, or by a facet: smallest first, largest first after a minus, those without a value last.

    Each keeps the rank it has by score; equal ones stay in that order. ``row_of`` says where the facets have a hit.

    Raises
    ------
    QueryError
        When this gallery has no such facet.
    """
    if order == ORDERS[0]:
        return tuple(hits)
    largest = order.startswith("-")
    places = facets().column(order.removeprefix("-")).places

    def place(hit: Hit) -> tuple[bool, float]:
        row = row_of(hit)
        at = math.nan if row is None else float(places[row])
        return math.isnan(at), 0.0 if math.isnan(at) else -at if largest else at

    return tuple(sorted(hits, key=place))
