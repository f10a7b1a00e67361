"""Likes and dislikes on the page: asked with at once, drawn with moves, taken back, put into the link."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages._ui.grid import cards, judged
from pages._ui.map import map_stage
from pages._ui.session import events, feedback, links, state
from pages._ui.session.judging import Judged
from pages._ui.session.visit import Visit
from t2i_core.query import Query, SearchRequest, parse_query
from t2i_core.types import Hit, SearchResult, Timings
from tests.core.small_galleries import make_gallery
from tests.pages.page_parts import bar, grid, settle
from tests.pages.visits import begin_visit, visit

if TYPE_CHECKING:
    from pages._ui.map.map_view import Scene

OpenApp = Callable[..., AppTest]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Visit:
    return begin_visit(monkeypatch)


def names(app: AppTest) -> list[str]:
    return [one["id"] for one in grid(app)["pictures"]]


def address(app: AppTest) -> dict[str, str]:
    return {name: one if isinstance(one, str) else one[0] for name, one in app.query_params.items()}


def act(app: AppTest, what: Callable[..., None], *told: object) -> AppTest:
    """What somebody does on the page, followed by the run that it causes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", app.session_state)
        state.acted()
        what(*told)
    return app.run()


def report(**event: object) -> None:
    st.session_state["picture_grid"] = {"event": {"seq": 1, **event}}
    events.on_grid_event()


def result_of(names: list[str], **settings: Any) -> SearchResult:
    hits = tuple(Hit(rank, rank, name, 0.1) for rank, name in enumerate(names, start=1))
    return SearchResult(SearchRequest.of("a mill", **settings), hits, Timings(), 40, 0.0)


def test_a_like_is_asked_with_at_once_and_taken_back(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill")
    plain = names(app)
    strip = grid(app)["judging"]
    assert (strip["liked"], strip["disliked"], strip["undo"], strip["redo"], strip["told"]) == (
        [],
        [],
        False,
        False,
        "",
    )
    assert {one["move"] for one in grid(app)["pictures"]} == {None}
    act(app, feedback.judge, [plain[-1]], [plain[0]])
    assert not app.exception
    turned = names(app)
    assert sorted(turned) == sorted(plain[1:])
    assert turned.index(plain[-1]) < plain.index(plain[-1]) - 1
    moves = {one["id"]: one["move"] or 0 for one in grid(app)["pictures"]}
    assert moves[plain[-1]] > 0
    assert sum(moves.values()) == 0  # what one goes up others go down; the disliked one leaves no gap to be told of
    strip = grid(app)["judging"]
    assert [one["id"] for one in strip["liked"]] == [plain[-1]]
    assert strip["liked"][0]["src"]
    assert strip["told"].startswith(f"Liked {plain[-1]}. ")
    assert "11 of 11 other pictures, closest first; ranked with 1 like and 1 dislike" in grid(app)["summary"]
    assert address(app) == {"q": "a mill", "liked": plain[-1], "disliked": plain[0]}
    act(app, feedback.undo)
    assert names(app) == plain
    assert address(app) == {"q": "a mill"}
    assert grid(app)["judging"]["redo"]
    act(app, feedback.redo)
    assert names(app) == turned
    act(app, feedback.clear)
    assert names(app) == plain
    act(app, feedback.undo)
    assert names(app) == turned


def test_a_link_brings_judgements_back(open_app: OpenApp, datasets: Path) -> None:
    plain = names(open_app(datasets, q="a mill"))
    app = open_app(datasets, q="a mill", liked=plain[-1], disliked=f"{plain[0]}\n{plain[1]}", aim="one", k="3")
    assert visit(app).asked.liked == (plain[-1],)
    assert len(names(app)) == 3
    strip = grid(app)["judging"]
    assert ([one["id"] for one in strip["disliked"]], strip["aim"], strip["more"]) == (plain[:2], "one", True)
    assert address(app) == {"q": "a mill", "k": "3", "liked": plain[-1], "disliked": "\n".join(plain[:2]), "aim": "one"}
    gone = open_app(datasets, q="a mill", liked="gone.jpg")
    assert "No picture of this gallery is named 'gone.jpg'" in bar(gone)["message"]


def test_screens_of_what_was_not_seen(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill", k="5")
    first = names(app)
    act(app, feedback.go_on, first)
    second = names(app)
    assert len(second) == 5
    assert not set(second) & set(first)
    assert "5 of 7 other pictures, closest first; 5 seen before are left out" in grid(app)["summary"]
    assert {one["move"] for one in grid(app)["pictures"]} == {None}
    assert grid(app)["judging"]["seen"] == 5
    act(app, feedback.go_on, second)
    assert len(names(app)) == 2
    assert not grid(app)["judging"]["more"]
    act(app, feedback.show_seen)
    assert names(app) == first
    act(app, feedback.undo)
    assert len(names(app)) == 2
    assert address(app) == {"q": "a mill", "k": "5"}


def test_nothing_can_be_judged_where_nothing_is_asked(open_app: OpenApp, datasets: Path) -> None:
    assert grid(open_app(datasets))["judging"] is None


def test_judgements_end_with_their_dataset(open_app: OpenApp, datasets: Path, begun: list[Future[Any]]) -> None:
    app = open_app(datasets, q="a mill")
    act(app, feedback.judge, [names(app)[-1]], [])
    settle(app.selectbox(key="dataset_choice").set_value("plain").run(), begun)
    assert not app.exception
    assert visit(app).asked.liked == ()
    assert not visit(app).judging.done
    assert len(names(app)) == 3


def test_judgements_stay_while_a_part_of_the_question_does(session: Visit) -> None:
    state.ask(parse_query("a mill"))
    report(type="judge", liked=["a.jpg"], disliked=["b.jpg"])
    state.ask(parse_query("2*a mill - snow"))
    assert feedback.judged() == Judged(("a.jpg",), ("b.jpg",))
    state.ask(Query.of("A Mill, on a hill"))
    assert session.asked.liked == ("a.jpg",)
    state.ask(Query.of("on a car"))  # no word that tells something is the same
    assert feedback.judged() == Judged()
    assert session.judging.step == "Likes and dislikes went with their question"
    report(type="undo")
    assert feedback.judged() == Judged(("a.jpg",), ("b.jpg",))


def test_the_grid_reports_all_that_is_judged(session: Visit) -> None:
    report(type="judge", liked=["a.jpg", "b.jpg"], disliked=["c.jpg"])
    report(type="aim", aim="one")
    assert (session.asked.liked, session.asked.disliked, session.asked.aim) == (("a.jpg", "b.jpg"), ("c.jpg",), "one")
    assert session.judging.step == "Liked b.jpg"
    report(type="judge", liked=["a.jpg"], disliked=["c.jpg"])
    assert session.judging.step == "No longer judged: b.jpg"
    report(type="unseen", ids=["a.jpg", 5, "d.jpg"])
    assert feedback.judged().seen == ("a.jpg", "d.jpg")
    report(type="seen")
    assert feedback.judged().seen == ()
    report(type="unjudge")
    assert not feedback.judged()
    for _ in range(9):
        report(type="undo")
    assert not feedback.judged()
    assert not session.judging.done
    for _ in range(9):
        report(type="redo")
    assert not feedback.judged()
    assert session.opened.picture is None


@pytest.mark.parametrize(
    "told", [{"liked": "a.jpg"}, {"liked": ["a.jpg"], "disliked": ["a.jpg"]}, {"liked": [3], "disliked": []}]
)
def test_nonsense_of_a_browser_is_told_and_changes_nothing(session: Visit, told: dict[str, object]) -> None:
    report(type="judge", **told)
    assert not feedback.judged()
    assert session.opened.notice


def test_whatever_is_reported_next_brings_verdicts_that_were_lost(session: Visit) -> None:
    report(type="open", id="b.jpg", liked=["a.jpg"], disliked=[])
    assert (feedback.judged(), session.opened.picture) == (Judged(("a.jpg",)), "b.jpg")
    report(type="undo", liked=["a.jpg", "b.jpg"], disliked=[], open="c.jpg")
    assert (feedback.judged(), session.opened.picture) == (Judged(("a.jpg",)), "c.jpg")


def test_a_step_that_changes_nothing_is_none(session: Visit) -> None:
    report(type="judge", liked=[], disliked=[])
    report(type="unjudge")
    assert not session.judging.done


def test_too_many_judgements_are_told_and_not_in_the_link(session: Visit) -> None:
    state.ask_text("a mill")
    report(type="judge", liked=[f"a long name of a picture, number {n:03}.jpg" for n in range(80)], disliked=[])
    assert links.link_params(first_dataset=None) == {"q": "a mill"}
    assert "more than 2,000 signs" in links.judged_left_out()
    report(type="undo")
    assert links.judged_left_out() == ""


def test_moves_are_told_of_the_last_step_of_the_same_question(session: Visit) -> None:
    before = result_of(["a", "b", "c", "d", "e"])
    feedback.note_drawn(before.request, [hit.image_id for hit in before.hits])
    report(type="judge", liked=["d"], disliked=["a"])
    after = result_of(["d", "b", "f", "e"], liked=("d",), disliked=("a",))
    assert judged.moves(after, after) == {"d": 2, "b": -1, "f": "new"}
    other = result_of(["d", "b"], liked=("d",), cutoff=0.05)
    assert judged.moves(other, other) == {}


def test_what_is_left_out_is_counted_once(session: Visit) -> None:
    result = SearchResult(
        SearchRequest.of("a mill", liked=("x", "y"), disliked=("a", "b")),
        (),
        Timings(),
        40,
        0.0,
        passed_over=("b", "c"),
    )
    assert cards._summary(result) == (
        "0 of 37 other pictures, closest first; ranked with 2 likes and 2 dislikes; 1 seen before is left out"
    )


def test_a_point_of_the_map_is_judged_by_its_row(session: Visit) -> None:
    scene = cast("Scene", SimpleNamespace(gallery=make_gallery(np.eye(3))))
    assert map_stage._followed({"type": "judge", "row": 1, "verdict": "liked"}, scene)
    assert map_stage._followed({"type": "judge", "row": 2, "verdict": "disliked"}, scene)
    assert feedback.judged() == Judged(("1.jpg",), ("2.jpg",))
    map_stage._followed({"type": "judge", "row": 1, "verdict": "disliked"}, scene)
    map_stage._followed({"type": "judge", "row": 2, "verdict": "disliked"}, scene)
    map_stage._followed({"type": "judge", "row": 9, "verdict": "liked"}, scene)
    map_stage._followed({"type": "judge", "row": 2, "verdict": "seen"}, scene)
    assert feedback.judged() == Judged((), ("1.jpg",))


def test_a_followed_link_tells_of_no_step(session: Visit) -> None:
    state.ask_text("a mill")
    report(type="judge", liked=["a.jpg"], disliked=[])
    session.link.page = "search"
    st.query_params.from_dict({"q": "a mill"})
    links.follow_link(page="search", titles={})
    session.link.acted = False
    links.follow_link(page="search", titles={})
    assert feedback.judged() == Judged()
    assert session.judging.step == ""
