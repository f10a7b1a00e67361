"""The components every page may use: query bar, picture grid, table of captions, and keys that open pages.

Their scripts lie in ``assets/``.

They are mounted without an iframe. What they are given is data only; their scripts set it as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).parents[1] / "assets"


def asset(name: str) -> str:
    """Content of one of our own script or style files."""
    return (ASSETS / name).read_text(encoding="utf-8")


def script(*parts: str | Path) -> str:
    """A component's whole script: how it is mounted, which is the same for all (mounting.js), and its own parts."""
    return "\n".join((ASSETS / part).read_text(encoding="utf-8") for part in ("mounting.js", *parts))


@lru_cache(maxsize=1)
def _query_bar() -> Callable[..., object]:
    return st.components.v2.component(
        "t2i_query_bar",
        css=asset("query_bar.css"),
        js=script("drawing.js", "query_bar.js", "recent_queries.js"),
    )


@lru_cache(maxsize=1)
def _picture_grid() -> Callable[..., object]:
    parts = ("drawing.js", "picture_grid.js", "detail.js")
    return st.components.v2.component("t2i_picture_grid", css=asset("picture_grid.css"), js=script(*parts))


@lru_cache(maxsize=1)
def _page_keys() -> Callable[..., object]:
    return st.components.v2.component("t2i_page_keys", js=script("page_keys.js", "history.js"))


def page_keys(keys: Mapping[str, str], *, current: int | None = None) -> str | None:
    """Listen for keys; the page a key pressed just now stands for comes back. ``current`` is the open page's place in the list."""
    data = {"keys": dict(keys), "current": current}
    result = _page_keys()(key="page_keys", data=data, on_page_change=lambda: None)
    page = getattr(result, "page", None)
    return page if isinstance(page, str) else None


@lru_cache(maxsize=1)
def _caption_table() -> Callable[..., object]:
    parts = ("drawing.js", "counting.js", "caption_table.js", "caption_overview.js", "caption_filters.js", "detail.js")
    style = asset("picture_grid.css") + "\n" + asset("caption_table.css")
    return st.components.v2.component("t2i_caption_table", css=style, js=script(*parts))


def query_bar(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the query bar; ``on_event`` reads ``st.session_state["query_bar"]["event"]``."""
    _query_bar()(key="query_bar", data=dict(data), on_event_change=on_event)


def picture_grid(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the picture grid; ``on_event`` reads ``st.session_state["picture_grid"]["event"]``."""
    _picture_grid()(key="picture_grid", data=dict(data), on_event_change=on_event)


def caption_table(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the table of captions; ``on_event`` reads ``st.session_state["caption_table"]["event"]``."""
    _caption_table()(key="caption_table", data=dict(data), on_event_change=on_event)
