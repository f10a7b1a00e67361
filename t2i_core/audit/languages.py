"""Which language a caption is in, as far as its script and its small words tell; enough to notice one that stands out."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

FUNCTION_WORDS = Path(__file__).with_name("function_words.txt")
FEWEST_WORDS = 2  # small words of a language, for a caption to be in it
FEWEST_LETTERS = 3
USUAL_SHARE = 0.1
LATIN = "LATIN"
NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch",
    "pl": "Polish", "sv": "Swedish", "da": "Danish", "cs": "Czech", "tr": "Turkish", "id": "Indonesian", "ro": "Romanian",
    "fi": "Finnish", "hu": "Hungarian",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")


@cache
def function_words() -> dict[str, frozenset[str]]:
    """The small words of each language."""
    lines = FUNCTION_WORDS.read_text(encoding="utf-8").splitlines()
    return {language: frozenset(words) for language, *words in (line.split() for line in lines)}


def language_of(text: str) -> str:
    """Language or script of a text; empty where too little tells.

    Examples
    --------
    >>> language_of("a dog on the beach"), language_of("ein Hund und eine Katze"), language_of("собака на пляже"), language_of("kites")
    ('English', 'German', 'Cyrillic', '')
    """
    script = script_of(text)
    if script != LATIN:
        return script.capitalize()
    words = set(_WORD.findall(text.lower()))
    counts = {language: len(words & known) for language, known in function_words().items()}
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    (best, most), (_, second) = ordered[0], ordered[1]
    return NAMES[best] if most >= FEWEST_WORDS and most > second else ""


def script_of(text: str) -> str:
    """The script most letters of a text belong to, in capitals; empty where it has hardly any."""
    if text.isascii():
        return LATIN if sum(letter.isalpha() for letter in text) >= FEWEST_LETTERS else ""
    scripts = Counter(unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha())
    [(script, count)] = scripts.most_common(1) or [("", 0)]
    return script if count >= (FEWEST_LETTERS if script == LATIN else 2) else ""


def strangers(texts: Sequence[str]) -> tuple[str, list[tuple[int, str]]]:
    """What most texts are in, and positions of those that are in something else, with what that is.

    Languages and scripts that a tenth of the texts are in belong to the dataset: it is one of several languages then.
    """
    languages = [language_of(text) for text in texts]
    counts = Counter(language for language in languages if language)
    if not counts:
        return "", []
    total = sum(counts.values())
    most = counts.most_common(1)[0][0]
    usual = {most, *(language for language, count in counts.items() if count >= USUAL_SHARE * total)}
    found = [(at, language) for at, language in enumerate(languages) if language and language not in usual]
    return most, [
        (at, language) for at, language in found if not any(_shares_words(texts[at], own, language) for own in usual)
    ]


def _shares_words(text: str, own: str, other: str) -> bool:
    """Whether a text holds small words of one language that another does not have."""
    known = {NAMES[language]: words for language, words in function_words().items()}
    words = set(_WORD.findall(text.lower()))
    return bool(words & (known.get(own, frozenset()) - known.get(other, frozenset())))
