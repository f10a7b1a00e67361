"""The Search page with empty cards, while its dataset is being opened."""

from __future__ import annotations

import streamlit as st

from pages._ui.asking import controls, facet_panel, query_bar, score_strip
from pages._ui.frame import opening
from pages._ui.grid import cards
from pages._ui.session.visit import visit
from t2i_core.arrays import MAX_TOP_K


def layout() -> None:
    """Draw it."""
    asked = visit().asked.query is not None
    query_bar.waiting_bar(examples=not asked)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="toolbar"):
        if asked:
            controls.top_k(MAX_TOP_K)
            controls.by_score()
        controls.shown_as()
        facet_panel.button()
    if asked:
        score_strip.waiting_strip()
    count = visit().shown.top_k if asked else cards.SAMPLE
    cards.skeleton(count, summary=opening.SUMMARY, scored=asked)
