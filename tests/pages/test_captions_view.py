"""What the Captions page shows, through events and links: everything survives, nonsense does nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from pages._ui.captions import captions_view
from pages._ui.captions.captions_view import from_event, from_params, to_params
from pages._ui.session import events, state
from pages._ui.session.captions import CaptionsView
from pages._ui.session.visit import Visit
from t2i_core.captions.columns import Filter
from t2i_core.captions.sheet import SheetView, caption_sheet
from t2i_core.query import Query
from tests.core.small_galleries import make_gallery
from tests.pages.visits import begin_visit


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Visit:
    begun = begin_visit(monkeypatch)
    captions_view.prepare()
    return begun


def report(session: Visit, **event: object) -> None:
    st.session_state["caption_table"] = {"event": event}
    captions_view.on_event()


@pytest.mark.parametrize(
    "view",
    [
        CaptionsView(),
        CaptionsView(SheetView(words='dog "red hat" -snow', sort="rank", descending=True), page=7, page_size=200),
        CaptionsView(SheetView(descending=True)),
        CaptionsView(SheetView(words="dog"), picked=(0, 41, 7)),
        CaptionsView(SheetView(filters={"similarity": Filter(low=0.1), "length": Filter(high=-3.25)})),
        CaptionsView(SheetView(filters={"rank": Filter(low=2, high=1_000_000)})),
        CaptionsView(SheetView(filters={"file": Filter(text="=~a..b|c")})),
        CaptionsView(SheetView(filters={"col.who?": Filter(choices=("a|b", "c\\", "\\|", "", "~d", "1..2"))})),
        CaptionsView(SheetView(filters={"col.who": Filter(choices=("",))})),
    ],
)
def test_a_view_survives_its_link_and_the_browser(view: CaptionsView) -> None:
    assert from_params(to_params(view)) == view
    record = {
        "words": view.sheet.words, "sort": view.sheet.sort, "descending": view.sheet.descending, "page": view.page,
        "size": view.page_size, "filters": {key: captions_view.filter_record(one) for key, one in view.sheet.filters.items()},
    }  # fmt: skip
    assert from_event(record) == replace(view, picked=())  # what is picked comes beside the view


def test_a_first_view_has_an_empty_link() -> None:
    assert to_params(CaptionsView()) == {}


@pytest.mark.parametrize(
    "params",
    [
        {"page": "-1"}, {"page": "x"}, {"page": "٣"}, {"rows": "7"}, {"rows": ""}, {"f.rank": "1..2..3"}, {"f.rank": "a..b"},
        {"f.rank": "nan..inf"}, {"f.rank": ""}, {"f.x": "~"}, {"other": "1"}, {"sort": ""}, {"picked": "0,-1,x,,٣"},
        {"picked": "9" * 13}, {"picked": ""},
    ],
)  # fmt: skip
def test_nonsense_in_a_link_is_as_at_first(params: dict[str, str]) -> None:
    assert from_params(params) == CaptionsView()


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"words": None, "filters": None, "page": "2", "size": 7, "sort": None, "descending": 1},
        {"filters": {"rank": "x", "file": {}, "a": {"low": True}, "b": {"choices": "abc"}, "c": {"high": float("nan")}}},
    ],
)  # fmt: skip
def test_nonsense_from_the_browser_is_as_at_first(asked: dict[str, object]) -> None:
    assert from_event(asked) == CaptionsView()


def test_typing_is_not_settled(session: Visit) -> None:
    report(session, type="view", seq=3, settled=False, view={"words": "do"})
    assert session.captions.view.sheet.words == "do"
    assert not captions_view.settled()
    assert session.captions.seq == 3
    report(session, type="view", seq=4, settled=True, view={"words": "dog"})
    assert captions_view.settled()
    assert session.captions.version == 0  # what the browser asked for itself must not be pressed on it


def test_search_with_a_caption_or_several(session: Visit) -> None:
    report(session, type="search", text="a mill", seq=1)
    assert state.query() == Query.of("a mill")
    assert session.opened.go_to == "pages/search.py"
    report(session, type="together", texts=["a mill", "a lake"], seq=2)
    asked = state.query()
    assert asked is not None
    assert asked == Query.of("a mill", "a lake")


def test_picked_captions_are_those_of_one_dataset(session: Visit) -> None:
    session.opened.dataset = "main"
    captions_view.prepare()
    report(session, type="view", view={"words": "dog"}, picked=[4, 2, 4, -1, "x", *range(50)], seq=1)
    picked = session.captions.view.picked
    assert picked[:4] == (4, 2, 0, 1)
    assert len(picked) == captions_view.MOST_PICKED
    captions_view.prepare()
    assert session.captions.view.picked == picked
    report(session, type="captions", id="a.jpg", picked=list(picked), seq=2)
    assert session.captions.view.picked == picked
    session.opened.dataset = "other"
    captions_view.prepare()
    assert session.captions.view.picked == ()


def test_the_dialog_opens_and_closes_a_picture(session: Visit) -> None:
    report(session, type="open", id="a.jpg", seq=1)
    assert session.opened.picture == "a.jpg"
    assert session.opened.go_to is None
    report(session, type="close", seq=2)
    assert session.opened.picture is None
    report(session, type="like", id="a.jpg", seq=3)
    assert state.query() == Query.like(["a.jpg"])
    assert session.opened.go_to == "pages/search.py"


def test_captions_of_a_picture_from_either_page(session: Visit) -> None:
    report(session, type="captions", id="a.jpg", seq=1)
    assert session.opened.go_to is None  # it is this page
    assert session.captions.view.sheet.filters == {"file": Filter(choices=("a.jpg",))}
    assert session.captions.version == 1
    assert session.opened.picture is None
    st.session_state["picture_grid"] = {"event": {"type": "captions", "id": "b.jpg", "seq": 1}}
    events.on_grid_event()
    assert session.opened.go_to == "pages/captions.py"
    captions_view.prepare()
    assert session.captions.view.sheet.filters == {"file": Filter(choices=("b.jpg",))}


def test_every_event_tells_which_picture_is_open(session: Visit) -> None:
    report(session, type="open", id="a.jpg", open="a.jpg", seq=1)
    report(session, type="view", view={"page": 2}, open=None, seq=3)  # the one between, "close", was lost
    assert session.opened.picture is None
    report(session, type="view", view={"page": 2}, open="b.jpg", seq=4)
    assert session.opened.picture == "b.jpg"


def test_nonsense_events_do_nothing(session: Visit) -> None:
    for event in ({}, {"type": "launch"}, {"type": "view", "view": 3, "seq": "x"}, {"type": "together", "texts": "ab"}):
        report(session, **event)
    assert session.captions.view == CaptionsView()
    assert state.query() is None


def test_columns_a_dataset_does_not_have_are_dropped(session: Visit) -> None:
    sheet = caption_sheet(make_gallery(np.eye(2), [0, 1]), np.full(2, np.nan))
    kept = {"length": Filter(low=1), "file": Filter(text="x")}
    gone = {"col.who": Filter(text="x"), "rank": Filter(text="x"), "caption": Filter(low=1)}
    session.captions.view = CaptionsView(SheetView(filters=kept | gone, sort="col.who"))
    assert captions_view.current(sheet).sheet == SheetView(filters=kept)
