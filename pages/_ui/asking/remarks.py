"""What is asked beside the query and came by a link, each with a way to take it out; and what the answer has to be told of."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages._ui.asking import controls
from pages._ui.asking.answer import Answer
from pages._ui.frame import notices
from pages._ui.frame.plain_text import plain
from pages._ui.session import state
from pages._ui.session.visit import visit
from t2i_core.query import Cutoff
from t2i_core.query.request import LOOK_ALIKES, ORDERS, RANKINGS, STACKINGS
from t2i_core.query.where import COLUMN


def notice() -> None:
    """What a link asked for and could not be."""
    told = visit().opened.notice
    notices.notes([told] if told else [])


def remarks(answer: Answer, *, switched: bool = False) -> None:
    """Which pictures are left out by what is asked, then what the engine said of the answer.

    ``switched`` is for a page that has the switch between rankings.
    """
    asked = visit().asked
    for number, condition in enumerate(asked.where):
        _line(f"Only pictures where {condition.label}", f"{number}", state.take_out, condition)
    _arrangement(answer)
    if asked.cutoff is not None:
        kept = asked.cutoff.label if isinstance(asked.cutoff, Cutoff) else f"that score at least {asked.cutoff:g}"
        _line(f"Only pictures {kept}", "cutoff", state.take_out_setting, "cutoff")
    # Where the switch is on the page it tells the same.
    if asked.ranking != RANKINGS[0] and (controls.balance_offered(answer.engine) is None or not switched):
        told = f"Ranked in another way than by scores alone: {asked.ranking}"
        _line(told, "ranking", state.take_out_setting, "ranking")
    if answer.result is not None:
        notices.notes(controls.result_notes(answer.result))


def _arrangement(answer: Answer) -> None:
    """Stacks, an order and diversity, which a link may ask for."""
    asked = visit().asked
    if asked.stacking != STACKINGS[0]:
        what = "Copies count" if asked.stacking != LOOK_ALIKES else "Copies and look-alikes count"
        behind = "" if answer.result is None else f", {answer.result.stacked:,} left behind the others"
        _line(f"{what} as one picture{behind}", "stacking", state.take_out_setting, "stacking")
    if asked.order != ORDERS[0]:
        field, first = asked.order.removeprefix("-"), "largest" if asked.order.startswith("-") else "smallest"
        _line(
            f"The best are listed by {field.removeprefix(COLUMN)}, {first} first",
            "order",
            state.take_out_setting,
            "order",
        )
    if asked.diversity:
        told = f"What is like pictures before it comes later, with a weight of {asked.diversity:g}"
        _line(told, "diversity", state.take_out_setting, "diversity")


def _line(told: str, key: str, take_out: Callable[..., None], what: object) -> None:
    """What is asked, and a button that takes it out."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"asked_{key}"):
        st.caption(plain(told), width="content")
        st.button("Take out", key=f"take_out_{key}", type="tertiary", on_click=take_out, args=(what,))
