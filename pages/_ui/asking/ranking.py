"""One engine call per question: the session keeps its last rankings, and every top_k is a slice of one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import replace

from pages._ui.jobs import background
from pages._ui.session.asked import ranking_key
from pages._ui.session.outside import outside_pictures
from pages._ui.session.visit import make_way, visit
from t2i_core import engine
from t2i_core.config import Settings
from t2i_core.marks import stamp_of_tags
from t2i_core.query import SearchRequest
from t2i_core.types import SearchResult

KEPT_RANKINGS = 24
SMOOTH_MS = 150.0
LOOK_SECONDS = 0.1


def rank(engine: engine.SearchEngine, request: SearchRequest, settings: Settings) -> SearchResult:
    """The best pictures for a request, but for those seen already; asked of the engine only when the session has not seen it.

    Raises
    ------
    QueryError, ImageError
        As the engine does, and when an uploaded picture cannot be used.
    """
    rankings = visit().kept.rankings
    seen = visit().judging.seen
    tags = stamp_of_tags(engine.gallery, request.where)
    key = (engine.gallery.key, engine.encoder.weights_sha256, request.top_k, ranking_key(request), seen, tags)
    found = rankings.pop(key, None)
    if found is None:
        pictures = outside_pictures(request.query, settings)

        def ask() -> SearchResult:
            result = engine.search(request, pictures=pictures, passed_over=seen)
            return replace(result, good_score=engine.good_score(result))

        found = _awaited(ask) if engine.gallery.address else ask()
    rankings[key] = found  # last in, last out
    while len(rankings) > KEPT_RANKINGS:
        del rankings[next(iter(rankings))]
    # The same picture may come under another file name; what it is called is no part of the key.
    return replace(found, request=request)


def _awaited(ask: Callable[[], SearchResult]) -> SearchResult:
    """What a server answers, asked beside the run: whoever does something else does not have to wait for a server that is away."""
    answer = background.start(ask, name="asking a server")
    while not wait([answer], LOOK_SECONDS).done:
        make_way()
    return answer.result()


def is_smooth(result: SearchResult | None) -> bool:
    """Whether encoding is quick enough to search while somebody types; assumed until it was measured."""
    return result is None or result.timings.encode_ms <= SMOOTH_MS
