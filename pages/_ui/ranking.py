"""One engine call per query: the session keeps its last rankings, and every top_k is a slice of one."""

from __future__ import annotations

import streamlit as st

from pages._ui import state
from t2i_core import engine, images
from t2i_core.arrays import MAX_TOP_K
from t2i_core.config import Settings
from t2i_core.errors import QueryError
from t2i_core.types import Query, SearchResult

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
    key = (engine.gallery.key, engine.encoder.weights_sha256, query, approximate)
    found = rankings.pop(key, None)
    if found is None:
        found = _ask(engine, query, settings, approximate=approximate)
    rankings[key] = found  # last in, last out
    while len(rankings) > KEPT_RANKINGS:
        del rankings[next(iter(rankings))]
    return found


def is_smooth(result: SearchResult | None) -> bool:
    """Whether encoding is quick enough to search while somebody types; assumed until it was measured."""
    return result is None or result.timings.encode_ms <= SMOOTH_MS


def score_part(score: float, result: SearchResult) -> float:
    """Where a score lies between the gallery's median (0) and the best hit (1)."""
    best = result.hits[0].score if result.hits else score
    spread = best - result.median_score
    return 1.0 if spread <= 0 else min(1.0, max(0.0, (score - result.median_score) / spread))


def _ask(engine: engine.SearchEngine, query: Query, settings: Settings, *, approximate: bool) -> SearchResult:
    top_k = min(MAX_TOP_K, len(engine.gallery))
    if query.upload_sha256 is None:
        return engine.search(query, top_k=top_k, approximate=approximate)
    upload: state.Upload | None = st.session_state["upload"]
    if upload is None:
        raise QueryError("The uploaded picture is no longer here. Choose it again.")
    image = images.open_image(upload.content, max_pixels=settings.max_pixels, name=upload.name)
    return engine.search_image(image, query, top_k=top_k, approximate=approximate)
