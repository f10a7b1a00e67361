"""Two requests side by side on Search: opened as a copy, changed, marked, put into the link, turned round, closed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages._ui.session import events, filters
from pages._ui.session.asked import Asked
from pages._ui.session.second import PREFIX, Second
from t2i_core.dataset import read_gallery
from t2i_core.errors import QueryError
from t2i_core.query import Condition, Query, SearchRequest
from t2i_core.query.link_form import settings_to_link
from tests import demo_maps
from tests.pages.page_parts import component, grid, settle, texts

OpenApp = Callable[..., AppTest]


def grids(app: AppTest) -> list[dict[str, Any]]:
    """What the grids on the page were given, the second last."""
    given = [one for one in app.get("bidi_component") if one.proto.component_name == "t2i_picture_grid"]
    return [json.loads(one.proto.json) for one in given]


def names(given: dict[str, Any]) -> list[str]:
    return [one["id"] for one in given["pictures"]]


def address(app: AppTest) -> dict[str, str]:
    return {name: one if isinstance(one, str) else one[0] for name, one in app.query_params.items()}


def of_second(app: AppTest) -> dict[str, str]:
    """The second request's part of the address."""
    return {name.removeprefix(PREFIX): one for name, one in address(app).items() if name.startswith(PREFIX)}


def test_opened_as_a_copy_then_asked_something_else(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill", k="5")
    assert len(grids(app)) == 1
    assert "B ·" not in texts(app)
    assert [one["paired"] for one in grids(app)] == [False]
    app.button(key="compare").click().run()
    first, second = grids(app)
    assert (first["paired"], second["paired"]) == (True, True)  # what is pointed at has its place in the other
    assert names(first) == names(second)
    assert {one["move"] for one in (*first["pictures"], *second["pictures"])} == {None}
    assert "Both find the same 5 pictures in the same order." in texts(app)
    assert of_second(app) == {"q": "a mill"}
    app.text_input(key="second_query").set_value("the sea at night").run()
    assert not app.exception
    first, second = grids(app)
    assert of_second(app) == {"q": "the sea at night"}
    before, after = names(first), names(second)
    assert len(before) == len(after) == 5
    moved = {one["id"]: one["move"] for one in second["pictures"]}
    for rank, name in enumerate(after):
        expected = (before.index(name) - rank or None) if name in before else "new"
        assert moved[name] == expected
    assert [one["id"] for one in first["pictures"] if one["move"] == "gone"] == [
        name for name in before if name not in after
    ]
    assert any(moved.values())
    assert "Rank-biased overlap" in texts(app)


def test_a_link_brings_it_back_and_closing_leaves_the_plain_page(open_app: OpenApp, datasets: Path) -> None:
    where = '[{"field":"words","values":["sea"]}]'
    app = open_app(datasets, q="a mill", k="4", **{"b.terms": "2*sea - mill", "b.where": where})
    assert of_second(app) == {"terms": "2*sea - mill", "where": where}
    assert app.text_input(key="second_query").value == "2*sea - mill"
    app.button(key="second_swap").click().run()
    assert of_second(app) == {"q": "a mill"}
    assert address(app)["terms"] == "2*sea - mill"
    app.button(key="second_copy").click().run()
    assert of_second(app) == {"terms": "2*sea - mill", "where": where}
    app.button(key="second_close").click().run()
    assert len(grids(app)) == 1
    assert of_second(app) == {}
    assert {one["move"] for one in grid(app)["pictures"]} <= {None}


def chosen(app: AppTest, panel: str, **told: object) -> AppTest:
    """What a panel of filters reports, followed by the run that it causes."""
    event = {"type": "choose", "where": [], "stacking": "none", "diversity": 0, "order": "score", **told}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", app.session_state)
        st.session_state[panel] = {"event": event}
        {"facet_panel": filters.on_event, "second_panel": filters.on_second_event}[panel]()
    return app.run()


def mounted(app: AppTest) -> dict[str, Any]:
    return component(app, "t2i_facet_panel")


def test_the_second_has_the_filters_of_the_first_or_its_own(open_app: OpenApp, datasets: Path) -> None:
    held = read_gallery(datasets).image_ids
    some = [{"field": "picture", "values": list(held[:4])}]
    app = open_app(datasets, q="a mill", k="12")
    app.button(key="filter").click().run()
    app.button(key="compare").click().run()
    assert app.toggle(key="second_filters").value is False
    chosen(app, "facet_panel", where=some, seq=1)
    assert [set(names(one)) for one in grids(app)] == [set(held[:4])] * 2  # they follow
    assert json.loads(of_second(app)["where"]) == some
    app.toggle(key="second_filters").set_value(True).run()
    assert of_second(app)["own"] == "1"  # though they are the same still
    assert (mounted(app)["where"], mounted(app)["seq"], app.segmented_control(key="filters_of").value) == (some, 0, "B")
    other = [{"field": "picture", "values": list(held[3:9])}]
    chosen(app, "second_panel", where=other, seq=3)
    assert [set(names(one)) for one in grids(app)] == [set(held[:4]), set(held[3:9])]
    assert (mounted(app)["where"], mounted(app)["seq"], mounted(app)["shown"]) == (other, 3, 6)
    shared = of_second(app)
    assert json.loads(shared["where"]) == other
    assert "own" not in shared
    app.segmented_control(key="filters_of").set_value("A").run()
    assert (mounted(app)["where"], mounted(app)["seq"]) == (some, 1)
    chosen(app, "facet_panel", where=[], seq=2)
    assert [len(names(one)) for one in grids(app)] == [12, 6]  # its own stay
    again = open_app(datasets, q="a mill", k="12", **{PREFIX + name: one for name, one in shared.items()})
    assert again.toggle(key="second_filters").value is True
    assert set(names(grids(again)[1])) == set(held[3:9])
    app.toggle(key="second_filters").set_value(False).run()
    assert [len(names(one)) for one in grids(app)] == [12, 12]
    assert of_second(app) == {"q": "a mill"}
    chosen(app, "second_panel", where=other, seq=4)  # comes too late
    assert [len(names(one)) for one in grids(app)] == [12, 12]


def test_another_dataset_of_the_same_pictures(open_app: OpenApp, begun: list[Future[object]], datasets: Path) -> None:
    app = open_app(datasets, q="a mill", k="5", **{"b.q": "a mill", "b.data": "plain"})
    settle(app, begun)
    first, second = grids(app)
    assert (len(names(first)), len(names(second))) == (5, 3)  # as many as it holds
    assert of_second(app) == {"q": "a mill", "data": "plain"}
    app.query_params["b.data"] = "elsewhere"
    app.run()
    assert len(grids(app)) == 1
    assert "'elsewhere', which is not here" in texts(app)


def test_a_picture_of_the_second_is_opened_where_all_are(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill", k="3", **{"b.q": "the sea"})
    wanted = names(grids(app)[1])[-1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", app.session_state)
        st.session_state["second_grid"] = {"event": {"type": "open", "id": wanted, "seq": 4}}
        events.on_second_event()
    app.run()
    first, second = grids(app)
    assert first["detail"]["id"] == first["open"] == wanted
    assert (second["open"], second["seq"], second["elsewhere"]) == (None, 4, True)


def test_what_cannot_be_read_is_told(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill", **{"b.q": "a mill", "b.where": "["})
    assert "The link compares with something that cannot be read" in texts(app)
    assert len(grids(app)) == 1
    app.button(key="compare").click().run()
    app.text_input(key="second_query").set_value("3*mill").run()
    assert of_second(app) == {"q": "a mill"}
    assert "weight" in texts(app)


def test_the_link_form_is_without_loss() -> None:
    second = Second(
        SearchRequest(Query.of("a", "b"), where=(Condition("folder", ("x",)),), ranking="balanced"), "other"
    )
    again = Second()
    again.follow(second.link_params() | {"q": "what the first asks", "k": "7"})
    assert again == second
    again.follow({"q": "what the first asks"})
    assert again == Second()
    first = Asked(where=second.request.where if second.request else ())
    for follows in (True, False):  # though both have the same filters at the moment
        second.follows = follows
        again.follow(second.link_params(first) | settings_to_link(where=first.where))
        assert again == second
    with pytest.raises(QueryError):
        again.follow({"b.q": "a", "b.cut": "high"})
    assert again == Second()


def test_both_are_on_the_map(open_app: OpenApp, datasets: Path, tmp_path: Path, begun: list[Future[object]]) -> None:
    folder = Path(shutil.copytree(datasets, tmp_path / "main"))
    demo_maps.write_map(folder)
    app = open_app(folder, q="a mill", k="5", **{"b.q": "the sea at night"})
    after = names(grids(app)[1])
    app.switch_page("pages/embedding_map.py")
    settle(app, begun)
    given = component(app, "t2i_embedding_map")
    ids = read_gallery(folder).image_ids
    assert [ids[hit["row"]] for hit in given["second"]["hits"]] == after
    assert [hit["rank"] for hit in given["second"]["hits"]] == [1, 2, 3, 4, 5]
    assert given["second"]["asked"] == "the sea at night"
    assert of_second(app) == {"q": "the sea at night"}
    app.query_params["b.q"] = "a castle"  # another link to this page
    assert component(app.run(), "t2i_embedding_map")["second"]["asked"] == "a castle"
    app = open_app(
        folder, page="pages/embedding_map.py", q="a mill", k="5", **{"b.q": "the sea at night", "b.data": "plain"}
    )
    settle(app, begun)
    given = component(app, "t2i_embedding_map")
    there = set(read_gallery(folder / "plain").image_ids)  # pictures of the other dataset that are here too
    assert {ids[hit["row"]] for hit in given["second"]["hits"]} == there & set(ids)
    assert given["second"]["hits"]
    app = open_app(folder, page="pages/embedding_map.py", q="a mill")
    assert component(app, "t2i_embedding_map")["second"] is None
