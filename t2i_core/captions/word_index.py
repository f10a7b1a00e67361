"""WordIndex: which captions hold which words, and how often a word occurs among some of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from t2i_core.captions.word_query import WordTerm
from t2i_core.captions.words import bare, fold
from t2i_core.types import MaskArray, RowArray

NumberArray = npt.NDArray[np.int32]

_BREAK = "\0"
_WORD_OR_BREAK = re.compile(r"\w+|\0")
_LAST_LETTER = chr(0x10FFFF)
LEAST_TYPICAL = 3

# Words that say nothing about a picture; English only, other languages keep theirs.
FUNCTION_WORDS = frozenset(
    word
    for line in (
        "a about above across after against all along also am an and another any are around as at away back be because",
        "been before behind being below beneath beside besides between both but by can could do does down during each",
        "either for from front had has have he her hers him his i if in inside into is it its itself just like may me",
        "more most my near next no not of off on one onto or other our out outside over own past s several she so some",
        "such t than that the their them then there these they this those through to together toward towards two under",
        "until up upon very was we were what when where which while who whose will with within without would you your",
    )
    for word in line.split()
)


@dataclass(frozen=True)
class Reading:
    """How one word of a search was read.

    ``how`` is ``"word"`` (captions hold it), ``"beginning"`` or ``"part"`` (they hold longer words only),
    or ``"nothing"``.
    """

    word: str
    how: str
    excluded: bool


@dataclass(frozen=True)
class WordCount:
    """A word and the number of captions that hold it."""

    word: str
    captions: int


class WordIndex:
    """Finds the captions that hold words and phrases.

    A word no caption holds is read as the beginning of one, else as a part of one, so that half a word
    finds something already. Case and accents do not matter.

    Parameters
    ----------
    captions : sequence of str, length M
    """

    def __init__(self, captions: Sequence[str]) -> None:
        self._captions = len(captions)
        self._words, self._tokens, self._caption_of = _tokens(captions)
        count = len(self._words)
        # Places of each word in the text of all captions, words in alphabetical order.
        self._places = np.argsort(self._tokens, kind="stable").astype(np.int32)
        self._starts = np.searchsorted(self._tokens[self._places], np.arange(count + 1))
        words, captions_of = self._tokens[self._places], self._caption_of[self._places]
        first = np.ones(len(words), dtype=np.bool_)
        first[1:] = (words[1:] != words[:-1]) | (captions_of[1:] != captions_of[:-1])
        self._pair_words, self._pair_captions = words[first], captions_of[first]
        self._totals = np.bincount(self._pair_words, minlength=count)

    def __len__(self) -> int:
        """Number of different words."""
        return len(self._words)

    def find(self, terms: Sequence[WordTerm]) -> tuple[MaskArray, tuple[Reading, ...]]:
        """Captions that hold every term, and none of the excluded ones.

        Parameters
        ----------
        terms : sequence of WordTerm

        Returns
        -------
        mask : ndarray of shape (M,), bool
        readings : tuple of Reading
            One per word of the terms, in order.
        """
        mask = np.ones(self._captions, dtype=np.bool_)
        readings: list[Reading] = []
        for term in terms:
            numbers = []
            for place, word in enumerate(term.words):
                unfinished = term.unfinished and place == len(term.words) - 1
                found, how = self._numbers(word, unfinished=unfinished)
                numbers.append(found)
                readings.append(Reading(word, how, term.excluded))
            here = self._holding(numbers)
            mask &= ~here if term.excluded else here
        return mask, tuple(readings)

    def leading(
        self, mask: MaskArray, limit: int, *, without: frozenset[str] = FUNCTION_WORDS
    ) -> tuple[list[WordCount], list[WordCount]]:
        """The words that most of some captions hold, and those that set them apart from all others.

        Parameters
        ----------
        mask : ndarray of shape (M,), bool
            Which captions.
        limit : int
            At most this many of each.
        without : frozenset of str
            Words left out.

        Returns
        -------
        frequent : list of WordCount
            Most frequent first.
        typical : list of WordCount
            Strongest first: a word weighs its share of these captions times the logarithm of how much more
            frequent it is here than in all. Words of fewer than three captions are left out; empty where
            these are all captions.
        """
        shown = int(np.count_nonzero(mask))
        if shown == self._captions:
            return self._listed(self._totals, self._totals.astype(np.float64), limit, without), []
        counts = np.bincount(self._pair_words[mask[self._pair_captions]], minlength=len(self._words))
        share = counts / max(1, shown)
        with np.errstate(divide="ignore", invalid="ignore"):
            weights = share * np.log(share / (self._totals / self._captions))
        weights[(counts < LEAST_TYPICAL) | ~np.isfinite(weights)] = 0.0
        frequent = self._listed(counts, counts.astype(np.float64), limit, without)
        return frequent, self._listed(counts, weights, limit, without)

    def _listed(
        self, counts: RowArray, weights: npt.NDArray[np.float64], limit: int, without: frozenset[str]
    ) -> list[WordCount]:
        # As many more than asked for as may be left out.
        best = np.argsort(-weights, kind="stable")[: limit + len(without)]
        kept = [number for number in best.tolist() if weights[number] > 0 and self._words[number] not in without]
        return [WordCount(self._words[number], int(counts[number])) for number in kept[:limit]]

    def _numbers(self, word: str, *, unfinished: bool) -> tuple[NumberArray, str]:
        """Numbers of the words a typed one stands for, and how it was read."""
        first = bisect_left(self._words, word)
        if not unfinished and first < len(self._words) and self._words[first] == word:
            return np.array([first], dtype=np.int32), "word"
        last = bisect_left(self._words, word + _LAST_LETTER, lo=first)
        if first < last:
            return np.arange(first, last, dtype=np.int32), "beginning"
        inside = [number for number, known in enumerate(self._words) if word in known]
        return np.array(inside, dtype=np.int32), "part" if inside else "nothing"

    def _holding(self, numbers: Sequence[NumberArray]) -> MaskArray:
        """Captions that hold these words one after the other: ndarray of shape (M,), bool."""
        here = np.zeros(self._captions, dtype=np.bool_)
        # The rarest word of a phrase leaves the fewest places to look at.
        rarest = min(range(len(numbers)), key=lambda place: self._occurrences(numbers[place]))
        places = np.concatenate(
            [self._places[self._starts[number] : self._starts[number + 1]] for number in numbers[rarest].tolist()]
            or [np.empty(0, dtype=np.int32)]
        )
        for place, wanted in enumerate(numbers):
            if place == rarest:
                continue
            beside = places + (place - rarest)
            inside = (beside >= 0) & (beside < len(self._tokens))
            places, beside = places[inside], beside[inside]
            among = np.zeros(len(self._words), dtype=np.bool_)
            among[wanted] = True
            fits = among[self._tokens[beside]] & (self._caption_of[beside] == self._caption_of[places])
            places = places[fits]
        here[self._caption_of[places]] = True
        return here

    def _occurrences(self, numbers: NumberArray) -> int:
        return int((self._starts[numbers + 1] - self._starts[numbers]).sum())


def _tokens(captions: Sequence[str]) -> tuple[list[str], NumberArray, NumberArray]:
    """Words in alphabetical order, the number of each word of the text, and the caption it stands in."""
    pieces = [
        (caption.lower() if caption.isascii() else bare(fold(caption))).replace(_BREAK, " ") for caption in captions
    ]
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__  # a new word gets the next number
    numbers[_BREAK] = 0
    # One pass over one long text is several times quicker than one over each caption.
    found = np.fromiter(map(numbers.__getitem__, _WORD_OR_BREAK.findall(_BREAK.join(pieces))), dtype=np.int32)
    caption_of = np.cumsum(found == 0, dtype=np.int32)
    words = found != 0
    known = [word for word in numbers if word != _BREAK]
    order = sorted(known)
    place = np.zeros(len(numbers), dtype=np.int32)
    place[[numbers[word] for word in order]] = np.arange(len(order), dtype=np.int32)
    return order, place[found[words]], caption_of[words]
