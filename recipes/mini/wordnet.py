"""Reads WordNet's database files: words, glosses, examples, and what is a kind of what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from t2i_core.errors import DatasetError

FOLDER = Path("/usr/share/wordnet")  # Debian's package wordnet-base
# Lexicographer files whose nouns can be photographed: animals, things, body parts, food, places, natural
# objects, people, phenomena, plants.
_VISIBLE = frozenset({"05", "06", "08", "13", "15", "17", "18", "19", "20"})
_TOP_LEVEL = "03"
_LONGEST_GLOSS = 14  # words


@dataclass(frozen=True)
class Entry:
    """One meaning: its words, its gloss without examples, the examples, and the keys of what it is a kind of."""

    key: str
    part: str
    file: str
    words: tuple[str, ...]
    kinds: tuple[str, ...]
    gloss: str
    examples: tuple[str, ...]

    @property
    def short_gloss(self) -> str:
        """The gloss's first words, as many as a sentence about a picture has."""
        return " ".join(self.gloss.split()[:_LONGEST_GLOSS])

    @property
    def visible(self) -> bool:
        """Whether it can be photographed."""
        return self.file in _VISIBLE


def read_entries(part: str, folder: Path = FOLDER) -> Iterator[Entry]:
    """All meanings of a part of speech (``noun``, ``adj``, ``verb``), in file order.

    Raises
    ------
    DatasetError
        When WordNet is not installed there.
    """
    path = folder / f"data.{part}"
    if not path.is_file():
        raise DatasetError(
            f"The recipe reads WordNet's files, and {path} is not there. Install it: apt-get install wordnet-base"
        )
    with path.open(encoding="latin-1") as file:
        for line in file:
            if not line.startswith("  "):  # the licence
                yield _entry(line, part)


def _entry(line: str, part: str) -> Entry:
    head, _, note = line.partition(" | ")
    fields = head.split()
    count = int(fields[3], 16)
    words = tuple(re.sub(r"\(.*\)", "", fields[4 + 2 * i]).replace("_", " ") for i in range(count))
    first = 5 + 2 * count
    pointers = [(fields[first + 4 * i], fields[first + 4 * i + 1]) for i in range(int(fields[first - 1]))]
    kinds = tuple(key for symbol, key in pointers if symbol in {"@", "@i"})
    gloss = re.sub(r"\(.*?\)", "", note.split('; "')[0]).split(";")[0].strip()
    return Entry(fields[0], part, fields[1], words, kinds, gloss, tuple(re.findall(r'"([^"]+)"', note)))


class Nouns:
    """Looks nouns up: what a word means first among visible things, and what that is a kind of."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._entries = {entry.key: entry for entry in read_entries("noun", folder)}
        self._senses: dict[str, list[str]] = {}
        with (folder / "index.noun").open(encoding="latin-1") as file:
            for line in file:
                if not line.startswith("  "):
                    fields = line.split()
                    keys = [field for field in fields[4:] if field in self._entries]
                    self._senses[fields[0].replace("_", " ")] = keys

    def find(self, word: str) -> Entry | None:
        """The first visible meaning of a word or of a part of it; None when there is none."""
        word = word.lower()
        bare = re.sub(r" (bird|insect|monkey|butterfly|dog)$", "", word)
        for form in (word, word.split(",")[0], bare, " ".join(word.split()[-2:]), word.split()[-1]):
            for spelling in (form, form.rstrip("s")):
                for key in self._senses.get(spelling, ()):
                    if self._entries[key].visible:
                        return self._entries[key]
        return None

    def means(self, word: str) -> Entry | None:
        """The meaning a word has first of all, when that is a visible one; None otherwise."""
        for key in self._senses.get(word.lower(), ())[:1]:
            if self._entries[key].visible:
                return self._entries[key]
        return None

    def kinds_of(self, entry: Entry, *, deepest: int = 7) -> list[str]:
        """The words for what ``entry`` is a kind of, nearest first."""
        found: dict[str, None] = {}
        self._climb(entry, 0, deepest, found)
        return list(found)

    def _climb(self, entry: Entry, depth: int, deepest: int, found: dict[str, None]) -> None:
        if depth >= deepest:
            return
        for key in entry.kinds:
            above = self._entries.get(key)
            if above is not None:
                if above.visible or above.file == _TOP_LEVEL:
                    found.setdefault(above.words[0])
                self._climb(above, depth + 1, deepest, found)
