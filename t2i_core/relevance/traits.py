"""What is looked at to tell whether a sentence's best pictures fit it, and how much each of it counts.

The gap between the best cosines here and in a background is one number; a few numbers behind it say more when they are weighed
on the dataset's own captions: the best and the five best, as they are and with what is near every word taken off (some pictures
are near everything, see `t2i_core.engine.balance`), beside what the sentence scores in the background. Nothing of it says what
most pictures here are like, nor how captions are written: that would tell a sentence of another kind, not whether it is shown.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from t2i_core.types import FloatArray

TRAITS = (
    "best", "mean of the 5 best", "best, balanced", "mean of the 5 best, balanced",
    "mean of the 5 best in the background", "mean over the background", "spread over the background",
)  # fmt: skip
BEST = 5
REACH = 64  # of the best pictures, among which the balanced best are looked for
NEAREST = 64  # words a picture is nearest to
TAKEN_OFF = 1.0  # of that nearness; half of it tells a little less on small datasets
REGULARISATION = 1.0
FOLDS = 10
_NEAR_ENOUGH = 1e-9
_MOST_STEPS = 50


class Best(NamedTuple):
    """The best pictures of Q queries, best first: their cosines (Q, R) and how near each is to words (Q, R), float32."""

    scores: FloatArray
    nearness: FloatArray


def nearness_to_words(images: FloatArray, words: FloatArray, *, block: int = 16_384) -> FloatArray:
    """Mean of each picture's `NEAREST` best cosines with single words (W, D): ndarray of shape (N,), float32."""
    nearness = np.empty(len(images), dtype=np.float32)
    best = min(NEAREST, len(words))
    for start in range(0, len(images), block):
        scores = np.asarray(images[start : start + block]) @ words.T  # (block, W)
        scores.partition(scores.shape[1] - best, axis=1)
        nearness[start : start + block] = scores[:, -best:].mean(axis=1, dtype=np.float64)
    return nearness


def best_pictures(queries: FloatArray, images: FloatArray, nearness: FloatArray, *, block: int = 16_384) -> Best:
    """The `REACH` best pictures of each of Q queries (Q, D) among images (N, D) that are so near to words (N,)."""
    kept = Best(*(np.empty((len(queries), 0), dtype=np.float32) for _ in Best._fields))
    for start in range(0, len(images), block):
        scores = queries @ images[start : start + block].T
        near = np.broadcast_to(nearness[start : start + block], scores.shape)
        together = Best(np.concatenate([kept.scores, scores], axis=1), np.concatenate([kept.nearness, near], axis=1))
        rest = together.scores.shape[1] - min(REACH, together.scores.shape[1])
        order = np.argpartition(together.scores, rest, axis=1)[:, rest:]
        kept = Best(*(np.take_along_axis(part, order, axis=1) for part in together))
    order = np.argsort(-kept.scores, axis=1, kind="stable")
    return Best(*(np.take_along_axis(part, order, axis=1) for part in kept))


def traits_of(best: Best, queries: FloatArray, background: FloatArray) -> np.ndarray:
    """The `TRAITS` of Q queries (Q, D), with background rows (B, D): ndarray of shape (Q, 7), float64."""
    balanced = -np.sort(np.float32(TAKEN_OFF) * best.nearness - best.scores, axis=1)  # (Q, R), best first
    there = queries @ background.T  # (Q, B)
    count = min(BEST, there.shape[1])
    columns = [
        best.scores[:, 0], best.scores[:, :BEST].mean(axis=1), balanced[:, 0], balanced[:, :BEST].mean(axis=1),
        np.partition(there, there.shape[1] - count, axis=1)[:, -count:].mean(axis=1), there.mean(axis=1), there.std(axis=1),
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float64)


def strengths_of(traits: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """What traits (Q, T) are together, by weights and a constant (T + 1,): ndarray of shape (Q,), float64."""
    strengths: np.ndarray = traits @ weights[:-1] + weights[-1]
    return strengths


def weigh(here: np.ndarray, elsewhere: np.ndarray) -> np.ndarray:
    """Weights by which traits tell what is here (P, T) from what is not (M, T): ndarray of shape (T + 1,), float64, a constant last.

    A logistic regression of standardised traits in which both kinds count alike, the smallest

        ½ ‖w‖² + C Σ c_i log(1 + exp(-y_i (w·z_i + b))),    c_i = n / (2 n_y),    y_i = 1 or -1

    found by Newton's method; a test holds it to scikit-learn's.
    """
    rows = np.concatenate([here, elsewhere]).astype(np.float64)
    right = np.repeat([1.0, 0.0], [len(here), len(elsewhere)])
    counted = REGULARISATION * len(rows) / 2 / np.where(right == 1.0, len(here), len(elsewhere))
    middle, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), _NEAR_ENOUGH)
    known = np.column_stack([(rows - middle) / spread, np.ones(len(rows))])
    held = np.append(np.ones(rows.shape[1]), 0.0)  # the constant may be anything
    weights = np.zeros(len(held))
    for _ in range(_MOST_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(known @ weights, -500.0, 500.0)))
        slope = known.T @ (counted * (chance - right)) + held * weights
        if np.abs(slope).max() < _NEAR_ENOUGH:
            break
        bend = known.T @ (known * (counted * chance * (1.0 - chance))[:, None]) + np.diag(held + _NEAR_ENOUGH)
        weights = weights - np.linalg.solve(bend, slope)
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - plain @ middle)


def crosswise(here: np.ndarray, elsewhere: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Strengths of traits (P, T) and (M, T), each by weights that its own tenth had no part in: (P,) and (M,), float64."""
    kinds = (here, elsewhere)
    strengths: tuple[np.ndarray, ...] = tuple(np.empty(len(kind)) for kind in kinds)
    folds = [np.arange(len(kind)) % FOLDS for kind in kinds]
    for fold in range(FOLDS):
        weights = weigh(*(kind[own != fold] for kind, own in zip(kinds, folds, strict=True)))
        for kind, own, told in zip(kinds, folds, strengths, strict=True):
            told[own == fold] = strengths_of(kind[own == fold], weights)
    return strengths[0], strengths[1]
