"""Balanced ranking: what a picture scores for sentences in general is partly taken off its score.

Some pictures are near every sentence (hubs) and stand before the right one. With b how near a picture is to sentences that
are not its own, pictures are ranked by q·x - share * b. That is the inner product of (x, b) with (q, -share), so the exact
indexes prove its top k as they do that of the cosine (`t2i_core.index.quantized`). The cosine stays the score that is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from t2i_core.arrays import read_only, spread_rows
from t2i_core.dataset import CAPTIONS, FEW_WORDS, PICTURES, Balance
from t2i_core.engine.embedding import EmbeddedQuery
from t2i_core.errors import QueryError, count_of
from t2i_core.evaluation import BLOCK_SCORES, pictures_ahead
from t2i_core.query import Query, Words
from t2i_core.types import FloatArray, Gallery, RowArray

SHARE = 0.5
BEST = 128
FEWEST_CAPTIONS = 800
MOST_SENTENCES = 4_096
MOST_QUERIES = 2_000
RECALL_AT = 10
SHORTEST_WORDS = 4  # shorter queries are unlike captions: what is near captions says little of them
_RESAMPLES = 1_000
_ROUNDING = 2.0**-21  # of a few float32 products and their sum
_FIGURES = {
    PICTURES: (f"recall@{RECALL_AT}", "caption"), FEW_WORDS: ("average precision", "word"), CAPTIONS: ("recall@1", "picture"),
}  # fmt: skip


def measure_balance(
    gallery: Gallery, texts: FloatArray | None, *, seed: int = 0, on_progress: Callable[[float], None] | None = None
) -> Balance:
    """How near each picture is to the dataset's captions but its own, and what taking a share of it off gains.

    The gain is measured crosswise, so that no caption is asked of pictures it had a part in: the pictures are dealt into two
    halves, and the captions of each half are asked with the nearness to those of the other, equal sentences left out.

    Parameters
    ----------
    gallery : Gallery
    texts : ndarray of shape (M, D), float32, unit rows, or None
        The captions' embeddings, made by the pictures' model.
    seed : int
        Deals the halves and resamples the pictures.
    on_progress : callable, optional
        Called with the share that is done.

    Raises
    ------
    QueryError
        When the dataset has too few captions with embeddings.
    """
    paired = gallery.paired_captions if texts is not None else np.empty(0, dtype=np.int64)
    bank = paired[spread_rows(len(paired), MOST_SENTENCES)] if len(paired) else paired
    rows = gallery.rows_of(bank)
    if texts is None or len(paired) < FEWEST_CAPTIONS or len(np.unique(rows)) < FEWEST_CAPTIONS // 8:
        raise QueryError(
            f"Balanced ranking needs at least {FEWEST_CAPTIONS} captions of {FEWEST_CAPTIONS // 8} pictures, embedded by the "
            f"dataset's model, got {count_of(len(paired), 'caption')}. Rank by cosine, or build the dataset with its captions."
        )
    rng = np.random.default_rng(seed)
    halves = rng.permutation(len(gallery)) % 2
    tell = on_progress or (lambda share: None)
    nearness = nearness_to(gallery, np.asarray(texts[bank]), rows, on_progress=lambda share: tell(share / 2))
    gains, asked_rows = [], []
    for half in (0, 1):
        others = bank[halves[rows] != half]
        near = nearness_to(gallery, np.asarray(texts[others]), gallery.rows_of(others))
        known = {gallery.captions[position] for position in others.tolist()}
        own = paired[halves[gallery.rows_of(paired)] == half]
        own = own[spread_rows(len(own), MOST_QUERIES // 2)]
        own = own[np.array([gallery.captions[position] not in known for position in own.tolist()], dtype=np.bool_)]
        gains.append(_gains(gallery, np.asarray(texts[own]), gallery.rows_of(own), near))
        asked_rows.append(gallery.rows_of(own))
        tell(0.75 + half / 4)
    gain = np.concatenate(gains)
    if len(gain) < FEWEST_CAPTIONS // 8:
        raise QueryError(
            f"Balanced ranking is measured on captions that differ from each other, got {len(gain):,} such. Rank by cosine."
        )
    low, high = _interval(gain, np.concatenate(asked_rows), rng)
    return Balance(nearness, SHARE, float(gain.mean()), low, high, len(gain))


def nearness_to(
    gallery: Gallery, sentences: FloatArray, rows: RowArray, *, on_progress: Callable[[float], None] | None = None
) -> FloatArray:
    """Mean of each picture's 128 best cosines with sentences (B, D), but for its own: ndarray of shape (N,), float32, read-only.

    ``rows`` (B,) says which picture each sentence is of.
    """
    nearness = np.empty(len(gallery), dtype=np.float32)
    best = max(1, min(BEST, len(sentences) - int(np.bincount(rows).max(initial=0))))
    block = max(1, BLOCK_SCORES // len(sentences))
    for start in range(0, len(gallery), block):
        stop = min(len(gallery), start + block)
        scores = gallery.image_embeddings[start:stop] @ sentences.T  # (block, B)
        own = np.flatnonzero((rows >= start) & (rows < stop))
        scores[rows[own] - start, own] = -np.inf
        scores.partition(scores.shape[1] - best, axis=1)
        nearness[start:stop] = scores[:, -best:].mean(axis=1, dtype=np.float64)
        if on_progress is not None:
            on_progress(stop / len(gallery))
    return read_only(nearness)


def in_words(balance: Balance, of: str = PICTURES) -> str:
    """The gain as people read it: ``+2.7 points of recall@10 (95 % interval +1.9 to +3.5, 2,000 captions)``."""
    figure, noun = _FIGURES[of]
    gain, low, high = (f"{100 * number:+.1f}" for number in (balance.gain, balance.low, balance.high))
    return f"{gain} points of {figure} (95 % interval {low} to {high}, {count_of(balance.queries, noun)})"


@dataclass(frozen=True, eq=False)
class Bias:
    """What balanced ranking adds to a picture's score: so much of how near it is to sentences, and to words.

    Attributes
    ----------
    kinds : tuple of str
        What the picture's nearness is to, by the name of its balance: `PICTURES`, `FEW_WORDS`, or both.
    amounts : tuple of float
        How much of each is added.
    nearness : tuple of ndarray of shape (N,), float32
        Each of the gallery's own pictures.
    scale : float
        By which the sum is multiplied.
    """

    kinds: tuple[str, ...]
    amounts: tuple[float, ...]
    nearness: tuple[FloatArray, ...]
    scale: float = 1.0

    @cached_property
    def values(self) -> FloatArray:
        """For the gallery's own pictures: ndarray of shape (N,), float32."""
        return self.of(self.nearness)

    def of(self, nearness: Sequence[FloatArray]) -> FloatArray:
        """For pictures that are so near, (R,) for each kind: ndarray of shape (R,), float32, to the last bit as for one's own."""
        first, *others = (np.float32(amount) * near for amount, near in zip(self.amounts, nearness, strict=True))
        bias: FloatArray = sum(others, start=first)
        return bias if self.scale == 1.0 else (bias.astype(np.float64) * self.scale).astype(np.float32)

    def most(self, ranges: Sequence[tuple[float, float]]) -> float:
        """What no picture is given more than, whose nearness of each kind lies in such a range; float32's rounding included."""
        ends = [max(amount * end for end in one) for amount, one in zip(self.amounts, ranges, strict=True)]
        largest = sum(abs(amount) * max(map(abs, one)) for amount, one in zip(self.amounts, ranges, strict=True))
        return (sum(ends) + _ROUNDING * largest) * self.scale

    def scaled(self, scale: float) -> Bias:
        """The same for scores that are so many times as large; ``scale`` is at least 0."""
        return replace(self, scale=scale)


def bias_of(
    balance: Balance, query: Query, embedded: EmbeddedQuery, *, few_words: Balance | None = None
) -> Bias | None:
    """What is added to each picture's score; None where the query has no term to balance.

    What is taken off for a sum of terms is the sum of what is taken off for each, by how much the term counts. Words of fewer than
    four are unlike captions: they go by the balance for ``few_words``, or take nothing off. Nor do pictures.
    """
    amounts = np.einsum("td,td->t", embedded.parts, embedded.rows)
    taken = [0.0, 0.0]
    for term, amount in zip(query.terms, amounts.tolist(), strict=True):
        if isinstance(term.subject, Words):
            taken[len(term.subject.text.split()) < SHORTEST_WORDS] += amount
    parts = [
        (kind, one, -one.share * amount)
        for kind, one, amount in zip((PICTURES, FEW_WORDS), (balance, few_words), taken, strict=True)
        if one is not None and amount != 0.0
    ]
    if not parts:
        return None
    kinds, balances, added = zip(*parts, strict=True)
    return Bias(kinds, added, tuple(one.nearness for one in balances))


def _gains(gallery: Gallery, asked: FloatArray, rows: RowArray, nearness: FloatArray) -> np.ndarray:
    """What balance adds to each caption's recall@10: ndarray of shape (Q,), float64, of -1, 0 and 1."""
    gains = np.zeros(len(asked))
    block = max(1, BLOCK_SCORES // len(gallery))
    for start in range(0, len(asked), block):
        part, own_rows = asked[start : start + block], rows[start : start + block]
        scores = part @ gallery.image_embeddings.T  # (block, N)
        at = np.arange(len(part))
        before = pictures_ahead(scores, scores[at, own_rows], own_rows) < RECALL_AT
        scores -= np.float32(SHARE) * nearness
        after = pictures_ahead(scores, scores[at, own_rows], own_rows) < RECALL_AT
        gains[start : start + block] = after.astype(np.float64) - before
    return gains


def _interval(gain: np.ndarray, rows: RowArray, rng: np.random.Generator) -> tuple[float, float]:
    """95 % interval of the mean gain, resampling pictures with all their captions."""
    _, picture = np.unique(rows, return_inverse=True)
    return interval_of_means(np.bincount(picture, gain), rng, np.bincount(picture))


def interval_of_means(
    sums: np.ndarray, rng: np.random.Generator, counts: np.ndarray | None = None
) -> tuple[float, float]:
    """95 % interval of a mean over pictures, each with the sum of what was counted and how often."""
    counted = np.ones(len(sums)) if counts is None else counts
    means = []
    for _ in range(_RESAMPLES):
        drawn = rng.integers(0, len(sums), len(sums))
        means.append(sums[drawn].sum() / counted[drawn].sum())
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
