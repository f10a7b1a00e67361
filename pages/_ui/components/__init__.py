"""The components every page may use: query bar, score strip, filters, picture grid, table of captions, map, the lab's, keys for pages.

Each has a folder here with its scripts and styles; ``served/`` holds what is made of them (``make bundle``), so that running the
app needs no Node. They are mounted without an iframe. What they are given is data only; their scripts set it as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import streamlit as st

from pages._ui.session import reports

ASSETS = Path(__file__).parents[1] / "assets"
SERVED = Path(__file__).parent / "served"


def asset(name: str) -> str:
    """Content of one of our own style files."""
    return (ASSETS / name).read_text(encoding="utf-8")


def _served(name: str) -> str:
    return (SERVED / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _query_bar() -> Callable[..., object]:
    return st.components.v2.component("t2i_query_bar", css=_served("query_bar.css"), js=_served("query_bar.js"))


@lru_cache(maxsize=1)
def _score_strip() -> Callable[..., object]:
    return st.components.v2.component("t2i_score_strip", css=_served("score_strip.css"), js=_served("score_strip.js"))


@lru_cache(maxsize=1)
def _facet_panel() -> Callable[..., object]:
    return st.components.v2.component("t2i_facet_panel", css=_served("facet_panel.css"), js=_served("facet_panel.js"))


@lru_cache(maxsize=1)
def _picture_grid() -> Callable[..., object]:
    css, js = _served("picture_grid.css"), _served("picture_grid.js")
    return st.components.v2.component("t2i_picture_grid", css=css, js=js)


@lru_cache(maxsize=1)
def _page_keys() -> Callable[..., object]:
    return st.components.v2.component("t2i_page_keys", css=_served("page_keys.css"), js=_served("page_keys.js"))


@lru_cache(maxsize=1)
def _caption_table() -> Callable[..., object]:
    css, js = _served("caption_table.css"), _served("caption_table.js")
    return st.components.v2.component("t2i_caption_table", css=css, js=js)


@lru_cache(maxsize=1)
def _embedding_map() -> Callable[..., object]:
    css, js = _served("map.css"), _served("map.js")
    # Plotly puts its own styles into the document's head, where a shadow root would not see them.
    return st.components.v2.component("t2i_embedding_map", css=css, js=js, isolate_styles=False)


@lru_cache(maxsize=1)
def _lab_plot() -> Callable[..., object]:
    css, js = _served("lab_plot.css"), _served("lab_plot.js")
    # As the map: Plotly's styles stand in the document's head.
    return st.components.v2.component("t2i_lab_plot", css=css, js=js, isolate_styles=False)


@lru_cache(maxsize=1)
def _lab_failures() -> Callable[..., object]:
    css, js = _served("lab_failures.css"), _served("lab_failures.js")
    return st.components.v2.component("t2i_lab_failures", css=css, js=js)


def _mount(
    component: Callable[..., object], key: str, data: Mapping[str, object], name: str, follow: Callable[[], None]
) -> None:
    """Mount a component: it is told which of its reports were heard, ``follow`` is called for each new one (`reported`)."""
    told = {**data, "heard": reports.heard(key)}
    component(key=key, data=told, **{f"on_{name}_change": reports.each(key, name, follow)})


def page_keys(
    keys: Mapping[str, str],
    *,
    current: int | None = None,
    presses: Mapping[str, str] | None = None,
    sheet: Sequence[Mapping[str, object]] = (),
    on_page: Callable[[], None],
) -> None:
    """Listen for keys; ``on_page`` is called for each of its reports.

    ``current`` is the open page's place in the list; ``presses`` are keys that press a button on it, by the button's key;
    ``sheet`` are the groups of all keys that `?` shows.
    """
    data = {"keys": dict(keys), "current": current, "presses": dict(presses or {}), "sheet": list(sheet)}
    _mount(_page_keys(), "page_keys", data, "page", on_page)


def query_bar(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the query bar; ``on_event`` is called for each of its reports."""
    _mount(_query_bar(), "query_bar", data, "event", on_event)


def picture_grid(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the picture grid; ``on_event`` is called for each of its reports."""
    _mount(_picture_grid(), "picture_grid", data, "event", on_event)


def second_grid(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount another picture grid beside the first; ``on_event`` is called for each of its reports."""
    _mount(_picture_grid(), "second_grid", data, "event", on_event)


def caption_table(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the table of captions; ``on_event`` is called for each of its reports."""
    _mount(_caption_table(), "caption_table", data, "event", on_event)


def embedding_map(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the map; ``on_event`` is called for each of its reports."""
    _mount(_embedding_map(), "embedding_map", data, "event", on_event)


def lab_plot(key: str, data: Mapping[str, object], *, on_event: Callable[[], None] = lambda: None) -> None:
    """Mount a plot of the lab; ``on_event`` is called for each of its reports."""
    _mount(_lab_plot(), key, data, "event", on_event)


def lab_failures(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the worst queries; ``on_event`` is called for each of its reports."""
    _mount(_lab_failures(), "lab_failures", data, "event", on_event)


def score_strip(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the score strip; ``on_event`` is called for each of its reports."""
    _mount(_score_strip(), "score_strip", data, "event", on_event)


def facet_panel(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the filters; ``on_event`` is called for each of its reports."""
    _mount(_facet_panel(), "facet_panel", data, "event", on_event)


def second_panel(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the filters of the second of two requests; ``on_event`` is called for each of its reports."""
    _mount(_facet_panel(), "second_panel", data, "event", on_event)
