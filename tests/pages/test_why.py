"""Why this picture: what the detail dialog is told when somebody asks, and when nobody does."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.grid import why
from pages._ui.session import events
from t2i_core.engine.explaining import Explainer
from t2i_core.errors import ImageError
from t2i_core.query import Query, parse_query
from tests.pages.page_parts import SECONDS_TO_LOAD, grid
from tests.pages.visits import begin_visit, visit

OpenApp = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a page waits must not decide what these tests find, however busy the computer is."""
    monkeypatch.setattr(why, "WAIT_S", SECONDS_TO_LOAD)


@pytest.fixture
def image_id(datasets: Path) -> str:
    return str(pd.read_csv(datasets / "captions_tokenized.csv")["image"][0])


def asked_why(app: AppTest, explain: str) -> dict[str, Any]:
    visit(app).opened.explain = explain
    told: dict[str, Any] = grid(app.run())["detail"]["why"]
    return told


def test_nothing_is_told_before_somebody_asks(open_app: OpenApp, datasets: Path, image_id: str) -> None:
    detail = grid(open_app(datasets, q="a mill by the sea", picture=image_id))["detail"]
    assert detail["explains"] is True
    assert "why" not in detail


def test_without_a_query_there_is_nothing_to_explain(open_app: OpenApp, datasets: Path, image_id: str) -> None:
    assert grid(open_app(datasets, picture=image_id))["detail"]["explains"] is False


def test_heat_comes_first_and_alone(open_app: OpenApp, datasets: Path, image_id: str) -> None:
    told = asked_why(open_app(datasets, q="a mill by the sea", picture=image_id), "heat")
    assert sorted(told) == ["maps", "misleads"]
    [heat] = told["maps"]
    assert heat["label"] == "a mill by the sea" and heat["share"] is None and heat["where"]
    values = np.frombuffer(base64.b64decode(heat["heat"]), dtype=np.uint8)
    assert heat["shape"] == [4, 4] and values.size == 16
    left, top, right, bottom = heat["seen"]
    assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1


def test_everything_else_comes_after_it(open_app: OpenApp, datasets: Path, image_id: str) -> None:
    told = asked_why(open_app(datasets, q="a mill by the sea", picture=image_id), "all")
    [sentence] = told["sentences"]
    assert [word["text"] for word in sentence] == ["a", "mill", "by", "the", "sea"]
    assert all(0 <= word["part"] <= 1 for word in sentence)
    assert [one["label"] for one in told["word_maps"]] == ["mill", "sea"]
    for move in (*told["raising"], *told["lowering"]):
        assert parse_query(move["query"]).terms[1].subject.content == move["word"]
    assert str(told["told"][0]).startswith("Rank ")
    strip = told["strip"]
    assert strip["low"] <= strip["score"] <= strip["high"] and sum(strip["counts"]) == 12
    assert f"score is {strip['score']:.3f}".replace("-", "\u2212") in told["told"][0]


def test_that_the_page_has_another_order_is_told_where_it_has(open_app: OpenApp, datasets: Path, image_id: str) -> None:
    """The query's own picture is no hit, so that all others stand a rank higher on their cards."""
    own = next(name for name in pd.read_csv(datasets / "captions_tokenized.csv")["image"] if name != image_id)
    for terms, differs in ((f'"a mill" + 2*[{own}]', True), ('"a mill"', False)):
        app = open_app(datasets, terms=terms, picture=image_id)
        told = asked_why(app, "all")["told"]
        card = grid(app)["detail"]["rank"]
        assert told[0].startswith(f"Rank {card + differs} of 12")
        assert any("filters, likes, stacks" in said for said in told) == differs


def test_each_term_has_its_map(open_app: OpenApp, datasets: Path, image_id: str) -> None:
    app = open_app(datasets, terms='"a mill" - 0.5*snow', picture=image_id)
    told = asked_why(app, "all")
    assert [one["label"] for one in told["maps"]][1:] == ["a mill", "snow"]
    assert len(told["sentences"]) == 1


def test_a_picture_that_cannot_be_opened_is_told(
    open_app: OpenApp, datasets: Path, image_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ImageError("A picture must be whole, got half of one. Copy it again.")

    app = open_app(datasets, q="a mill", picture=image_id)
    monkeypatch.setattr(Explainer, "heat", refuse)
    assert asked_why(app, "heat") == {"problem": "A picture must be whole, got half of one. Copy it again."}


def test_what_takes_long_is_drawn_once_it_is_there(
    open_app: OpenApp, datasets: Path, image_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Future[object] = Future()
    monkeypatch.setattr(why, "WAIT_S", 0.0)
    monkeypatch.setattr("pages._ui.resources.heat", lambda *_, **__: made)
    app = open_app(datasets, q="a mill", picture=image_id)
    assert asked_why(app, "heat") == {"pending": True}
    made.set_result(())
    told = grid(app.run())["detail"]["why"]
    assert told["maps"] == [] and told["misleads"]


def test_asking_why_opens_the_picture_and_closing_it_ends_that(monkeypatch: pytest.MonkeyPatch) -> None:
    session = begin_visit(monkeypatch)
    events.follow_picture_event({"type": "explain", "id": "a.jpg", "explain": "all"})
    assert (session.opened.picture, session.opened.explain) == ("a.jpg", "all")
    events.follow_picture_event({"type": "open", "id": "b.jpg"})
    assert (session.opened.picture, session.opened.explain) == ("b.jpg", "")
    events.follow_picture_event({"type": "open", "id": "b.jpg", "explain": "heat"})
    events.follow_picture_event({"type": "close"})
    assert (session.opened.picture, session.opened.explain) == (None, "")


def test_a_suggestion_is_asked_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    session = begin_visit(monkeypatch)
    events.follow_picture_event({"type": "terms", "text": '"a mill" + snow'})
    assert session.asked.query == Query.of("a mill", "snow")
    events.follow_picture_event({"type": "terms", "text": '2*"a mill'})  # no person wrote it, and no page breaks
    assert session.asked.query == Query.of("a mill", "snow")


def test_what_failed_is_tried_again_when_it_is_asked_for_next(
    open_app: OpenApp, datasets: Path, image_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was away for a moment, say: the map is there as soon as the picture is, for the same query."""

    def refuse(*_: object, **__: object) -> None:
        raise ImageError("A picture must be there, got none. Bring it back.")

    app = open_app(datasets, q="a mill", picture=image_id)
    with monkeypatch.context() as away:
        away.setattr(Explainer, "heat", refuse)
        assert "problem" in asked_why(app, "heat")
    assert asked_why(app, "heat")["maps"]
    with monkeypatch.context() as away:
        away.setattr(Explainer, "crowd", refuse)
        told = asked_why(app, "all")
        assert told["problem"] and told["maps"]  # what is there already stays
    told = asked_why(app, "all")
    assert "problem" not in told and told["told"]


def test_a_map_that_failed_late_is_told_once_and_not_begun_again_at_once(
    open_app: OpenApp, datasets: Path, image_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawn again because it is over, the page tells how it ended; only then is there anything to try again."""
    begun: list[Future[object]] = []

    def begin(*_: object, **__: object) -> Future[object]:
        begun.append(Future())
        return begun[-1]

    monkeypatch.setattr(why, "WAIT_S", 0.0)
    app = open_app(datasets, q="a mill", picture=image_id)
    monkeypatch.setattr("pages._ui.resources.explanations.background.start", begin)
    assert asked_why(app, "heat") == {"pending": True}
    begun[0].set_exception(ImageError("A picture must be there, got none. Bring it back."))
    assert "problem" in grid(app.run())["detail"]["why"]
    assert len(begun) == 1
    assert grid(app.run())["detail"]["why"] == {"pending": True}
    assert len(begun) == 2
