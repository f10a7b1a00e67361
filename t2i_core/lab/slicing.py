"""Where retrieval fails: hit@10 of the captions that hold a word, are of one length, have one value in a column, or whose

pictures share a folder, a tag, a fact or a cluster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from t2i_core.captions.telling_words import telling_words
from t2i_core.captions.words import words_of
from t2i_core.lab.picture_parts import KINDS, picture_parts
from t2i_core.lab.ranking import Ranking
from t2i_core.lab.resampling import Draws, Figure
from t2i_core.lab.right_pairs import RightPairs
from t2i_core.types import Gallery, MaskArray, RowArray

SLICE_K = 10
FEWEST_CAPTIONS = 20
FEWEST_PICTURES = 5
MOST_WORDS = 200
MOST_VALUES = 30
LENGTHS = ((1, 5), (6, 8), (9, 11), (12, 15), (16, 20), (21, 10_000))
WORD, LENGTH = "word", "length"


@dataclass(frozen=True)
class Slice:
    """Some of the captions.

    Attributes
    ----------
    kind : str
        ``"word"``, ``"length"``, the name of a column, or one of `picture_parts.KINDS`.
    value : str
        What they share: the word, ``"6 to 8 words"``, the column's value.
    hits : Figure
        Their hit@10.
    pictures : int
        How many pictures they are of.
    difference : Figure
        Their hit@10 less that of all other captions.
    bits : bytes
        A bit for each caption that was asked, set for these.
    """

    kind: str
    value: str
    hits: Figure
    pictures: int
    difference: Figure
    bits: bytes = field(default=b"", repr=False, compare=False)

    @property
    def members(self) -> RowArray:
        """Which of the captions that were asked these are, ascending: ndarray of shape (n,), int64."""
        return np.flatnonzero(np.unpackbits(np.frombuffer(self.bits, dtype=np.uint8)))

    def as_dict(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "kind": self.kind,
            "value": self.value,
            "captions": self.hits.queries,
            "pictures": self.pictures,
            "hit@10": self.hits.as_dict(),
            "difference": self.difference.as_dict(),
        }


@dataclass(frozen=True)
class Slices:
    """Where it fails.

    Attributes
    ----------
    worst : tuple of Slice
        All slices, worst first.
    lowering : tuple of Slice
        The words whose presence lowers hit@10 most, those that surely do before the others.
    left_out : dict of str to int
        Of each kind but words, how many parts were left out for having too few captions or pictures, or too few beside them.
    remarks : tuple of str
        What could not be looked at, and how it can.
    """

    worst: tuple[Slice, ...]
    lowering: tuple[Slice, ...]
    left_out: dict[str, int]
    remarks: tuple[str, ...] = ()
    k: int = SLICE_K

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds there are, that of the worst slice first."""
        return tuple(dict.fromkeys(one.kind for one in self.worst))


def slices_of(gallery: Gallery, pairs: RightPairs, draws: Draws) -> Slices:
    """Slices of the captions that were asked: of `FEWEST_CAPTIONS` captions and `FEWEST_PICTURES` pictures or more, and not of all."""
    texts = [gallery.captions[position] for position in pairs.captions.tolist()]
    ranking = pairs.text_to_image
    pictures = picture_parts(gallery)
    masks: list[tuple[str, str, MaskArray]] = [
        *_by_word(texts),
        *_by_length(texts),
        *_by_column(gallery, pairs.captions),
        *((kind, value, mask[pairs.rows]) for kind, value, mask in pictures.parts),
    ]
    enough = [one for one in masks if _is_enough(one[2], pairs.rows)]
    left_out = Counter(kind for kind, _, mask in masks if kind != WORD and mask.any() and not mask.all())
    left_out.subtract(kind for kind, _, _ in enough)
    found = _measured(enough, ranking, draws)
    worst = sorted(found, key=lambda one: (one.hits.value, -one.hits.queries, one.value))
    words = [one for one in found if one.kind == WORD and one.difference.value < 0]
    words.sort(key=lambda one: (not _surely_lower(one), one.difference.value, one.value))
    return Slices(
        tuple(worst),
        tuple(words),
        {kind: count for kind, count in left_out.items() if count > 0},
        tuple(pictures.remarks),
    )


def _is_enough(mask: MaskArray, rows: RowArray) -> bool:
    held = int(np.count_nonzero(mask))
    if not FEWEST_CAPTIONS <= held <= len(mask) - FEWEST_CAPTIONS:
        return False
    return int(np.count_nonzero(np.bincount(rows[mask]))) >= FEWEST_PICTURES


def _surely_lower(one: Slice) -> bool:
    return one.difference.high is not None and one.difference.high < 0


def _measured(masks: Sequence[tuple[str, str, MaskArray]], ranking: Ranking, draws: Draws) -> list[Slice]:
    """Each slice's hits, and how they differ from those of the other captions, over the same draws."""
    if not masks:
        return []
    hits, units = ranking.hits(SLICE_K), ranking.units
    inside = np.stack([mask for _, _, mask in masks], axis=1).astype(np.float32)
    held = draws.sums(inside, units)
    found = draws.sums(inside * hits[:, None], units)
    all_held, all_found = (draws.sums(column[:, None], units) for column in (np.ones(len(hits)), hits))
    figures = draws.ratios(found, held)
    differences = draws.differences(found, held, all_found - found, all_held - held)
    pictures = (held > 0).sum(axis=0).tolist()
    return [
        Slice(kind, value, figure, count, difference, np.packbits(mask).tobytes())
        for (kind, value, mask), figure, count, difference in zip(masks, figures, pictures, differences, strict=True)
    ]


def _by_word(texts: Sequence[str]) -> list[tuple[str, str, MaskArray]]:
    """The words that most captions hold, of those that say something about a picture."""
    words = [telling_words(text) for text in texts]
    counts = Counter(word for one in words for word in one)
    frequent = [word for word, count in counts.most_common(MOST_WORDS) if count >= FEWEST_CAPTIONS]
    return _masks(WORD, frequent, [list(one) for one in words])


def _by_length(texts: Sequence[str]) -> list[tuple[str, str, MaskArray]]:
    lengths = np.array([len(words_of(text)) for text in texts])
    slices: list[tuple[str, str, MaskArray]] = []
    for low, high in LENGTHS:
        name = f"{low} words or more" if high == LENGTHS[-1][1] else f"{low} to {high} words"
        slices.append((LENGTH, name, (lengths >= low) & (lengths <= high)))
    return slices


def _by_column(gallery: Gallery, captions: RowArray) -> list[tuple[str, str, MaskArray]]:
    """Columns whose values repeat: those with so many different ones say nothing about groups."""
    slices: list[tuple[str, str, MaskArray]] = []
    for name, values in gallery.caption_columns.items():
        cells = [values[position] for position in captions.tolist()]
        told = ["" if cell is None or cell != cell else str(cell) for cell in cells]
        counts = Counter(one for one in told if one)
        common = [value for value, count in counts.most_common(MOST_VALUES) if count > 1]
        kind = f"column {name}" if name in {WORD, LENGTH, *KINDS} else name
        slices += _masks(kind, common, [[one] for one in told])
    return slices


def _masks(kind: str, values: Sequence[str], held: Sequence[Sequence[str]]) -> list[tuple[str, str, MaskArray]]:
    place = {value: number for number, value in enumerate(values)}
    masks = np.zeros((len(values), len(held)), dtype=np.bool_)
    for caption, words in enumerate(held):
        for word in words:
            if word in place:
                masks[place[word], caption] = True
    return [(kind, value, masks[number]) for value, number in place.items()]
