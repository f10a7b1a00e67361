"""What a visit asked: one entry a question, the latest first, opened again and saved."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.session.history import MOST_KEPT, History
from pages._ui.session.upload import Upload
from pages._ui.session.widgets import SAVED_PART
from t2i_core.dataset.searches_file import read_searches
from t2i_core.query import Condition, OutsidePicture, Query, SearchRequest
from t2i_core.types import Hit
from tests.pages.page_parts import grid, texts
from tests.pages.test_saved_page import names, open_popover, press, thumbnails
from tests.pages.visits import visit

OpenApp = Callable[..., AppTest]


@pytest.fixture
def data(datasets: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(datasets, tmp_path / "main", ignore=shutil.ignore_patterns("plain")))


def history_page(app: AppTest) -> AppTest:
    app.switch_page("pages/saved.py").run()
    app.session_state[SAVED_PART] = "This visit"
    app.run()
    assert not app.exception
    return app


def ask(app: AppTest, query: Query | None, *, settled: bool = True) -> AppTest:
    visit(app).asked.query, visit(app).asked.settled = query, settled
    return app.run()


def test_questions_are_listed_the_latest_first_and_opened_again(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, q="a mill", k="3")
    found = [one["id"] for one in grid(app)["pictures"]]
    ask(app, Query.of("a cast"), settled=False)  # being typed
    ask(app, Query.of("a castle"))
    picture = Upload("mine.png", b"no picture")
    ask(app, Query.of(OutsidePicture(picture.sha256, "mine.png")))
    history_page(app)
    assert names(app) == ["a castle", "a mill"]
    assert [len(row) for row in thumbnails(app)] == [3, 3]
    assert "The first 3 pictures; asked " in texts(app)
    [_, second] = [one for one in app.button if one.label == "Open"]
    second.click().run()
    assert [one["id"] for one in grid(app)["pictures"]] == found
    assert names(history_page(app)) == ["a mill", "a castle"]


def test_a_question_of_before_is_saved(open_app: OpenApp, data: Path) -> None:
    app = history_page(open_app(data, q="a mill", k="3"))
    [key] = [one.key for one in app.button if one.label == "Open"]
    open_popover(app, str(key).replace("open", "save"))
    press(app, "Save")
    [search] = read_searches(data)
    assert (search.name, search.request, len(search.first)) == ("a mill", SearchRequest.of("a mill", top_k=3), 3)
    assert "Saved as “a mill”" in texts(app)


def test_where_nothing_was_asked_the_page_says_what_comes_here(open_app: OpenApp, data: Path) -> None:
    assert names(history_page(open_app(data, settled=False))) == ["Nothing was asked in this visit yet"]


def test_steps_within_a_question_are_one_entry() -> None:
    history, hits = History(), [Hit(number + 1, number, f"{number}.png", 0.5) for number in range(9)]
    first = SearchRequest.of("a mill")
    history.note("here", first, hits)
    liked = SearchRequest.of("a mill", liked=("1.png",), top_k=3)
    history.note("here", liked, hits)
    assert [(one.request, len(one.hits)) for one in history.past] == [(liked, 6)]
    filtered = SearchRequest.of("a mill", where=(Condition("folder", ("boats",)),))
    history.note("here", filtered, [])
    history.note("elsewhere", first, hits)
    history.note("here", first, hits)
    assert [one.request for one in history.of_dataset("here")] == [first, filtered]
    for number in range(MOST_KEPT + 5):
        history.note("here", SearchRequest.of(f"a mill {number}"), [])
    assert len(history.past) == MOST_KEPT
    assert history.past[0].request == SearchRequest.of("a mill 5")
