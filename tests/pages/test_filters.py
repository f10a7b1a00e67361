"""The panel of filters on Search: what it offers and counts, what it chooses, and the chips that take it out again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages._ui import resources
from pages._ui.session import filters, links
from pages._ui.session.visit import Visit
from t2i_core.dataset import read_gallery
from t2i_core.facets.keeping import keep_facts
from t2i_core.query import Condition
from tests import demo_dataset
from tests.pages.page_parts import bar, component, grid, settle, texts
from tests.pages.test_feedback import act, address, names
from tests.pages.visits import begin_visit, visit

OpenApp = Callable[..., AppTest]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Visit:
    return begin_visit(monkeypatch)


@pytest.fixture
def measured(datasets: Path, tmp_path: Path) -> Path:
    """A dataset of three pictures without captions, with facts of its pictures."""
    folder = Path(shutil.copytree(datasets / "plain", tmp_path / "measured"))
    keep_facts(read_gallery(folder), max_pixels=10**8)
    return folder


def panel(app: AppTest) -> dict[str, Any]:
    return component(app, "t2i_facet_panel")


def facet(app: AppTest, field: str) -> dict[str, Any]:
    return next(one for one in panel(app)["facets"] if one["field"] == field)


def report(**event: object) -> None:
    st.session_state["facet_panel"] = {"event": {"seq": 1, **event}}
    filters.on_event()


def opened(app: AppTest, begun: list[Future[object]]) -> AppTest:
    app.button(key="filter").click().run()
    return settle(app, begun)


def test_nothing_is_counted_while_the_panel_is_closed(
    open_app: OpenApp, datasets: Path, begun: list[Future[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    offered = resources.offered

    def noted(*told: Any) -> Any:
        asked.append(told)
        return offered(*told)

    monkeypatch.setattr(resources, "offered", noted)
    app = open_app(datasets, q="a mill")
    assert asked == []
    with pytest.raises(AssertionError, match="no component t2i_facet_panel"):
        panel(app)
    opened(app, begun)
    assert len(asked) > 0
    assert not panel(app)["counting"]
    app.button(key="filter").click().run()
    with pytest.raises(AssertionError, match="no component t2i_facet_panel"):
        panel(app)


def test_values_are_counted_in_the_gallery_and_among_the_hits(
    open_app: OpenApp, datasets: Path, begun: list[Future[object]]
) -> None:
    app = opened(open_app(datasets, q="a mill", k="5"), begun)
    values = {one["value"]: (one["gallery"], one["hits"]) for one in facet(app, "folder")["values"]}
    folders = [name.split("/")[0] for name in names(app)]
    assert len(values) > 1
    assert {folder: hits for folder, (_, hits) in values.items() if hits} == {
        folder: folders.count(folder) for folder in folders
    }
    assert sum(gallery for gallery, _ in values.values()) == 12
    assert panel(app)["shown"] == 5
    width = facet(app, "width")
    assert (width["kind"], sum(width["gallery"]), sum(width["hits"])) == ("range", 12, 5)
    assert width["low"] < width["high"]
    assert any("index --facts --data" in one["command"] for one in panel(app)["hints"])
    assert panel(app)["words"]


def test_what_is_chosen_is_asked_told_linked_and_taken_out(
    open_app: OpenApp, datasets: Path, begun: list[Future[object]]
) -> None:
    app = opened(open_app(datasets, q="a mill"), begun)
    folder = facet(app, "folder")["values"][0]
    where = [
        {"field": "folder", "values": [folder["value"]]},
        {"field": "width", "at_least": facet(app, "width")["low"] + 1, "negated": True},
    ]
    settle(act(app, lambda: report(type="choose", where=where[:1])), begun)
    assert len(names(app)) == folder["gallery"] < 12
    assert all(one.startswith(folder["value"]) for one in names(app))
    assert f"Only pictures where folder is {folder['value']}" in texts(app)
    assert "fit, so no more are shown" in texts(app)
    assert "where" in address(app)
    # Others stay in the panel with what they would bring.
    assert {one["hits"] for one in facet(app, "folder")["values"] if one["value"] != folder["value"]} == {0}
    settle(act(app, lambda: report(type="choose", where=where)), begun)
    assert panel(app)["where"] == where
    assert "and the width is not at least" in texts(app)
    assert "Take out" in app.button(key="take_out_1").label
    app.button(key="take_out_0").click().run()
    assert [one.field for one in visit(app).asked.where] == ["width"]
    settle(act(app, lambda: report(type="choose", where=where)), begun)
    app.button(key="clear_filters").click().run()
    assert address(app) == {"q": "a mill"}
    assert len(names(app)) == 12


def test_the_gallery_is_filtered_where_nothing_is_asked(
    open_app: OpenApp, datasets: Path, begun: list[Future[object]]
) -> None:
    app = opened(open_app(datasets), begun)
    assert panel(app)["shown"] is None
    folder = facet(app, "folder")["values"][0]
    act(app, lambda: report(type="choose", where=[{"field": "folder", "values": [folder["value"]]}]))
    assert all(one.startswith(folder["value"]) for one in names(app))
    assert len(names(app)) == folder["gallery"]
    assert grid(app)["summary"].endswith("that fit")
    act(app, lambda: report(type="choose", where=[{"field": "folder", "values": ["nowhere"]}]))
    assert names(app) == []
    assert grid(app)["summary"] == "No picture fits"
    act(app, lambda: report(type="choose", where=[{"field": "column:none", "values": ["nowhere"]}]))
    assert "A condition looks at one of folder, picture" in bar(app)["message"]


def test_measured_pictures_offer_more(open_app: OpenApp, measured: Path, begun: list[Future[object]]) -> None:
    app = opened(open_app(measured), begun)
    assert {"colour", "light", "sharp"} <= {one["field"] for one in panel(app)["facets"]}
    assert [one["value"] for one in panel(app)["stackings"]] == ["none", "copies"]
    assert not any("measured" in one["text"] for one in panel(app)["hints"])
    assert not panel(app)["words"]


def test_a_dataset_keeps_its_own_filters(open_app: OpenApp, datasets: Path, begun: list[Future[object]]) -> None:
    app = opened(open_app(datasets, q="a mill"), begun)
    act(app, lambda: report(type="choose", where=[], stacking="copies", diversity=0.2, order="-column:year"))
    app.selectbox(key="dataset_choice").select("plain").run()
    asked = visit(app).asked
    assert (asked.stacking, asked.order, asked.diversity) == ("none", "score", 0.2)


def test_a_report_that_says_nonsense_changes_nothing(session: Visit) -> None:
    kept: tuple[Condition, ...] = (Condition("folder", ("a",)),)
    session.asked.where = kept
    for nonsense in (
        {"where": [{"field": "folder"}]},
        {"where": [], "order": "by name"},
        {"where": [], "diversity": 7},
        {"where": [], "stacking": "heaps"},
    ):
        report(type="choose", **nonsense)
        assert session.asked.where == kept
    report(type="choose", where=[], seq="nonsense")
    assert session.asked.where == ()
    assert session.panel.seq == 0


def test_the_panel_opens_closes_and_takes_the_focus_once(session: Visit) -> None:
    filters.turn()
    assert (session.panel.open, session.panel.opened) == (True, 1)
    report(type="close", seq=4)
    assert (session.panel.open, session.panel.opened, session.panel.seq) == (False, 1, 4)
    filters.turn()
    assert session.panel.opened == 2
    assert links.link_params(first_dataset=None) == {}


def test_all_of_the_panel_reaches_the_request_and_the_link(session: Visit) -> None:
    report(type="choose", where=[], stacking="copies", diversity=0.25, order="-width")
    assert links.link_params(first_dataset=None) == {"stack": "copies", "varied": "0.25", "order": "-width"}
    assert filters.several()
    filters.clear()
    assert not filters.several()
    assert links.link_params(first_dataset=None) == {}


@pytest.fixture
def copies(tmp_path: Path, checkpoint: Path) -> Path:
    """Eight pictures, of which one was saved again smaller in another folder, with stacks made of them."""
    pictures = tmp_path / "pictures"
    frame = demo_dataset.demo_captions(7)
    for name in frame["image"].unique():
        (pictures / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(demo_dataset.ROOT / "static" / "images" / name, pictures / name)
    first = sorted(frame["image"].unique())[0]
    with Image.open(pictures / first) as picture:
        (pictures / "again").mkdir()
        picture.convert("RGB").resize((picture.width // 2, picture.height // 2)).save(pictures / "again" / "half.jpg")
    found = {"image": "again/half.jpg", "caption": frame.loc[frame["image"] == first, "caption"].iloc[0]}
    with pytest.MonkeyPatch.context() as patch:
        more = pd.concat([frame, pd.DataFrame([found])], ignore_index=True)
        patch.setattr(demo_dataset, "demo_captions", lambda images: more)
        demo_dataset.write_demo_dataset(tmp_path / "data", checkpoint, images=8, images_dir=pictures)
    keep_facts(read_gallery(tmp_path / "data"), max_pixels=10**8)
    return tmp_path / "data"


def test_copies_are_one_card_that_opens_them_side_by_side(
    open_app: OpenApp, copies: Path, begun: list[Future[object]]
) -> None:
    app = opened(open_app(copies, q="a mill"), begun)
    assert len(names(app)) == 8
    assert {one["behind"] for one in grid(app)["pictures"]} == {0}
    assert [one["label"] for one in panel(app)["stackings"]] == ["Each picture alone", "Copies together"]
    settle(act(app, lambda: report(type="choose", where=[], stacking="copies")), begun)
    assert len(names(app)) == 7
    stacked = [one for one in grid(app)["pictures"] if one["behind"]]
    assert [one["behind"] for one in stacked] == [1]
    assert "Copies count as one picture, 1 left behind the others" in texts(app)
    assert address(app)["stack"] == "copies"
    for picture in (stacked[0]["id"], "again/half.jpg"):
        visit(app).opened.picture = picture
        app.run()
        told = grid(app)["detail"]["stack"]
        assert told[0]["id"] == stacked[0]["id"]
        assert {one["caption"] for one in told} >= {"half.jpg"}
        assert [[name for name, _ in one["facts"]] for one in told] == [["Size", "On disk", "Folder"]] * 2
        assert len({tuple(map(tuple, one["facts"])) for one in told}) == 2
        assert all(one["src"] for one in told)
    visit(app).opened.picture = next(name for name in names(app) if name != stacked[0]["id"])
    app.run()
    assert "stack" not in grid(app)["detail"]
