"""What somebody types to find captions: words, "exact phrases" and -exclusions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from t2i_core.captions.words import words_of

_TERM = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)(?P<end>"|$)|(?P<word>\S+)')
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "−": "-", "–": "-"})


@dataclass(frozen=True)
class WordTerm:
    """A word, or words that stand one after the other; ``unfinished`` when the last one is a beginning only."""

    words: tuple[str, ...]
    excluded: bool = False
    unfinished: bool = False


def parse_words(text: str) -> tuple[WordTerm, ...]:
    """Terms of a typed text: ``dog "red hat" -snow moun*``; each must be there, those after a minus must not.

    A word of several parts (``well-known``, ``man's``) is a phrase. A quote that is still open ends with
    the text. What holds no letter and no digit is ignored.

    Examples
    --------
    >>> for term in parse_words('dog "red hat" -snow moun*'):
    ...     print(term.words, term.excluded, term.unfinished)
    ('dog',) False False
    ('red', 'hat') False False
    ('snow',) True False
    ('moun',) False True
    """
    terms: list[WordTerm] = []
    for match in _TERM.finditer(text.translate(_QUOTES)):
        if match["word"] is None:
            excluded, words, unfinished = match["minus"] == "-", match["phrase"], False
        else:
            excluded = match["word"].startswith("-")
            words, unfinished = match["word"], match["word"].endswith("*")
        found = tuple(words_of(words))
        if found:
            terms.append(WordTerm(found, excluded, unfinished))
    return tuple(dict.fromkeys(terms))
