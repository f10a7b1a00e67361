"""How things look that no training picture shows: names and descriptions, the list in looks.csv.

Neither ImageNet nor Flickr8k shows a planet, a stupa or the Eiffel Tower. A name says nothing to a
model that never saw the thing; a description says it in words that it has seen pictures of.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recipes.mini.class_names import with_article

_LIST = Path(__file__).with_name("looks.csv")
_TEMPLATES = ("{name}", "{a}", "a photo of {a}", "{name} seen from afar", "a picture of {a}", "{name} at night")


@dataclass(frozen=True)
class Looks:
    """Names in several sentences, and what describes each.

    Attributes
    ----------
    names : tuple of str, length K
        Several names may be of one thing.
    descriptions : tuple of str, length L
    owners : ndarray of shape (L,)
        The thing each description is of.
    things : ndarray of shape (K,)
        The thing each name is of.
    """

    names: tuple[str, ...]
    things: np.ndarray
    descriptions: tuple[str, ...]
    owners: np.ndarray

    def sentences(self) -> list[str]:
        """Every name in every template, then the descriptions, for the text stage to read."""
        return [sentence for name in self.names for sentence in spoken(name)] + list(self.descriptions)


def spoken(name: str) -> list[str]:
    """A name in the sentences a person would ask for it with."""
    # A proper name takes no article: "a photo of Saturn".
    return [form.format(name=name, a=name if name[:1].isupper() else with_article(name)) for form in _TEMPLATES]


def bare_name(name: str) -> str:
    """A name without article, in small letters."""
    return re.sub(r"^(an?|the) ", "", name.lower())


def read_looks(path: Path = _LIST) -> Looks:
    """Read the list: one thing a line, its names and its descriptions, several parted by a bar."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [row["name"].split("|") for row in rows]
    descriptions = [row["looks"].split("|") for row in rows]
    return Looks(
        tuple(name for some in names for name in some),
        np.repeat(np.arange(len(rows)), [len(some) for some in names]),
        tuple(text for some in descriptions for text in some),
        np.repeat(np.arange(len(rows)), [len(some) for some in descriptions]),
    )
