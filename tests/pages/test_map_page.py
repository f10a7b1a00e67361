"""The map page in every state: no map, a stale one, a query, a selection, colours, pictures looked at."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages._ui.map import map_colours, map_state, map_thumbnails, tag_colour
from pages._ui.map.map_view import packed
from pages._ui.session import events
from t2i_core.dataset import read_gallery
from t2i_core.marks import tag_pictures
from t2i_core.projection import PROJECTION_NAME, Projection
from t2i_core.query import Query
from tests import demo_maps
from tests.pages.page_parts import bar, component, grid, texts, until
from tests.pages.visits import visit

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
    visit(app).map.events = [told]
    return app.run()


def ask(app: AppTest, text: str = "a mill") -> AppTest:
    visit(app).asked.query = Query.of(text)
    return app.run()


def asked(app: AppTest) -> Query:
    """What is asked, where something is."""
    query = visit(app).asked.query
    assert query is not None
    return query


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
    until(app, lambda app: any(one.proto.component_name == "t2i_embedding_map" for one in app.get("bidi_component")))
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
    assert data["place"] is None
    assert data["hits"] == []
    assert data["colour"] == {"kind": "one"}
    assert [one["name"] for one in data["clusters"]] == list(mapped[1].cluster_names)
    assert sum(one["count"] for one in data["clusters"]) == 12
    assert len(grid(app)["pictures"]) == 12
    assert "Modality gap" in texts(app)


def test_a_query_stands_among_its_hits(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = ask(open_app(mapped[0], page=PAGE))
    data = plot(app)
    assert data["query"] == Query.of("a mill").key
    assert [hit["rank"] for hit in data["hits"]] == list(range(1, 13))
    place = data["place"]
    assert place["of"] == 12
    assert sum(group["count"] for group in place["groups"]) + (place["alone"] or {"count": 0})["count"] == 12
    if place["marker"] is not None:
        own = mapped[1].coordinates[place["marker"]["rows"]]
        assert own[:, 0].min() - 1e-6 <= place["marker"]["x"] <= own[:, 0].max() + 1e-6
        assert own[:, 1].min() - 1e-6 <= place["marker"]["y"] <= own[:, 1].max() + 1e-6
    assert grid(app)["pictures"][0]["rank"] == 1


def test_the_query_is_shared_with_search(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = open_app(mapped[0], q="a castle")
    app.switch_page(PAGE).run()
    assert bar(app)["text"] == "a castle"
    assert plot(app)["query"] == Query.of("a castle").key


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
    assert asked(app).pictures == tuple(names)
    assert plot(app)["selected"] is None
    assert bar(app)["image"]["label"] == "3 pictures together"
    assert len(grid(app)["pictures"]) == 9
    assert not {picture["id"] for picture in grid(app)["pictures"]} & set(names)
    assert grid(app)["summary"] == "9 of 9 other pictures, closest first; the query's own 3 are left out"


def test_a_polygon_selects_what_lies_inside(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = open_app(mapped[0], page=PAGE)
    event(app, type="polygon", corners=[[-2, -2], [2, -2], [2, 2], [-2, 2]])
    assert "12 pictures selected" in texts(app)
    app.button(key="map_clear").click().run()
    assert "selected" not in texts(app)


def test_what_is_drawn_is_added_to_the_selection_or_taken_from_it(
    open_app: OpenApp, mapped: tuple[Path, Projection]
) -> None:
    app = open_app(mapped[0], page=PAGE)
    coordinates = mapped[1].coordinates
    order = np.argsort(coordinates[:, 0])
    left, right = coordinates.min(axis=0) - 1, coordinates.max(axis=0) + 1

    def draw(low: int, high: int, how: str) -> list[int]:
        """Around all pictures from one to another, counted from the left."""
        edges = [float(coordinates[order[at], 0]) for at in (low, high)]
        a, b = edges[0] - 1e-4, edges[1] + 1e-4
        event(app, type="polygon", how=how, corners=[[a, left[1]], [b, left[1]], [b, right[1]], [a, right[1]]])
        chosen = visit(app).map.selection
        return [] if chosen is None else sorted(order.tolist().index(row) for row in chosen.rows)

    assert draw(0, 2, "set") == [0, 1, 2]
    assert draw(2, 4, "add") == [0, 1, 2, 3, 4]
    assert draw(1, 3, "drop") == [0, 4]
    assert draw(5, 5, "set") == [5]


def test_the_selection_is_that_of_cards_and_captions(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = open_app(mapped[0], page=PAGE)
    names = read_gallery(mapped[0]).image_ids
    assert plot(app)["chosen"]["ids"] == []
    event(app, type="select", **packed(np.array([1, 4, 6], dtype=np.int64), 12))
    told = plot(app)["chosen"]
    assert told["ids"] == [names[row] for row in (1, 4, 6)]
    assert told["of"] == grid(app)["tagging"]["of"]  # and the cards beside the map can be tagged
    event(app, type="chosen", seq=3, ids=[names[6], names[2], "gone.jpg", 5])
    assert (plot(app)["chosen"]["seq"], plot(app)["chosen"]["ids"]) == (3, [names[2], names[6]])
    assert [one["id"] for one in grid(app)["pictures"]] == [names[2], names[6]]
    event(app, type="chosen", seq=4, ids=[])
    assert plot(app)["selected"] is None


def test_hits_stay_listed_while_some_of_them_are_selected(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = ask(open_app(mapped[0], page=PAGE))
    hits = [one["id"] for one in grid(app)["pictures"]]
    event(app, type="chosen", seq=1, ids=hits[:2])
    assert [one["id"] for one in grid(app)["pictures"]] == hits
    assert plot(app)["selected"] is not None
    event(app, type="select", **packed(np.array([1, 4], dtype=np.int64), 12))
    assert len(grid(app)["pictures"]) == 2


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


def test_tags_are_a_colour_once_there_are_any(
    open_app: OpenApp, mapped: tuple[Path, Projection], tmp_path: Path
) -> None:
    folder = tmp_path / "tagged"
    shutil.copytree(mapped[0], folder)
    app = open_app(folder, page=PAGE)
    offered = app.selectbox(key="map_colour_choice").options
    assert "Tag" not in offered
    gallery = read_gallery(folder)
    names = gallery.image_ids
    tag_pictures(folder, [*names[:4], "gone.jpg"], add=["keep"])
    tag_pictures(folder, names[3:6], add=["cover"])
    app.run()
    assert "Tag" in app.selectbox(key="map_colour_choice").options
    app.selectbox(key="map_colour_choice").set_value("tag").run()
    told = plot(app)["colour"]
    assert (told["kind"], told["title"]) == ("groups", "Tag")
    assert told["names"] == ["keep", "cover", tag_colour.MIXED, tag_colour.NONE]
    labels, shown = tag_colour.groups(gallery, most=2)
    assert shown == ["keep", tag_colour.MIXED]
    assert labels.tolist() == [0, 0, 0, 1, 1, 1, *[-1] * (len(names) - 6)]


def test_pictures_in_place_of_points_are_made_for_the_rows_in_view(
    open_app: OpenApp, mapped: tuple[Path, Projection]
) -> None:
    app = open_app(mapped[0], page=PAGE)
    assert plot(app)["thumbnails"] == {"seq": 0, "rows": [], "addresses": {}}
    numbers = count(1)

    def ask_for_them() -> None:
        seq = next(numbers)
        event(app, type="thumbnails", seq=seq, rows=[3, 1, 12, "2"])
        told = plot(app)["thumbnails"]
        assert (told["seq"], told["rows"]) == (seq, [3, 1])  # no row beyond the gallery, and none that is no number

    until(app, lambda app: len(plot(app)["thumbnails"]["addresses"]) == 2, again=ask_for_them)
    told = plot(app)["thumbnails"]
    assert set(told["addresses"]) == {"1", "3"}
    assert all(address.startswith("app/static/") for address in told["addresses"].values())
    event(app, type="thumbnails", seq=next(numbers), rows=list(range(12)) * 20)
    assert len(plot(app)["thumbnails"]["rows"]) == map_thumbnails.MOST


@pytest.mark.parametrize("kind", ["look", "view"])
def test_what_the_mouse_does_meanwhile_is_no_visit_to_an_older_link(
    open_app: OpenApp, mapped: tuple[Path, Projection], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = ask(open_app(mapped[0], page=PAGE))
    monkeypatch.setattr(st, "session_state", app.session_state)
    map_state.on_event()
    monkeypatch.undo()
    app.query_params["q"] = "what was asked before"  # the browser has not taken over the new link yet
    event(app, type=kind, seq=1, rows=[1])
    assert asked(app).sentence == "a mill"


def test_a_pictures_captions_are_opened_from_here_too(
    open_app: OpenApp, mapped: tuple[Path, Projection], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(mapped[0], page=PAGE)
    image_id = grid(app)["pictures"][0]["id"]
    with monkeypatch.context() as patched:
        patched.setattr(st, "session_state", app.session_state)
        events.show_captions_of(image_id)
    app.run()
    view = component(app, "t2i_caption_table")["view"]
    assert view["filters"] == {"file": {"choices": [image_id]}}
    app.switch_page(PAGE).run()
    assert plot(app)["count"] == 12  # and nobody is sent away again


def test_more_like_a_pinned_picture(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = open_app(mapped[0], page=PAGE)
    event(app, type="like", row=2)
    [liked] = asked(app).pictures
    assert bar(app)["image"]["label"] == f"Like {liked.rsplit('/', 1)[-1]}"
    assert len(grid(app)["pictures"]) == 11
    assert liked not in {picture["id"] for picture in grid(app)["pictures"]}


@pytest.mark.parametrize(
    ("chosen", "kind"),
    [("cluster", "groups"), ("trust", "scale"), ("captions", "one"), ("score", "scale"), ("column:x", "one")],
)
def test_points_are_coloured_by_what_is_chosen(
    open_app: OpenApp, mapped: tuple[Path, Projection], chosen: str, kind: str
) -> None:
    app = ask(open_app(mapped[0], page=PAGE))
    visit(app).map.colour = chosen
    app.run()
    assert not app.exception
    assert plot(app)["colour"]["kind"] == kind


def test_the_place_of_a_query_is_the_same_for_every_top_k(open_app: OpenApp, mapped: tuple[Path, Projection]) -> None:
    app = open_app(mapped[0], page=PAGE)
    for text in ("a mill", "a castle", "a dog"):
        places = []
        for top_k in (1, 2, 5, 12):
            visit(app).shown.top_k = top_k
            ask(app, text)
            assert len(plot(app)["hits"]) == top_k
            places.append(plot(app)["place"])
        assert places == places[:1] * 4


def test_a_group_of_hits_is_selected(open_app: OpenApp, tmp_path: Path, datasets: Path) -> None:
    folder = tmp_path / "main"
    shutil.copytree(datasets, folder, ignore=shutil.ignore_patterns("plain"))
    corners = np.repeat([(-1, -1), (1, 1), (-1, 1)], 4, axis=0) + np.linspace(0, 0.01, 24).reshape(12, 2)
    corners[11] = (1, -1)
    made = demo_maps.write_map(folder, coordinates=corners.astype(np.float32))
    app = ask(open_app(folder, page=PAGE))
    place = plot(app)["place"]
    assert place["marker"] is None
    assert [group["count"] for group in place["groups"]] == [4, 4, 3]
    assert place["alone"]["count"] == 1
    for number in range(3):
        event(app, type="group", place=number)
        rows = map_state.rows_of(plot(app)["selected"], 12)
        assert len(rows) == [4, 4, 3][number]
        assert np.ptp(made.coordinates[rows], axis=0).max() < 0.1
        assert f"group {number + 1} of the hits" in texts(app)
    event(app, type="group", place=3)
    assert map_state.rows_of(plot(app)["selected"], 12).tolist() == [11]
    for nonsense in (4, -1, "x", None):
        event(app, type="group", place=nonsense)
        assert plot(app)["selected"] is None


def test_only_what_differs_between_pictures_is_offered_as_a_colour(mapped: tuple[Path, Projection]) -> None:
    gallery, projection = read_gallery(mapped[0]), mapped[1]
    assert len(set(np.bincount(gallery.caption_rows).tolist())) == 1  # every picture has as many captions
    first = np.array([int((gallery.caption_rows[:at] == row).sum()) for at, row in enumerate(gallery.caption_rows)])
    columns: dict[str, Any] = {
        "same": ["x"] * len(first),
        "same number": [5.0] * len(first),
        "number of the caption": first.tolist(),  # another for each caption, the same for each picture's first
        "nothing": [""] * len(first),
        "one number, else nothing": ["7" if row else "" for row in gallery.caption_rows],
        "flag": ["yes" if row else "" for row in gallery.caption_rows],
        "two": ["a" if row else "b" for row in gallery.caption_rows],
        "numbers": gallery.caption_rows.tolist(),
    }
    columns = {name: np.array(one, dtype=object) for name, one in columns.items()}
    varied = replace(gallery, caption_columns=columns)
    offered = map_colours.varied_fields(varied, projection)
    assert [name for name in offered if name.startswith("column:")] == ["column:flag", "column:two", "column:numbers"]
    assert "captions" not in offered
    assert {"cluster", "trust"} <= set(offered)
    flat = replace(
        projection,
        trust=np.full_like(projection.trust, 0.5),
        cluster_labels=np.zeros_like(projection.cluster_labels),
    )
    assert not {"cluster", "trust"} & set(map_colours.varied_fields(varied, flat))
    fewer = replace(
        gallery, captions=gallery.captions[1:], caption_rows=gallery.caption_rows[1:], text_embeddings=None,
        caption_columns={},
    )  # fmt: skip
    assert "captions" in map_colours.varied_fields(fewer, projection)


@pytest.mark.parametrize("rows", [[], [0], [3, 900], list(range(0, 1000, 2))])
def test_selected_rows_travel_both_ways(rows: list[int]) -> None:
    assert map_state.rows_of(packed(np.array(rows, dtype=np.int64), 1000), 1000).tolist() == rows


@pytest.mark.parametrize("told", [{}, {"as": "bits", "content": "!"}, {"as": "rows", "content": "AAA="}])
def test_broken_selections_are_empty(told: dict[str, str]) -> None:
    assert map_state.rows_of(told, 10).tolist() == []


def test_rows_beyond_the_gallery_are_left_out() -> None:
    assert map_state.rows_of(packed(np.array([2, 40]), 10_000), 10).tolist() == [2]
    assert map_state.rows_of({"as": "bits", "content": "//8="}, 10).tolist() == list(range(10))
