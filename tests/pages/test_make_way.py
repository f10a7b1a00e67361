"""A run makes way for what is done meanwhile: between its steps, never within what somebody did."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import ScriptRunContext, StopException, add_script_run_ctx
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.testing.v1 import AppTest

from pages._ui.asking import ranking
from pages._ui.frame import buttons
from pages._ui.session import state, widgets
from pages._ui.session.visit import make_way, visit
from t2i_core.types import SearchResult


def stop() -> None:
    raise StopException


@pytest.fixture
def overtaken() -> Iterator[None]:
    """A run that another request has come for already."""
    session_state = SafeSessionState(SessionState(), yield_callback=stop)
    pages = PagesManager("Home.py")
    made = ScriptRunContext(
        session_id="one", _enqueue=lambda message: None, query_string="", session_state=session_state,
        uploaded_file_mgr=MemoryUploadedFileManager(""), main_script_path="", user_info={}, fragment_storage=MemoryFragmentStorage(),
        pages_manager=pages,
    )  # fmt: skip
    thread = threading.current_thread()
    add_script_run_ctx(thread, made)
    yield
    del thread.streamlit_script_run_ctx  # type: ignore[attr-defined]


@pytest.mark.usefixtures("overtaken")
def test_a_callback_does_all_it_was_called_for() -> None:
    state.acted()
    state.ask_text("a dog")
    widgets.seed(widgets.SIZE, "L")
    assert (visit().link.acted, widgets.value(widgets.SIZE)) == (True, "L")
    assert visit().asked.query is not None


@pytest.mark.usefixtures("overtaken")
def test_waiting_for_a_server_makes_way_at_once() -> None:
    answered = threading.Event()

    def ask() -> SearchResult:
        answered.wait()
        raise AssertionError

    with pytest.raises(StopException):
        ranking._awaited(ask)
    answered.set()
    with pytest.raises(StopException):
        make_way()


@pytest.mark.usefixtures("overtaken")
def test_a_press_is_noted_before_anything_can_end_the_run() -> None:
    buttons._press("do")
    assert visit().pressed == {"do"}


def test_a_press_counts_once_in_the_first_run_that_comes_to_its_button() -> None:
    def page() -> None:
        import streamlit as st

        from pages._ui.frame import buttons

        if st.session_state.get("overtaken"):
            st.stop()
        st.text(str(buttons.pressed("Do it", key="do")))

    def shown() -> list[str]:
        return [one.value for one in at.run().text]

    at = AppTest.from_function(page)
    assert shown() == ["False"]
    at.session_state["overtaken"] = True
    at.button("do").click()
    assert shown() == []
    at.session_state["overtaken"] = False
    assert shown() == ["True"]
    assert shown() == ["False"]
    at.button("do").click()
    assert shown() == ["True"]
