"""What an AppTest's session remembers, and a session for functions that are called without one."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages._ui.session.visit import Visit, visit_in


class Params(dict[str, str]):
    """The address, as far as links need it."""

    def from_dict(self, params: dict[str, str]) -> None:
        self.clear()
        self.update(params)


def visit(app: AppTest) -> Visit:
    """The visit of an app that was run."""
    return visit_in(app.session_state)


def begin_visit(monkeypatch: pytest.MonkeyPatch, session_state: Any = None) -> Visit:
    """A visit of nobody's, with an empty address."""
    state = {} if session_state is None else session_state
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(st, "query_params", Params())
    return visit_in(state)
