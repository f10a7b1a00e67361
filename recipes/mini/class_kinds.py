"""What the classes are kinds of: a beagle is a hound, a dog, a mammal and an animal."""

# ruff: noqa: SIM905 - a list of words reads better as text

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recipes.mini.wordnet import Nouns

# Words nobody would describe a picture with.
_TOO_GENERAL = frozenset(
    "entity|physical entity|object|whole|artifact|instrumentality|living thing|organism|matter|substance|abstraction|"
    "causal agent|thing|unit|device|commodity|structure|covering|consumer goods|vertebrate|chordate|conveyance|solid|"
    "material|part|implement|equipment|container|nutriment|foodstuff|mechanism|plant organ|plant part|natural object|"
    "geological formation|body part|external body part|instrument|placental|eutherian|restraint|system|support|"
    "protective covering|surface|way|area|region|location|vascular plant|woody plant|artefact|piece|block".split("|")
)
_FEWEST_CLASSES = 2
_SYNONYMS = 2


@dataclass(frozen=True)
class ClassKinds:
    """``words`` (H,) and ``fits`` (K, K + H) bool: whether a name or word is right for a picture of each class."""

    words: tuple[str, ...]
    fits: np.ndarray


def class_kinds(names: Sequence[str], nouns: Nouns) -> ClassKinds:
    """Kinds and synonyms of every class; a kind counts when several classes are of it."""
    kinds: dict[str, list[str]] = {}
    synonyms: dict[str, list[str]] = {}
    for name in names:
        entry = nouns.find(name)
        if entry is not None:
            kinds[name] = [word for word in nouns.kinds_of(entry) if word not in _TOO_GENERAL]
            synonyms[name] = [word for word in entry.words[1:] if word.lower() != name.lower()][:_SYNONYMS]
    counts = Counter(word for words in kinds.values() for word in words)
    right = {name: [word for word in kinds[name] if counts[word] >= _FEWEST_CLASSES] + synonyms[name] for name in kinds}
    words = sorted({word for some in right.values() for word in some})
    rows, columns = ({word: number for number, word in enumerate(some)} for some in (names, words))
    fits = np.zeros((len(names), len(names) + len(words)), dtype=bool)
    fits[np.arange(len(names)), np.arange(len(names))] = True
    for name, some in right.items():
        fits[rows[name], [len(names) + columns[word] for word in some]] = True
    for word, column in columns.items():
        if word in rows:  # the word is a class's name as well
            fits[:, len(names) + column] |= fits[:, rows[word]]
            fits[rows[word], len(names) + column] = True
    return ClassKinds(tuple(words), fits)
