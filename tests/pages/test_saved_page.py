"""Saved searches on the pages: saved from Search, listed with what they find now, opened, renamed, removed and put back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.saved import naming, saved_list
from pages._ui.serving import permissions
from t2i_core.dataset.searches_file import SavedSearch, read_searches, searches_path, write_searches
from t2i_core.query import SearchRequest
from tests import demo_dataset
from tests.pages.page_parts import grid, settle, texts
from tests.pages.visits import visit

OpenApp = Callable[..., AppTest]
PAGE = "pages/saved.py"


@pytest.fixture
def data(datasets: Path, tmp_path: Path) -> Path:
    """A copy of the dataset that this test alone writes to."""
    return Path(shutil.copytree(datasets, tmp_path / "main", ignore=shutil.ignore_patterns("plain")))


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_list, "LOOK_WAIT_S", 300.0)


def strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the browser is one of another computer."""
    monkeypatch.setattr(permissions, "connection", lambda: permissions.Connection("10.0.0.7"))


def open_popover(app: AppTest, key: str) -> AppTest:
    app.session_state[key] = True
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    [button] = [one for one in app.button if one.label == label]
    button.click().run()
    assert not app.exception
    return app


def save(app: AppTest, name: str = "") -> AppTest:
    """Save what is asked, from Search."""
    open_popover(app, "save")
    [field] = [one for one in app.text_input if one.label == "Name"]
    if name:
        field.set_value(name)
    [button] = [one for one in app.button if one.label == "Save"]
    button.click().run()
    assert not app.exception
    return app


def saved_page(app: AppTest) -> AppTest:
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def names(app: AppTest) -> list[str]:
    """Of the saved searches that are listed."""
    return [one.value.replace("\\", "") for one in app.subheader]


def thumbnails(app: AppTest) -> list[list[str]]:
    """What each row of small pictures says that it shows."""
    return [[image.alt for image in one.proto.imgs] for one in app.get("image")]


def keep(data: Path, *searches: tuple[str, Any]) -> None:
    write_searches(
        data,
        [SavedSearch(name, SearchRequest.of("a mill", top_k=4, **more), saved="2026-01-02") for name, more in searches],
    )


def test_a_search_is_saved_and_listed_with_what_it_finds(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, q="a mill", k="4")
    found = [one["id"] for one in grid(app)["pictures"]]
    save(app)
    [search] = read_searches(data)
    assert (search.name, search.request, list(search.first)) == ("a mill", SearchRequest.of("a mill", top_k=4), found)
    assert "Saved as “a mill”, with its first 4 pictures." in texts(app)
    saved_page(app)
    assert names(app) == ["a mill"]
    assert "a mill" in texts(app)
    assert "The first 4 pictures; saved " in texts(app)
    [row] = thumbnails(app)
    assert row == [hit.caption or hit.image_id for hit in visit(app).kept.rankings.popitem()[1].hits[:4]]
    assert "Since it was saved" not in texts(app)


def test_a_name_that_is_taken_is_asked_about(open_app: OpenApp, data: Path) -> None:
    keep(data, ("mills", {}))
    app = save(open_app(data, q="a mill", k="3"), " mills ")
    assert read_searches(data)[0].request.top_k == 4
    assert "“mills” is the name of another saved search" in texts(app)
    press(app, "Replace it")
    [search] = read_searches(data)
    assert (search.name, search.request.top_k) == ("mills", 3)
    assert "Saved as “mills”, with its first 3 pictures." in texts(app)
    save(app, "\x07")
    assert "has a name of 1 to 120" in texts(app)
    assert len(read_searches(data)) == 1


def test_it_is_opened_with_all_it_asks(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, q="a castle")
    liked = grid(app)["pictures"][0]["id"]
    keep(data, ("mills", {"liked": (liked,), "diversity": 0.5}))
    saved_page(app)
    assert "1 liked, 0 disliked, diversity 0.5" in texts(app)
    press(app, "Open")
    asked = visit(app).asked
    assert asked.request(visit(app).shown.top_k) == read_searches(data)[0].request
    assert len(grid(app)["pictures"]) == 4


def test_renamed_removed_and_put_back(open_app: OpenApp, data: Path) -> None:
    keep(data, ("mills", {}), ("more", {"diversity": 0.1}))
    app = saved_page(open_app(data))
    key = naming.key_of("mills")
    open_popover(app, f"saved_change_{key}")
    app.text_input(key=f"saved_rename_{key}").set_value("more")
    press(app, "Rename")
    assert "“more” is the name of another saved search, so “mills” keeps its own." in texts(app)
    app.text_input(key=f"saved_rename_{key}").set_value("old *mills*")
    press(app, "Rename")
    assert [one.name for one in read_searches(data)] == ["old *mills*", "more"]
    assert "“mills” is called “old *mills*” now." in texts(app)
    open_popover(app, f"saved_change_{naming.key_of('more')}")
    before = read_searches(data)
    press(app, "Remove")
    assert names(app) == ["old *mills*"]
    press(app, "Put “more” back")
    assert read_searches(data) == before
    assert not [one for one in app.button if one.label.startswith("Put")]


def test_after_a_rebuild_it_says_what_came_went_and_moved(
    open_app: OpenApp, begun: list[Future[object]], data: Path, checkpoint: Path
) -> None:
    app = save(open_app(data, q="a mill", k="4"))
    [search] = read_searches(data)
    demo_dataset.write_demo_dataset(data, checkpoint, images=12, with_captions=False)
    settle(saved_page(app), begun)  # another dataset: it is opened, and its model loaded, anew
    assert "nothing changed among the first 4 pictures" in texts(app)
    write_searches(data, [SavedSearch(search.name, search.request, ("gone.jpg", *search.first[:3]), search.saved)])
    app.run()
    told = "Since it was saved: 1 came, 1 went (it is no longer in the dataset), 3 moved, 0 stayed"
    assert told in texts(app)
    write_searches(data, [SavedSearch("like", SearchRequest.from_json('{"query": [{"picture": "gone.jpg"}]}'))])
    app.run()
    assert "It cannot be asked any more. No picture of this gallery is named 'gone.jpg'" in texts(app)


def test_who_may_not_write_is_told_and_sees_no_button(
    open_app: OpenApp, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(data, ("mills", {}))
    app = open_popover(open_app(data, q="a mill"), "save")
    [button] = [one for one in app.button if one.label == "Save"]
    strangers(monkeypatch)
    button.click().run()  # the page was drawn before
    assert [one.name for one in read_searches(data)] == ["mills"]
    open_popover(app, "share")
    assert not [one for one in app.button if one.label == "Save"]
    assert "Searches are saved beside the dataset." in texts(app)
    saved_page(app)
    assert "Searches are saved beside the dataset." in texts(app)
    assert names(app) == ["mills"]
    open_popover(app, f"saved_change_{naming.key_of('mills')}")
    assert not [one for one in app.button if one.label in {"Rename", "Remove"}]
    press(app, "Open")
    assert len(grid(app)["pictures"]) == 4


def test_where_nothing_is_saved_the_page_says_how(open_app: OpenApp, data: Path) -> None:
    app = saved_page(open_app(data))
    assert names(app) == ["No search is saved yet"]
    assert "press Save beside Share" in texts(app)
    searches_path(data).write_text(json.dumps({"version": 9}), encoding="utf-8")
    app.run()
    assert "must be an object with version 1" in texts(app)


def test_many_are_listed_a_part_at_a_time(open_app: OpenApp, data: Path) -> None:
    keep(data, *((f"search {number}", {}) for number in range(25)))
    app = saved_page(open_app(data, settled=False))
    assert len(names(app)) == 20
    press(app, "Show more of 25")
    assert len(names(app)) == 25
