"""What is typed where sentences are asked: a sentence, unless it is clearly one of terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2i_core.errors import QueryError
from t2i_core.query import GalleryPicture, Query, Term, Words, as_typed, parse_query, read_typed


@pytest.mark.parametrize(
    "text",
    [
        "a red car",
        "a well-known tower",
        "a woman in her mid-20s -smiling",
        "a dog- and cat-owner",
        'a sign that says "stop"',
        '"quoted" and then not',
        "[brackets] in front of words",
        "two*three",
        "a dog -",
        "- a line of a list",
        "+ one more",
    ],
)
def test_sentences_stay_sentences(text: str) -> None:
    assert read_typed(text) == Query.of(text)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ('2*"red car" - snow + [cats/1.jpg]', None),
        ("a beach - 0.5*people", None),
        ("cat - dog", (Term(Words("cat")), Term(Words("dog"), -1.0))),
        (".5*cat", (Term(Words("cat"), 0.5),)),
        ("-2 * cat", (Term(Words("cat"), -2.0),)),
        ("[cats/1.jpg]", (Term(GalleryPicture("cats/1.jpg")),)),
        ('"cat - dog"', (Term(Words("cat - dog")),)),
    ],
)
def test_terms_are_read_as_terms(text: str, terms: tuple[Term, ...] | None) -> None:
    assert read_typed(text) == (parse_query(text) if terms is None else Query(terms))


def test_a_sign_in_front_is_meant_beside_other_terms() -> None:
    assert read_typed("- snow", added=True) == Query((Term(Words("snow"), -1.0),))
    assert read_typed("-snow", added=True) == Query((Term(Words("snow"), -1.0),))
    assert read_typed("- snow").sentence == "- snow"
    assert read_typed("a well-known tower", added=True) == Query.of("a well-known tower")


@pytest.mark.parametrize("text", ["3*cat", "cat - 7*dog", "cat - [cats/1.jpg", 'cat + "dog', "2*cat dog [x"])
def test_what_surely_means_terms_and_cannot_be_read_is_told(text: str) -> None:
    with pytest.raises(QueryError, match=r"weight must be|needs"):
        read_typed(text)


def test_nothing_is_refused() -> None:
    with pytest.raises(QueryError, match="at least one word"):
        read_typed("  ")


@given(st.text(alphabet='ab -+*2.5"[]\\', min_size=1, max_size=14).filter(lambda text: text.strip() != ""))
def test_any_sentence_can_be_typed(text: str) -> None:
    sentence = Query.of(text)
    assert sentence.sentence is not None
    assert read_typed(as_typed(sentence.sentence)) == sentence
