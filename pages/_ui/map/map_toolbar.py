"""Above the map: how points are coloured, what is on the map, how many hits and in which ranking, and the link."""

from __future__ import annotations

import streamlit as st

from pages._ui.asking import comparing, controls
from pages._ui.asking.answer import Answer
from pages._ui.frame import sharing
from pages._ui.map import map_colours, map_state
from pages._ui.session import links, widgets
from pages._ui.session.visit import acted, visit
from t2i_core.projection import Projection
from t2i_core.types import Gallery, SearchResult

VIEWS = {map_state.PICTURES: "Pictures", map_state.JOINT: "Pictures and captions"}


def toolbar(answer: Answer, projection: Projection | None, *, first_dataset: str | None) -> None:
    """Draw it in one line."""
    gallery, result = answer.gallery, answer.result
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="toolbar"):
        _settings(gallery, projection, result)
        if result is not None:
            controls.top_k(controls.most_hits(gallery, result))
            controls.ranking_choice(answer.engine)
            sharing.hits(gallery, result, first_dataset=first_dataset, more=_own_params())


def write_link(*, first_dataset: str | None) -> None:
    """Put what is shown into the address bar."""
    own = links.link_params(first_dataset=first_dataset) | _own_params()
    links.write_link(first_dataset=first_dataset, own=own)


def _own_params() -> dict[str, str]:
    return map_state.link_params() | comparing.link_params()


def _settings(gallery: Gallery, projection: Projection | None, result: SearchResult | None) -> None:
    """What the map shows and how it is coloured."""
    offered = map_colours.choices(gallery, projection, result)
    shown = visit().map
    widgets.seed(widgets.MAP_COLOUR, shown.colour if shown.colour in offered else map_state.ONE_COLOUR)
    st.selectbox(
        "Colour by", list(offered), key=widgets.MAP_COLOUR, format_func=offered.__getitem__, width=220,
        label_visibility="collapsed", on_change=_take_colour,
    )  # fmt: skip
    if gallery.text_embeddings is not None and gallery.paired_captions.size:
        widgets.seed(widgets.MAP_VIEW, shown.view)
        st.segmented_control(
            "What is on the map", list(VIEWS), key=widgets.MAP_VIEW, format_func=VIEWS.__getitem__, required=True,
            label_visibility="collapsed", on_change=_take_view,
        )  # fmt: skip


def _take_colour() -> None:
    acted()
    visit().map.colour = widgets.value(widgets.MAP_COLOUR)


def _take_view() -> None:
    acted()
    visit().map.view = widgets.value(widgets.MAP_VIEW)
