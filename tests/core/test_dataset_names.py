"""Picture names as files spell them, matched to the pictures there are."""

from __future__ import annotations

import string
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2i_core.dataset import clean_picture_name, is_picture_name, match_pictures, uniform_picture_name

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
def test_accents_match_in_either_form(stored: Literal["NFC", "NFD"], written: Literal["NFC", "NFD"]) -> None:
    picture = unicodedata.normalize(stored, "zoo/café.jpg")
    name = unicodedata.normalize(written, "café.jpg")
    assert match_pictures([name], [picture]).found == {name: picture}


@pytest.mark.parametrize(
    ("name", "uniform"),
    [
        ("C:\\Users\\me\\a.jpg", "C:/Users/me/a.jpg"),
        ("C:a.jpg", "C:/a.jpg"),
        ("\\\\nas\\photos\\a.jpg", "/nas/photos/a.jpg"),
        ("..\\photos\\a.jpg", "../photos/a.jpg"),
        ("x/../a.jpg", "a.jpg"),
        ('"C:\\photos\\a b.jpg"', "C:/photos/a b.jpg"),
        ("file:///home/me/a%20b.jpg", "/home/me/a b.jpg"),
        ("https://example.org/photos/a.jpg?size=2", "/example.org/photos/a.jpg"),
        ("100%25.jpg", "100%25.jpg"),
        ("a\0.jpg", None),
        ("x/..", None),
    ],
)
def test_names_of_elsewhere_are_made_uniform(name: str, uniform: str | None) -> None:
    assert uniform_picture_name(name) == uniform


@pytest.mark.parametrize(
    ("name", "pictures", "picture"),
    [
        ("/home/me/photos/p1.jpg", ["p1.jpg", "x/p2.jpg"], "p1.jpg"),
        ("C:/me/photos/x/p1.jpg", ["x/p1.jpg", "p1.jpg"], "x/p1.jpg"),
        ("../photos/p3.jpg", ["p3.jpg"], "p3.jpg"),
        ("photos/p1.jpg", ["p1.jpg"], "p1.jpg"),
        ("a/b/x/1.jpg", ["a/x/1.jpg", "x/1.jpg"], "x/1.jpg"),
        # a path that contradicts
        ("train/0001.jpg", ["val/0001.jpg"], None),
        ("/home/me/train/0001.jpg", ["val/0001.jpg"], None),
        ("me/photos/p1.jpg", ["x/photos/p1.jpg"], None),
        # the folder is there, so the picture would lie in it
        ("train/0001.jpg", ["train/0002.jpg", "0001.jpg"], None),
        ("/data/train/0001.jpg", ["train/0002.jpg", "0001.jpg"], None),
        ("Train/0001.jpg", ["train/0002.jpg", "0001.jpg"], None),
        # two that could be meant
        ("photos/p1.jpg", ["p1.jpg", "old/photos/p1.jpg"], None),
        ("A/1.jpg", ["a/1.jpg", "1.jpg"], None),
        ("P1.JPG", ["p1.jpg", "p1.JPG"], None),
    ],
)
def test_one_path_is_the_end_of_the_other(name: str, pictures: list[str], picture: str | None) -> None:
    assert match_pictures([name], pictures).found.get(name) == picture


def test_letter_case_and_accents_are_loose_and_said() -> None:
    pictures = ["p1.jpg", "zoo/Café.JPG", "STRASSE.jpg"]
    names = ["P1.JPG", "ZOO/CAFE\u0301.jpg", "straße.jpg", "p1.jpg"]
    matched = match_pictures(names, pictures)
    assert matched.found == {"P1.JPG": "p1.jpg", "ZOO/CAFE\u0301.jpg": "zoo/Café.JPG", "p1.jpg": "p1.jpg"}
    assert matched.loose == ("P1.JPG", "ZOO/CAFE\u0301.jpg")
    assert matched.missing == ("straße.jpg",)


def test_names_of_different_folders_do_not_share_a_picture() -> None:
    matched = match_pictures(["train/1.jpg", "val/1.jpg", "2.jpg", "val/2.jpg", "/x/y/2.jpg", "y/3.jpg", "/x/y/3.jpg"],
                             ["1.jpg", "2.jpg", "3.jpg"])  # fmt: skip
    assert matched.found == {"2.jpg": "2.jpg", "/x/y/2.jpg": "2.jpg", "y/3.jpg": "3.jpg", "/x/y/3.jpg": "3.jpg"}
    assert matched.missing == ("train/1.jpg", "val/1.jpg", "val/2.jpg")


def test_a_picture_that_cannot_be_used_keeps_its_name() -> None:
    """Whoever matches passes skipped pictures too; then their names are nobody else's."""
    assert match_pictures(["train/1.jpg"], ["1.jpg"]).found == {"train/1.jpg": "1.jpg"}
    assert match_pictures(["train/1.jpg"], ["1.jpg", "train/1.jpg"]).found == {"train/1.jpg": "train/1.jpg"}


@given(st.lists(names.filter(is_picture_name), unique=True, max_size=8), names)
def test_a_match_is_an_end_of_the_other(pictures: list[str], name: str) -> None:
    def folded(path: str) -> str:
        return "/" + (uniform_picture_name(path) or path).lstrip("./").lower()

    for matched, picture in match_pictures([name], pictures).found.items():
        one, other = folded(matched), folded(picture)
        assert one.endswith(other) or other.endswith(one)
