"""What is done with terms in the query bar, and what the session asks then."""

from __future__ import annotations

import base64
from collections.abc import Callable

import numpy as np
import pytest
import streamlit as st
from hypothesis import given, settings
from hypothesis import strategies as strategies

from pages._ui.session import events, links, recent, state, terms
from pages._ui.session.visit import Visit
from t2i_core.query import Query, Term, Words, parse_query
from tests.core.small_galleries import make_gallery
from tests.pages.visits import begin_visit

GALLERY = make_gallery(np.eye(3))
Event = Callable[..., None]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Visit:
    return begin_visit(monkeypatch)


@pytest.fixture
def bar(session: Visit) -> Event:
    def happen(**event: object) -> None:
        st.session_state["query_bar"] = {"event": event}
        events.on_bar_event()

    return happen


def link() -> dict[str, str]:
    return links.link_params(first_dataset=None)


def test_typed_terms_become_chips_on_enter_and_not_before(session: Visit, bar: Event) -> None:
    bar(type="typed", text="dog - 0.5*cat")
    assert state.query() == parse_query("dog - 0.5*cat")
    assert not terms.are_chips()
    assert session.asked.bar_version == 0
    assert recent.asked_record(GALLERY) is None
    bar(type="settled", text="dog - 0.5*cat")
    assert link() == {"terms": "dog - 0.5*cat"}
    assert not terms.are_chips()
    bar(type="search", text="dog - 0.5*cat")
    assert terms.are_chips()
    assert session.asked.bar_version == 1


def test_a_plain_sentence_has_no_chips(session: Visit, bar: Event) -> None:
    for text in ("a well-known tower", '"dog - cat"'):
        bar(type="search", text=text)
        assert not terms.are_chips()
    assert state.query() == Query.of("dog - cat")


def test_what_was_chosen_from_captions_is_a_sentence_whatever_it_holds(session: Visit, bar: Event) -> None:
    bar(type="search", text="a dog - on a beach", plain=True)
    assert state.query() == Query.of("a dog - on a beach")
    st.session_state["picture_grid"] = {"event": {"type": "search", "text": "a cat - asleep", "seq": 1}}
    events.on_grid_event()
    assert state.query() == Query.of("a cat - asleep")


def test_terms_that_cannot_be_read_are_told_and_what_was_asked_stays(session: Visit, bar: Event) -> None:
    bar(type="search", text="a dog")
    version = session.asked.bar_version
    bar(type="search", text="3*dog - cat")
    assert "weight must be in -2..2" in session.asked.unread
    assert state.query() == Query.of("a dog")
    assert session.asked.bar_version == version  # what is typed stays, to be mended
    bar(type="typed", text="3*dog - cat")  # not typed to its end: no complaint, a sentence for now
    assert session.asked.unread == ""
    assert state.query() == Query.of("3*dog - cat")


def test_weights_are_asked_and_leave_the_chips_alone(session: Visit, bar: Event) -> None:
    bar(type="search", text="dog - cat")
    version = session.asked.bar_version
    bar(type="weighed", terms=[{"words": "dog", "weight": 1.5}, {"words": "cat", "weight": -0.25}])
    assert state.query() == parse_query("1.5*dog - 0.25*cat")
    assert session.asked.bar_version == version
    assert link() == {"terms": "1.5*dog - 0.25*cat"}
    assert terms.are_chips()


def test_a_muted_term_stays_in_the_link_and_knows_what_it_weighed(session: Visit, bar: Event) -> None:
    bar(type="search", text="dog - cat")
    muted = [{"words": "dog", "weight": 1}, {"words": "cat", "weight": 0}]
    bar(type="weighed", terms=muted, before=[None, -1])
    assert link() == {"terms": "dog + 0*cat"}
    assert session.asked.muted == {"words:cat": -1.0}
    bar(type="weighed", terms=[{"words": "dog", "weight": 1}, {"words": "cat", "weight": -1}], before=[None, None])
    assert session.asked.muted == {}


def test_removing_leads_back_to_a_plain_question(session: Visit, bar: Event) -> None:
    bar(type="search", text="1.5*dog - cat + snow")
    bar(type="removed", terms=[{"words": "dog", "weight": 1.5}, {"words": "cat", "weight": -1}])
    assert state.query() == parse_query("1.5*dog - cat")
    assert terms.are_chips()
    bar(type="removed", terms=[{"words": "dog", "weight": 1.5}])
    assert state.query() == Query.of("dog")
    assert not terms.are_chips()
    assert link() == {"q": "dog"}
    bar(type="removed", terms=[])
    assert state.query() is None


def test_a_term_that_is_taken_off_stays_a_chip_when_it_is_alone(session: Visit, bar: Event) -> None:
    bar(type="removed", terms=[{"words": "cat", "weight": -1}])
    assert state.query() == Query((Term(Words("cat"), -1.0),))
    assert terms.are_chips()


@pytest.mark.parametrize(
    ("text", "plain", "asked"),
    [
        ("snow", False, "dog + snow"),
        ("- snow", False, "dog - snow"),
        ("-snow", False, "dog - snow"),
        ("0.5*snow + rain", False, "dog + 0.5*snow + rain"),
        ("[0.jpg]", False, "dog + [0.jpg]"),
        ("snow - rain", True, 'dog + "snow - rain"'),
        ("2*dog", False, "dog"),
    ],
)
def test_what_is_typed_beside_chips_is_added(session: Visit, bar: Event, text: str, plain: bool, asked: str) -> None:
    bar(type="add", terms=[{"words": "dog", "weight": 1}], text=text, plain=plain)
    assert state.query() == parse_query(asked)


def test_a_term_that_cannot_be_read_is_not_added(session: Visit, bar: Event) -> None:
    bar(type="search", text="dog - cat")
    bar(type="add", terms=[{"words": "dog", "weight": 1}], text="9*snow")
    assert "weight must be" in session.asked.unread
    assert state.query() == parse_query("dog - cat")
    bar(type="suggest", text="9*sn", adding=True)
    assert (session.asked.suggest_for, session.asked.unread) == ("9*sn", "")


def test_a_plain_question_becomes_a_chip_to_add_to_and_back(session: Visit, bar: Event) -> None:
    bar(type="typed", text="a dog")
    bar(type="chips", text="a dog")
    assert terms.are_chips()
    assert state.query() == Query.of("a dog")
    assert link() == {"q": "a dog"}
    bar(type="suggest", text="", adding=True)  # letters typed and taken back
    assert state.query() == Query.of("a dog")
    bar(type="field")
    assert not terms.are_chips()
    state.clear_query()
    bar(type="chips", text=" ")
    assert not terms.are_chips()


def test_alike_questions_of_a_link_stay_one_chip_until_they_are_weighed(session: Visit, bar: Event) -> None:
    state.ask_together(["a dog", "a cat"])
    assert not terms.are_chips()
    bar(type="chips", text="")
    assert terms.are_chips()
    state.ask_examples([f"{number}.jpg" for number in range(terms.MOST_CHIPS + 1)])
    bar(type="chips", text="")
    assert not terms.are_chips()


def test_a_picture_seen_in_detail_is_added(session: Visit) -> None:
    state.ask_text("a dog")
    for _ in range(2):  # twice is once
        st.session_state["picture_grid"] = {"event": {"type": "add", "id": "1.jpg", "seq": 1}}
        events.on_grid_event()
        assert state.query() == parse_query("a dog + [1.jpg]")
    assert session.opened.picture is None
    assert terms.are_chips()


def test_an_upload_is_added_and_takes_the_place_of_another(session: Visit, bar: Event) -> None:
    bar(type="search", text="a dog - cat")
    for content in (b"one", b"two"):
        bar(type="add_picture", name="photo.png", content=base64.b64encode(content).decode())
        query = state.query()
        assert query is not None
        assert [term.subject.tag for term in query.terms] == ["words", "words", "sha256"]
        assert session.asked.upload is not None
        assert query.outside is not None
        assert query.outside.sha256 == session.asked.upload.sha256


def test_weighted_questions_are_kept_by_the_browser_and_asked_again(session: Visit, bar: Event) -> None:
    asked = parse_query('2*"red car" - 0.5*snow + [1.jpg]')
    state.ask(asked)
    record = recent.asked_record(GALLERY)
    assert record == {
        "key": asked.key, "label": "2*red car - 0.5*snow + [1.jpg]", "kind": "terms",
        "text": "2*red car - 0.5*snow + [1.jpg]",
    }  # fmt: skip
    state.clear_query()
    bar(type="again", kind="terms", text=record["text"])
    assert state.query() == asked
    state.clear_query()
    bar(type="again", kind="terms", text="2*")
    assert state.query() is None
    state.ask(Query((Term(Words("word " * 500), 2.0),)))
    assert recent.asked_record(GALLERY) is None
    state.ask(parse_query("2*[elsewhere.jpg]"))
    assert recent.asked_record(GALLERY) is None


anything = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.floats() | strategies.text(max_size=4),
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(
            strategies.sampled_from(["words", "picture", "sha256", "weight", "name"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=40)
@given(strategies.sampled_from(["weighed", "removed", "add", "chips", "add_picture"]), anything, anything, anything)
def test_whatever_a_browser_sends_is_a_question_or_nothing(
    kind: str, told: object, before: object, text: object
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        begin_visit(monkeypatch)
        event = {"type": kind, "terms": told, "before": before, "text": text, "content": text}
        st.session_state["query_bar"] = {"event": event}
        events.on_bar_event()
        assert state.query() is None or isinstance(state.query(), Query)
