"""What the picture stages read: features, captions, guesses and classes, by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from t2i_core.training.feature_store import read_features


@dataclass(frozen=True)
class Captioned:
    """Pictures with captions. Several sources follow one another; each has the same views of its pictures.

    Attributes
    ----------
    sources : list of lists of ndarray
        Feature stores: one list of views a source.
    captions : list of ndarray of int
        For every picture, the rows of its captions in ``vectors`` and ``tokens``.
    vectors : ndarray of shape (M, S), float16
        The teachers' embedding of every caption.
    tokens : Tensor of shape (M, 77)
    guesses : ndarray of shape (N, 1000), float16
        The ImageNet classifiers' shares for every picture.
    train : ndarray of int
        Pictures to learn from.
    shares : ndarray of float
        How often each of ``train`` is drawn; they add up to 1.
    """

    sources: list[list[np.ndarray]]
    captions: list[np.ndarray]
    vectors: np.ndarray
    tokens: torch.Tensor
    guesses: np.ndarray
    train: np.ndarray
    shares: np.ndarray

    def drawn(self, count: int, random: np.random.Generator) -> np.ndarray:
        """Rows of ``count`` different pictures to learn from, in order."""
        return np.sort(random.choice(self.train, size=count, replace=False, p=self.shares))

    def features(self, rows: np.ndarray, random: np.random.Generator | None = None) -> torch.Tensor:
        """Features (B, C) of some pictures, in a random view each, or in the first."""
        parts, order, start = [], [], 0
        for views in self.sources:
            here = np.flatnonzero((rows >= start) & (rows < start + len(views[0])))
            view = random.integers(len(views), size=len(here)) if random else np.zeros(len(here), dtype=int)
            for number, array in enumerate(views):
                chosen = here[view == number]
                parts.append(read_features(array, rows[chosen] - start))
                order.append(chosen)
            start += len(views[0])
        back = torch.from_numpy(np.argsort(np.concatenate(order)))
        return torch.cat(parts)[back]


def shared_out(*parts: tuple[np.ndarray, float]) -> tuple[np.ndarray, np.ndarray]:
    """Rows of several kinds, and how often each is drawn when each kind gets its part of every batch."""
    rows = np.concatenate([rows for rows, _ in parts])
    shares = np.concatenate([np.full(len(rows), part / len(rows)) for rows, part in parts])
    return rows, shares / shares.sum()


@dataclass(frozen=True)
class Labelled:
    """Pictures with classes.

    ``rows`` (N,) of ``features`` have a usable name; ``classes`` (N,) are theirs, ``shares`` (N,) how often each is drawn.
    """

    features: np.ndarray
    rows: np.ndarray
    classes: np.ndarray
    shares: np.ndarray
    guesses: np.ndarray


@dataclass(frozen=True)
class Classes:
    """K class names, each in T sentences, and H words for kinds of them, in one sentence each.

    Attributes
    ----------
    name_vectors : ndarray of shape (T, K, S), float16
    name_tokens : Tensor of shape (T, K, 77)
    kind_vectors : ndarray of shape (H, S), float16
    kind_tokens : Tensor of shape (H, 77)
    fits : Tensor of shape (K, K + H), bool
        Whether a name or a word is right for a picture of a class.
    imagenet_rows : Tensor of shape (1000,), int64
        The classifiers' outputs among the names.
    prototypes : Tensor of shape (1000, C)
        Features of no picture: where the classifiers would be surest of a class, from the mean feature on.
    mean : Tensor of shape (C,)
    meanings : Tensor of shape (1000, S)
        What each output of the classifiers is called, with synonyms and gloss, as one sentence vector.
    weights : Tensor of shape (C, 1000)
        The classifiers side by side: features times this, plus ``biases``, are the means of their outputs.
    biases : Tensor of shape (1000,)
    """

    name_vectors: np.ndarray
    name_tokens: torch.Tensor
    kind_vectors: np.ndarray
    kind_tokens: torch.Tensor
    fits: torch.Tensor
    imagenet_rows: torch.Tensor
    prototypes: torch.Tensor
    mean: torch.Tensor
    meanings: torch.Tensor
    weights: torch.Tensor
    biases: torch.Tensor


@dataclass(frozen=True)
class Lessons:
    """Everything together; ``text_vectors`` and ``text_tokens`` are the sentences without pictures."""

    captioned: Captioned
    labelled: Labelled
    classes: Classes
    text_vectors: np.ndarray
    text_tokens: torch.Tensor
