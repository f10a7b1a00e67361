"""What is asked beside the query, a chip each with a way to take it out; and what the answer has to be told of."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages._ui.asking import controls
from pages._ui.asking.answer import Answer
from pages._ui.frame import notices
from pages._ui.frame.plain_text import plain
from pages._ui.session import filters, state
from pages._ui.session.asked import CHOSEN, Asked
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
    # Where the switch is on the page it tells the same.
    ranked = asked.ranking != RANKINGS[0] and (controls.balance_offered(answer.engine) is None or not switched)
    if ranked or asked.cutoff is not None or any(asked.settings[name] != getattr(Asked(), name) for name in CHOSEN):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="asked"):
            _chips(answer, ranked=ranked)
    if answer.result is not None:
        notices.notes(controls.result_notes(answer.result))


def _chips(answer: Answer, *, ranked: bool) -> None:
    asked = visit().asked
    for number, condition in enumerate(asked.where):
        begins = "and" if number else "Only pictures where"
        _chip(f"{begins} {condition.label}", f"{number}", state.take_out, condition, called=condition.label)
    _arrangement(answer)
    if asked.cutoff is not None:
        kept = asked.cutoff.label if isinstance(asked.cutoff, Cutoff) else f"that score at least {asked.cutoff:g}"
        _chip(f"Only pictures {kept}", "cutoff", state.take_out_setting, "cutoff")
    if ranked:
        told = f"Ranked in another way than by scores alone: {asked.ranking}"
        _chip(told, "ranking", state.take_out_setting, "ranking")
    if filters.several():
        st.button("Clear filters", key="clear_filters", type="tertiary", on_click=filters.clear)


def _arrangement(answer: Answer) -> None:
    """Stacks, an order and diversity, which a link may ask for."""
    asked = visit().asked
    if asked.stacking != STACKINGS[0]:
        what = "Copies count" if asked.stacking != LOOK_ALIKES else "Copies and look-alikes count"
        behind = "" if answer.result is None else f", {answer.result.stacked:,} left behind the others"
        _chip(f"{what} as one picture{behind}", "stacking", state.take_out_setting, "stacking")
    if asked.order != ORDERS[0]:
        field, first = asked.order.removeprefix("-"), "largest" if asked.order.startswith("-") else "smallest"
        _chip(
            f"The best are listed by {field.removeprefix(COLUMN)}, {first} first",
            "order",
            state.take_out_setting,
            "order",
        )
    if asked.diversity:
        told = f"What is like pictures before it comes later, with a weight of {asked.diversity:g}"
        _chip(told, "diversity", state.take_out_setting, "diversity")


def _chip(told: str, key: str, take_out: Callable[..., None], what: object, *, called: str = "") -> None:
    """What is asked, and a button that takes it out: a cross to see, and words for who listens."""
    with st.container(
        horizontal=True, vertical_alignment="center", gap=None, width="content", wrap=False, key=f"asked_{key}"
    ):
        st.caption(plain(told), width="content")
        st.button(
            plain(f"Take out: {called or key}"), icon=":material/close:", key=f"take_out_{key}", type="tertiary",
            on_click=take_out, args=(what,),
        )  # fmt: skip
