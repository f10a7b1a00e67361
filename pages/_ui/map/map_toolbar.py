"""Above the map: how points are coloured, what is on the map, how many hits, and the link."""

from __future__ import annotations

import streamlit as st

from pages._ui.asking import controls
from pages._ui.frame import sharing
from pages._ui.map import map_colours, map_state
from pages._ui.session import links, state
from t2i_core.projection import Projection
from t2i_core.types import Gallery, SearchResult

VIEWS = {map_state.PICTURES: "Pictures", map_state.JOINT: "Pictures and captions"}


def toolbar(
    gallery: Gallery, projection: Projection | None, result: SearchResult | None, *, first_dataset: str | None
) -> None:
    """Draw it in one line."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="toolbar"):
        _settings(gallery, projection, result)
        if result is not None:
            controls.top_k(controls.most_hits(gallery, result))
            sharing.hits(gallery, result, first_dataset=first_dataset, more=map_state.link_params())


def write_link(*, first_dataset: str | None) -> None:
    """Put what is shown into the address bar."""
    own = links.link_params(first_dataset=first_dataset) | map_state.link_params()
    links.write_link(first_dataset=first_dataset, own=own)


def _settings(gallery: Gallery, projection: Projection | None, result: SearchResult | None) -> None:
    """What the map shows and how it is coloured."""
    offered = map_colours.choices(gallery, projection, result)
    st.session_state["map_colour_choice"] = (
        st.session_state["map_colour"] if st.session_state["map_colour"] in offered else map_state.ONE_COLOUR
    )
    st.selectbox(
        "Colour by", list(offered), key="map_colour_choice", format_func=offered.__getitem__, width=220,
        label_visibility="collapsed", on_change=_take, args=("map_colour", "map_colour_choice"),
    )  # fmt: skip
    if gallery.text_embeddings is not None and gallery.paired_captions.size:
        st.session_state["map_view_choice"] = st.session_state["map_view"]
        st.segmented_control(
            "What is on the map", list(VIEWS), key="map_view_choice", format_func=VIEWS.__getitem__, required=True,
            label_visibility="collapsed", on_change=_take, args=("map_view", "map_view_choice"),
        )  # fmt: skip


def _take(own: str, widget: str) -> None:
    state.acted()
    st.session_state[own] = st.session_state[widget]
