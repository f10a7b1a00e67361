"""A button whose press is not lost."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from pages._ui.frame.plain_text import plain
from pages._ui.session.visit import visit


def pressed(
    label: str,
    *,
    key: str,
    kind: Literal["primary", "secondary", "tertiary"] = "secondary",
    disabled: bool = False,
    hint: str = "",
) -> bool:
    """Draw a button; True once for each press.

    Streamlit says so in the run that the press begins alone: something else done meanwhile would end that run before it comes
    here, and the press were lost. Here the next run is told of it.
    """
    st.button(
        plain(label),
        key=key,
        type=kind,
        disabled=disabled,
        help=plain(hint) if hint else None,
        on_click=_press,
        args=(key,),
    )
    waiting = visit().pressed
    if key not in waiting:
        return False
    waiting.discard(key)
    return True


def _press(key: str) -> None:
    visit().pressed.add(key)
