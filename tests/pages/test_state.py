"""The session's state: what events of our components do to it, and the link it becomes."""

from __future__ import annotations

import base64
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st

from pages._ui.session import events, links, recent, state
from pages._ui.session.visit import Visit
from t2i_core.query import OutsidePicture, Query
from tests.core.small_galleries import make_gallery
from tests.pages.visits import begin_visit

GALLERY = make_gallery(np.eye(3))


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Visit:
    return begin_visit(monkeypatch)


def asked_text() -> object:
    """What the browser is told was asked."""
    record = recent.asked_record(GALLERY)
    assert record is not None
    return record["text"]


def bar_event(session: Visit, **event: object) -> None:
    st.session_state["query_bar"] = {"event": event}
    events.on_bar_event()


def grid_event(session: Visit, **event: object) -> None:
    st.session_state["picture_grid"] = {"event": event}
    events.on_grid_event()


def test_typing_searches_without_touching_field_link_or_history(session: Visit) -> None:
    bar_event(session, type="typed", text="  a  mill ")
    assert state.query() == Query.of("a mill")
    assert session.asked.bar_version == 0
    assert recent.asked_record(GALLERY) is None
    links.write_link(first_dataset="data")
    assert dict(st.query_params) == {}
    bar_event(session, type="settled", text="a mill")
    links.write_link(first_dataset="data")
    assert dict(st.query_params) == {"q": "a mill"}
    assert asked_text() == "a mill"


def test_leaving_the_field_for_a_picture_keeps_that_picture_open(session: Visit) -> None:
    bar_event(session, type="typed", text="a mill")
    grid_event(session, type="open", id="a.jpg", seq=3)
    bar_event(session, type="settled", text="a mill")  # the field's last word may come after the click
    assert session.opened.picture == "a.jpg"
    assert asked_text() == "a mill"
    assert links.link_params(first_dataset=None) == {"q": "a mill", "picture": "a.jpg"}
    assert session.asked.settled is True
    bar_event(session, type="settled", text="a mill on a hill")
    assert session.opened.picture is None


def test_slow_models_only_suggest_while_typing(session: Visit) -> None:
    bar_event(session, type="search", text="a mill")
    bar_event(session, type="suggest", text="a mill on")
    assert state.query() == Query.of("a mill")
    assert session.asked.suggest_for == "a mill on"
    bar_event(session, type="search", text="a mill on a hill")
    assert session.asked.suggest_for is None


@pytest.mark.parametrize("kind", ["typed", "suggest"])
def test_emptying_the_field_takes_away_what_its_words_had_found(session: Visit, kind: str) -> None:
    bar_event(session, type="search", text="a mill")
    links.write_link(first_dataset="data")
    version = session.asked.bar_version
    bar_event(session, type=kind, text="  ")
    assert state.query() is None
    assert session.asked.empty is False  # nobody asked for nothing
    assert session.asked.bar_version == version  # what is being typed stays
    links.write_link(first_dataset="data")
    assert dict(st.query_params) == {}
    bar_event(session, type="search", text="a mill")
    bar_event(session, type="clear")
    assert state.query() is None
    assert session.asked.empty is False


def test_letters_taken_back_beside_a_picture_leave_it(session: Visit) -> None:
    state.ask_like("a.jpg")
    bar_event(session, type="suggest", text="a")
    bar_event(session, type="suggest", text="")
    bar_event(session, type="typed", text="")
    assert state.query() == Query.like(["a.jpg"])


def test_enter_in_an_empty_field_asks_for_a_word(session: Visit) -> None:
    bar_event(session, type="search", text="   ")
    assert session.asked.empty is True
    bar_event(session, type="search", text="a mill")
    assert session.asked.empty is False


@pytest.mark.parametrize(
    "asked",
    [
        Query.of("a mill"),
        Query.of("a dog", "a cat"),
        Query.like(["1.jpg"]),
        Query.like(("0.jpg", "2.jpg")),
    ],
    ids=["text", "together", "like", "alike"],
)
def test_what_a_browser_keeps_of_a_query_asks_for_it_again(session: Visit, asked: Query) -> None:
    session.asked.query = asked
    record = recent.asked_record(GALLERY)
    assert record is not None
    assert record["key"] == asked.key
    state.clear_query()
    if record["kind"] == "text":
        bar_event(session, type="search", text=record["text"])
    else:
        bar_event(session, type="again", **{name: record.get(name) for name in ("kind", "id", "ids", "texts")})
    assert state.query() == asked


def test_what_cannot_be_asked_again_is_not_kept_by_a_browser(session: Visit) -> None:
    assert recent.asked_record(GALLERY) is None
    bar_event(session, type="picture", name="dog.jpg", content="")
    assert recent.asked_record(GALLERY) is None
    state.ask_like("of another gallery.jpg")
    assert recent.asked_record(GALLERY) is None
    many = replace(make_gallery(np.eye(20)), key="many")
    state.ask_examples(many.image_ids[:13])
    assert recent.asked_record(many) is None
    for nonsense in ({}, {"kind": "alike", "ids": "x"}, {"kind": "together", "texts": 3}, {"kind": "launch"}):
        state.clear_query()
        bar_event(session, type="again", **nonsense)
        assert state.query() is None


@pytest.mark.parametrize(
    ("asked", "most", "taken", "refused"),
    [(9, 12, 9, None), (999, 200, 200, 999), (24, 5, 5, 24), (0, 5, 1, 0), (-3, 5, 1, -3)],
)
def test_a_top_k_that_cannot_be_is_noted(
    session: Visit, asked: int, most: int, taken: int, refused: int | None
) -> None:
    session.shown.choose_top_k(asked, most)
    assert (session.shown.top_k, session.shown.top_k_refused) == (taken, refused)


@pytest.mark.parametrize(
    ("text", "top_k"), [("77", 77), ("999", 200), ("0", 1), ("9" * 5000, 24), ("-4", 24), ("1.5", 24), ("\u0663", 24)]
)
def test_a_links_top_k(session: Visit, text: str, top_k: int) -> None:
    follow(session, q="a mill", k=text)
    assert session.shown.top_k == top_k


def test_picture_event(session: Visit) -> None:
    bar_event(session, type="picture", name="dog.jpg", content=base64.b64encode(b"bytes").decode())
    upload = session.asked.upload
    assert upload is not None
    assert (upload.name, upload.content) == ("dog.jpg", b"bytes")
    assert state.query() == Query.of(OutsidePicture(upload.sha256, "dog.jpg"))
    assert links.link_params(first_dataset="data") == {}
    bar_event(session, type="search", text="a mill")
    assert session.asked.upload is None


@pytest.mark.parametrize("content", ["not base64 at all!", "AAA", "\u00e9"])
def test_picture_event_with_broken_content_is_an_empty_picture(session: Visit, content: str) -> None:
    bar_event(session, type="picture", name="dog.jpg", content=content)
    assert session.asked.upload is not None and session.asked.upload.content == b""


def test_grid_events(session: Visit) -> None:
    grid_event(session, type="open", id="a.jpg", seq=3)
    assert (session.opened.picture, session.opened.grid_seq) == ("a.jpg", 3)
    assert links.link_params(first_dataset=None) == {"picture": "a.jpg"}
    grid_event(session, type="related", id="a.jpg", seq=4)
    assert session.opened.related_to == "a.jpg"
    grid_event(session, type="close", seq=5)
    assert session.opened.picture is None
    grid_event(session, type="like", id="b.jpg", seq=6)
    assert state.query() == Query.like(["b.jpg"])
    grid_event(session, type="search", text="an old mill", id="b.jpg", seq=7)
    assert state.query() == Query.of("an old mill")
    assert session.asked.bar_version == 2


def test_nonsense_events_are_ignored(session: Visit) -> None:
    for event in ({}, {"type": "launch"}, {"type": None, "seq": "x"}):
        bar_event(session, **event)
        grid_event(session, **event)
    st.session_state["query_bar"] = None
    events.on_bar_event()
    assert state.query() is None


def follow(session: Visit, page: str = "search", **params: str) -> None:
    st.query_params.from_dict(params)
    links.follow_link(page=page, titles={"data": "Demo gallery", "small": "small"})


def test_back_and_forward_follow_the_address(session: Visit) -> None:
    follow(session)
    bar_event(session, type="search", text="first")
    links.write_link(first_dataset="data")
    bar_event(session, type="search", text="second")
    links.write_link(first_dataset="data")
    follow(session, q="first")  # the browser is late with the second link: what was done stands
    assert state.query() == Query.of("second")
    follow(session, q="first")
    assert state.query() == Query.of("first")
    follow(session)  # back to where the visit began
    assert state.query() is None


def test_another_page_empties_the_address_and_not_the_query(session: Visit) -> None:
    follow(session)
    bar_event(session, type="search", text="first")
    follow(session)
    links.write_link(first_dataset="data")
    follow(session, page="build")
    follow(session)
    assert state.query() == Query.of("first")
    links.write_link(first_dataset="data")
    assert dict(st.query_params) == {"q": "first"}


def test_stepping_to_an_empty_address_of_another_page_is_meant(session: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    context = SimpleNamespace(is_history_navigation=False)
    monkeypatch.setattr(links, "get_script_run_ctx", lambda **_: context)
    follow(session)
    links.write_link(first_dataset="data")
    follow(session, page="captions")
    links.write_link(first_dataset="data", own={})
    bar_event(session, type="search", text="first")
    follow(session)  # a link of the page: what is asked goes with it
    assert state.query() == Query.of("first")
    links.write_link(first_dataset="data")
    context.is_history_navigation = True
    follow(session, page="captions")
    assert links.followed_link() == {}
    bar_event(session, type="typed", text="late")  # what is still on its way does not undo the step
    follow(session)
    assert state.query() is None


def test_what_was_done_where_no_link_is_written_is_undone_by_a_step(
    session: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = SimpleNamespace(is_history_navigation=False)
    monkeypatch.setattr(links, "get_script_run_ctx", lambda **_: context)
    follow(session, q="first")
    links.write_link(first_dataset="data")
    follow(session, page="build")
    session.opened.dataset = "small"
    context.is_history_navigation = True
    follow(session, q="first")
    assert session.opened.dataset == "data"


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        ({}, "Here are: none."),
        ({"data": "Demo gallery"}, "Demo gallery is open instead."),
        ({"data": "Demo gallery", "x": "My pictures (x)"}, "Here are: Demo gallery, My pictures (x). Demo gallery is open"),
    ],
)  # fmt: skip
def test_a_link_to_no_dataset_names_those_there_are_as_the_picker_does(
    session: Visit, titles: dict[str, str], said: str
) -> None:
    st.query_params.from_dict({"data": "gone"})
    links.follow_link(page="search", titles=titles)
    notice = session.opened.notice
    assert notice is not None and said in notice
    assert notice.startswith("The link asks for the dataset 'gone', which is not here.")
    st.query_params.from_dict({"q": "a mill"})
    links.follow_link(page="search", titles=titles)
    assert session.opened.notice is None


def test_whole_view_survives_the_link(session: Visit) -> None:
    follow(session, q="a mill", k="77", size="L", captions="0", data="small", picture="x/y.jpg")
    assert session.opened.dataset == "small"
    params = links.link_params(first_dataset="data")
    assert params == {"q": "a mill", "k": "77", "size": "L", "captions": "0", "data": "small", "picture": "x/y.jpg"}


def test_another_page_takes_its_link_over_once_and_leaves_the_query(session: Visit) -> None:
    follow(session, q="a mill")
    follow(session, page="captions", find="snow", data="small", picture="x.jpg")
    assert (session.opened.dataset, session.opened.picture) == ("small", "x.jpg")
    assert links.followed_link() == {"find": "snow", "data": "small", "picture": "x.jpg"}
    assert links.followed_link() is None
    assert state.query() == Query.of("a mill")
    links.write_link(first_dataset="data", own={"find": "ice"}, settled=False)
    assert dict(st.query_params)["find"] == "snow"
    links.write_link(first_dataset="data", own={"find": "ice"}, settled=True)
    assert dict(st.query_params) == {"find": "ice", "data": "small", "picture": "x.jpg"}
    follow(session, page="captions", **dict(st.query_params))
    assert links.followed_link() is None  # our own link


def test_a_link_to_another_dataset_drops_a_query_that_is_a_picture_of_the_first(session: Visit) -> None:
    follow(session, like="a.jpg")
    follow(session, page="captions", data="small")
    assert state.query() is None


def test_the_maps_link_holds_the_query_and_what_the_map_adds(session: Visit) -> None:
    follow(session, page="embedding_map", q="a mill", k="40", colour="trust")
    assert state.query() == Query.of("a mill")
    assert session.shown.top_k == 40
    assert links.followed_link() == {"q": "a mill", "k": "40", "colour": "trust"}


def test_pictures_asked_together_stand_in_the_link_while_they_are_few(session: Visit) -> None:
    state.ask_examples(["a.jpg", "b/c.jpg"])
    params = links.link_params(first_dataset="data")
    assert params == {"alike": "a.jpg\nb/c.jpg"}
    follow(session, **params)
    assert state.query() == Query.like(("a.jpg", "b/c.jpg"))
    state.ask_examples([f"{number}.jpg" for number in range(recent.MOST_ALIKE + 1)])
    assert links.link_params(first_dataset="data") == {}
    state.ask_examples(["a.jpg"])
    assert state.query() == Query.like(["a.jpg"])


def test_sentences_asked_together_survive_the_link(session: Visit) -> None:
    state.ask_together(["a dog ", "a  cat", "a dog"])
    assert state.query() == Query.of("a dog", "a cat")
    params = links.link_params(first_dataset="data")
    assert params == {"together": "a dog\na cat"}
    asked = state.query()
    state.clear_query()
    follow(session, **params)
    assert state.query() == asked
    state.ask_together(["a dog"])
    assert state.query() == Query.of("a dog")
