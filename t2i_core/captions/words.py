"""Words as searches compare them: without case, accents, and differences of how letters are composed."""

from __future__ import annotations

import re
import unicodedata

WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Text without differences of case and of how letters are composed."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def bare(folded: str) -> str:
    """Folded text without accents, because people leave them out when they type."""
    if folded.isascii():
        return folded
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", folded) if not unicodedata.category(letter).startswith("M")
    )


def words_of(text: str) -> list[str]:
    """The words of a text, folded and bare, in order.

    Examples
    --------
    >>> words_of("Café, Straße & 2 DOGS")
    ['cafe', 'strasse', '2', 'dogs']
    """
    return WORD.findall(bare(fold(text)))
