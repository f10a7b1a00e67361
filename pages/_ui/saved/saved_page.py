"""The Saved page from top to bottom."""

from __future__ import annotations

import streamlit as st

from pages._ui.frame import frame, notices, opening
from pages._ui.resources import EngineState
from pages._ui.saved import batch_part, past_list, saved_list
from pages._ui.session import widgets
from pages._ui.session.visit import acted, visit
from t2i_core.types import Gallery

PARTS = ["Saved searches", "This visit", "Many at once"]
DRAW = (saved_list.draw, past_list.draw, batch_part.draw)


def heading() -> None:
    """The page's name."""
    st.header("Saved", anchor=False)


def layout() -> None:
    """The page while its dataset is being opened."""
    st.caption(opening.SUMMARY)


def draw(gallery: Gallery, loaded: EngineState, here: frame.Here) -> None:
    """Everything that is kept of a gallery's searches."""
    visit().saving.of_dataset(str(gallery.data_dir))
    if loaded.error is not None:
        notices.error(loaded.error, title="Searching needs its model")
    for tab, draw_part in zip(st.tabs(PARTS, key=widgets.SAVED_PART, on_change=acted), DRAW, strict=True):
        if tab.open:
            with tab:
                draw_part(gallery, loaded.engine, here.settings)
