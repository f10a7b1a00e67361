"""One engine call per query: the session keeps its last rankings, and every top_k is a slice of one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.session import state
from t2i_core import engine
from t2i_core.arrays import MAX_TOP_K
from t2i_core.config import Settings
from t2i_core.errors import QueryError
from t2i_core.pictures import images
from t2i_core.query import Query, SearchRequest, Words
from t2i_core.types import SearchResult

if TYPE_CHECKING:
    from PIL import Image

KEPT_RANKINGS = 24
SMOOTH_MS = 150.0


def rank(engine: engine.SearchEngine, query: Query, settings: Settings) -> SearchResult:
    """The best ``MAX_TOP_K`` pictures for a query; asked of the engine only when the session has not seen it.

    Raises
    ------
    QueryError, ImageError
        As the engine does, and when an uploaded picture cannot be used.
    """
    rankings: dict[object, SearchResult] = st.session_state["rankings"]
    approximate = engine.approximate is not None and st.session_state["approximate"]
    request = SearchRequest(query, top_k=min(MAX_TOP_K, engine.images), approximate=approximate)
    key = (engine.gallery.key, engine.encoder.weights_sha256, query.key, approximate)
    found = rankings.pop(key, None)
    if found is None:
        found = engine.search(request, pictures=_outside(query, settings))
        found = replace(found, good_score=engine.good_score(found))
    rankings[key] = found  # last in, last out
    while len(rankings) > KEPT_RANKINGS:
        del rankings[next(iter(rankings))]
    # The same picture may come under another file name; what it is called is no part of the key.
    return replace(found, request=request)


def is_smooth(result: SearchResult | None) -> bool:
    """Whether encoding is quick enough to search while somebody types; assumed until it was measured."""
    return result is None or result.timings.encode_ms <= SMOOTH_MS


def score_part(score: float, result: SearchResult) -> float | None:
    """Where a score lies between the gallery's median for the query (0) and what a good hit scores (1); None where unknown.

    The end is a fixed reference and not the best hit, so that the bars of a query that finds nothing stay short.
    """
    if result.good_score is None:
        return None
    spread = result.good_score - result.median_score
    return 1.0 if spread <= 0 else min(1.0, max(0.0, (score - result.median_score) / spread))


def score_help(result: SearchResult) -> str:
    """What score and bar mean, for whoever points at them."""
    said = "Cosine similarity to the query, at most 1."
    if result.good_score is None:
        return f"{said} No bar: nothing in this dataset tells what a good score is."
    low = f"{said} The bar begins at {result.median_score:.3f}, the median of this gallery's pictures for this query,"
    if not any(isinstance(term.subject, Words) for term in result.query.terms):
        return f"{low} and is full at 1, the same picture."
    return (
        f"{low} and is full at {result.good_score:.3f}, a good score here: measured with this model on the dataset's own captions, "
        "or on common words where it has none. A short first bar means that nothing fits well."
    )


def _outside(query: Query, settings: Settings) -> dict[str, Image.Image]:
    """The pictures from outside that a query names, opened."""
    asked = query.outside
    if asked is None:
        return {}
    upload: state.Upload | None = st.session_state["upload"]
    if upload is None or upload.sha256 != asked.sha256:
        raise QueryError("The uploaded picture is no longer here. Choose it again.")
    return {asked.sha256: images.open_image(upload.content, max_pixels=settings.max_pixels, name=upload.name)}
