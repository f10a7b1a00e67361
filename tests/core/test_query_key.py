"""Query.key: what is asked, whatever it is called."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from t2i_core.query import OutsidePicture, Query, Term, Words

DIFFERENT = (
    Query.of("a dog"),
    Query.of("a dog a cat"),
    Query.of("a dog", "a cat"),
    Query.of("a dog", "a dog"),
    Query((Term(Words("a dog"), 0.5),)),
    Query((Term(Words("a dog"), -0.5),)),
    Query.like(["a dog"]),
    Query.like(["image.png"]),
    Query.like(("a.jpg", "b.jpg", "c.jpg")),
    Query.like(("a.jpg", "b.jpg", "d.jpg")),
    Query.like(("a.jpg", "b.jpg\nc.jpg")),
    Query.of(OutsidePicture("0" * 64, "image.png")),
    Query.of(OutsidePicture("1" * 64, "image.png")),
    Query.of("0" * 64),
)


def test_queries_under_one_label_have_keys_of_their_own() -> None:
    for one, other in combinations(DIFFERENT, 2):
        assert one.key != other.key
        assert one != other
    assert Query.like(("a.jpg", "b.jpg", "c.jpg")).label == Query.like(("a.jpg", "b.jpg", "d.jpg")).label


def test_a_name_changes_nothing() -> None:
    one, other = (Query.of(OutsidePicture("ab" * 32, name)) for name in ("image.png", "another.png"))
    assert (other.key, hash(other)) == (one.key, hash(one))
    assert other == one


def test_neither_blanks_nor_the_order_of_terms_count() -> None:
    assert Query.of("  a\tdog\n").key == Query.of("a dog").key
    assert Query.of(" a dog", "a  cat ").key == Query.of("a cat", "a dog").key


@given(st.text(min_size=1))
def test_any_picture_has_a_key(name: str) -> None:
    key = Query.like((name, "a.png")).key
    assert len(key) == 32
    assert key.isascii()
    Query.like([name + "\ud800"]).key.encode()  # half a letter, as a file name that is no UTF-8 has
