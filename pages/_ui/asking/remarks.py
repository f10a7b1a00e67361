"""What is asked beside the query and came by a link, each with a way to take it out; and what the answer has to be told of."""

from __future__ import annotations

import streamlit as st

from pages._ui.asking import controls
from pages._ui.asking.answer import Answer
from pages._ui.frame import notices
from pages._ui.frame.plain_text import plain
from pages._ui.session import state
from pages._ui.session.visit import visit
from t2i_core.query.request import RANKINGS


def notice() -> None:
    """What a link asked for and could not be."""
    told = visit().opened.notice
    notices.notes([told] if told else [])


def remarks(answer: Answer) -> None:
    """Which pictures are left out by what is asked, then what the engine said of the answer."""
    asked = visit().asked
    for number, condition in enumerate(asked.where):
        with _line(f"condition_{number}"):
            st.caption(plain(f"Only pictures where {condition.label}"), width="content")
            st.button("Take out", key=f"take_out_{number}", type="tertiary", on_click=state.take_out, args=(condition,))
    if asked.cutoff is not None:
        with _line("cutoff"):
            st.caption(plain(f"Only pictures that score at least {asked.cutoff:g}"), width="content")
            st.button("Take out", key="take_out_cutoff", type="tertiary", on_click=state.take_out_cutoff)
    if asked.ranking != RANKINGS[0]:
        with _line("ranking"):
            st.caption(plain(f"Ranked in another way than by scores alone: {asked.ranking}"), width="content")
            st.button("Take out", key="take_out_ranking", type="tertiary", on_click=state.take_out_ranking)
    if answer.result is not None:
        notices.notes(controls.result_notes(answer.result))


def _line(key: str) -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", gap="small", key=key)
