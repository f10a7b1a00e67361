"""The modality gap: how far apart captions and pictures lie in a space they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.types import Gallery

SAMPLE = 20_000


@dataclass(frozen=True)
class ModalityGap:
    """``distance`` between the two centres; mean cosine of captions to their own picture and to another one."""

    distance: float
    matched: float
    unmatched: float


def modality_gap(gallery: Gallery) -> ModalityGap | None:
    """The gap of a gallery; None without captions that have embeddings."""
    texts = gallery.text_embeddings
    if texts is None:
        return None
    positions = gallery.paired_captions
    if len(positions) == 0:
        return None
    positions = positions[:: max(1, len(positions) // SAMPLE)]
    rows = gallery.rows_of(positions)
    pictures, captions = gallery.image_embeddings[rows], texts[positions]
    apart = captions.mean(axis=0, dtype=np.float64) - gallery.image_embeddings.mean(axis=0, dtype=np.float64)
    others = np.roll(rows, max(1, len(rows) // 2))
    other_pictures = gallery.image_embeddings[others][others != rows]
    other_captions = captions[others != rows]
    return ModalityGap(
        distance=float(np.linalg.norm(apart)),
        matched=float(np.einsum("ij,ij->i", captions, pictures).mean()),
        unmatched=float(np.einsum("ij,ij->i", other_captions, other_pictures).mean()) if len(other_captions) else 0.0,
    )
