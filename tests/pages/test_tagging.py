"""Tags on the page: what the browser reports is written once, shown at once, taken back, and only by who may."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages._ui.captions import captions_view
from pages._ui.grid import tagging as tagging_of_grid
from pages._ui.serving import permissions
from pages._ui.session import events
from pages._ui.session.marking import Marking
from t2i_core.dataset import read_gallery
from t2i_core.marks import TagsChange, read_tags, tag_pictures
from t2i_core.query import Condition
from tests.pages.page_parts import bar, component, grid, texts
from tests.pages.visits import begin_visit, visit

OpenApp = Callable[..., AppTest]


@pytest.fixture
def data(datasets: Path, tmp_path: Path) -> Path:
    """A copy of the dataset that this test alone marks."""
    return Path(shutil.copytree(datasets, tmp_path / "main", ignore=shutil.ignore_patterns("plain")))


def names(app: AppTest) -> list[str]:
    return [one["id"] for one in grid(app)["pictures"]]


def tagging(app: AppTest) -> dict[str, Any]:
    told: dict[str, Any] = grid(app)["tagging"]
    return told


def report(app: AppTest, *wishes: dict[str, object], **more: object) -> AppTest:
    """What the browser says, followed by the run that it causes."""
    of = tagging(app)["of"]
    event = {"type": "tag", "seq": 1, "open": None, "tags": [{"of": of} | wish for wish in wishes], **more}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", app.session_state)
        patch.setitem(app.session_state, "picture_grid", {"event": event})  # type: ignore[arg-type]
        events.on_grid_event()
    return app.run()


def test_what_is_reported_is_written_shown_and_taken_back(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, q="a mill")
    first, second, third, *_ = names(app)
    assert (tagging(app)["tags"], tagging(app)["last"], tagging(app)["undo"]) == ({}, [], False)
    report(app, {"number": 1, "ids": [first, second, "no such picture.jpg"], "tag": " keep "})
    assert read_tags(data).pictures == {"keep": (first, second)}
    told = tagging(app)
    assert (told["tags"], told["last"], told["done"], told["undo"]) == (
        {first: ["keep"], second: ["keep"]}, ["keep"], 1, True,
    )  # fmt: skip
    assert told["told"] == "“keep”: 2 pictures tagged"
    # The browser tells again what no answer has confirmed: it is done once.
    wish = {"number": 1, "ids": [first, second], "tag": "keep"}
    report(
        app,
        wish,
        {"number": 2, "ids": [second, third], "tag": "cover"},
        {"number": 3, "ids": [first], "tag": "keep", "taken": True},
    )
    assert read_tags(data).pictures == {"cover": (second, third), "keep": (second,)}
    report(app, {"number": 4, "undo": True})
    assert tagging(app)["told"] == "Taken back: 1 picture tagged"
    report(app, {"number": 5, "undo": True})
    assert read_tags(data).pictures == {"keep": (second, first)}
    report(app, {"number": 6, "undo": True}, {"number": 7, "undo": True})
    assert read_tags(data).pictures == {}
    assert not tagging(app)["undo"]


def test_marks_of_others_are_seen_and_survive(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, q="a mill")
    first, second, *_ = names(app)
    tag_pictures(data, [first], add=["theirs"])
    report(app, {"number": 1, "ids": [second], "tag": "mine"})
    assert tagging(app)["tags"] == {first: ["theirs"], second: ["mine"]}
    report(app, {"number": 2, "undo": True})
    assert read_tags(data).pictures == {"theirs": (first,)}


def test_a_search_with_a_tag_finds_what_was_tagged_since(open_app: OpenApp, data: Path) -> None:
    where = json.dumps([Condition("tag", ("keep",)).to_record()])
    first = names(open_app(data, q="a mill"))[0]
    app = open_app(data, q="a mill", where=where)
    assert names(app) == []
    tag_pictures(data, [first], add=["keep"])
    assert names(app.run()) == [first]
    assert "Only pictures where tag is keep" in texts(app)
    report(app, {"number": 1, "ids": [first], "tag": "keep", "taken": True})
    assert names(app) == []


def test_who_may_not_write_is_told_and_nothing_is_written(
    open_app: OpenApp, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permissions, "connection", lambda: permissions.Connection("192.0.2.7", ()))
    app = open_app(data, q="a mill")
    assert tagging(app)["refused"]
    assert "made by a browser on the computer this app runs on" in tagging(app)["problem"]
    report(app, {"number": 1, "ids": names(app)[:1], "tag": "keep"})
    assert not (data / "tags.csv").exists()
    assert tagging(app)["done"] == 1


def test_of_pictures_that_are_not_shown_the_server_knows_whether_all_have_a_tag(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, q="a mill")
    first, second, *_ = names(app)
    tag_pictures(data, [first], add=["keep"])
    report(app, {"number": 1, "ids": [first, second], "tag": "keep", "turn": True})
    assert read_tags(data).pictures["keep"] == (first, second)
    report(app, {"number": 2, "ids": [first, second], "tag": " keep", "turn": True})
    assert read_tags(data).pictures == {}


def test_what_is_selected_becomes_the_query(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, q="a mill")
    first, second, *_ = names(app)
    report(app, type="examples", ids=[first, 7, second])
    query = visit(app).asked.query
    assert query is not None
    assert query.pictures == (first, second)


def test_selected_hits_become_a_file_with_their_request(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, q="a mill")
    first, second, third, *_ = names(app)
    for number, ending in enumerate((".csv", ".json", ".parquet", ".zip", ".html"), start=1):
        wish = {"number": number, "of": tagging(app)["of"], "ids": [third, first], "tag": "", "ending": ending}
        report(app, type="export", export=wish)
        told = grid(app)["exported"]
        assert (told["number"], told["name"], told["problem"]) == (number, f"selected{ending}", "")
        assert told["url"]
        if ending == ".json":
            record = json.loads(visit(app).kept.files["selected"][1])
            assert [one["image_id"] for one in record["hits"]] == [first, third]
            assert record["request"]["query"] == [{"words": "a mill", "weight": 1.0}]
    report(app, {"number": 1, "ids": [second], "tag": "keep"})
    assert grid(app)["exported"] is None
    report(
        app, type="export", export={"number": 9, "of": tagging(app)["of"], "ids": [first], "tag": "", "ending": ".exe"}
    )
    assert grid(app)["exported"] is None


def test_rows_of_captions_are_tagged_saved_and_asked_with(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, page="pages/captions.py")
    shown = component(app, "t2i_caption_table")
    first, second, *_ = dict.fromkeys(row["id"] for row in shown["rows"])
    of, names = shown["tagging"]["of"], [first, second]
    assert shown["selecting"] == of
    seqs = iter(range(1, 9))

    def told(kind: str, **more: object) -> dict[str, Any]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(st, "session_state", app.session_state)
            event = {"type": kind, "seq": next(seqs), "open": None, "picked": [], "view": shown["view"], **more}
            patch.setitem(app.session_state, "caption_table", {"event": event})  # type: ignore[arg-type]
            captions_view.on_event()
        app.run()
        assert not app.exception
        return component(app, "t2i_caption_table") if kind != "examples" else {}

    tagged = told("tag", tags=[{"number": 1, "of": of, "ids": names, "tag": "keep"}])
    assert read_tags(data).pictures == {"keep": (first, second)}
    assert (tagged["seq"], tagged["tagging"]["tags"]) == (1, {first: ["keep"], second: ["keep"]})
    assert (tagged["tagging"]["told"], tagged["tagging"]["undo"]) == ("“keep”: 2 pictures tagged", True)
    assert tagged["view"] == shown["view"]
    saved = told("export", export={"number": 7, "of": of, "ids": [second], "tag": "", "ending": ".json"})["exported"]
    assert (saved["number"], saved["name"], bool(saved["url"]), saved["problem"]) == (7, "selected.json", True, "")
    record = json.loads(visit(app).kept.files["selected"][1])
    assert [(one["image_id"], one["tags"]) for one in record["hits"]] == [(second, ["keep"])]
    back = told("tag", tags=[{"number": 2, "of": of, "undo": True}])
    assert (back["exported"], back["tagging"]["tags"], read_tags(data).pictures) == (None, {}, {})
    told("examples", ids=names)
    query = visit(app).asked.query
    assert query is not None
    assert query.pictures == (first, second)
    assert bar(app)["image"] is not None  # on Search


NONSENSE: list[object] = [
    None, "keep", [7], [{"number": 1}], [{"number": True, "of": "x", "ids": [], "tag": "a"}],
    [{"number": 1, "of": "x", "ids": "abc", "tag": "a"}], [{"number": 1, "of": "x", "ids": [1], "tag": "a"}],
    [{"number": 1, "of": "x", "ids": ["a"], "tag": 1}], [{"number": "1", "of": "x", "undo": True}],
]  # fmt: skip


def test_nonsense_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = begin_visit(monkeypatch)
    for told in NONSENSE:
        st.session_state["picture_grid"] = {"event": {"type": "tag", "seq": 1, "tags": told}}
        events.on_grid_event()
        assert begun.marking.wishes == []


def test_what_was_tagged_in_another_dataset_is_not_written_here(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, q="a mill")
    report(app, {"number": 1, "of": "another", "ids": names(app)[:1], "tag": "keep"})
    assert not (data / "tags.csv").exists()


def test_a_tag_that_cannot_be_one_is_told(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, q="a mill")
    report(app, {"number": 1, "ids": names(app)[:1], "tag": "x" * 81})
    assert "A tag has 1 to 80 characters" in tagging(app)["problem"]
    report(app, {"number": 2, "ids": names(app)[:1], "tag": "x"})
    assert tagging(app)["problem"] == ""


def test_a_file_of_tags_that_cannot_be_read_is_told_and_pictures_are_shown(open_app: OpenApp, data: Path) -> None:
    (data / "tags.csv").write_text("image,caption\n", encoding="utf-8")
    app = open_app(data, q="a mill")
    assert len(names(app)) == 12
    assert grid(app)["tagging"] is None
    assert "must have the columns image, tag, when" in texts(app)
    assert bar(app)["message"] == ""


def test_what_is_reported_while_a_run_that_was_overtaken_still_writes_is_kept(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery, marking = read_gallery(data), Marking()
    of, names = gallery.place_key, list(gallery.image_ids[:2])
    writing, go_on = threading.Event(), threading.Event()

    def slowly(*arguments: Any, **options: Any) -> TagsChange:
        writing.set()
        assert go_on.wait(60)
        return tag_pictures(*arguments, **options)

    monkeypatch.setattr(tagging_of_grid, "tag_pictures", slowly)
    monkeypatch.setattr(tagging_of_grid, "visit", lambda: SimpleNamespace(marking=marking))
    wishes = [{"number": number, "of": of, "ids": names, "tag": tag} for number, tag in ((1, "one"), (2, "two"))]
    marking.report(wishes[:1])
    with ThreadPoolExecutor(2) as runs:
        overtaken = runs.submit(tagging_of_grid.carry_out, gallery)
        assert writing.wait(60)
        reported = runs.submit(marking.report, wishes)
        go_on.set()
        overtaken.result(60)
        reported.result(60)
        runs.submit(tagging_of_grid.carry_out, gallery).result(60)
    assert read_tags(data).pictures == {"one": tuple(names), "two": tuple(names)}
    assert (marking.done, marking.told, len(marking.steps)) == (2, "“two”: 2 pictures tagged", 2)
