"""Pictures looked at beside the page: which one is open after each question, and until when."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages._ui.session import events, state
from pages._ui.session.visit import Visit
from tests.pages.page_parts import component, grid
from tests.pages.visits import begin_visit, visit

OpenApp = Callable[..., AppTest]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Visit:
    return begin_visit(monkeypatch)


def names(app: AppTest) -> list[str]:
    return [one["id"] for one in grid(app)["pictures"]]


def opened(app: AppTest) -> tuple[str | None, str | None]:
    """The picture that the browser is told to open, and the one that the address names."""
    told = dict(app.query_params).get("picture")
    return grid(app)["open"], told[0] if isinstance(told, list) else told


def act(app: AppTest, what: Callable[..., object], *told: object) -> AppTest:
    """What somebody does on the page, followed by the run that it causes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", app.session_state)
        state.acted()
        what(*told)
    return app.run()


def report(app: AppTest, **event: object) -> AppTest:
    return act(app, lambda: events.follow_picture_event(event))


def test_what_is_asked_next_has_its_first_picture_open_until_one_is_closed(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill")
    assert opened(app) == (None, None)
    third = names(app)[2]
    report(app, type="open", id=third)
    assert opened(app) == (third, third)
    act(app, state.ask_text, "a dog in the snow")
    assert not app.exception
    first = names(app)[0]
    assert opened(app) == (first, first)
    assert grid(app)["detail"]["id"] == first
    report(app, type="search", text="a red boat", id=first, stays=True)
    assert opened(app) == (names(app)[0],) * 2
    act(app, state.clear_query)
    assert opened(app) == (names(app)[0],) * 2
    report(app, type="close")
    act(app, state.ask_text, "a mill")
    assert opened(app) == (None, None)


def test_why_is_told_of_the_next_first_picture_too(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill")
    report(app, type="explain", id=names(app)[1], explain="all")
    assert visit(app).opened.explain == "all"
    act(app, state.ask_text, "a dog in the snow")
    assert visit(app).opened.explain == "heat"  # which is there at once
    assert grid(app)["detail"]["id"] == names(app)[0]


def test_a_link_with_a_picture_goes_on_so_and_one_without_does_not(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill")
    second = names(app)[1]
    app = open_app(datasets, q="a mill", picture=second)
    assert opened(app) == (second, second)
    act(app, state.ask_text, "a dog")
    assert opened(app) == (names(app)[0],) * 2
    app.query_params.pop("picture")  # a step back
    app.run()
    assert opened(app) == (None, None)
    assert not visit(app).opened.inspecting


def test_the_table_of_captions_opens_nothing_by_itself(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, page="pages/captions.py")
    visit(app).opened.inspecting = True
    app.run()
    assert component(app, "t2i_caption_table")["open"] is None


@pytest.mark.parametrize("kind", ["search", "like", "add", "terms"])
def test_a_picture_that_lies_over_the_page_is_closed_by_what_it_leads_to(session: Visit, kind: str) -> None:
    state.ask_text("a mill")
    events.follow_picture_event({"type": "open", "id": "a.jpg"})
    assert session.opened.inspecting
    events.follow_picture_event({"type": kind, "id": "a.jpg", "text": "a dog", "stays": False})
    assert not session.opened.inspecting


def test_to_see_its_captions_closes_a_picture(session: Visit) -> None:
    events.follow_picture_event({"type": "open", "id": "a.jpg"})
    st.session_state["picture_grid"] = {"event": {"type": "captions", "id": "a.jpg", "seq": 3, "stays": True}}
    events.on_grid_event()
    assert (session.opened.picture, session.opened.inspecting) == (None, False)


def test_a_picture_of_the_second_request_is_looked_at_so_too(session: Visit) -> None:
    st.session_state["second_grid"] = {"event": {"type": "open", "id": "b.jpg", "seq": 2}}
    events.on_second_event()
    assert (session.opened.picture, session.opened.inspecting, session.second.seq) == ("b.jpg", True, 2)
    events.follow_picture_event({"type": "judge", "open": "b.jpg"})
    assert (session.opened.picture, session.opened.inspecting) == ("b.jpg", True)
