"""Placing what is not part of a layout: pictures that came later, and the query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from t2i_core.types import FloatArray, RowArray

BESIDE = 5  # neighbours that decide where an added picture goes
REGION = 0.16  # hits farther apart than this share of the map's size are two regions
PLACE_HITS = 24  # the best hits that decide where a query stands
TOGETHER = 0.8  # a query stands where at least this share of them lies together
SHARPNESS = 0.35
CHUNK = 4096


@dataclass(frozen=True)
class Marker:
    """Where a query stands on a map: the score-weighted centre of hits that lie together.

    ``ring`` is their weighted spread around it; ``rows`` are the gallery's rows, best first.
    """

    x: float
    y: float
    ring: float
    rows: tuple[int, ...]


@dataclass(frozen=True)
class QueryPlace:
    """How a query's best hits lie on a map.

    Attributes
    ----------
    of : int
        How many hits were looked at, `PLACE_HITS` or as many as there are.
    marker : Marker or None
        None where the hits are scattered: then the query has no place of its own.
    groups : tuple of tuple of int
        Rows of the hits that lie together, best first; the largest group first. Only those of two and more.
    alone : tuple of int
        Rows of the hits that lie by themselves, best first.
    """

    of: int = 0
    marker: Marker | None = None
    groups: tuple[tuple[int, ...], ...] = ()
    alone: tuple[int, ...] = ()


def place_query(coordinates: FloatArray, rows: Sequence[int], scores: Sequence[float]) -> QueryPlace:
    """Where a query stands on a map, and how its hits lie there.

    A text is no point among pictures: projected like one it would land in empty space. So it stands where its hits
    are: at their centre, weighted by score. The place is that of the query and not of how many hits somebody looks at,
    so always the same number of hits decides, the `PLACE_HITS` (24) best: giving more changes nothing. They are
    parted into groups that lie together. Where one group holds at least `TOGETHER` (four in five) of them, the query
    stands in its middle; where none does, the hits are scattered and there is no marker, because any place for it
    would be made up. A centre that none of its hits is near goes to the hit in their midst.

    Parameters
    ----------
    coordinates : ndarray of shape (N, 2), float32
    rows : sequence of int
        Hits, best first.
    scores : sequence of float
        Their cosines.

    Returns
    -------
    QueryPlace
        Each of the rows looked at is in exactly one of its ``groups`` or ``alone``; nothing without hits.
    """
    hits = np.asarray(rows[:PLACE_HITS], dtype=np.int64)
    if len(hits) == 0:
        return QueryPlace()
    places = coordinates[hits].astype(np.float64)
    size = float(np.ptp(coordinates, axis=0).max()) or 1.0
    labels = _regions(places, REGION * size)
    regions = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    regions.sort(key=lambda members: (-len(members), members[0]))
    first = regions[0]
    marker = None
    if len(first) >= TOGETHER * len(hits):
        x, y, ring = _centre(places[first], hit_weights(scores[: len(hits)])[first])
        marker = Marker(x, y, ring, tuple(hits[first].tolist()))
    alone = np.sort(np.array([members[0] for members in regions if len(members) == 1], dtype=np.int64))
    return QueryPlace(
        of=len(hits),
        marker=marker,
        groups=tuple(tuple(hits[members].tolist()) for members in regions if len(members) > 1),
        alone=tuple(hits[alone].tolist()),
    )


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
