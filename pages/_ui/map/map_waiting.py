"""The Map page with an empty map and empty cards, while its dataset is being opened."""

from __future__ import annotations

import streamlit as st

from pages._ui.asking import query_bar
from pages._ui.frame import opening
from pages._ui.grid import cards
from pages._ui.map import map_colours, map_stage
from pages._ui.session import state


def layout() -> None:
    """Draw it."""
    query_bar.waiting_bar(examples=False)
    # Something in it, because Streamlit shows no container that is empty: what stands below would jump up and down again.
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="toolbar"):
        st.selectbox(
            "Colour by",
            [map_colours.PLAIN],
            key="map_colour_to_come",
            width=220,
            label_visibility="collapsed",
            disabled=True,
        )
    with st.container(key=map_stage.BODY):
        wide, side = st.columns([2.2, 1], gap="medium")
        with wide:
            st.container(key="map_to_come", border=True)
        with side, st.container(key="map_panel"):
            cards.skeleton(18, summary=opening.SUMMARY, scored=state.query() is not None, size="S")
