"""Rows and queries as a CLIP makes them: clusters in a common cone, and queries of another cone that mean rows."""

from __future__ import annotations

import machine  # noqa: F401 - puts the project on the path
import numpy as np

from t2i_core.arrays import l2_normalize

BLOCK = 50_000


def make_rows(images: int, dimension: int, *, queries: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Unit rows (N, D) in clusters of a common cone, and unit queries (Q, D) of another cone that mean rows."""
    rng = np.random.default_rng(seed)
    cone, other = l2_normalize(rng.normal(size=(2, dimension)))
    centers = l2_normalize(rng.normal(size=(max(10, images // 200), dimension)))
    rows = np.empty((images, dimension), dtype=np.float32)
    for start in range(0, images, BLOCK):
        count = min(BLOCK, images - start)
        own = rng.standard_normal((count, dimension), dtype=np.float32) / np.sqrt(dimension)
        rows[start : start + count] = l2_normalize(
            0.7 * cone + 0.5 * centers[rng.integers(0, len(centers), count)] + 0.5 * own
        )
    meant = rows[rng.integers(0, images, queries)] - 0.7 * cone
    noise = rng.normal(size=(queries, dimension)) / np.sqrt(dimension)
    return rows, l2_normalize(0.7 * other + 0.4 * meant + 0.5 * noise)
