"""Deciding about cases: the buttons, what they write, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from pages._ui.frame import notices
from pages._ui.frame.plain_text import plain
from pages._ui.serving import permissions
from pages._ui.session import widgets
from pages._ui.session.visit import acted, visit
from t2i_core.audit import Finding
from t2i_core.audit.fixing import is_of_caption
from t2i_core.dataset.audit_file import (
    CORRECT,
    EXCLUDE,
    KEEP,
    NO_FAULT,
    Decision,
    add_decision,
    take_back,
)
from t2i_core.errors import T2IError
from t2i_core.types import Gallery


def buttons(gallery: Gallery, cases: Sequence[Finding]) -> None:
    """What can be done with the open case; each has a key."""
    state = visit().audit
    case = cases[state.at]
    of_caption = is_of_caption(case.kind, case.caption or "")
    with st.container(horizontal=True, key="audit_buttons", vertical_alignment="center"):
        for key, label, decision, said in (
            ("audit_right", "Right  [y]", NO_FAULT, "Not a fault"),
            ("audit_wrong", "Wrong  [n]", EXCLUDE, "Leave the caption out" if of_caption else "Leave the picture out"),
            ("audit_keep", "Keep  [k]", KEEP, "A fault, and it stays"),
        ):
            st.button(
                plain(label), key=key, help=plain(said), on_click=_decide, args=(gallery, tuple(cases), decision),
                type="primary" if decision == EXCLUDE else "secondary", disabled=not case.image_id,
            )  # fmt: skip
        if of_caption and case.position is not None:
            st.button(
                plain("Correct  [r]"), key="audit_correct", help="Write the caption anew", on_click=_begin_correcting
            )
        st.button(
            plain("Undo  [u]"),
            key="audit_undo",
            on_click=_undo,
            args=(gallery, tuple(cases)),
            disabled=not state.decided,
        )
        st.button(
            plain("←"),
            key="audit_back",
            help="The case before",
            on_click=_go,
            args=(-1, len(cases)),
            disabled=state.at == 0,
        )
        st.button(
            plain("→"), key="audit_next", help="The next case, this one undecided", on_click=_go, args=(1, len(cases)),
            disabled=state.at >= len(cases) - 1,
        )  # fmt: skip
        st.caption(f"Case {state.at + 1:,} of {len(cases):,}")
    if state.correcting and of_caption:
        _correction(gallery, cases)
    if state.problem:
        notices.error(T2IError(state.problem), title="That could not be written")


def _correction(gallery: Gallery, cases: Sequence[Finding]) -> None:
    case = cases[visit().audit.at]
    with st.form("audit_correction_form", border=False):
        st.text_input(
            "What the caption is to say", value=case.caption or "", key=widgets.AUDIT_CORRECTION, max_chars=2_000
        )
        st.form_submit_button(
            "Write it", key="audit_write", on_click=_decide, args=(gallery, tuple(cases), CORRECT), type="primary"
        )


def _begin_correcting() -> None:
    acted()
    visit().audit.correcting = True


def _decide(gallery: Gallery, cases: Sequence[Finding], decision: str) -> None:
    """Write a decision about the open case and open the next one that has none."""
    acted()
    state = visit().audit
    case = cases[state.at]
    kind, image_id, about = case.subject
    correction = " ".join(str(widgets.value(widgets.AUDIT_CORRECTION) or "").split()) if decision == CORRECT else ""
    made = Decision(kind, image_id, about, decision, correction, datetime.now(UTC).isoformat(timespec="seconds"))
    try:
        permissions.current().check(gallery.data_dir)
        known = {one.subject for one in add_decision(gallery.data_dir, made)}
    except T2IError as error:
        state.problem = str(error)
        return
    state.decided.append(made)
    undecided = [at for at, one in enumerate(cases) if one.subject not in known]
    state.go(next((at for at in undecided if at > state.at), undecided[0] if undecided else state.at), len(cases))


def _undo(gallery: Gallery, cases: Sequence[Finding]) -> None:
    """Take this visit's last decision back and open its case."""
    acted()
    state = visit().audit
    if not state.decided:
        return
    try:
        permissions.current().check(gallery.data_dir)
        take_back(gallery.data_dir, state.decided[-1])
    except T2IError as error:
        state.problem = str(error)
        return
    undone = state.decided.pop()
    state.go(next((at for at, case in enumerate(cases) if case.subject == undone.subject), state.at), len(cases))


def _go(step: int, count: int) -> None:
    acted()
    state = visit().audit
    state.go(state.at + step, count)
