"""Targets for the text tower in which the name of a thing also says what it looks like.

A sentence model puts a name near words that stand beside it in texts: Saturn near Jupiter and cars.
Mixed with a description, or with WordNet's gloss, it comes near the words of pictures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from recipes.mini.corpus import Corpus, embedded
from recipes.mini.looks import read_looks
from recipes.mini.wordnet import Nouns

_GLOSS_SHARE = 0.35
_LOOKS_SHARE = 0.5


def glossed(corpus: Corpus, nouns: Nouns, folder: Path) -> Corpus:
    """The same sentences; the targets of those that are one visible noun lean towards its gloss."""
    meanings = noun_glosses(corpus.sentences, nouns)
    glosses = embedded(sorted(set(meanings.values())), folder, "glosses")
    rows = {gloss: row for row, gloss in enumerate(glosses.sentences)}
    targets = corpus.embeddings.copy()
    places = np.fromiter(meanings, dtype=int, count=len(meanings))
    meant = glosses.embeddings[[rows[gloss] for gloss in meanings.values()]]
    targets[places] = _leaning(targets[places], meant, _GLOSS_SHARE)
    return Corpus(corpus.sentences, targets)


def noun_glosses(sentences: Sequence[str], nouns: Nouns) -> Mapping[int, str]:
    """Rows of the sentences that are a noun alone, or "a photo of" one, with the gloss of its first meaning."""
    found = {}
    for row, sentence in enumerate(sentences):
        word = re.sub(r"^(a photo of )?(an? )?", "", sentence)
        entry = nouns.means(word) if word.count(" ") < 3 else None
        if entry is not None and entry.gloss:
            found[row] = entry.short_gloss
    return found


def looked_up(folder: Path) -> Corpus:
    """The names of `looks.csv` in every template, each leaning towards what describes it, then the descriptions."""
    looks = read_looks()
    plain = embedded(looks.sentences(), folder, "looks")
    targets = plain.embeddings.copy()
    spoken = len(plain.sentences) - len(looks.descriptions)
    described = targets[spoken:].astype(np.float32)
    counts = np.bincount(looks.owners)
    meant = np.zeros((len(counts), described.shape[1]), dtype=np.float32)
    np.add.at(meant, looks.owners, described)
    things = np.repeat(looks.things, spoken // len(looks.names))
    targets[:spoken] = _leaning(targets[:spoken], meant[things], _LOOKS_SHARE)
    return Corpus(plain.sentences, targets)


def _leaning(vectors: np.ndarray, meanings: np.ndarray, share: float) -> np.ndarray:
    """Unit rows between two: ``share`` 0 is the first."""
    mixed = (1.0 - share) * _unit(vectors) + share * _unit(meanings)
    return _unit(mixed).astype(vectors.dtype)


def _unit(vectors: np.ndarray) -> np.ndarray:
    vectors = vectors.astype(np.float32)
    units: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return units
