"""CaptionSuggestions: sentences of a dataset that go on from what has been typed so far."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from t2i_core.captions.words import WORD, bare, fold
from t2i_core.types import RowArray

_LAST_LETTER = chr(0x10FFFF)


class CaptionSuggestions:
    """Finds captions that hold every typed word, the last one perhaps unfinished.

    Captions that are equal but for case, spaces and the mark at the end are one suggestion. Those that
    occur most often come first, then those that come first in the dataset.

    Parameters
    ----------
    captions : iterable of str
        In the dataset's order; kept as they are spelled first.
    """

    def __init__(self, captions: Iterable[str]) -> None:
        counts = Counter(captions)  # most repeated captions are equal to the letter, so this merges them cheaply
        merged: dict[str, int] = {}
        spelled: dict[str, str] = {}
        for caption, count in counts.items():
            folded = _folded(caption)
            if folded:
                merged[folded] = merged.get(folded, 0) + count
                spelled.setdefault(folded, " ".join(caption.split()))
        # Most frequent first; sorted() is stable, so equals keep the dataset's order.
        ordered = sorted(merged, key=merged.__getitem__, reverse=True)
        self._captions = [spelled[folded] for folded in ordered]
        self._words, self._starts, self._rows = _word_index(ordered)

    def __len__(self) -> int:
        return len(self._captions)

    def suggest(self, text: str, limit: int = 8) -> list[str]:
        """Captions for what has been typed.

        Parameters
        ----------
        text : str
            Every word but the last must occur as a whole; the last one may be the beginning of a word,
            unless a space or a mark follows it. Case and accents do not matter.
        limit : int
            At most this many.

        Returns
        -------
        list of str
            Best first; empty when nothing was typed or nothing fits. What was typed is not among them.
        """
        folded = _folded(text)
        words = WORD.findall(bare(folded))
        if not words or limit < 1:
            return []
        unfinished = WORD.fullmatch(bare(fold(text))[-1:]) is not None
        spans = [self._span(word, whole=True) for word in dict.fromkeys(words[:-1] if unfinished else words)]
        if unfinished:
            first, last = self._span(words[-1], whole=False)
            # A whole word that begins like the last one already answers for it ("a dog, a").
            if not any(first <= other < last for other, _ in spans):
                spans.append((first, last))
        if any(first == last for first, last in spans):
            return []
        # One more than asked for, because what was typed may be among them.
        rows = self._best_rows(spans[0], limit + 1) if len(spans) == 1 else self._common_rows(spans)
        suggestions = (self._captions[row] for row in rows.tolist())
        return list(islice((caption for caption in suggestions if _folded(caption) != folded), limit))

    def _span(self, word: str, *, whole: bool) -> tuple[int, int]:
        """First and last + 1 number of the words that are ``word``, or begin with it."""
        first = bisect_left(self._words, word)
        if whole:
            return first, first + int(first < len(self._words) and self._words[first] == word)
        return first, bisect_left(self._words, word + _LAST_LETTER, lo=first)

    def _rows_of(self, span: tuple[int, int]) -> RowArray:
        """Rows of the captions that hold any of these words; in order and each once where it is one word."""
        return self._rows[self._starts[span[0]] : self._starts[span[1]]]

    def _best_rows(self, span: tuple[int, int], count: int) -> RowArray:
        """The best rows that hold any of these words, in order; at least ``count`` if there are so many.

        One letter begins words of nearly all captions. The best ``count`` of all are among the best
        ``count`` of each word, so no more are looked at.
        """
        starts, ends = self._starts[span[0] : span[1]], self._starts[span[0] + 1 : span[1] + 1]
        places = starts[:, None] + np.arange(count)  # (words, count)
        return np.unique(self._rows[places[places < ends[:, None]]])

    def _common_rows(self, spans: Sequence[tuple[int, int]]) -> RowArray:
        """Rows that hold a word of every span, in order."""
        # Whole words first: their rows are in order, and few words are as common as a first letter is.
        fewest, *others = sorted(spans, key=lambda span: (span[1] - span[0] > 1, len(self._rows_of(span))))
        common = self._rows_of(fewest)
        for span in others:
            here = np.zeros(len(self._captions), dtype=np.bool_)
            here[self._rows_of(span)] = True
            common = common[here[common]]
        return common


def _word_index(captions: Sequence[str]) -> tuple[list[str], RowArray, RowArray]:
    """Words in alphabetical order, and the rows that hold each of them.

    Returns
    -------
    words : list of str, length V
    starts : ndarray of shape (V + 1,), int64
        The rows of word v are ``rows[starts[v]:starts[v + 1]]``, ascending, each once.
    rows : ndarray, int64
    """
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__  # a new word gets the next number
    flat: list[int] = []
    lengths = np.zeros(len(captions), dtype=np.int64)
    for row, caption in enumerate(captions):
        words = set(WORD.findall(bare(caption)))
        flat.extend(map(numbers.__getitem__, words))
        lengths[row] = len(words)
    ordered = sorted(numbers)
    place = np.empty(len(ordered), dtype=np.int64)
    place[[numbers[word] for word in ordered]] = np.arange(len(ordered))
    places = place[np.array(flat, dtype=np.int64)]
    rows = np.repeat(np.arange(len(captions)), lengths)[np.argsort(places, kind="stable")]
    starts = np.concatenate([[0], np.cumsum(np.bincount(places, minlength=len(ordered)))])
    return ordered, starts.astype(np.int64), rows.astype(np.int64)


def _folded(caption: str) -> str:
    """A caption without differences of case, spaces and its last mark: equal ones are one suggestion."""
    return " ".join(fold(caption).split()).rstrip(" .!?")
