"""Picture names as files spell them, matched to the pictures there are."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2i_core.dataset import clean_picture_name, is_picture_name, match_pictures

names = st.lists(st.text(string.ascii_letters + "é .-_\\", min_size=1, max_size=6), min_size=1, max_size=3).map(
    "/".join
)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        (" a.jpg ", "a.jpg"),
        ("./x//a.jpg", "x/a.jpg"),
        ("x\\y\\a.jpg", "x/y/a.jpg"),
        ("..a.jpg", "..a.jpg"),
        ("Shot 3.04\u202fPM.png", "Shot 3.04\u202fPM.png"),
        ("../a.jpg", None),
        ("x/../../a.jpg", None),
        ("/a.jpg", None),
        ("\\\\server\\a.jpg", None),
        ("C:a.jpg", None),
        ("a\n.jpg", None),
        ("\ud800.jpg", None),
        ("  ", None),
        (".", None),
    ],
)
def test_cleaning(name: str, cleaned: str | None) -> None:
    assert clean_picture_name(name) == cleaned


@given(st.text(max_size=20))
def test_cleaned_names_stay_inside(name: str) -> None:
    cleaned = clean_picture_name(name)
    assert cleaned is None or (is_picture_name(cleaned) and clean_picture_name(cleaned) == cleaned)


@pytest.mark.parametrize("name", ["", "a//b", "a/../b", "../a", "/a", "a/", "a\0b", "a\nb", "./a"])
def test_names_no_picture_can_have(name: str) -> None:
    assert not is_picture_name(name)


@given(st.lists(names.filter(is_picture_name), unique=True, max_size=8))
def test_every_full_name_finds_its_picture(pictures: list[str]) -> None:
    matched = match_pictures(pictures, pictures)
    assert matched.found == {picture: picture for picture in pictures}
    assert not matched.missing and not matched.ambiguous


def test_base_names_endings_and_doubt() -> None:
    pictures = ["a/x/1.jpg", "b/x/1.jpg", "c/2.jpg", "3.jpg"]
    matched = match_pictures(["2.jpg", "old/3.jpg", "a/x/1.jpg", "x/1.jpg", "1.jpg", "9.jpg", "2.jpg"], pictures)
    assert matched.found == {"2.jpg": "c/2.jpg", "old/3.jpg": "3.jpg", "a/x/1.jpg": "a/x/1.jpg"}
    assert matched.ambiguous == {"x/1.jpg": ("a/x/1.jpg", "b/x/1.jpg"), "1.jpg": ("a/x/1.jpg", "b/x/1.jpg")}
    assert matched.missing == ("9.jpg",)


def test_an_ending_decides_between_like_base_names() -> None:
    assert match_pictures(["x/1.jpg"], ["a/x/1.jpg", "b/y/1.jpg"]).found == {"x/1.jpg": "a/x/1.jpg"}


@pytest.mark.parametrize(("stored", "written"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_accents_match_in_either_form(stored: str, written: str) -> None:
    picture = unicodedata.normalize(stored, "zoo/café.jpg")
    name = unicodedata.normalize(written, "café.jpg")
    assert match_pictures([name], [picture]).found == {name: picture}
