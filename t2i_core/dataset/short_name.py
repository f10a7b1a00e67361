"""What people call things: tags, clusters, saved searches. One rule for all of them."""

from __future__ import annotations

import unicodedata

from t2i_core.errors import DatasetError

# Control characters, halves of pairs, and marks of direction: two names could look alike, or one be read backwards. What joins
# letters, or keeps them apart, belongs to how Persian, Hindi and emoji are spelled.
_UNSEEN = frozenset({"Cc", "Cs", "Cf"})
_JOINERS = frozenset("\u200c\u200d")


def short_name(text: str, *, rule: str, longest: int) -> str:
    """A name as it is kept: accents stored in one way, blanks single and none at the ends.

    Parameters
    ----------
    text : str
    rule : str
        How the sentence begins that says what is wrong: ``"A tag has"``.
    longest : int
        Characters.

    Raises
    ------
    DatasetError
        When nothing is left, it is too long, or it holds what no screen shows.

    Examples
    --------
    >>> short_name("  for  the cover ", rule="A tag has", longest=80)
    'for the cover'
    """
    name = uniform(text)
    if not 1 <= len(name) <= longest:
        raise DatasetError(
            f"{rule} 1 to {longest} characters, got {len(name)}: {name!r:.100}. Choose a short name that says something."
        )
    if visible(name) != name:
        raise DatasetError(f"{rule} 1 to {longest} characters that can be seen, got {name!r:.100}. Type it anew.")
    return name


def uniform(text: str) -> str:
    """A text spelled as names are, whether or not it can be one."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def visible(text: str) -> str:
    """A text without what no screen shows.

    Examples
    --------
    >>> visible("not\\u202e a trick")
    'not a trick'
    """
    return "".join(letter for letter in text if letter in _JOINERS or unicodedata.category(letter) not in _UNSEEN)
