"""How words fold, as cases that the scripts are held to as well: `python -m tests.js.folded_words` writes `folded_words.json`."""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

from t2i_core.captions.words import words_of

FILE = Path(__file__).with_suffix(".json")
TEXTS = (
    "Straße", "STRASSE", "STRAẞE", "Maße, Masse", "Größe 2", "naïve café", "cafe\u0301", "ÀÉÎÕÜ", "Ångström", "Œuvre",
    "ﬁshing ﬂag", "ΣΊΣΥΦΟΣ", "σίσυφος", "ὈΔΥΣΣΕΎΣ", "Ёлка", "ёлка", "ІЇЄ", "İstanbul", "istanbul", "ISTANBUL", "ıssız", "ISSIZ",
    "Ǆungla", "ŉ", "ǰ", "ſteam", "K 5", "Ω Ω", "１２３ＡＢＣ", "½ m²", "№ 5", "東京タワー", "がぎぐ", "ﾊﾟｿｺﾝ", "한국어", "한국어",
    "हिन्दी", "ไทย", "עִבְרִית", "عَرَبِيّ", "ᏣᎳᎩ", "ꮳꮃꭹ", "Ⴀ ა Ა",
    "Աբգ և", "snake_case", "red-haired", "don't", "a.b,c;d", "  two  words ",
    "dog's 3rd", "x²", "🐕 dog", "", "-", "ᾳ ᾼ", "ΐ ΰ", "ẖẗẘẙẚ",
)  # fmt: skip


def cases() -> dict[str, list[str]]:
    """Texts and letters, each with its words: what people type, and every letter whose case or composition folds away."""
    letters = (chr(code) for code in range(0x80, 0x20000) if not 0xD800 <= code < 0xE000)
    cased = [letter for letter in letters if letter.casefold() != letter and _is_old(letter)]
    return {text: words_of(text) for text in [*TEXTS, *cased]}


def _is_old(letter: str) -> bool:
    """In Unicode 3.2 already or Cherokee, so that every Python and every browser knows it."""
    return unicodedata.ucd_3_2_0.category(letter) != "Cn" or unicodedata.name(letter, "").startswith("CHEROKEE")


def written(found: dict[str, list[str]]) -> str:
    """As the file holds them, one case a line."""
    lines = [f"  {json.dumps(text)}: {json.dumps(words)}" for text, words in found.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(written(cases()), encoding="utf-8")
    sys.stdout.write(f"{FILE.name}: {len(cases())} cases\n")
