"""WordIndex: words, phrases and exclusions against a plain reading of every caption."""

from __future__ import annotations

import re

import numpy as np
import pytest

from t2i_core.captions.word_index import Reading, WordIndex
from t2i_core.captions.word_query import WordTerm, parse_words

CAPTIONS = (
    "A dog runs on the beach",
    "Two dogs in red hats",
    "A red hat on a dog",
    "The hat is red, the dog is not",
    "Café au lait in the SNOW",
    "A man's well-known mountain",
    "hat red red hat",
    "",
)


def found(text: str, captions: tuple[str, ...] = CAPTIONS) -> list[int]:
    mask, _ = WordIndex(captions).find(parse_words(text))
    return np.flatnonzero(mask).tolist()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [0, 1, 2, 3, 4, 5, 6, 7]),
        ("dog", [0, 2, 3]),
        ("DOG  red", [2, 3]),
        ('"red hat"', [2, 6]),
        ('"hat red"', [6]),
        ("“red hat”", [2, 6]),
        ('"red hat', [2, 6]),
        ("dog -red", [0]),
        ('red -"red hat"', [1, 3]),
        ("-dog -red", [4, 5, 7]),
        ("dog*", [0, 1, 2, 3]),
        ("hat*", [1, 2, 3, 6]),
        ('"in the sno', [4]),
        ("cafe", [4]),
        ("CAFÉ snow", [4]),
        ("man's", [5]),
        ("well-known", [5]),
        ("known-well", []),
        ("moun", [5]),
        ("ountai", [5]),
        ("zebra", []),
        ("-zebra dog", [0, 2, 3]),
        ("- ... !", [0, 1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_words_phrases_and_exclusions(text: str, rows: list[int]) -> None:
    assert found(text) == rows


def test_how_a_word_was_read_is_told() -> None:
    _, readings = WordIndex(CAPTIONS).find(parse_words('dog moun -untai zebra "red ha'))
    assert readings == (
        Reading("dog", "word", False),
        Reading("moun", "beginning", False),
        Reading("untai", "part", True),
        Reading("zebra", "nothing", False),
        Reading("red", "word", False),
        Reading("ha", "beginning", False),
    )


def test_terms() -> None:
    assert parse_words('a "b c" -d -"e f" g*') == (
        WordTerm(("a",)),
        WordTerm(("b", "c")),
        WordTerm(("d",), excluded=True),
        WordTerm(("e", "f"), excluded=True),
        WordTerm(("g",), unfinished=True),
    )
    assert parse_words("a a") == (WordTerm(("a",)),)


def test_against_reading_every_caption() -> None:
    random = np.random.default_rng(5)
    words = [f"w{number}" for number in range(12)]
    captions = tuple(" ".join(random.choice(words, random.integers(0, 9))) for _ in range(400))
    index = WordIndex(captions)
    for _ in range(60):
        one, two, three, four = random.choice(words, 4)
        mask, _ = index.find(parse_words(f'{one} -{two} "{three} {four}"'))
        expected = [
            bool(re.search(rf"\b{one}\b", text))
            and not re.search(rf"\b{two}\b", text)
            and bool(re.search(rf"\b{three} {four}\b", text))
            for text in captions
        ]
        assert mask.tolist() == expected


def test_phrases_do_not_run_from_one_caption_into_the_next() -> None:
    assert found('"b c"', ("a b", "c d", "b c")) == [2]
    assert found("b-c", ("a b", "c b")) == []


def test_frequent_words_count_captions_once_and_leave_function_words_out() -> None:
    index = WordIndex(CAPTIONS)
    frequent, typical = index.leading(np.ones(len(CAPTIONS), dtype=np.bool_), 100)
    counted = {one.word: one.captions for one in frequent}
    assert counted["red"] == 4
    assert counted["hat"] == 3
    assert "the" not in counted
    assert [one.word for one in frequent[:3]] == ["red", "dog", "hat"]
    assert typical == []
    mask, _ = index.find(parse_words("beach"))
    assert {one.word for one in index.leading(mask, 10)[0]} == {"dog", "runs", "beach"}


def test_typical_words_are_those_more_frequent_than_elsewhere() -> None:
    index = WordIndex(("dog on snow",) * 4 + ("dog on sand",) * 20)
    mask = np.array([True] * 4 + [False] * 20)
    assert [(one.word, one.captions) for one in index.leading(mask, 5)[1]] == [("snow", 4)]
    assert index.leading(np.zeros(24, dtype=np.bool_), 5) == ([], [])


def test_no_captions() -> None:
    index = WordIndex(())
    assert len(index) == 0
    mask, _ = index.find(parse_words("dog"))
    assert mask.shape == (0,)
    assert index.leading(mask, 3) == ([], [])
