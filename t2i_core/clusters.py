"""Clusters of a gallery's embeddings, and their names: the words that set their captions apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from t2i_core.arrays import l2_normalize
from t2i_core.types import FloatArray, Gallery, RowArray

FEWEST_PICTURES = 12
PER_ROOT = 0.6  # clusters per square root of the number of pictures
MOST_CLUSTERS = 32
ROUNDS = 25
LEARN_FROM = 20_000
NAME_WORDS = 2
VOCABULARY = Path(__file__).with_name("vocabulary.txt")
EMPTY_WORDS = Path(__file__).with_name("empty_words.txt")
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_ODD_PLURALS = {
    "leaves": "leaf", "wolves": "wolf", "knives": "knife", "shelves": "shelf", "loaves": "loaf", "calves": "calf",
    "men": "man", "women": "woman", "children": "child", "people": "person", "mice": "mouse", "geese": "goose",
    "feet": "foot", "teeth": "tooth",
}  # fmt: skip


def find_clusters(image_embeddings: FloatArray, *, seed: int = 0, count: int | None = None) -> npt.NDArray[np.int32]:
    """Groups of pictures that are alike, found in the embedding space and not on a map of it.

    Spherical k-means around the gallery's centre; numbered by size, the largest first.

    Parameters
    ----------
    image_embeddings : ndarray of shape (N, D), float32, unit rows
    seed : int
    count : int, optional
        How many; grows with the square root of N when left out.

    Returns
    -------
    ndarray of shape (N,), int32
        All -1 where there are too few pictures to group.
    """
    images = len(image_embeddings)
    if images < FEWEST_PICTURES:
        return np.full(images, -1, dtype=np.int32)
    wanted = count if count is not None else min(MOST_CLUSTERS, max(2, round(PER_ROOT * images**0.5)))
    random = np.random.default_rng(seed)
    middle = image_embeddings.mean(axis=0)
    drawn = np.sort(random.permutation(images)[:LEARN_FROM])
    sample = l2_normalize(image_embeddings[drawn] - middle)
    centres = _spread_out(sample, wanted, random)
    labels = np.zeros(len(sample), dtype=np.int64)
    for _ in range(ROUNDS):
        before, labels = labels, np.argmax(sample @ centres.T, axis=1)
        if (before == labels).all():
            break
        sums = np.zeros_like(centres)
        np.add.at(sums, labels, sample)
        filled = np.bincount(labels, minlength=len(centres)) > 0
        centres = l2_normalize(np.where(filled[:, None], sums, centres))
    nearest = np.argmax((image_embeddings - middle) @ centres.T, axis=1)
    return _by_size(nearest)


def name_clusters(
    gallery: Gallery,
    labels: npt.NDArray[np.int32],
    *,
    words_near: Callable[[FloatArray], list[list[str]]] | None = None,
) -> tuple[str, ...]:
    """A short name for each cluster; no two are equal.

    Parameters
    ----------
    gallery : Gallery
    labels : ndarray of shape (N,), int32
    words_near : callable, optional
        Words for directions (K, D), best first; asked only when there are no captions.

    Returns
    -------
    tuple of str
        Empty where nothing is grouped.
    """
    count = int(labels.max(initial=-1)) + 1
    if count == 0:
        return ()
    if gallery.captions:
        told = words_by_picture(gallery)
        everywhere = Counter(word for words in told for word in words)
        choices = [
            distinctive_words([told[row] for row in np.flatnonzero(labels == label)], everywhere, len(told), limit=6)
            for label in range(count)
        ]
    elif words_near is not None:
        middle = gallery.image_embeddings.mean(axis=0)
        directions = np.stack([gallery.image_embeddings[labels == label].mean(axis=0) for label in range(count)])
        choices = words_near(l2_normalize(directions - middle))
    else:
        choices = [[] for _ in range(count)]
    names: list[str] = []
    for label, words in enumerate(choices):
        name = ", ".join(words[:NAME_WORDS])
        length = NAME_WORDS
        while name in names and length < len(words):
            length += 1
            name = ", ".join(words[:length])
        if not name or name in names:
            name = f"{name or 'group'} {label + 1}"
        names.append(name)
    return tuple(names)


def cluster_places(coordinates: FloatArray, labels: npt.NDArray[np.int32]) -> list[tuple[float, float, int]]:
    """Where on a map each cluster's name stands, at the picture nearest its middle, and how many pictures it has.

    Parameters
    ----------
    coordinates : ndarray of shape (N, 2), float32
    labels : ndarray of shape (N,), int32
    """
    places = []
    for label in range(int(labels.max(initial=-1)) + 1):
        own = coordinates[labels == label]
        middle = np.median(own, axis=0)
        x, y = own[int(np.argmin(((own - middle) ** 2).sum(axis=1)))].tolist()
        places.append((x, y, len(own)))
    return places


def words_by_picture(gallery: Gallery) -> list[frozenset[str]]:
    """The telling words of each picture's captions, one set a picture."""
    words: list[set[str]] = [set() for _ in range(len(gallery))]
    positions = gallery.paired_captions
    for position, row in zip(positions.tolist(), gallery.rows_of(positions).tolist(), strict=True):
        words[row] |= telling_words(gallery.captions[position])
    return [frozenset(one) for one in words]


def telling_words(caption: str) -> frozenset[str]:
    """Words of a caption that say something about a picture, in small letters, plurals as singulars."""
    empty = empty_words()
    words = {_singular(word) for word in _WORD.findall(caption.lower()) if word not in empty}
    return frozenset(word for word in words if len(word) > 2 and word not in empty)


@cache
def empty_words() -> frozenset[str]:
    """Words that say how a sentence is built, or that a picture is a picture, and nothing about what it shows."""
    return frozenset(EMPTY_WORDS.read_text(encoding="utf-8").split())


def distinctive_words(
    chosen: Sequence[Iterable[str]], everywhere: Counter[str], pictures: int, *, limit: int = 8
) -> list[str]:
    """Words that many of the chosen pictures have and few others do, best first.

    Parameters
    ----------
    chosen : sequence of iterables of str
        Words of each chosen picture.
    everywhere : Counter
        In how many pictures of the gallery each word occurs.
    pictures : int
        How many the gallery has.
    limit : int
    """
    inside = Counter(word for words in chosen for word in words)
    if not inside:
        return []
    share = {word: count / len(chosen) for word, count in inside.items()}

    def weight(word: str) -> float:
        # What the word's being there says about the choice; the half keeps rare words from winning.
        elsewhere = (everywhere[word] - inside[word] + 0.5) / (pictures - len(chosen) + 1)
        return share[word] * float(np.log((share[word] + 1e-9) / elsewhere)) if share[word] > elsewhere else 0.0

    fewest = max(2, round(0.1 * len(chosen))) if len(chosen) > 3 else 1
    candidates = [word for word, count in inside.items() if count >= fewest and weight(word) > 0]
    ranked = sorted(candidates, key=lambda word: (-weight(word), word))
    return ranked[:limit]


def vocabulary() -> tuple[str, ...]:
    """The bundled words for galleries without captions."""
    return tuple(line.strip() for line in VOCABULARY.read_text(encoding="utf-8").splitlines() if line.strip())


def nearest_words(
    directions: FloatArray, words: Sequence[str], word_embeddings: FloatArray, *, limit: int = 6
) -> list[list[str]]:
    """Words whose sentences point the way of each direction more than the way of the others.

    Parameters
    ----------
    directions : ndarray of shape (K, D), float32, unit rows, the gallery's centre taken away
    words : sequence of str, length V
    word_embeddings : ndarray of shape (V, D), float32
    limit : int
    """
    centred = l2_normalize(word_embeddings - word_embeddings.mean(axis=0))
    scores = directions @ centred.T
    scores = scores - 0.5 * scores.mean(axis=0)
    best: RowArray = np.argsort(-scores, axis=1, kind="stable")[:, :limit]
    return [[words[position] for position in row.tolist()] for row in best]


def _singular(word: str) -> str:
    word = word.removesuffix("'s").strip("-'")
    if word in _ODD_PLURALS:
        return _ODD_PLURALS[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _spread_out(sample: FloatArray, count: int, random: np.random.Generator) -> FloatArray:
    """Rows to start from, far from each other (k-means++)."""
    taken = [int(random.integers(len(sample)))]
    closest = sample @ sample[taken[0]]
    while len(taken) < min(count, len(sample)):
        away = np.maximum(0.0, 1.0 - closest).astype(np.float64) ** 2
        if away.sum() <= 1e-9:
            break  # every row equals one that was taken
        taken.append(int(random.choice(len(sample), p=away / away.sum())))
        closest = np.maximum(closest, sample @ sample[taken[-1]])
    return sample[taken].copy()


def _by_size(labels: RowArray) -> npt.NDArray[np.int32]:
    sizes = np.bincount(labels)
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    number = np.full(len(sizes), -1, dtype=np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    found: npt.NDArray[np.int32] = number[labels]
    return found
