"""Captions whose text itself is at fault: empty, one word, the same for several pictures, another language, boilerplate, too long."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from t2i_core.audit.findings import CAPTION_TEXT, FATAL, NOTE, WARNING, Finding, percentiles
from t2i_core.audit.languages import strangers
from t2i_core.audit.material import Material
from t2i_core.captions.words import words_of
from t2i_core.dataset.empty_captions import pictures_of_empty_captions
from t2i_core.errors import ModelError, count_of
from t2i_core.types import Encoder

# openai/CLIP's tokenizer makes no more tokens than a text has bytes, so shorter ones need not be asked about.
SURELY_READ_BYTES = 70
MOST_TOKENS = 77
BOILERPLATE = re.compile(
    r"https?://|www\.|<[a-z/][^>]*>|&[a-z]+;|lorem ipsum"
    r"|\b(?:stock (?:photo|image|illustration|footage)|royalty.free|all rights reserved|copyright|getty images|shutterstock)\b|©"
    r"|\bclick (?:here|to|on|for)\b|\b(?:image|photo) (?:may contain|credit|by|courtesy|not available|unavailable)\b"
    r"|^\W*(?:untitled|no (?:caption|description|title|alt(?:ernative)? text)|n/?a|tbd|todo|test|caption|description|placeholder)\W*$"
    r"|\b(?:img|dsc[nf]?|p\d{6,}|screenshot)[ _-]?\d{2,}|\.(?:jpe?g|png|gif|webp|tiff?|heic)\b"
    r"|\bas an ai\b|\b(?:i'm|i am) sorry\b|\bi can(?:no|')t (?:see|help|describe|provide)\b",
    re.IGNORECASE,
)


def find_faulty_texts(material: Material) -> list[Finding]:
    """Captions with a fault of their text, one finding each: of the gravest fault it has. ``value`` is how many words it has."""
    gallery = material.gallery
    words = [words_of(text) for text in gallery.captions]
    counts = np.array([len(one) for one in words], dtype=np.int64)
    places = percentiles(counts)
    found: dict[int, tuple[str, float, str]] = {}

    def note(position: int, severity: str, doubt: float, advice: str) -> None:
        if position not in found or found[position][1] < doubt:
            found[position] = (severity, doubt, advice)

    _note_short(counts, note)
    _note_boilerplate(gallery.captions, note)
    _note_repeated(material, words, note)
    usual, others = strangers(list(gallery.captions))
    for position, language in others:
        note(
            position,
            WARNING,
            0.8,
            f"It is {language}, and most captions here are {usual}. Translate it or leave it out.",
        )
    _note_cut(material, note)
    findings = [
        Finding(
            CAPTION_TEXT,
            severity,
            gallery.picture_name(position),
            float(counts[position]),
            float(places[position]),
            advice,
            doubt,
            caption=gallery.captions[position],
            position=position,
        )
        for position, (severity, doubt, advice) in found.items()
    ]
    return [*_empty(material), *findings]


Note = Callable[[int, str, float, str], None]


def _empty(material: Material) -> list[Finding]:
    advice = "The captions file names the picture and says nothing of it. Write a caption or delete the row."
    names = pictures_of_empty_captions(material.gallery)
    return [Finding(CAPTION_TEXT, FATAL, name, 0.0, 0.0, advice, 0.96, caption="") for name in names]


def _note_short(counts: np.ndarray, note: Note) -> None:
    for position in np.flatnonzero(counts == 0).tolist():
        note(position, WARNING, 0.95, "It has no word. Write what the picture shows, or leave the caption out.")
    for position in np.flatnonzero(counts == 1).tolist():
        note(position, WARNING, 0.7, "It is a single word. Write a sentence, which the model reads better.")


def _note_boilerplate(captions: Sequence[str], note: Note) -> None:
    for position, text in enumerate(captions):
        found = BOILERPLATE.search(text)
        if found is not None:
            said = " ".join(found.group().split())[:40]
            note(
                position,
                WARNING,
                0.9,
                f"\u201c{said}\u201d describes no picture. Write what it shows, or leave the caption out.",
            )


def _note_repeated(material: Material, words: list[list[str]], note: Note) -> None:
    """Captions that several pictures have; the more pictures, the likelier it says nothing of any of them."""
    gallery = material.gallery
    positions = gallery.paired_captions
    pictures: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    for position, row in zip(positions.tolist(), gallery.rows_of(positions).tolist(), strict=True):
        if words[position]:
            pictures[tuple(words[position])].add(row)
    numbers = Counter({text: len(rows) for text, rows in pictures.items() if len(rows) > 1})
    for position in positions.tolist():
        number = numbers.get(tuple(words[position]), 0)
        if number:
            advice = f"{count_of(number, 'picture')} have this caption. Look whether it describes each, and say what sets them apart."
            note(position, NOTE if number == 2 else WARNING, 0.75 - 0.5 / number, advice)


def _note_cut(material: Material, note: Note) -> None:
    """Captions of which the model reads the beginning only."""
    captions = material.gallery.captions
    long = [
        position for position, text in enumerate(captions) if len(text.encode("utf-8", "replace")) > SURELY_READ_BYTES
    ]
    encoder = _encoder(material) if long else None
    if encoder is None:
        # Most captions of CLIP's own length have under 50 words; without the model only what is surely too long is told.
        long = [position for position in long if len(words_of(captions[position])) > MOST_TOKENS - 2]
    for position in long:
        read = "" if encoder is None else encoder.cut_text(captions[position])
        if read is not None:
            ends = f", up to \u201c{' '.join(read.split()[-3:])}\u201d" if read else ""
            advice = f"The model reads its first {MOST_TOKENS} tokens only{ends}. Make it shorter, the important first."
            note(position, WARNING, 0.65, advice)


def _encoder(material: Material) -> Encoder | None:
    try:
        return material.encoder
    except ModelError as error:
        material.remarks.append(
            f"Captions that are too long are counted by their words, for the model is not there. {error}"
        )
        return None
