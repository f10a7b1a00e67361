"""All sentences of the text stage with the sentence model's embeddings, kept on disk."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recipes.mini.class_names import class_name
from recipes.mini.sentence_model import SentenceModel
from recipes.mini.sentences import (
    as_keywords,
    class_sentences,
    made_up_sentences,
    wordnet_sentences,
)
from recipes.mini.source_data import CaptionedPictures, LabelledPictures
from recipes.mini.wordnet import read_entries

_MADE_UP = 25_000
_EXAMPLES = 30_000
_KEYWORD_SHARE = 0.5


@dataclass(frozen=True)
class Corpus:
    """Sentences (M,) and embeddings (M, 384) float16, unit rows."""

    sentences: list[str]
    embeddings: np.ndarray


def embedded(sentences: list[str], folder: Path, name: str) -> Corpus:
    """Embed once; read afterwards, when the sentences are the same."""
    list_path, array_path = folder / f"{name}.json", folder / f"{name}.npy"
    if list_path.is_file() and json.loads(list_path.read_text()) == sentences:
        return Corpus(sentences, np.load(array_path, allow_pickle=False))
    embeddings = SentenceModel().encode(sentences)
    np.save(array_path, embeddings)
    list_path.write_text(json.dumps(sentences))
    return Corpus(sentences, embeddings)


def pool_names(pool: LabelledPictures) -> list[str | None]:
    """Each pool picture's class as words."""
    return [class_name(label) for label in pool.labels]


def text_only_sentences(pictures: CaptionedPictures, rows: np.ndarray, names: Sequence[str]) -> list[str]:
    """What the text stage reads besides the captions themselves.

    Parameters
    ----------
    rows : ndarray of int
        Pictures whose captions may be used.
    names : sequence of str
        The classes.
    """
    random = np.random.default_rng(8)
    captions = [pictures.captions[i] for i in np.flatnonzero(np.isin(pictures.owners, rows))]
    sentences = class_sentences(names)
    sentences += made_up_sentences(_MADE_UP, names, random)
    sentences += [as_keywords(caption, random) for caption in captions if random.random() < _KEYWORD_SHARE]
    entries = itertools.chain.from_iterable(read_entries(part) for part in ("noun", "adj", "verb"))
    sentences += wordnet_sentences(entries, random, examples=_EXAMPLES)
    return sorted({" ".join(sentence.split()) for sentence in sentences} - {""})
