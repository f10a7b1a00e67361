"""One engine call per query: the session keeps its last rankings, and every top_k is a slice of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import state
from t2i_core import engine, images
from t2i_core.arrays import MAX_TOP_K
from t2i_core.config import Settings
from t2i_core.errors import QueryError
from t2i_core.types import FloatArray, Query, SearchResult

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


def query_embedding(engine: engine.SearchEngine, query: Query, settings: Settings) -> FloatArray:
    """The unit vector of a query that was ranked before, (D,) float32; the session keeps the last one."""
    key = (engine.gallery.key, engine.encoder.weights_sha256, query)
    kept: tuple[object, FloatArray] | None = st.session_state.get("query_embedding")
    if kept is None or kept[0] != key:
        kept = (key, _embed(engine, query, settings))
        st.session_state["query_embedding"] = kept
    return kept[1]


def score_part(score: float, result: SearchResult) -> float:
    """Where a score lies between the gallery's median (0) and the best hit (1)."""
    best = result.hits[0].score if result.hits else score
    spread = best - result.median_score
    return 1.0 if spread <= 0 else min(1.0, max(0.0, (score - result.median_score) / spread))


def _ask(engine: engine.SearchEngine, query: Query, settings: Settings, *, approximate: bool) -> SearchResult:
    top_k = min(MAX_TOP_K, engine.images)
    if query.upload_sha256 is None:
        return engine.search(query, top_k=top_k, approximate=approximate)
    return engine.search_image(_uploaded(settings), query, top_k=top_k, approximate=approximate)


def _embed(engine: engine.SearchEngine, query: Query, settings: Settings) -> FloatArray:
    if query.upload_sha256 is None:
        return engine.embedding_of(query)
    return engine.encode_picture(_uploaded(settings))


def _uploaded(settings: Settings) -> Image.Image:
    upload: state.Upload | None = st.session_state["upload"]
    if upload is None:
        raise QueryError("The uploaded picture is no longer here. Choose it again.")
    return images.open_image(upload.content, max_pixels=settings.max_pixels, name=upload.name)
