"""Placing what is not part of a layout: pictures that came later, and the query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from t2i_core.types import FloatArray, RowArray

BESIDE = 5  # neighbours that decide where an added picture goes
REGION = 0.16  # hits farther apart than this share of the map's size are two regions
MOST_ANCHORS = 4
SMALL_REGION = 0.12  # a region with less of the weight than this, and one hit, gets no marker of its own
SHARPNESS = 0.35
CHUNK = 4096


@dataclass(frozen=True)
class Anchor:
    """Where a query stands on a map: the score-weighted centre of hits that lie together.

    ``ring`` is their weighted spread around it; ``rows`` are the gallery's rows, best first; ``weight``
    is their share of all weight. ``strays`` are single hits elsewhere, with too little weight for a marker.
    """

    x: float
    y: float
    ring: float
    weight: float
    rows: tuple[int, ...]
    strays: tuple[int, ...] = ()


def place_query(coordinates: FloatArray, rows: Sequence[int], scores: Sequence[float]) -> tuple[Anchor, ...]:
    """Markers of a query on a map, the one with the most weight first.

    A text is no point among pictures: projected like one it would land in empty space. So it stands where
    its hits are: at their centre, weighted by score, one marker for each region they fall into. A centre that
    none of its hits is near goes to the hit in their midst.

    Parameters
    ----------
    coordinates : ndarray of shape (N, 2), float32
    rows : sequence of int
        Hits, best first.
    scores : sequence of float
        Their cosines.

    Returns
    -------
    tuple of Anchor
        Each row is in exactly one anchor's ``rows`` or ``strays``; empty without hits.
    """
    if len(rows) == 0:
        return ()
    hits = np.asarray(rows, dtype=np.int64)
    places = coordinates[hits].astype(np.float64)
    weights = hit_weights(scores)
    size = float(np.ptp(coordinates, axis=0).max()) or 1.0
    labels = _regions(places, REGION * size)
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    groups.sort(key=lambda members: (-weights[members].sum(), members[0]))
    own = [one for one in groups if len(one) > 1 or weights[one].sum() >= SMALL_REGION][:MOST_ANCHORS] or groups[:1]
    marked = {int(hit) for members in own for hit in members}
    centres = [_centre(places[members], weights[members]) for members in own]
    strays: list[list[int]] = [[] for _ in own]
    for hit in range(len(rows)):
        if hit not in marked:
            away = [np.hypot(x - places[hit, 0], y - places[hit, 1]) for x, y, _ in centres]
            strays[int(np.argmin(away))].append(int(hits[hit]))
    return tuple(
        Anchor(
            x, y, ring,
            weight=float(weights[members].sum()),
            rows=tuple(hits[members].tolist()),
            strays=tuple(others),
        )
        for (x, y, ring), members, others in zip(centres, own, strays, strict=True)
    )  # fmt: skip


def hit_weights(scores: Sequence[float]) -> np.ndarray:
    """Weights that sum to 1 and fall with the score, on the scale of how far these scores lie apart: (K,) float64."""
    given = np.asarray(scores, dtype=np.float64)
    apart = float(given.max() - np.median(given)) if len(given) else 0.0
    weights = np.exp((given - given.max()) / max(1e-6, SHARPNESS * apart)) if apart > 0 else np.ones(len(given))
    # The last hit still counts for something: it is drawn with a line like the others.
    weights = np.maximum(weights, 0.02)
    found: np.ndarray = weights / weights.sum()
    return found


def place_by_neighbours(
    coordinates: FloatArray, known: FloatArray, added: FloatArray, *, k: int = BESIDE
) -> FloatArray:
    """Where pictures that came later go: among their closest known ones, which do not move.

    Parameters
    ----------
    coordinates : ndarray of shape (N, 2), float32
        Of the known pictures.
    known : ndarray of shape (N, D), float32, unit rows
    added : ndarray of shape (A, D), float32, unit rows
    k : int

    Returns
    -------
    ndarray of shape (A, 2), float32
        The centre of those of the k closest pictures that lie in the closest one's region of the map,
        weighted by similarity.
    """
    k = min(k, len(known))
    reach = REGION / 2 * (float(np.ptp(coordinates, axis=0).max()) or 1.0)
    placed = np.empty((len(added), 2), dtype=np.float32)
    for start in range(0, len(added), CHUNK):
        scores = added[start : start + CHUNK] @ known.T
        closest = np.argpartition(-scores, k - 1, axis=1)[:, :k] if k < len(known) else _all_rows(scores)
        for offset, rows in enumerate(closest):
            rows = rows[np.lexsort((rows, -scores[offset, rows]))]
            places = coordinates[rows].astype(np.float64)
            beside = np.hypot(*(places - places[0]).T) <= reach
            weights = hit_weights(scores[offset, rows[beside]].tolist())
            placed[start + offset] = weights @ places[beside]
    return placed


def _all_rows(scores: FloatArray) -> RowArray:
    return np.broadcast_to(np.arange(scores.shape[1]), scores.shape)


def _regions(places: np.ndarray, reach: float) -> np.ndarray:
    """Region of each place, (K,) int: no two places of one region are farther apart than ``reach`` times two."""
    if len(places) == 1:
        return np.zeros(1, dtype=np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    labels: np.ndarray = fcluster(linkage(places, method="average"), reach, criterion="distance")
    return labels


def _centre(places: np.ndarray, weights: np.ndarray) -> tuple[float, float, float]:
    """Weighted centre and spread; the most central place itself where the centre lies in a hole."""
    share = weights / weights.sum()
    centre = share @ places
    away = np.hypot(*(places - centre).T)
    ring = float(np.sqrt(share @ away**2))
    if len(places) > 1 and away.min() > 0.6 * ring:
        apart = np.hypot(places[:, None, 0] - places[None, :, 0], places[:, None, 1] - places[None, :, 1])
        centre = places[int(np.argmin(apart @ share))]
        ring = float(np.sqrt(share @ np.hypot(*(places - centre).T) ** 2))
    return float(centre[0]), float(centre[1]), ring
