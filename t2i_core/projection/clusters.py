"""Clusters of a gallery's embeddings, their names, and where those stand on a map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from t2i_core.arrays import l2_normalize
from t2i_core.captions.telling_words import distinctive_words, words_by_picture
from t2i_core.types import FloatArray, Gallery, RowArray

FEWEST_PICTURES = 12
PER_ROOT = 0.6  # clusters per square root of the number of pictures
MOST_CLUSTERS = 32
ROUNDS = 25
LEARN_FROM = 20_000
NAME_WORDS = 2


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
