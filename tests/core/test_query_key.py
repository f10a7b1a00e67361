"""Query.key: what is asked, whatever it is called."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2i_core.types import Query

DIFFERENT = (
    Query(),
    Query(text="a dog"),
    Query(text="a dog a cat"),
    Query(texts=("a dog", "a cat")),
    Query(texts=("a cat", "a dog")),
    Query(texts=("a dog a cat",)),
    Query(image_id="a dog"),
    Query(image_id="image.png"),
    Query(image_ids=("image.png",)),
    Query(image_ids=("a.jpg", "b.jpg", "c.jpg")),
    Query(image_ids=("a.jpg", "b.jpg", "d.jpg")),
    Query(image_ids=("a.jpg", "b.jpg\nc.jpg")),
    Query(upload_sha256="a dog"),
    Query(upload_sha256="0" * 64),
    Query(upload_sha256="1" * 64),
)


@pytest.mark.parametrize("label", ["", "3 pictures together", "image.png"])
def test_queries_under_one_label_have_keys_of_their_own(label: str) -> None:
    named = [Query(**{**vars(one), "label": label}) for one in DIFFERENT]
    for one, other in combinations(named, 2):
        assert one.key != other.key
        assert one != other


@pytest.mark.parametrize("query", DIFFERENT)
def test_a_label_changes_nothing(query: Query) -> None:
    other = Query(**{**vars(query), "label": "another name"})
    assert (other.key, hash(other)) == (query.key, hash(query))
    assert other == query


def test_blanks_do_not_count() -> None:
    assert Query(text="  a\tdog\n").key == Query(text="a dog").key
    assert Query(texts=(" a dog", "a  cat ")).key == Query(texts=("a dog", "a cat")).key


@given(st.text())
def test_any_text_has_a_key(text: str) -> None:
    key = Query(text=text, image_ids=(text,)).key
    assert len(key) == 32
    assert key.isascii()
    Query(text=text + "\ud800").key.encode()  # half a letter, as JavaScript may send it
