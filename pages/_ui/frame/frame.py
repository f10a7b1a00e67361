"""The frame around every page: the dataset that is open, the status line, and waiting for the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.pages_manager import PagesManager

from pages._ui import components, registry, resources
from pages._ui.frame import key_sheet, redraw
from pages._ui.frame.plain_text import plain
from pages._ui.registry import PageSpec
from pages._ui.resources import DatasetChoice
from pages._ui.serving import permissions, sign_in
from pages._ui.session import events, links, state, widgets
from pages._ui.session.visit import visit
from t2i_core import config
from t2i_core.errors import T2IError, count_of
from t2i_core.types import Gallery

OPENING_WAIT_S = 0.3  # a dataset that is open by then is shown at once, without its empty layout before


@dataclass(frozen=True)
class Here:
    """What this run is about: settings, the datasets there are, the open one or why it cannot be read."""

    settings: config.Settings
    choices: tuple[DatasetChoice, ...] = ()
    gallery: Gallery | None = None
    error: T2IError | None = None
    opening: bool = False

    @property
    def first_dataset(self) -> str | None:
        return self.choices[0].name if self.choices else None


# Not in the session: a run that is stopped may end after the next one has begun, and would take that one's away.
_HERE: ContextVar[Here | None] = ContextVar("here", default=None)


@contextmanager
def around(page: PageSpec, places: Mapping[str, st.Page]) -> Iterator[None]:
    """Everything a page stands in, among the ``places`` of all pages by address; `current` knows what was found.

    Nobody who has to sign in first sees more than that.
    """
    if not sign_in.let_in():
        st.stop()
    with redraw.watched_run():
        token = _HERE.set(_begin(page, places))
        try:
            state.go_on()
            yield
        finally:
            _HERE.reset(token)


def _begin(page: PageSpec, places: Mapping[str, st.Page]) -> Here:
    """Read settings, follow the link, and draw the list of pages and, above the page, which dataset is open."""
    st.html(f"<style>{components.asset('frame.css')}</style>")
    permit = permissions.current()
    settings, problem = _settings()
    choices = tuple(resources.datasets(settings))
    names = [choice.name for choice in choices]
    _follow_place(choices)
    titles = resources.titles(choices)
    links.follow_link(page=page.address, titles=titles)
    opened = visit().opened
    if opened.dataset not in names:
        opened.dataset = names[0] if names else None
    if not page.titled:
        st.html(f'<h1 class="unseen-title">{plain(page.title)}</h1>')
    with st.sidebar:
        with st.container(gap="xxsmall", key="pages"):
            for one in registry.PAGES:
                if permit.allowed or not one.writes:
                    st.page_link(places[one.address])
        _follow_keys(page)
    told = _dataset(titles, permit)
    gallery, opening = None, None
    chosen = next((one for one in choices if one.name == opened.dataset), None)
    opened.place = None if chosen is None else (chosen.name, str(chosen.folder))
    if chosen is not None and problem is None:
        try:
            with _asking(chosen, told.line):
                opening = resources.gallery(chosen)
                wait([opening], OPENING_WAIT_S)
                gallery = resources.opened(chosen, opening) if opening.done() else None
        except T2IError as error:
            problem = error
    here = Here(
        settings, choices, gallery, problem, opening=opening is not None and gallery is None and problem is None
    )
    if opening is not None and here.opening:
        redraw.when_changed(opening.done, False)
    _status(here, told)
    return here


def _follow_place(choices: Sequence[DatasetChoice]) -> None:
    """Keep the dataset that is open when its name has gone to another one: names of folders are not unique."""
    opened = visit().opened
    name, place = opened.place or (None, None)
    if name == opened.dataset:  # nobody chose another one since
        opened.dataset = next((one.name for one in choices if str(one.folder) == place), name)


def current() -> Here:
    """What this run is about."""
    here = _HERE.get()
    if here is None:
        # The first request to a fresh server may name a page. Streamlit has not seen our st.navigation by
        # then and runs the page alone, as a member of pages/; from the next run on Home.py comes first.
        PagesManager.uses_pages_directory = False
        st.rerun()
    return here


def wait_for_engine(here: Here, loaded: resources.EngineState) -> None:
    """Draw the page again once the model, what checking it found, or the suggestions are there."""
    if here.gallery is None:
        return
    _wait_for(loaded)
    suggestions = resources.suggestions(here.gallery)
    if not suggestions.done():
        redraw.when_changed(suggestions.done, False)


def _wait_for(loaded: resources.EngineState) -> None:
    if loaded.to_come is not None:
        redraw.when_changed(loaded.to_come.done, False)


def draw_again_when_changed(look: Callable[[], object], seen: object, *, every: float = 0.0) -> None:
    """Draw the page again once ``look`` returns something else than what was ``seen``, after ``every`` seconds at the earliest."""
    redraw.when_changed(look, seen, every=every)


def _settings() -> tuple[config.Settings, T2IError | None]:
    try:
        return config.read_settings(), None
    except T2IError as error:
        return config.Settings(), error


def _follow_keys(page: PageSpec) -> None:
    components.page_keys(
        {one.key: one.address for one in registry.PAGES if one.key},
        current=registry.PAGES.index(page),
        presses=dict(page.presses),
        sheet=key_sheet.sheet(),
        on_page=events.on_page_key,
    )


@dataclass(frozen=True)
class Told:
    """Where the dataset is told of: in a line that is always seen, and in full beside its picker."""

    line: DeltaGenerator
    more: DeltaGenerator


def _dataset(titles: Mapping[str, str], permit: permissions.Permit) -> Told:
    """The dataset that is open, and behind its name the others, what it holds, and what somebody may do here."""
    with st.container(key="dataset", gap=None):
        name = titles.get(visit().opened.dataset or "", "")
        with st.popover(plain(name) if name else "No dataset", key="dataset_open", type="tertiary"):
            if len(titles) > 1:
                _pick_dataset(titles)
            more = st.empty()
            if permit.short:
                st.caption(plain(permit.short))
            sign_in.status()
        with st.container(key="status"):
            return Told(st.empty(), more)


def _pick_dataset(titles: Mapping[str, str]) -> None:
    widgets.seed(widgets.DATASET, visit().opened.dataset)
    st.selectbox(
        "Dataset", list(titles), key=widgets.DATASET, on_change=_open_dataset,
        format_func=lambda name: titles.get(name, name),
    )  # fmt: skip


def _open_dataset() -> None:
    state.acted()
    opened = visit().opened
    opened.dataset, opened.picture = widgets.value(widgets.DATASET), None
    state.drop_what_is_of_one_gallery()


@contextmanager
def _asking(chosen: DatasetChoice, status: DeltaGenerator) -> Iterator[None]:
    """Say whom the page waits for, where it may be a server that is away."""
    if not chosen.may_be_away:
        yield
        return
    with status, st.spinner(":small[:gray[Asking Milvus]]"):
        yield


def _status(here: Here, told: Told) -> None:
    """How much there is, which model and where it runs; in the line only the first of it, or what is the matter."""
    if here.opening:
        told.line.caption("The dataset is being opened")
        return
    if here.gallery is None:
        told.line.caption("No dataset is open" if here.error is None else "The dataset cannot be read")
        return
    gallery = here.gallery
    captions = count_of(gallery.all_captions, "caption") if gallery.all_captions else "no captions"
    held = count_of(gallery.images, "picture")
    loaded = resources.engine_state(gallery, here.settings)
    _wait_for(loaded)
    if loaded.engine is not None:
        device = {"cpu": "on the processor", "cuda": "on the graphics card"}.get(
            loaded.engine.encoder.device, f"on {loaded.engine.encoder.device}"
        )
        model_line = f"Model {short(loaded.model)} {device}"
    elif loaded.error is not None:
        model_line = f"Model {short(loaded.model)} is not available"
    else:
        model_line = f"Model {short(loaded.model)} is loading"
    lines = [f"{held}, {captions}", model_line, *_whole_lines(gallery)]
    told.line.caption(plain(lines[0] if loaded.engine is not None else model_line))
    told.more.caption("  \n".join(plain(line) for line in lines))


def _whole_lines(gallery: Gallery) -> list[str]:
    """Who searches and how, where that is not this program, and how much of the whole the map and the captions are of."""
    lines = [f"Searched by {gallery.searched_by}"] * bool(gallery.searched_by)
    if gallery.sampled:
        lines.append(
            f"Map, captions and browsing: a sample of {count_of(len(gallery), 'picture')}; searches look at all {gallery.images:,}"
        )
    return lines


def short(model: str) -> str:
    """A model's name; of a checkpoint its file name."""
    if "/" in model and (model.count("/") > 1 or model.startswith(("/", "."))):
        return model.rsplit("/", 1)[-1]
    return model
