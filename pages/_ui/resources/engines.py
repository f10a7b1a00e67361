"""Models and engines: loaded behind the page, once for all sessions, and checked against the stored embeddings."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages._ui.jobs import background
from pages._ui.resources.named_models import NamedModels
from t2i_core import config, dataset, engine, opening
from t2i_core.encoder import open_encoder
from t2i_core.errors import T2IError, UnvouchedModelError
from t2i_core.types import Encoder, Gallery


@dataclass(frozen=True)
class EngineState:
    """An engine, or why there is none: still loading (neither is set) or an error.

    ``settled`` is False while there is something ``to_come``: the engine itself, or what checking found.
    """

    model: str
    to_come: Future[engine.SearchEngine] | None = None
    engine: engine.SearchEngine | None = None
    error: T2IError | None = None
    settled: bool = False

    @property
    def loading(self) -> bool:
        return self.engine is None and self.error is None


def engine_state(gallery: Gallery, settings: config.Settings) -> EngineState:
    """The engine for a gallery as far as it is: loading starts with the first call and goes on behind the page.

    Stored embeddings are checked against the model too. Until that is done the engine of a dataset that
    names its model answers already; what the check found then stands in ``engine.gallery.problems``.
    """
    try:
        model = named_models().wanted(gallery, settings)
    except UnvouchedModelError as refused:
        return EngineState(refused.model, error=refused, settled=True)
    loaded = _engine(gallery.place_key, model, settings.device, str(settings.model_dir or ""), _gallery=gallery)
    if not loaded.done():
        return EngineState(model, to_come=loaded)
    error = loaded.exception()
    if error is not None:
        if not isinstance(error, T2IError):
            raise error
        return EngineState(model, error=error, settled=True)
    engine = loaded.result()
    checked = _checked_engine(gallery.place_key, engine.encoder.weights_sha256, settings.max_pixels, _engine=engine)
    if checked.done():
        return EngineState(model, engine=checked.result(), settled=True)
    return EngineState(model, engine=engine if gallery.manifest is not None else None, to_come=checked)


def encoder_of(gallery: Gallery, settings: config.Settings) -> Callable[[], Encoder]:
    """What waits for a gallery's model, to be called behind a page; it raises what kept the model from being opened."""
    try:
        model = named_models().wanted(gallery, settings)
    except UnvouchedModelError as refused:
        raised = refused

        def refuse() -> Encoder:
            raise raised

        return refuse
    return _encoder(model, settings.device, str(settings.model_dir or "")).result


def forget_models() -> None:
    """Forget engines and models, so that the next page tries again (after weights were put in place)."""
    _checked_engine.clear()
    _engine.clear()
    _encoder.clear()


@st.cache_resource(show_spinner=False)
def named_models() -> NamedModels:
    return NamedModels()


@st.cache_resource(max_entries=2, show_spinner=False)
def _encoder(model: str, device: str, model_dir: str) -> Future[Encoder]:
    def load() -> Encoder:
        return open_encoder(model, model_dir=Path(model_dir) if model_dir else None, device=device)

    return background.start(load, name=f"load {model}", large=True)


@st.cache_resource(max_entries=4, show_spinner=False)
def _engine(
    place_key: str, model: str, device: str, model_dir: str, *, _gallery: Gallery
) -> Future[engine.SearchEngine]:
    encoder = _encoder(model, device, model_dir)
    return background.start(
        lambda: opening.open_engine(encoder.result(), _gallery), name=f"engine for {_gallery.name}", large=True
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _checked_engine(
    place_key: str, weights_sha256: str, max_pixels: int, *, _engine: engine.SearchEngine
) -> Future[engine.SearchEngine]:
    def check() -> engine.SearchEngine:
        checked = dataset.check_gallery(_engine.gallery, _engine.encoder, max_pixels=max_pixels)
        same = checked is _engine.gallery
        found = _engine if same else engine.SearchEngine(_engine.encoder, _engine.source.with_gallery(checked))
        found.prepare()
        return found

    return background.start(check, name="check embeddings", large=True)
