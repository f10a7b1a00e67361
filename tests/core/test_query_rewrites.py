"""Sentences that leave something out are recognised, and rewritten only as an offer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2i_core.query import Query, less_of, one_sentence, parse_query, write_query


@pytest.mark.parametrize(
    ("sentence", "rewritten"),
    [
        ("a beach without people", "a beach - 0.5*people"),
        ("a beach, no people", "a beach - 0.5*people"),
        ("no people on a beach", "a beach - 0.5*people"),
        ("There are no people on the beach", "the beach - 0.5*people"),
        ("a dog and no cat", "a dog - 0.5*cat"),
        ("a dog but not a cat", "a dog - 0.5*cat"),
        ("a dog without a leash, running on grass", "a dog running on grass - 0.5*leash"),
        ("a man who is not smiling", "a man - 0.5*smiling"),
        ("a street without cars and without people", "a street - 0.5*cars - 0.5*people"),
        ("a room with no windows but with a lamp", "a room with a lamp - 0.5*windows"),
        ("mountains except for the snow", "mountains - 0.5*snow"),
        ("A city at night WITHOUT any cars.", "A city at night - 0.5*cars"),
        ("a hat, not red, on a table", "a hat on a table - 0.5*red"),
    ],
)
def test_what_is_left_out_becomes_a_term_to_have_less_of(sentence: str, rewritten: str) -> None:
    found = less_of(sentence)
    assert found is not None
    assert write_query(found) == rewritten
    assert parse_query(rewritten) == found


@pytest.mark.parametrize(
    "sentence",
    [
        "a beach with people",
        "a no entry sign",
        "no smoking",
        "no one on a beach",
        "a knot in a rope, noted",
        "without",
        "nobody",
        "not only dogs",
        "a dog whether or not it runs",
    ],
)
def test_other_sentences_stay_as_they_are(sentence: str) -> None:
    assert less_of(sentence) is None


marked = st.lists(
    st.sampled_from(["a dog", "no", "not", "without", ",", "but", "and", "with", "on", "there", "is", "the", "."]),
    max_size=9,
).map(" ".join)


@given(marked | st.text(st.characters(codec="utf-8"), max_size=30))
def test_any_sentence_is_read(sentence: str) -> None:
    found = less_of(sentence)
    if found is not None:
        assert [term.weight for term in found.terms] == [1.0] + [-0.5] * (len(found.terms) - 1)
        assert parse_query(write_query(found)) == found


def test_two_bare_words_may_be_one_sentence() -> None:
    assert one_sentence(Query.of("red", "car")) == "red car"
    for query in (Query.of("red"), Query.of("a red car", "snow"), Query.like(["a", "b"]), parse_query("2*red + car")):
        assert one_sentence(query) is None
