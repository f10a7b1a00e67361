"""The map page in every state: no map, a stale one, a query, a selection, colours, pictures looked at."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_parts import SECONDS_TO_LOAD, bar, component, grid, texts
from streamlit.testing.v1 import AppTest

from pages._ui import map_state
from pages._ui.map_view import packed
from t2i_core.projection import PROJECTION_NAME, Projection
from t2i_core.types import Query

sys.path.append(str(Path(__file__).resolve().parents[1]))

import demo_maps

OpenApp = Callable[..., AppTest]
PAGE = "pages/embedding_map.py"


@pytest.fixture(scope="session")
def mapped(tmp_path_factory: pytest.TempPathFactory, datasets: Path) -> tuple[Path, Projection]:
    """The dataset of 12 pictures with a map."""
    folder = tmp_path_factory.mktemp("mapped") / "main"
    shutil.copytree(datasets, folder, ignore=shutil.ignore_patterns("plain"))
    return folder, demo_maps.write_map(folder)


def plot(app: AppTest) -> dict[str, Any]:
    return component(app, "t2i_embedding_map")


def event(app: AppTest, **told: object) -> AppTest:
    app.session_state["map_event"] = told
    return app.run()


def ask(app: AppTest, text: str = "a mill") -> AppTest:
    app.session_state["query"] = Query(text=text, label=text)
    return app.run()


def test_without_a_map_the_page_offers_to_make_one(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, page=PAGE)
    assert not app.exception
    assert app.button(key="map_make").label == "Make the map"
    assert f"python -m t2i_core project --data {datasets}" in app.code[0].value
    with pytest.raises(AssertionError, match="no component"):
        plot(app)


def test_the_map_is_made_from_the_page(open_app: OpenApp, datasets: Path, tmp_path: Path) -> None:
    folder = tmp_path / "main"
    shutil.copytree(datasets, folder, ignore=shutil.ignore_patterns("plain"))
    app = open_app(folder, page=PAGE)
    app.button(key="map_make").click().run()
    deadline = time.monotonic() + 5 * SECONDS_TO_LOAD
    while not any(one.proto.component_name == "t2i_embedding_map" for one in app.get("bidi_component")):
        assert time.monotonic() < deadline, texts(app)
        time.sleep(0.3)
        app.run()
    assert (folder / PROJECTION_NAME).is_file()
    assert plot(app)["count"] == 12


def test_a_stale_map_is_not_shown(open_app: OpenApp, mapped: tuple[Path, Projection], tmp_path: Path) -> None:
    folder = tmp_path / "main"
    shutil.copytree(mapped[0], folder)
    demo_maps.write_map(folder, key="of other embeddings")
    app = open_app(folder, page=PAGE)
    assert not app.exception
    assert app.button(key="map_make").label == "Renew the map"
    assert "was made for of other emb" in texts(app)


def test_the_map_shows_every_picture_before_anything_is_asked(
    open_app: OpenApp, mapped: tuple[Path, Projection]
) -> None:
    app = open_app(mapped[0], page=PAGE)
    assert not app.exception
    data = plot(app)
    assert data["count"] == 12
    assert data["anchors"] == data["hits"] == []
    assert data["colour"] == {"kind": "one"}
    assert [one["name"] for one in data["clusters"]] == list(mapped[1].cluster_names)
    assert sum(one["count"] for one in data["clusters"]) == 12
    assert len(grid(app)["pictures"]) == 12
    assert "Modality gap" in texts(app)


def test_a_query_stands_among_its_hits(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = ask(open_app(mapped[0], page=PAGE))
    data = plot(app)
    assert data["query"] == "a mill"
    assert [hit["rank"] for hit in data["hits"]] == list(range(1, 13))
    told = [row for anchor in data["anchors"] for row in anchor["rows"] + anchor["strays"]]
    assert sorted(told) == list(range(12))
    for anchor in data["anchors"]:
        own = mapped[1].coordinates[anchor["rows"]]
        assert own[:, 0].min() - 1e-6 <= anchor["x"] <= own[:, 0].max() + 1e-6
        assert own[:, 1].min() - 1e-6 <= anchor["y"] <= own[:, 1].max() + 1e-6
    assert grid(app)["pictures"][0]["rank"] == 1


def test_the_query_is_shared_with_search(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = open_app(mapped[0], q="a castle")
    app.switch_page(PAGE).run()
    assert bar(app)["text"] == "a castle"
    assert plot(app)["query"] == "a castle"


def test_a_selection_is_shown_and_can_be_asked_for(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = open_app(mapped[0], page=PAGE)
    rows = np.array([1, 4, 7])
    event(app, type="select", **packed(rows, 12))
    assert not app.exception
    names = [picture["id"] for picture in grid(app)["pictures"]]
    assert len(names) == 3
    assert "3 pictures selected" in texts(app)
    assert map_state.rows_of(plot(app)["selected"], 12).tolist() == [1, 4, 7]
    app.button(key="map_ask").click().run()
    assert app.session_state["query"].image_ids == tuple(names)
    assert plot(app)["selected"] is None
    assert bar(app)["image"]["label"] == "3 pictures together"
    assert {picture["id"] for picture in grid(app)["pictures"][:6]} & set(names)


def test_a_polygon_selects_what_lies_inside(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = open_app(mapped[0], page=PAGE)
    event(app, type="polygon", corners=[[-2, -2], [2, -2], [2, 2], [-2, 2]])
    assert "12 pictures selected" in texts(app)
    app.button(key="map_clear").click().run()
    assert "selected" not in texts(app)


def test_a_cluster_is_selected_by_its_name(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = open_app(mapped[0], page=PAGE)
    event(app, type="cluster", label=1)
    rows = map_state.rows_of(plot(app)["selected"], 12)
    assert rows.tolist() == np.flatnonzero(mapped[1].cluster_labels == 1).tolist()
    assert mapped[1].cluster_names[1] in texts(app)
    event(app, type="cluster", label=99)
    assert plot(app)["selected"] is None


def test_pictures_looked_at_are_described(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = ask(open_app(mapped[0], page=PAGE))
    event(app, type="look", seq=4, rows=[3, 5, 99, -1, "x"])
    looked = plot(app)["looked"]
    assert looked["seq"] == 4
    assert set(looked["cards"]) == {"3", "5"}
    card = looked["cards"]["3"]
    assert card["src"]
    assert card["caption"]
    assert card["rank"] >= 1
    assert -1 <= card["score"] <= 1


@pytest.mark.parametrize("kind", ["look", "view"])
def test_what_the_mouse_does_meanwhile_is_no_visit_to_an_older_link(
    open_app: OpenApp, mapped: tuple[Path, Projection], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = ask(open_app(mapped[0], page=PAGE))
    monkeypatch.setattr(map_state.st, "session_state", app.session_state)
    map_state.on_event()
    monkeypatch.undo()
    app.query_params["q"] = "what was asked before"  # the browser has not taken over the new link yet
    event(app, type=kind, seq=1, rows=[1])
    assert app.session_state["query"].text == "a mill"


def test_more_like_a_pinned_picture(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = open_app(mapped[0], page=PAGE)
    event(app, type="like", row=2)
    assert app.session_state["query"].image_id == grid(app)["pictures"][0]["id"]


@pytest.mark.parametrize(
    ("chosen", "kind"),
    [("cluster", "groups"), ("trust", "scale"), ("captions", "scale"), ("score", "scale"), ("column:x", "one")],
)
def test_points_are_coloured_by_what_is_chosen(
    open_app: OpenApp, mapped: tuple[Path, Projection], chosen: str, kind: str
) -> None:
    app = ask(open_app(mapped[0], page=PAGE))
    app.session_state["map_colour"] = chosen
    app.run()
    assert not app.exception
    assert plot(app)["colour"]["kind"] == kind


@pytest.mark.parametrize("rows", [[], [0], [3, 900], list(range(0, 1000, 2))])
def test_selected_rows_travel_both_ways(rows: list[int]) -> None:
    assert map_state.rows_of(packed(np.array(rows, dtype=np.int64), 1000), 1000).tolist() == rows


@pytest.mark.parametrize("told", [{}, {"as": "bits", "content": "!"}, {"as": "rows", "content": "AAA="}])
def test_broken_selections_are_empty(told: dict[str, str]) -> None:
    assert map_state.rows_of(told, 10).tolist() == []


def test_rows_beyond_the_gallery_are_left_out() -> None:
    assert map_state.rows_of(packed(np.array([2, 40]), 10_000), 10).tolist() == [2]
    assert map_state.rows_of({"as": "bits", "content": "//8="}, 10).tolist() == list(range(10))
