"""Links hold whole requests: what one asks reaches the engine, is told, can be taken out, and stands in the next link."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages._ui.frame import sharing
from pages._ui.session import links, state
from t2i_core.query import Condition, Query, SearchRequest, parse_query, request_from_link, request_to_link
from tests.pages.page_parts import bar, grid, texts
from tests.pages.visits import begin_visit, visit

OpenApp = Callable[..., AppTest]
MAP = "pages/embedding_map.py"


def names(app: AppTest) -> list[str]:
    return [one["id"] for one in grid(app)["pictures"]]


def address(app: AppTest) -> dict[str, str]:
    return {name: one if isinstance(one, str) else one[0] for name, one in app.query_params.items()}


@pytest.fixture
def animals(datasets: Path) -> list[str]:
    """Three pictures of the dataset."""
    return sorted(set(pd.read_csv(datasets / "captions_tokenized.csv")["image"]))[:3]


def where(*conditions: Condition) -> str:
    return json.dumps([one.to_record() for one in conditions], separators=(",", ":"))


def test_conditions_of_a_link_are_asked_told_and_taken_out(
    open_app: OpenApp, datasets: Path, animals: list[str]
) -> None:
    asked = where(Condition("picture", tuple(animals)))
    app = open_app(datasets, q="a mill", where=asked)
    assert not app.exception
    assert sorted(names(app)) == animals
    assert f"Only pictures where the file name is {animals[0]} or {animals[1]} or {animals[2]}" in texts(app)
    assert "Only 3 pictures fit, so no more are shown." in texts(app)
    assert address(app) == {"q": "a mill", "where": asked}
    app.switch_page(MAP).run()
    assert address(app) == {"q": "a mill", "where": asked}
    assert "Only pictures where the file name is" in texts(app)
    app.switch_page("pages/search.py").run()
    app.button(key="take_out_0").click().run()
    assert len(names(app)) == 12
    assert "Only pictures where" not in texts(app)
    assert address(app) == {"q": "a mill"}


def test_how_a_link_arranges_hits_is_told_and_taken_out(open_app: OpenApp, datasets: Path) -> None:
    plain = names(open_app(datasets, q="a mill"))
    app = open_app(datasets, q="a mill", order="-picture", varied="0.3")
    assert not app.exception
    assert names(app) == sorted(names(app), reverse=True)
    assert "The best are listed by picture, largest first" in texts(app)
    app.button(key="take_out_order").click().run()
    assert "with a weight of 0.3" in texts(app)
    assert address(app) == {"q": "a mill", "varied": "0.3"}
    app.button(key="take_out_diversity").click().run()
    assert names(app) == plain
    assert address(app) == {"q": "a mill"}
    told = texts(open_app(datasets, q="a mill", stack="copies"))
    assert "Copies count as one picture" in told


def test_a_cutoff_of_a_link_is_asked_told_and_taken_out(open_app: OpenApp, datasets: Path) -> None:
    scores = [one["score"] for one in grid(open_app(datasets, q="a mill"))["pictures"]]
    cut = (scores[3] + scores[4]) / 2
    app = open_app(datasets, q="a mill", cut=repr(cut))
    assert len(names(app)) == 4
    assert f"Only pictures that score at least {cut:g}" in texts(app)
    assert address(app) == {"q": "a mill", "cut": repr(cut)}
    app.button(key="take_out_cutoff").click().run()
    assert len(names(app)) == 12
    assert address(app) == {"q": "a mill"}


def test_a_ranking_that_is_not_offered_is_told_and_can_be_taken_out(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a white mill on a hill", ranking="balanced")
    assert "index --balanced" in bar(app)["message"]
    assert "Ranked in another way than by scores alone: balanced" in texts(app)
    app.button(key="take_out_ranking").click().run()
    assert bar(app)["message"] == ""
    assert len(names(app)) == 12
    assert address(app) == {"q": "a white mill on a hill"}


def test_weighted_terms_of_a_link_are_asked_and_shown_as_they_are_typed(open_app: OpenApp, datasets: Path) -> None:
    terms = '2*"a white mill" - a dog'
    app = open_app(datasets, terms=terms)
    assert visit(app).asked.query == parse_query(terms)
    assert bar(app)["image"]["label"] == "2*a white mill - a dog"
    assert address(app) == {"terms": "2*a white mill - a dog"}
    assert names(app) != names(open_app(datasets, together="a white mill\na dog"))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"where": "nonsense"}, "The link's where cannot be read"),
        ({"where": '[{"field": "folder"}]'}, "A condition needs values or a range"),
        ({"cut": "much"}, "The link's cut must be a score"),
        ({"ranking": "of tomorrow"}, "ranking must be one of cosine"),
        ({"order": "by name"}, "order must be one of score"),
    ],
)
def test_half_a_request_is_not_asked(open_app: OpenApp, datasets: Path, params: dict[str, str], said: str) -> None:
    app = open_app(datasets, q="a mill", **params)
    assert not app.exception
    assert f"The link asks for something that cannot be read. {said}" in texts(app)
    assert all(one["score"] is None for one in grid(app)["pictures"])
    assert address(app) == {}


def test_a_condition_on_what_is_not_there_is_told_and_can_be_taken_out(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill", where=where(Condition("column:year", at_least=2001)))
    assert "A condition looks at one of folder, picture" in bar(app)["message"]
    assert "Only pictures where year is at least 2001" in texts(app)
    app.button(key="take_out_0").click().run()
    assert bar(app)["message"] == ""
    assert len(names(app)) == 12


def test_conditions_are_those_of_one_dataset(open_app: OpenApp, datasets: Path, animals: list[str]) -> None:
    app = open_app(
        datasets, q="a mill", where=where(Condition("picture", tuple(animals))), cut="-0.5", ranking="balanced"
    )
    app.selectbox(key="dataset_choice").select("plain").run()
    assert visit(app).asked.where == ()
    assert visit(app).asked.cutoff is None
    assert visit(app).asked.ranking == "cosine"
    assert address(app) == {"q": "a mill", "data": "plain"}


def test_another_filter_is_another_ranking_to_the_session_and_the_browser(
    open_app: OpenApp, datasets: Path, animals: list[str]
) -> None:
    app = open_app(datasets, q="a mill")
    token = grid(app)["token"]
    visit(app).asked.where = (Condition("picture", tuple(animals)),)
    app.run()
    assert sorted(names(app)) == animals
    assert grid(app)["token"] != token
    visit(app).asked.where = ()
    app.run()
    assert grid(app)["token"] == token
    assert len(visit(app).kept.rankings) == 2


@pytest.mark.parametrize("page", ["", MAP])
def test_what_is_exported_holds_the_request_of_the_link(
    open_app: OpenApp, datasets: Path, animals: list[str], page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: dict[str, Any] = {}
    monkeypatch.setattr(sharing, "download", lambda label, content, mime, name: files.update({label: content}))
    app = open_app(datasets, q="a mill", k="2", where=where(Condition("picture", tuple(animals))))
    if page:
        app.switch_page(page).run()
    app.session_state["share"] = True
    app.run()
    made = json.loads(files["JSON"])
    request = request_from_link(address(app))
    assert request is not None
    assert made["request"] == request.to_record()
    assert made["request"]["top_k"] == made["top_k"] == 2
    assert SearchRequest.from_record(made["request"]) == request


queries = st.sampled_from(
    [Query.of("a mill"), Query.of("a mill", "a dog"), Query.like(["a/b.jpg"]), parse_query("2*mill - [a.jpg]")]
)
conditions = st.lists(
    st.sampled_from([Condition("folder", ("a", "b")), Condition("column:x", at_least=0.5, negated=True)]), max_size=2
)


@given(queries, conditions, st.integers(1, 200), st.none() | st.floats(-1, 1), st.booleans())
def test_any_request_survives_a_visit_and_its_link(
    query: Query, where: list[Condition], top_k: int, cutoff: float | None, approximate: bool
) -> None:
    request = SearchRequest(query, tuple(where), top_k, cutoff=cutoff, approximate=approximate)
    with pytest.MonkeyPatch.context() as monkeypatch:
        begun = begin_visit(monkeypatch)
        streamlit.query_params.from_dict(request_to_link(request))
        links.follow_link(page="search", titles={"data": "Data"})
        assert begun.asked.request(begun.shown.top_k) == request
        params = links.link_params(first_dataset="data")
        assert params == request_to_link(request)
        assert request_from_link(params) == request


def test_terms_too_long_for_a_link_are_left_out_rather_than_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    begin_visit(monkeypatch)
    state.ask(parse_query(f'2*"{"mill " * 500}" - dog'))
    assert links.link_params(first_dataset=None) == {}
    state.ask(parse_query(f"2*mill - {'dog ' * 100}"))
    assert set(links.link_params(first_dataset=None)) == {"terms"}
