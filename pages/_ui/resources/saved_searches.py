"""What saved searches find now: asked behind the page, once for all visitors, and again where the answer may be another."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import streamlit as st

from pages._ui.jobs import background
from t2i_core.dataset.searches_file import SavedSearch
from t2i_core.engine import SearchEngine
from t2i_core.errors import T2IError
from t2i_core.marks import stamp_of_tags
from t2i_core.marks.searches import SearchChanges, ask_again
from t2i_core.types import Hit

FIRST_SHOWN = 6
_ONE_AFTER_THE_OTHER = threading.Lock()  # a page asks many at once, and somebody may be typing meanwhile


@dataclass(frozen=True)
class Look:
    """What a saved search finds now.

    Attributes
    ----------
    hits : tuple of Hit
        The first few.
    changes : SearchChanges, optional
        What came, went and moved since it was saved.
    problem : str
        Why it cannot be asked any more.
    """

    hits: tuple[Hit, ...] = ()
    changes: SearchChanges | None = None
    problem: str = ""


def look_of(search: SavedSearch, engine: SearchEngine, prepare: Callable[[Sequence[Hit]], object]) -> Future[Look]:
    """What a saved search finds; the first hits are given to ``prepare`` behind the page too, which makes their thumbnails."""
    kept = json.dumps([search.request.to_record(), search.first])
    tags = stamp_of_tags(engine.gallery, search.request.where)
    return _look_of(
        engine.gallery.place_key, engine.encoder.weights_sha256, kept, tags, _search=search, _engine=engine,
        _prepare=prepare,
    )  # fmt: skip


@st.cache_resource(max_entries=500, show_spinner=False)
def _look_of(
    place_key: str, weights_sha256: str, kept: str, tags: object, *, _search: SavedSearch, _engine: SearchEngine,
    _prepare: Callable[[Sequence[Hit]], object],
) -> Future[Look]:  # fmt: skip
    def look() -> Look:
        try:
            with _ONE_AFTER_THE_OTHER:
                result, changes = ask_again(_search, _engine)
                hits = result.hits[:FIRST_SHOWN]
                _prepare(hits)
        except T2IError as error:
            return Look(problem=str(error))
        return Look(hits, changes)

    return background.start(look, name="saved search")
