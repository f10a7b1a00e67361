"""One engine call per question: the session keeps its last rankings, and every top_k is a slice of one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pages._ui.session.asked import ranking_key
from pages._ui.session.visit import visit
from t2i_core import engine
from t2i_core.config import Settings
from t2i_core.errors import QueryError
from t2i_core.pictures import images
from t2i_core.query import Query, SearchRequest
from t2i_core.types import SearchResult

if TYPE_CHECKING:
    from PIL import Image

KEPT_RANKINGS = 24
SMOOTH_MS = 150.0


def rank(engine: engine.SearchEngine, request: SearchRequest, settings: Settings) -> SearchResult:
    """The best pictures for a request, but for those seen already; asked of the engine only when the session has not seen it.

    Raises
    ------
    QueryError, ImageError
        As the engine does, and when an uploaded picture cannot be used.
    """
    rankings = visit().kept.rankings
    seen = visit().judging.seen
    key = (engine.gallery.key, engine.encoder.weights_sha256, request.top_k, ranking_key(request), seen)
    found = rankings.pop(key, None)
    if found is None:
        found = engine.search(request, pictures=_outside(request.query, settings), passed_over=seen)
        found = replace(found, good_score=engine.good_score(found))
    rankings[key] = found  # last in, last out
    while len(rankings) > KEPT_RANKINGS:
        del rankings[next(iter(rankings))]
    # The same picture may come under another file name; what it is called is no part of the key.
    return replace(found, request=request)


def is_smooth(result: SearchResult | None) -> bool:
    """Whether encoding is quick enough to search while somebody types; assumed until it was measured."""
    return result is None or result.timings.encode_ms <= SMOOTH_MS


def _outside(query: Query, settings: Settings) -> dict[str, Image.Image]:
    """The pictures from outside that a query names, opened."""
    asked = query.outside
    if asked is None:
        return {}
    upload = visit().asked.upload
    if upload is None or upload.sha256 != asked.sha256:
        raise QueryError("The uploaded picture is no longer here. Choose it again.")
    return {asked.sha256: images.open_image(upload.content, max_pixels=settings.max_pixels, name=upload.name)}
