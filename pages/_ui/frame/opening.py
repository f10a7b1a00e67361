"""What a page shows in place of a gallery: its final layout while one is being opened, else why there is none."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages._ui.asking import controls
from pages._ui.captions import caption_export, caption_table
from pages._ui.frame import frame, notices
from pages._ui.grid import cards
from pages._ui.session import state

SUMMARY = "The pictures are being opened"


def instead_of_gallery(here: frame.Here, layout: Callable[[], None]) -> None:
    """Draw the page's ``layout`` while its gallery is being opened; else say what is wrong, or how to make a dataset."""
    if here.opening:
        layout()
    elif here.error is not None:
        notices.error(here.error, title="This dataset cannot be read")
    else:
        notices.no_data(here.settings)


def search() -> None:
    """The Search page with empty cards."""
    asked = state.query() is not None
    controls.waiting_bar(examples=not asked)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="toolbar"):
        if asked:
            controls.top_k(controls.MAX_TOP_K)
        controls.shown_as()
    cards.skeleton(st.session_state["top_k"] if asked else cards.SAMPLE, summary=SUMMARY, scored=asked)


def embedding_map() -> None:
    """The Map page with an empty map and empty cards."""
    controls.waiting_bar(examples=False)
    st.container(key="toolbar", height=40, border=False)
    wide, side = st.columns([2.2, 1], gap="medium")
    with wide:
        st.container(key="map_to_come", border=True)
    with side, st.container(key="map_panel"):
        cards.skeleton(18, summary=SUMMARY, scored=state.query() is not None, size="S")


def captions() -> None:
    """The Captions page with empty rows."""
    caption_export.heading()
    caption_table.waiting(SUMMARY)
