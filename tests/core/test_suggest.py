"""Caption suggestions: which fit, and in what order, up to 160,000 captions."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from t2i_core.captions.suggestions import CaptionSuggestions
from t2i_core.captions.words import fold

CAPTIONS = [
    "A dog runs on the beach .",
    "Two dogs play in the snow .",
    "a dog runs on the beach",
    "A man in a red hat .",
    "A woman walks her dog .",
    "Ein Mädchen isst Äpfel .",
    "A reddish dogwood tree .",
]


@pytest.fixture(scope="module")
def suggestions() -> CaptionSuggestions:
    return CaptionSuggestions(CAPTIONS)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("two d", [CAPTIONS[1]]),
        ("dog", [CAPTIONS[0], CAPTIONS[1], CAPTIONS[4], CAPTIONS[6]]),  # the most frequent first, then by position
        ("dog ", [CAPTIONS[0], CAPTIONS[4]]),  # finished: dogs and dogwood no longer fit
        ("dog b", [CAPTIONS[0]]),
        ("DOG BEA", [CAPTIONS[0]]),
        ("beach dog", [CAPTIONS[0]]),  # in any order
        ("red ", [CAPTIONS[3]]),
        ("red, h", [CAPTIONS[3]]),
        ("madch", [CAPTIONS[5]]),  # accents may be left out
        ("MÄDCHEN ÄPF", [CAPTIONS[5]]),
        ("apfel", [CAPTIONS[5]]),
        ("do xyz", []),
        ("xyz", []),
        ("og", []),  # not the beginning of a word
        ("", []),
        ("   ", []),
        ("🐶", []),
    ],
)
def test_what_is_suggested(suggestions: CaptionSuggestions, typed: str, expected: list[str]) -> None:
    assert suggestions.suggest(typed) == expected


def test_composed_and_decomposed_letters_are_the_same(suggestions: CaptionSuggestions) -> None:
    assert suggestions.suggest("a\u0308pfel") == suggestions.suggest("\u00e4pfel") == [CAPTIONS[5]]
    assert fold("STRASSE") == fold("Straße")


def test_what_was_typed_is_not_suggested(suggestions: CaptionSuggestions) -> None:
    assert suggestions.suggest("a dog runs on the beach") == []


def test_repeated_words_count_once(suggestions: CaptionSuggestions) -> None:
    assert suggestions.suggest("dog dog b") == [CAPTIONS[0]]


def test_limit(suggestions: CaptionSuggestions) -> None:
    assert suggestions.suggest("a", limit=2) == [CAPTIONS[0], CAPTIONS[3]]
    assert suggestions.suggest("a", limit=0) == []


def test_duplicates_are_one_suggestion_spelled_as_first_met() -> None:
    suggestions = CaptionSuggestions(["a cat", "A  Cat .", "A CAT!", "a cat sits", "  ", "..."])
    assert len(suggestions) == 2
    assert suggestions.suggest("ca") == ["a cat", "a cat sits"]


def test_no_captions() -> None:
    assert CaptionSuggestions([]).suggest("a") == []


def test_answers_equal_a_plain_search() -> None:
    rng = np.random.default_rng(7)
    words = ["a", "an", "ant", "anthem", "b", "be", "bee", "beech", "c"]
    captions = [" ".join(rng.choice(words, size=rng.integers(1, 6))) for _ in range(400)]
    suggestions = CaptionSuggestions(captions)
    counts: dict[str, int] = {}
    for caption in captions:
        counts[caption] = counts.get(caption, 0) + 1
    ranked = sorted(counts, key=counts.__getitem__, reverse=True)
    for _ in range(200):
        typed = " ".join(rng.choice(words, size=rng.integers(1, 4)))
        *whole, last = typed.split()
        expected = [
            caption
            for caption in ranked
            if set(whole) <= set(caption.split())
            and any(word.startswith(last) for word in caption.split())
            and caption != typed
        ]
        assert suggestions.suggest(typed, limit=5) == expected[:5]


@pytest.mark.slow
def test_answers_equal_a_plain_search_at_160_000_captions() -> None:
    """The speed at this size is for ``benchmarks/bench_suggestions.py``; a test must not depend on the machine."""
    rng = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnoprstuvwy"))
    vocabulary = ["".join(rng.choice(letters, size=size)) for size in rng.integers(2, 9, size=12_000)]
    vocabulary[:3] = ["a", "in", "the"]
    frequencies = 1.0 / np.arange(1, len(vocabulary) + 1)
    picks = rng.choice(len(vocabulary), size=(160_000, 10), p=frequencies / frequencies.sum())
    captions = [" ".join(vocabulary[word] for word in row) for row in picks.tolist()]
    suggestions = CaptionSuggestions(captions)
    assert len(suggestions) == len(set(captions)) == 160_000  # so the dataset's order decides
    for typed in ("s", "a ", "in a", "a the in", "a the s", f"{vocabulary[40]} {vocabulary[90]} b", "the a in t"):
        *whole, last = typed.split(" ")
        fitting = (caption for caption in captions if _fits(caption.split(), whole, last))
        assert suggestions.suggest(typed, limit=5) == list(islice(fitting, 5)), typed


def _fits(words: list[str], whole: list[str], last: str) -> bool:
    return set(whole) <= set(words) and any(word.startswith(last) for word in words)
