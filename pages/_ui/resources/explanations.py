"""Why pictures were found, told once for all who ask the same: made behind the page, for some models take long."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.jobs import background
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.engine.explained import Crowd, Moves, TermHeat, WordFall
from t2i_core.pictures import images
from t2i_core.query import Query, Words, write_query

if TYPE_CHECKING:
    from PIL import Image

_DRAFT_SIDE = 512  # pixels of the shorter side: more than any model looks at, and quick to decode
Pictures = Mapping[str, "Image.Image"]


@dataclass(frozen=True, eq=False)
class Reasons:
    """What is told after the heat map of the query: each word, what would move the picture, how it stands."""

    words: tuple[WordFall, ...]
    word_heat: tuple[TermHeat, ...]
    moves: Moves
    crowd: Crowd


def heat(
    engine: SearchEngine, query: Query, image_id: str, settings: Settings, pictures: Pictures
) -> Future[tuple[TermHeat, ...]]:
    """Where the query, and each of its terms, is seen in a picture."""
    return _heat(_key(engine, query), image_id, _engine=engine, _query=query, _settings=settings, _pictures=pictures)


def reasons(
    engine: SearchEngine, query: Query, image_id: str, settings: Settings, pictures: Pictures
) -> Future[Reasons]:
    """What else says why a picture was found."""
    return _reasons(_key(engine, query), image_id, _engine=engine, _query=query, _settings=settings, _pictures=pictures)


def forget_heat(engine: SearchEngine, query: Query, image_id: str) -> None:
    """Look again when the same is asked next: for a map that failed, perhaps for want of a file that comes back."""
    _heat.clear(_key(engine, query), image_id)


def forget_reasons(engine: SearchEngine, query: Query, image_id: str) -> None:
    """Find the other reasons anew when the same is asked next."""
    _reasons.clear(_key(engine, query), image_id)


def _key(engine: SearchEngine, query: Query) -> str:
    # The order of terms counts: it is that of the maps.
    return f"{engine.gallery.place_key} {engine.encoder.weights_sha256} {write_query(query)}"


@st.cache_resource(max_entries=64, show_spinner=False)
def _heat(
    key: str, image_id: str, *, _engine: SearchEngine, _query: Query, _settings: Settings, _pictures: Pictures
) -> Future[tuple[TermHeat, ...]]:  # fmt: skip
    def work() -> tuple[TermHeat, ...]:
        return _engine.explainer.heat(_query, image_id, _opened(_engine, image_id, _settings), pictures=_pictures)

    return background.start(work, name="heat map")


@st.cache_resource(max_entries=64, show_spinner=False)
def _reasons(
    key: str, image_id: str, *, _engine: SearchEngine, _query: Query, _settings: Settings, _pictures: Pictures
) -> Future[Reasons]:  # fmt: skip
    def work() -> Reasons:
        explainer = _engine.explainer
        sentences = [term.subject.text for term in _query.terms if isinstance(term.subject, Words)]
        words = [word for text in sentences if len(text.split()) > 1 for word in text.split()]
        shown = explainer.word_heat(words, image_id, _opened(_engine, image_id, _settings)) if words else ()
        return Reasons(
            explainer.words(_query, image_id, pictures=_pictures), shown,
            explainer.moves(_query, image_id, pictures=_pictures), explainer.crowd(_query, image_id, pictures=_pictures),
        )  # fmt: skip

    return background.start(work, name="reasons")


def _opened(engine: SearchEngine, image_id: str, settings: Settings) -> Image.Image:
    path = images.picture_path(engine.gallery.images_dir, image_id)
    return images.open_image(path, max_pixels=settings.max_pixels, draft_side=_DRAFT_SIDE, name=image_id)
