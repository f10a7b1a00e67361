"""What a verdict on searches of a dataset goes by, beside the dataset: background rows, weights, thresholds, reaches of captions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from t2i_core.arrays import l2_normalize, read_only
from t2i_core.dataset.kept_file import kept_path, read_kept, write_kept
from t2i_core.dataset.npz_file import NpzError, open_npz
from t2i_core.errors import DatasetError
from t2i_core.types import FloatArray, Gallery, RowArray

EVIDENCE_NAME = "verdict.npz"
HOW = "python -m t2i_core index --verdict"
_FIELDS = ("weights", "background", "brought", "thresholds", "shares", "counts", "reaches")
_TOLD_FIELDS = ("trait_weights", "nearness")  # a file of an earlier version has neither
TRAIT_COUNT = 7  # traits of a query's scores, each of which has a weight
_FEWEST_ROWS = 20


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was measured of a dataset and its model.

    Attributes
    ----------
    background : ndarray of shape (B, D), float32, unit rows
        Pictures of anything, none of the dataset's own; no rows where the model brings them.
    brought : ndarray of shape (B,), int64, ascending
        Which of the rows that the model brings are none of the dataset's own; none where ``background`` has rows.
    best : int
        How many of the best pictures count: 1 where captions fit one picture each, more where they fit many.
    sentences, words : tuple of float and float
        The least strength that is some evidence, and strong evidence: for sentences, and for queries of few words. Without
        weights a gap stands for the strength.
    kept, auroc : float
        Share of the measured captions that are strong evidence, and how well gaps tell captions from sentences about what is
        not here.
    captions, foreign : int
        How many of each were measured; no captions where the thresholds are the model's usual ones.
    reaches : ndarray of shape (C,), float32, ascending
        How far below the best picture the right one lies, for each of C captions of different pictures.
    trait_weights : ndarray of shape (T + 1,), float64
        What each trait of a query's scores adds to its strength, and a constant last (`t2i_core.relevance.traits`); empty
        where it goes by its gap.
    nearness : ndarray of shape (N,), float32
        How near each picture is to words, for the balanced traits; empty without weights.
    """

    background: FloatArray
    brought: RowArray
    best: int
    sentences: tuple[float, float]
    words: tuple[float, float]
    kept: float
    auroc: float
    captions: int
    foreign: int
    reaches: FloatArray
    trait_weights: np.ndarray = field(default_factory=lambda: np.empty(0))
    nearness: FloatArray = field(default_factory=lambda: np.empty(0, dtype=np.float32))

    def reach(self, share: float) -> float | None:
        """How far below the best a cutoff must go to keep a share of right pictures; None with too few captions to say.

        Conformal risk control: of n captions the ⌈share · (n + 1)⌉-th smallest reach leaves out the right picture of the next
        caption with a probability of at most 1 - share, whatever the model, as long as it is drawn like these.
        """
        place = int(np.ceil(round(share * (len(self.reaches) + 1), 9)))
        return float(self.reaches[place - 1]) if 0 < place <= len(self.reaches) else None


def evidence_path(gallery: Gallery) -> Path:
    """Where the evidence of a gallery lies: part of the dataset, so that it goes where that is copied."""
    return kept_path(gallery, EVIDENCE_NAME, cached=False)


def read_evidence(gallery: Gallery) -> Evidence:
    """The evidence that was kept.

    Raises
    ------
    DatasetError
        When there is none, or it was measured on other embeddings.
    """
    path, fix = evidence_path(gallery), f"Measure it: {HOW}"
    arrays = read_kept(
        gallery, EVIDENCE_NAME, _FIELDS, cached=False, what="What verdicts go by", of_others="that", fix=fix
    )
    background, brought, thresholds, shares, counts, reaches = (arrays[name] for name in _FIELDS[1:])
    fits = background.ndim == 2 and background.dtype == np.float16 and background.shape[1] == gallery.dimension
    fits = fits and thresholds.shape == (2, 2) and shares.shape == (2,)
    fits = fits and thresholds.dtype == shares.dtype == np.float64
    fits = fits and brought.ndim == 1 and brought.dtype == np.int64 and (len(background) > 0) != (len(brought) > 0)
    fits = (
        fits and counts.shape == (3,) and counts.dtype == np.int64 and reaches.ndim == 1 and reaches.dtype == np.float32
    )
    if not fits or not all(np.isfinite(one).all() for one in (background, thresholds, shares, reaches)):
        raise DatasetError(
            f"{path} must hold finite background rows of {gallery.dimension} numbers, four thresholds and what they were "
            f"measured on, got {background.dtype} of shape {background.shape}. {fix}"
        )
    trait_weights, nearness = _told(gallery, path, fix)
    rows = read_only(l2_normalize(background))
    reaches = read_only(np.sort(reaches))
    (some, strong), (some_words, strong_words) = thresholds.tolist()
    kept, auroc = shares.tolist()
    best, captions, foreign = counts.tolist()
    return Evidence(
        rows, read_only(brought), max(1, best), (some, strong), (some_words, strong_words), kept, auroc, captions, foreign,
        reaches, trait_weights, nearness,
    )  # fmt: skip


def _told(gallery: Gallery, path: Path, fix: str) -> tuple[np.ndarray, FloatArray]:
    """Weights and nearness; both empty in a file of an earlier version, and where there are too few captions to weigh by."""
    try:
        with open_npz(path) as npz:
            if not set(_TOLD_FIELDS) & npz.members.keys():
                return np.empty(0), np.empty(0, dtype=np.float32)
            weights, nearness = (npz.arrays(_TOLD_FIELDS)[name] for name in _TOLD_FIELDS)
    except (OSError, NpzError, MemoryError) as error:
        raise DatasetError(f"{path} must hold weights and what they are of, got: {error}. {fix}") from error
    shapes = {(0,): (0,), (TRAIT_COUNT + 1,): (len(gallery),)}
    fits = weights.dtype == np.float64 and nearness.dtype == np.float32 and shapes.get(weights.shape) == nearness.shape
    if not fits or not (np.isfinite(weights).all() and np.isfinite(nearness).all()):
        raise DatasetError(
            f"{path} must hold {TRAIT_COUNT + 1} finite weights and a number for each of {len(gallery):,} pictures, or none of both, "
            f"got shapes {weights.shape} and {nearness.shape}. {fix}"
        )
    return read_only(weights), read_only(nearness)


def read_background(gallery: Gallery) -> FloatArray | None:
    """Background rows measured earlier with the gallery's model, whatever the dataset held then: (B, D) float32; None without."""
    if gallery.manifest is None:
        return None
    try:
        with open_npz(evidence_path(gallery)) as npz:
            arrays = npz.arrays(("weights", "background"))
    except (OSError, NpzError, MemoryError):
        return None
    rows = arrays["background"]
    fits = (
        rows.ndim == 2 and rows.dtype == np.float16 and rows.shape[1] == gallery.dimension and np.isfinite(rows).all()
    )
    same = str(arrays["weights"])[:100] == gallery.manifest.weights_sha256
    return l2_normalize(rows) if fits and same and len(rows) >= _FEWEST_ROWS else None


def write_evidence(gallery: Gallery, evidence: Evidence) -> bool:
    """Keep it beside the dataset; False when the folder may not be written to."""
    return write_kept(
        gallery,
        EVIDENCE_NAME,
        cached=False,
        weights=np.array("" if gallery.manifest is None else gallery.manifest.weights_sha256),
        background=evidence.background.astype(np.float16),
        brought=evidence.brought,
        thresholds=np.array([evidence.sentences, evidence.words], dtype=np.float64),
        shares=np.array([evidence.kept, evidence.auroc], dtype=np.float64),
        counts=np.array([evidence.best, evidence.captions, evidence.foreign], dtype=np.int64),
        reaches=evidence.reaches.astype(np.float32),
        trait_weights=evidence.trait_weights.astype(np.float64),
        nearness=evidence.nearness.astype(np.float32),
    )
