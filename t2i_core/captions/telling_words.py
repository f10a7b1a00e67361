"""Words of captions that say what a picture shows, and those that set some pictures apart from the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from t2i_core.types import Gallery

VOCABULARY = Path(__file__).with_name("vocabulary.txt")
EMPTY_WORDS = Path(__file__).with_name("empty_words.txt")
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_ODD_PLURALS = {
    "leaves": "leaf", "wolves": "wolf", "knives": "knife", "shelves": "shelf", "loaves": "loaf", "calves": "calf",
    "men": "man", "women": "woman", "children": "child", "people": "person", "mice": "mouse", "geese": "goose",
    "feet": "foot", "teeth": "tooth",
}  # fmt: skip


def words_by_picture(gallery: Gallery) -> list[frozenset[str]]:
    """The telling words of each picture's captions, one set a picture."""
    words: list[set[str]] = [set() for _ in range(len(gallery))]
    positions = gallery.paired_captions
    for position, row in zip(positions.tolist(), gallery.rows_of(positions).tolist(), strict=True):
        words[row] |= telling_words(gallery.captions[position])
    return [frozenset(one) for one in words]


def telling_words(caption: str) -> frozenset[str]:
    """Words of a caption that say something about a picture, in small letters, plurals as singulars."""
    empty = empty_words()
    words = {_singular(word) for word in _WORD.findall(caption.lower()) if word not in empty}
    return frozenset(word for word in words if len(word) > 2 and word not in empty)


@cache
def empty_words() -> frozenset[str]:
    """Words that say how a sentence is built, or that a picture is a picture, and nothing about what it shows."""
    return frozenset(EMPTY_WORDS.read_text(encoding="utf-8").split())


def distinctive_words(
    chosen: Sequence[Iterable[str]], everywhere: Counter[str], pictures: int, *, limit: int = 8
) -> list[str]:
    """Words that many of the chosen pictures have and few others do, best first.

    Parameters
    ----------
    chosen : sequence of iterables of str
        Words of each chosen picture.
    everywhere : Counter
        In how many pictures of the gallery each word occurs.
    pictures : int
        How many the gallery has.
    limit : int
    """
    inside = Counter(word for words in chosen for word in words)
    if not inside:
        return []
    share = {word: count / len(chosen) for word, count in inside.items()}

    def weight(word: str) -> float:
        # What the word's being there says about the choice; the half keeps rare words from winning.
        elsewhere = (everywhere[word] - inside[word] + 0.5) / (pictures - len(chosen) + 1)
        return share[word] * float(np.log((share[word] + 1e-9) / elsewhere)) if share[word] > elsewhere else 0.0

    fewest = max(2, round(0.1 * len(chosen))) if len(chosen) > 3 else 1
    candidates = [word for word, count in inside.items() if count >= fewest and weight(word) > 0]
    ranked = sorted(candidates, key=lambda word: (-weight(word), word))
    return ranked[:limit]


def vocabulary() -> tuple[str, ...]:
    """The bundled words for galleries without captions."""
    return tuple(line.strip() for line in VOCABULARY.read_text(encoding="utf-8").splitlines() if line.strip())


def _singular(word: str) -> str:
    word = word.removesuffix("'s").strip("-'")
    if word in _ODD_PLURALS:
        return _ODD_PLURALS[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
