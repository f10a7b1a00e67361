"""All sentences of the text stage with the sentence model's embeddings, kept on disk."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recipes.mini.class_names import class_name
from recipes.mini.sentence_model import TEACHERS, Teacher
from recipes.mini.sentences import (
    as_keywords,
    class_sentences,
    made_up_sentences,
    wordnet_sentences,
)
from recipes.mini.source_data import LabelledPictures
from recipes.mini.wordnet import read_entries

_MADE_UP = 12_500
_EXAMPLES = 30_000
_KEYWORD_SHARE = 0.5
PROJECTION = "projection.npy"
_BATCH = 64
_PROJECTED_AT_ONCE = 10_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Corpus:
    """Sentences (M,) and embeddings (M, S) float16, unit rows."""

    sentences: list[str]
    embeddings: np.ndarray


def embedded(sentences: list[str], folder: Path, name: str) -> Corpus:
    """Embed once by every teacher, and go on where that stopped; read afterwards, when the sentences are the same.

    The teachers' vectors side by side, in the directions that `fit_projection` found.
    """
    return Corpus(sentences, projected(taught(sentences, folder, name), np.load(folder / PROJECTION)))


def fit_projection(rows: np.ndarray, folder: Path, *, dimension: int) -> None:
    """Keep the ``dimension`` directions in which the teachers' rows (M, T), side by side, are largest."""
    if not (folder / PROJECTION).is_file():
        units = rows.astype(np.float32)
        _, directions = np.linalg.eigh((units.T @ units).astype(np.float64))
        np.save(folder / PROJECTION, directions[:, : -dimension - 1 : -1].astype(np.float32))


def projected(rows: np.ndarray, projection: np.ndarray) -> np.ndarray:
    """Rows (M, T) in the kept directions: ndarray of shape (M, S), float16, unit rows."""
    parts = []
    for start in range(0, len(rows), _PROJECTED_AT_ONCE):
        part = rows[start : start + _PROJECTED_AT_ONCE].astype(np.float32) @ projection
        parts.append((part / np.linalg.norm(part, axis=1, keepdims=True)).astype(np.float16))
    return np.concatenate(parts)


def taught(sentences: list[str], folder: Path, name: str) -> np.ndarray:
    """The teachers' vectors side by side: ndarray of shape (M, T), float16."""
    list_path = folder / f"{name}.json"
    if not list_path.is_file() or json.loads(list_path.read_text()) != sentences:
        for teacher in TEACHERS:
            (folder / f"{name}-{teacher.name}.done").unlink(missing_ok=True)
        list_path.write_text(json.dumps(sentences))
    return np.concatenate([_taught_by(teacher, sentences, folder, name) for teacher in TEACHERS], axis=1)


def _taught_by(teacher: Teacher, sentences: list[str], folder: Path, name: str) -> np.ndarray:
    array_path, done_path = folder / f"{name}-{teacher.name}.npy", folder / f"{name}-{teacher.name}.done"
    done = int(done_path.read_text()) if done_path.is_file() else 0
    if done < len(sentences):
        model = teacher.open(folder)
        shape = (len(sentences), teacher.dimension)
        mode = "r+" if done else "w+"
        array = np.lib.format.open_memmap(array_path, mode=mode, dtype=np.float16, shape=shape)
        order = np.argsort([len(text) for text in sentences], kind="stable")  # like lengths share a batch
        for start in range(done, len(sentences), _BATCH):
            rows = order[start : start + _BATCH]
            array[rows] = model.encode([sentences[row] for row in rows])
            if start // _BATCH % 50 == 0:
                array.flush()
                done_path.write_text(str(start))
                _log.info("%s by %s: %d of %d", name, teacher.name, start, len(sentences))
        array.flush()
        done_path.write_text(str(len(sentences)))
    stored: np.ndarray = np.load(array_path, mmap_mode="r", allow_pickle=False)
    return stored


def pool_names(pool: LabelledPictures) -> list[str | None]:
    """Each pool picture's class as words."""
    return [class_name(label) for label in pool.labels]


def text_only_sentences(captions: Sequence[str], names: Sequence[str]) -> list[str]:
    """What the text stage reads besides ``captions`` themselves; ``names`` are those of the classes."""
    random = np.random.default_rng(8)
    sentences = class_sentences(names)
    sentences += made_up_sentences(_MADE_UP, names, random)
    sentences += [as_keywords(caption, random) for caption in captions if random.random() < _KEYWORD_SHARE]
    entries = itertools.chain.from_iterable(read_entries(part) for part in ("noun", "adj", "verb"))
    sentences += wordnet_sentences(entries, random, examples=_EXAMPLES)
    return sorted({" ".join(sentence.split()) for sentence in sentences} - {""})
