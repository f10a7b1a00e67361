"""Text from outside (names, captions, links, messages) as Markdown that shows exactly that text."""

from __future__ import annotations

import re
import string

_SIGNS = str.maketrans({sign: "\\" + sign for sign in string.punctuation})
# Streamlit looks for these in the text once more after Markdown was read, where a backslash is gone already: addresses,
# e-mail addresses, :shortcodes:, arrows and dashes. A character without width keeps the two signs apart.
JOINER = "\u2060"
_READ_AGAIN = re.compile(r"(?<=:)(?=\S)|(?<=@)(?=\S)|(?<=www)(?=\.)|(?<=[-<~>=])(?=[->=])", re.IGNORECASE)


def plain(text: object) -> str:
    """Text as Markdown, on one line, that shows exactly that text and is nothing else: no link, no formula, no icon."""
    line = " ".join(str(text).split())  # a line break could begin a list, a heading or code
    return _READ_AGAIN.sub(JOINER, line).translate(_SIGNS)


def code(text: str) -> str:
    """Text as code inside a sentence of Markdown, on one line; signs that would end it are left out."""
    return f"`{' '.join(text.replace('`', '').split()).replace(':material/', f':{JOINER}material/')}`"


def with_commands(sentence: str) -> str:
    """As `plain`; a command that the sentence ends with stands out as code."""
    before, sign, command = sentence.partition("python -m ")
    gap = " " if sign and before.endswith(" ") else ""
    return plain(before) + gap + (code(sign + command) if sign else "")
