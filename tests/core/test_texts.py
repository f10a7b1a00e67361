"""Packed texts: the same texts as a tuple of str, in a third of the memory."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2i_core.dataset import packed_texts as texts
from t2i_core.dataset.packed_texts import PackedTexts, packed

ANY_TEXT = st.text(st.characters(), max_size=12)  # lone surrogates too, as in names of files


@given(st.lists(ANY_TEXT, max_size=30), st.data())
def test_reads_as_the_tuple_it_was_made_of(given_texts: list[str], data: st.DataObject) -> None:
    expected, found = tuple(given_texts), PackedTexts(given_texts)
    assert tuple(found) == expected
    assert found == expected
    assert expected == found
    assert len(found) == len(expected)
    assert [found[place] for place in range(-len(expected), len(expected))] == [*expected, *expected]
    cut = data.draw(st.slices(len(expected)))
    assert found[cut] == expected[cut]
    other = data.draw(ANY_TEXT)
    assert (other in found) == (other in expected)
    assert (found == (*expected, other)) is False
    assert hash(found) == hash(PackedTexts(given_texts))
    assert found == PackedTexts(given_texts)


@pytest.mark.parametrize("place", [2, -3])
def test_a_place_outside_is_refused(place: int) -> None:
    with pytest.raises(IndexError, match=rf"place must be in -2\.\.1, got {place}"):
        PackedTexts(["a", "b"])[place]


def test_texts_parted_elsewhere_are_others() -> None:
    assert PackedTexts(["ab", "c"]) != PackedTexts(["a", "bc"])
    assert PackedTexts(["a"]) != ["a"]


def test_only_many_are_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "PACKED_FROM", 3)
    assert packed(["a", "b"]) == ("a", "b")
    assert isinstance(packed(["a", "b"]), tuple)
    assert isinstance(packed(["a", "b", "c"]), PackedTexts)


def test_it_takes_less_memory() -> None:
    given_texts = [f"a caption of no meaning, number {number}" for number in range(1_000)]
    as_objects = sum(sys.getsizeof(text) for text in given_texts) + 8 * len(given_texts)
    found = PackedTexts(given_texts)
    assert len(found._content) + found._ends.nbytes < 0.5 * as_objects
