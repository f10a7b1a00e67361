"""What the picture stages read: maps, captions, guesses and class prompts, by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from t2i_core.training.map_store import read_maps


@dataclass(frozen=True)
class Captioned:
    """Pictures with captions. Several sources follow one another; each has the same views of its pictures.

    Attributes
    ----------
    sources : list of lists of ndarray
        Map stores: one list of views a source.
    captions : list of ndarray of int
        For every picture, the rows of its captions in ``vectors`` and ``tokens``.
    vectors : ndarray of shape (M, 384), float16
        The sentence model's embedding of every caption.
    tokens : Tensor of shape (M, 77)
    guesses : ndarray of shape (N, 1000), float16
        The ImageNet classifier's shares for every picture.
    train : ndarray of int
        Pictures to learn from; a row may stand there more than once.
    """

    sources: list[list[np.ndarray]]
    captions: list[np.ndarray]
    vectors: np.ndarray
    tokens: torch.Tensor
    guesses: np.ndarray
    train: np.ndarray

    def maps(self, rows: np.ndarray, random: np.random.Generator | None = None) -> torch.Tensor:
        """Maps of some pictures, in a random view each, or in the first."""
        parts, order, start = [], [], 0
        for views in self.sources:
            here = np.flatnonzero((rows >= start) & (rows < start + len(views[0])))
            view = random.integers(len(views), size=len(here)) if random else np.zeros(len(here), dtype=int)
            for number, array in enumerate(views):
                chosen = here[view == number]
                parts.append(read_maps(array, rows[chosen] - start))
                order.append(chosen)
            start += len(views[0])
        back = torch.from_numpy(np.argsort(np.concatenate(order)))
        return torch.cat(parts)[back].contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True)
class Labelled:
    """Pictures with classes.

    ``rows`` (N,) of ``maps`` have a usable name; ``targets`` (N,) count among the pool's prompts.
    """

    maps: np.ndarray
    rows: np.ndarray
    targets: np.ndarray
    guesses: np.ndarray


@dataclass(frozen=True)
class Prompts:
    """One sentence a class: ``vectors`` (K, 384) float16, ``tokens`` (K, 77), the pool's and ImageNet's rows of K."""

    vectors: np.ndarray
    tokens: torch.Tensor
    pool_rows: np.ndarray
    imagenet_rows: np.ndarray


@dataclass(frozen=True)
class Lessons:
    """Everything together; ``text_vectors`` and ``text_tokens`` are the sentences without pictures."""

    captioned: Captioned
    labelled: Labelled
    prompts: Prompts
    text_vectors: np.ndarray
    text_tokens: torch.Tensor
