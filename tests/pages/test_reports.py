"""What components report is followed in order, and each report once, whatever messages were lost or came twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import streamlit as st

from pages._ui.session import reports
from pages._ui.session.visit import reported, told_by, visit

GRID = "picture_grid"
Arrive = Callable[[object], list[object]]


@pytest.fixture
def arrive(monkeypatch: pytest.MonkeyPatch) -> Arrive:
    """Let a message arrive; what was followed of it."""
    monkeypatch.setattr(st, "session_state", {})

    def come(message: object) -> list[object]:
        followed: list[object] = []
        st.session_state[GRID] = {"event": message}
        reports.each(GRID, "event", lambda: followed.append(told_by(GRID, "event")))()
        return followed

    return come


def test_reports_of_lost_messages_come_with_the_next_and_none_twice(arrive: Arrive) -> None:
    assert arrive({"reports": [[1, {"type": "a"}]]}) == [{"type": "a"}]
    # The message of 2 was lost, and 1 was on its way again before it was said to be heard.
    assert arrive({"reports": [[1, {"type": "a"}], [2, {"type": "b"}], [3, {"type": "c"}]]}) == [
        {"type": "b"},
        {"type": "c"},
    ]
    assert arrive({"reports": [[2, {"type": "b"}], [3, {"type": "c"}]]}) == []
    assert reports.heard(GRID) == 3
    assert reports.heard("query_bar") == 0


def test_what_is_sent_once_more_follows_no_link(arrive: Arrive) -> None:
    assert arrive({"reports": [[1, {"type": "close"}]]})
    visit().link.acted = False  # that run is over
    assert not arrive({"reports": [[1, {"type": "close"}]]})
    assert visit().link.acted


def test_what_is_no_report_is_passed_over(arrive: Arrive) -> None:
    assert arrive({"reports": [7, [1], ["x", {}], [2, {"type": "b"}], None]}) == [{"type": "b"}]
    assert arrive({"reports": []}) == []


def test_a_report_alone_is_followed_each_time(arrive: Arrive) -> None:
    assert arrive({"type": "a"}) == [{"type": "a"}]
    assert arrive({"type": "a"}) == [{"type": "a"}]
    assert reported(GRID) == {"type": "a"}


def test_a_report_that_cannot_be_followed_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {GRID: {"event": {"reports": [[1, {"type": "a"}]]}}})

    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        reports.each(GRID, "event", fail)()
    assert reports.heard(GRID) == 1
    assert not visit().report
