"""The picture a model would rather have for a caption than its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.types import Gallery


@dataclass(frozen=True)
class Preferred:
    """The picture that fits a caption best, its own left out.

    ``score`` is its cosine with the caption, ``own_score`` that of the caption's own picture; None where it has none.
    """

    row: int
    score: float
    own_score: float | None

    @property
    def fits_better(self) -> bool:
        """Whether it fits better than the caption's own picture."""
        return self.own_score is None or self.score > self.own_score


def preferred_picture(gallery: Gallery, position: int) -> Preferred | None:
    """The best other picture for a caption; None where captions have no embeddings of the pictures' model."""
    texts = gallery.text_embeddings
    if texts is None or gallery.manifest is None:
        return None
    scores = gallery.image_embeddings @ np.asarray(texts[position])  # (N,)
    own = gallery.picture_of(position)
    own_score = None if own is None else float(scores[own])
    if own is not None:
        scores[own] = -np.inf
    row = int(np.argmax(scores))
    return Preferred(row, float(scores[row]), own_score) if np.isfinite(scores[row]) else None
