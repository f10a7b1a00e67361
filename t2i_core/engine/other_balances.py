"""Balance for what `engine.balance` does not cover: captions found by a picture, and questions of a few words.

Some captions are near every picture, as some pictures are near every sentence: by a picture, captions are ranked by
q·x - share * n with n how near a caption is to pictures that are not its own. And what is near captions says little of
"a dog" or "red car": for words of one to three, a picture's nearness is that to the words of the dataset's captions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from t2i_core.arrays import read_only, spread_rows
from t2i_core.captions.telling_words import telling_words, words_by_picture
from t2i_core.dataset import Balance
from t2i_core.engine.balance import BEST, FEWEST_CAPTIONS, SHARE, interval_of_means
from t2i_core.errors import QueryError, count_of
from t2i_core.evaluation import BLOCK_SCORES
from t2i_core.types import FloatArray, Gallery, RowArray

MOST_PICTURES = 4_096  # that captions are compared with
MOST_ASKED = 1_000  # pictures of each half that ask for their captions
MOST_STRINGS = 2_048
MOST_RANKED = 2_048  # pictures among which words are looked for
FEWEST_WITH, MOST_WITH = 8, 0.25  # pictures that have a word to be asked for: so many, and at most this share of them
FEWEST_WORDS = 40
_RESAMPLES = 200
Encode = Callable[[Sequence[str]], FloatArray]


def measure_caption_balance(gallery: Gallery, texts: FloatArray | None, *, seed: int = 0) -> Balance:
    """How near each caption is to pictures but its own, and what half of it taken off adds to recall@1 of captions by a picture.

    Measured crosswise: pictures of each half of the dataset ask, with the nearness to those of the other.

    Parameters
    ----------
    gallery : Gallery
    texts : ndarray of shape (M, D), float32, unit rows, or None
        The captions' embeddings, made by the pictures' model.
    seed : int
        Deals the halves and resamples the pictures.

    Raises
    ------
    QueryError
        When the dataset has too few captions with embeddings.
    """
    paired = gallery.paired_captions if texts is not None else np.empty(0, dtype=np.int64)
    with_captions = np.flatnonzero(gallery.caption_counts)
    if texts is None or len(paired) < FEWEST_CAPTIONS or len(with_captions) < FEWEST_CAPTIONS // 8:
        raise QueryError(
            f"Balanced ranking of captions needs at least {FEWEST_CAPTIONS} of them, embedded by the dataset's model, got "
            f"{count_of(len(paired), 'caption')}. Rank by cosine."
        )
    own = np.full(len(texts), -1, dtype=np.int64)
    own[paired] = gallery.rows_of(paired)
    rng = np.random.default_rng(seed)
    halves = rng.permutation(len(gallery)) % 2
    bank = spread_rows(len(gallery), MOST_PICTURES)
    nearness = _caption_nearness(gallery, texts, own, bank)
    gains = []
    for half in (0, 1):
        near = _caption_nearness(gallery, texts, own, bank[halves[bank] != half])
        asked = with_captions[halves[with_captions] == half]
        gains.append(_caption_gains(gallery, texts, own, asked[spread_rows(len(asked), MOST_ASKED)], near))
    gain = np.concatenate(gains)
    low, high = interval_of_means(gain, rng)
    return Balance(nearness, SHARE, float(gain.mean()), low, high, len(gain))


def measure_word_balance(gallery: Gallery, encode: Encode, *, seed: int = 0) -> Balance:
    """How near each picture is to single words and pairs of them that do not describe it, and what half of it adds for such questions.

    The gain is that of the mean average precision, where pictures whose captions hold a word are right. Words are dealt into two
    halves: each is asked with the nearness to strings without any word of its half. The interval is over pictures.

    Parameters
    ----------
    gallery : Gallery
    encode : callable
        Gives unit rows (B, D), float32, of texts, by the dataset's model.
    seed : int
        Deals the halves and resamples the pictures.

    Raises
    ------
    QueryError
        When the captions have too few words that several pictures share.
    """
    words = words_by_picture(gallery)
    strings = _strings(gallery, words)
    ranked = np.flatnonzero(gallery.caption_counts)
    ranked = ranked[spread_rows(len(ranked), MOST_RANKED)] if len(ranked) else ranked
    counts = Counter(word for row in ranked.tolist() for word in words[row])
    most = MOST_WITH * len(ranked)
    asked = sorted(word for word, count in counts.items() if FEWEST_WITH <= count <= most)
    if len(asked) < FEWEST_WORDS:
        raise QueryError(
            f"Balanced ranking for few words needs {FEWEST_WORDS} words that several pictures' captions share, got {len(asked)}. "
            "Rank by cosine."
        )
    rng = np.random.default_rng(seed)
    vectors, asked_vectors = encode(strings), encode(asked)
    half_of = dict(zip(asked, (rng.permutation(len(asked)) % 2).tolist(), strict=True))
    nearness = _word_nearness(gallery, strings, vectors, words)
    before, after, right = [], [], []
    for half in (0, 1):
        others = [place for place, text in enumerate(strings) if all(half_of.get(one) != half for one in text.split())]
        near = _word_nearness(gallery, [strings[place] for place in others], vectors[others], words)[ranked]
        own = [place for place, word in enumerate(asked) if half_of[word] == half]
        scores = asked_vectors[own] @ gallery.image_embeddings[ranked].T
        before.append(scores)
        after.append(scores - np.float32(SHARE) * near)
        right += [np.array([asked[place] in words[row] for row in ranked.tolist()]) for place in own]
    gains = _precision_gains(np.concatenate(before), np.concatenate(after), np.array(right), rng)
    low, high = np.quantile(gains[1:], [0.025, 0.975])
    return Balance(nearness, SHARE, float(gains[0]), float(low), float(high), len(asked))


def _caption_nearness(gallery: Gallery, texts: FloatArray, own: RowArray, bank: RowArray) -> FloatArray:
    """Mean of each caption's 128 best cosines with the pictures of a bank but its own: ndarray of shape (M,), float32, read-only."""
    place = np.full(len(gallery) + 1, -1, dtype=np.int64)  # the last is for captions without a picture
    place[bank] = np.arange(len(bank))
    pictures = np.asarray(gallery.image_embeddings[bank])
    best = max(1, min(BEST, len(bank) - 1))
    nearness = np.empty(len(texts), dtype=np.float32)
    block = max(1, BLOCK_SCORES // len(bank))
    for start in range(0, len(texts), block):
        scores = np.asarray(texts[start : start + block]) @ pictures.T  # (block, B)
        at = place[own[start : start + block]]
        known = np.flatnonzero(at >= 0)
        scores[known, at[known]] = -np.inf
        scores.partition(scores.shape[1] - best, axis=1)
        nearness[start : start + block] = scores[:, -best:].mean(axis=1, dtype=np.float64)
    return read_only(nearness)


def _caption_gains(
    gallery: Gallery, texts: FloatArray, own: RowArray, asked: RowArray, nearness: FloatArray
) -> np.ndarray:
    """What balance adds to each picture's recall@1 among all captions: ndarray of shape (Q,), float64, of -1, 0 and 1."""
    gains = np.zeros(len(asked))
    block = max(1, BLOCK_SCORES // len(texts))
    for start in range(0, len(asked), block):
        rows = asked[start : start + block]
        scores = gallery.image_embeddings[rows] @ texts.T  # (block, M)
        before = own[scores.argmax(axis=1)] == rows
        scores -= np.float32(SHARE) * nearness
        gains[start : start + block] = (own[scores.argmax(axis=1)] == rows).astype(np.float64) - before
    return gains


def _strings(gallery: Gallery, words: list[frozenset[str]]) -> list[str]:
    """Words of the captions, and pairs that stand side by side, the most frequent first."""
    singles = Counter(word for one in words for word in one)
    pairs: Counter[str] = Counter()
    for position in gallery.paired_captions[spread_rows(len(gallery.paired_captions), 20_000)].tolist():
        caption = gallery.captions[position].lower().split()
        pairs.update(
            " ".join(pair) for pair in pairwise(caption) if all(one.isalpha() and telling_words(one) for one in pair)
        )
    return [*_frequent(singles), *_frequent(pairs)]


def _frequent(found: Counter[str]) -> list[str]:
    """What occurs more than once, the most frequent first, up to half of the bank."""
    shared = sorted((-count, text) for text, count in found.items() if count > 1)
    return [text for _, text in shared[: MOST_STRINGS // 2]]


def _word_nearness(
    gallery: Gallery, strings: Sequence[str], vectors: FloatArray, words: list[frozenset[str]]
) -> FloatArray:
    """Mean of each picture's 128 best cosines with strings of which its captions hold no word: (N,), float32, read-only."""
    of_word: dict[str, list[int]] = {}
    for place, text in enumerate(strings):
        for word in telling_words(text):
            of_word.setdefault(word, []).append(place)
    nearness = np.empty(len(gallery), dtype=np.float32)
    block = max(1, BLOCK_SCORES // len(strings))
    for start in range(0, len(gallery), block):
        scores = gallery.image_embeddings[start : start + block] @ vectors.T  # (block, B)
        for at, row_scores in enumerate(scores):
            own = [place for word in words[start + at] for place in of_word.get(word, ())]
            row_scores[own] = -np.inf
            best = min(BEST, len(strings) - len(set(own))) or 1
            kept = np.partition(row_scores, len(strings) - best)[-best:]
            nearness[start + at] = kept.mean(dtype=np.float64) if np.isfinite(kept).all() else 0.0
    return read_only(nearness)


def _precision_gains(before: np.ndarray, after: np.ndarray, right: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the mean average precision of questions (Q, N) gains: of all pictures first, then of resampled ones."""
    orders = [np.argsort(-scores, axis=1, kind="stable") for scores in (before, after)]
    sorted_right = [np.take_along_axis(right, order, axis=1) for order in orders]
    gains = np.empty(_RESAMPLES + 1)
    for number in range(len(gains)):
        drawn = np.bincount(rng.integers(0, right.shape[1], right.shape[1]), minlength=right.shape[1])
        times = np.ones_like(drawn) if number == 0 else drawn
        means = [_mean_precision(found, times[order]) for found, order in zip(sorted_right, orders, strict=True)]
        gains[number] = means[1] - means[0]
    return gains


def _mean_precision(right: np.ndarray, times: np.ndarray) -> float:
    """Mean average precision of rankings (Q, N) whose pictures count so many ``times`` each."""
    found = np.cumsum(times * right, axis=1)
    seen = np.cumsum(times, axis=1)
    weights = times * right
    totals = weights.sum(axis=1)
    sums = (weights * found / np.maximum(seen, 1)).sum(axis=1)
    return float((sums[totals > 0] / totals[totals > 0]).mean())
