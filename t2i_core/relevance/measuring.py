"""Measures what verdicts and cutoffs of a dataset go by: its own captions against sentences about what it does not show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from t2i_core.arrays import spread_rows
from t2i_core.captions.telling_words import VOCABULARY, telling_words, vocabulary
from t2i_core.dataset import Evidence, evidence_path, write_evidence
from t2i_core.encoder.names import MINI_NAME
from t2i_core.errors import DatasetError, count_of
from t2i_core.memory import let_go
from t2i_core.relevance.background import background_for
from t2i_core.relevance.gaps import gaps_of
from t2i_core.relevance.traits import BEST, best_pictures, crosswise, nearness_to_words, strengths_of, traits_of, weigh
from t2i_core.types import Encoder, FloatArray, Gallery, RowArray

FALSE_ALARMS = 0.05  # share of what is not here that passes for strong evidence
MISSED = 0.05  # share of what is here that is called weak evidence
CAN_TELL = 0.75  # AUROC below which a model does not know what is here
COUNTS = (5, 2, 1)  # of the best pictures; the first where they do alike
FEWEST_PICTURES = 50
FEWEST_CAPTIONED = 100  # pictures; with fewer captions the model's usual thresholds say more
FEWEST_FOREIGN = 40
FEWEST_WORDS = 20  # named, and not named; with fewer they have the thresholds of sentences
FEWEST_NAMING = 5  # captions that name a word before it counts as what is here
MOST_CAPTIONS = 1_000
MOST_READ = 20_000  # captions whose words tell what is here
# For sentences and for few words, measured with 875 and 1,106 captioned pictures.
USUAL = {MINI_NAME: ((0.085, 0.155), (-0.02, 0.135))}
SENTENCES = VOCABULARY.with_name("foreign_sentences.txt")
_SUBJECT = re.compile(r"\[([^\]]+)\]")


def measure_evidence(gallery: Gallery, encoder: Encoder) -> Evidence:
    """Measure it with the model that made the gallery.

    With captions of enough pictures the weights of what is looked at (`traits`) and the thresholds are the dataset's own: strong
    evidence is what at most 5 % of sentences about what is not here reach, weak evidence what at most 5 % of its captions stay
    below, each told by weights it had no part in. Words alone have thresholds of their own, of the bundled ones that captions
    name and those that none does. Without captions the model's usual thresholds of the gap hold. Whether a model knows what is
    here is asked of the gap alone: weights could tell sentences by how they are written.

    Raises
    ------
    DatasetError
        When the gallery is too small, there is nothing to compare it with, or the model cannot tell what is here.
    """
    if len(gallery) < FEWEST_PICTURES:
        raise DatasetError(
            f"A verdict needs a dataset of at least {FEWEST_PICTURES} pictures, got {count_of(len(gallery), 'picture')}. "
            "Look at all of them instead."
        )
    background, brought = background_for(gallery, encoder)
    stored = (background, np.empty(0, dtype=np.int64)) if brought is None else (background[:0], brought)
    positions = _one_a_picture(gallery)
    texts = None if gallery.manifest is None else gallery.text_embeddings
    if texts is None or len(positions) < FEWEST_CAPTIONED:
        return _usual(encoder, stored)
    named = _named(gallery)
    words = _encoded(encoder, list(vocabulary()))
    counts = np.array([_count(named, word) for word in vocabulary()])
    kinds = _Asked(
        np.asarray(texts[positions]),
        _encoded(encoder, foreign_sentences(named)),
        words[counts >= FEWEST_NAMING],
        words[counts == 0],
    )
    if len(kinds.foreign) < FEWEST_FOREIGN:
        return _usual(encoder, stored)
    asked = np.concatenate(kinds)
    nearness = nearness_to_words(gallery.image_embeddings, words)
    best = best_pictures(asked, gallery.image_embeddings, nearness)
    own = np.einsum("cd,cd->c", kinds.captions, gallery.image_embeddings[gallery.rows_of(positions)])
    let_go(gallery.image_embeddings)
    found = best.scores[:, :BEST]
    told = {count: kinds.split(gaps_of(found, asked, background, count=count)) for count in COUNTS}
    known, count = max(
        ((auroc(told[one].captions, told[one].foreign), one) for one in COUNTS), key=lambda one: round(one[0], 2)
    )
    if known < CAN_TELL:
        raise DatasetError(
            f"A verdict needs a model that tells the dataset's captions from sentences about other things (AUROC {CAN_TELL} or more), "
            f"got {known:.2f} with {encoder.model_id}. Build the dataset with another model."
        )
    traits = kinds.split(traits_of(best, asked, background))
    here, elsewhere = crosswise(traits.captions, traits.foreign)
    weights = weigh(traits.captions, traits.foreign)
    sentences = few = _thresholds(here, elsewhere)
    if min(len(traits.words), len(traits.foreign_words)) >= FEWEST_WORDS:
        few = _thresholds(strengths_of(traits.words, weights), strengths_of(traits.foreign_words, weights))
    kept = float(np.mean(here >= sentences[1]))
    reaches = np.sort(np.maximum(best.scores[: len(own), 0] - own, 0.0).astype(np.float32))
    return Evidence(
        *stored, count, sentences, few, kept, auroc(here, elsewhere), len(here), len(elsewhere), reaches, weights, nearness,
    )  # fmt: skip


def _encoded(encoder: Encoder, texts: list[str]) -> FloatArray:
    return encoder.encode_text(texts) if texts else np.empty((0, encoder.dimension), dtype=np.float32)


class _Asked(NamedTuple):
    """What is asked of the dataset to measure it: vectors of each kind, then their gaps."""

    captions: FloatArray
    foreign: FloatArray
    words: FloatArray
    foreign_words: FloatArray

    def split(self, values: np.ndarray) -> _Asked:
        """Something of all of them, in this order, as each kind's."""
        return _Asked(*np.split(values, np.cumsum([len(kind) for kind in self])[:-1]))


def auroc(here: FloatArray, elsewhere: FloatArray) -> float:
    """How often a value of ``here`` lies above one of ``elsewhere``; ties count half.

    Examples
    --------
    >>> auroc(np.array([3.0, 2.0]), np.array([1.0, 2.0]))
    0.875
    """
    ordered = np.sort(elsewhere)
    below = np.searchsorted(ordered, here, side="left") + np.searchsorted(ordered, here, side="right")
    return float(below.mean() / (2 * len(ordered)))


def _thresholds(here: FloatArray, elsewhere: FloatArray) -> tuple[float, float]:
    """The least gap that is some evidence, and strong evidence."""
    strong = float(np.quantile(elsewhere, 1 - FALSE_ALARMS))
    return min(strong, float(np.quantile(here, MISSED))), strong


def keep_evidence(gallery: Gallery, encoder: Encoder) -> Evidence:
    """Measure it and keep it beside the dataset.

    Raises
    ------
    DatasetError
        As `measure_evidence`, and where the folder may not be written to.
    """
    evidence = measure_evidence(gallery, encoder)
    if not write_evidence(gallery, evidence):
        raise DatasetError(f"{evidence_path(gallery)} must be writable. Allow it, or copy the dataset elsewhere.")
    return evidence


def _usual(encoder: Encoder, stored: tuple[FloatArray, RowArray]) -> Evidence:
    usual = USUAL.get(encoder.model_id)
    if usual is None:
        raise DatasetError(
            f"A verdict is measured on captions of at least {FEWEST_CAPTIONED} pictures, and {encoder.model_id} has no usual "
            "thresholds to go by without. Build the dataset with its captions."
        )
    return Evidence(*stored, BEST, *usual, 0.0, 0.0, 0, 0, np.empty(0, dtype=np.float32))


def _one_a_picture(gallery: Gallery) -> RowArray:
    """Positions of one caption each of evenly spread pictures, not always the first: captions of one picture are no new evidence."""
    paired = gallery.paired_captions
    rows, counts = np.unique(gallery.rows_of(paired), return_counts=True)
    chosen = spread_rows(len(rows), MOST_CAPTIONS) if len(rows) else np.empty(0, dtype=np.int64)
    order = np.argsort(gallery.rows_of(paired), kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    picked = starts[chosen] + chosen % counts[chosen]
    return paired[order[picked]]


def _named(gallery: Gallery) -> Counter[str]:
    """In how many captions each telling word stands."""
    count = len(gallery.captions)
    places = spread_rows(count, MOST_READ).tolist() if count else []
    return Counter(word for place in places for word in telling_words(gallery.captions[place]))


def _count(named: Counter[str], words: str) -> int:
    """How many captions name some bundled words; where there is no telling word, as for none."""
    return max((named[word] for word in telling_words(words)), default=0)


def foreign_sentences(named: Mapping[str, int]) -> list[str]:
    """Bundled sentences none of whose subjects is named."""
    return [sentence for sentence, subjects in bundled_sentences() if not subjects & named.keys()]


@cache
def bundled_sentences() -> tuple[tuple[str, frozenset[str]], ...]:
    """The bundled sentences, each with the words of its subjects."""
    lines = [line.strip() for line in SENTENCES.read_text(encoding="utf-8").splitlines() if line.strip()]
    return tuple((_SUBJECT.sub(r"\1", line), telling_words(" ".join(_SUBJECT.findall(line)))) for line in lines)
