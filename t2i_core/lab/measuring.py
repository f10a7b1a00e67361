"""Measured: how good retrieval is, both ways, with intervals; and how much is found in the first k."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.lab.ranking import Ranking
from t2i_core.lab.resampling import Draws, Figure, median_rank
from t2i_core.lab.right_pairs import RightPairs

HIT_KS = (1, 5, 10)
CURVE_KS = 200  # as many as Search shows
TOLD_KS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 50, 75, 100, 150, 200)  # in tables
SHARES = (0.5, 0.8, 0.9, 0.95, 0.99)
# What each figure is, for people; in the order they are shown.
MEANINGS = {
    "hit@1": "Queries whose first answer is right",
    "hit@5": "Queries with something right among the first 5",
    "hit@10": "Queries with something right among the first 10",
    "recall@10": "How much of all that is right stands among the first 10",
    "r_precision": "Of the first R, with R right ones, how many are right",
    "map@r": "The same, and those that stand earlier count for more",
    "mrr": "1 divided by the rank of the first right one, on average",
    "median_rank": "Half of the queries find something right at this rank or earlier",
}


@dataclass(frozen=True, eq=False)
class Curve:
    """What is found in the first k: entry k - 1 of each tuple is for k.

    Where queries have several right answers, recall and precision have intervals at `TOLD_KS` only.
    """

    hits: tuple[Figure, ...]
    recall: tuple[Figure, ...]
    precision: tuple[Figure, ...]

    def __len__(self) -> int:
        return len(self.hits)

    def k_to_find(self, share: float) -> int | None:
        """The smallest k whose hit rate reaches a share of the queries; None where no k of the curve does.

        Examples
        --------
        >>> curve = Curve(tuple(Figure(value, None, None, 4) for value in (0.5, 0.75, 1.0)), (), ())
        >>> curve.k_to_find(0.75), curve.k_to_find(0.9)
        (2, 3)
        """
        return next((k for k, figure in enumerate(self.hits, start=1) if figure.value >= share - 1e-12), None)


@dataclass(frozen=True, eq=False)
class Direction:
    """Figures of one direction by the names of `MEANINGS`, and its curve."""

    figures: dict[str, Figure]
    curve: Curve
    queries: int
    candidates: int


@dataclass(frozen=True, eq=False)
class Measured:
    """Both directions; ``marked`` pairs beside the dataset's own count as right."""

    text_to_image: Direction
    image_to_text: Direction
    images: int
    captions: int
    pictures_asked: int
    marked: int


def draws_of(pairs: RightPairs, *, seed: int = 0) -> Draws:
    """The resamples of the pictures that captions are of, which all figures of a gallery share."""
    return Draws(pairs.images, np.unique(np.concatenate([pairs.rows, pairs.others])), seed=seed)


def measure(pairs: RightPairs, draws: Draws | None = None) -> Measured:
    """All figures of a gallery's right pairs.

    Parameters
    ----------
    pairs : RightPairs
    draws : Draws, optional
        Those of `draws_of`, where they are at hand.
    """
    draws = draws or draws_of(pairs)
    directions = (measure_direction(one, draws) for one in (pairs.text_to_image, pairs.image_to_text))
    return measured(pairs, *directions)


def measured(pairs: RightPairs, text_to_image: Direction, image_to_text: Direction) -> Measured:
    """Both directions of the same pairs, with what they are of."""
    return Measured(
        text_to_image, image_to_text, pairs.images, len(pairs.captions), len(np.unique(pairs.rows)), pairs.marked
    )


def measure_direction(ranking: Ranking, draws: Draws) -> Direction:
    """The figures and the curve of one direction, from one pass over the draws."""
    best, units = ranking.best, ranking.units
    columns = {f"hit@{k}": ranking.hits(k) for k in HIT_KS} | {
        "recall@10": ranking.recall(10),
        "r_precision": ranking.r_precision(),
        "map@r": ranking.average_precision_at_r(),
        "mrr": ranking.reciprocal(),
        "median_rank": (best <= np.median(best)).astype(np.float64),
    }
    most = min(CURVE_KS, ranking.candidates)
    parts = {
        "figures": draws.sums(np.stack(list(columns.values()), axis=1), units),
        "hits": draws.sums_by_rank(best, units, most),
        **_found_sums(ranking, draws, most),
    }
    counts = draws.sums(np.ones((len(ranking), 1)), units)
    measured = iter(draws.ratios(np.concatenate(list(parts.values()), axis=1), counts))
    by_part = {name: [next(measured) for _ in range(sums.shape[1])] for name, sums in parts.items()}
    figures = dict(zip(columns, by_part["figures"], strict=True))
    figures["median_rank"] = median_rank(best, figures["median_rank"])
    return Direction(figures, _curve(ranking, by_part, most), len(ranking), ranking.candidates)


def _found_sums(ranking: Ranking, draws: Draws, most: int) -> dict[str, np.ndarray]:
    """Recall and precision by picture, at those k that are told with intervals; nothing where each query has one right answer."""
    if len(ranking.ranks) == len(ranking):
        return {}
    ks = [k for k in TOLD_KS if k <= most]
    recall = np.stack([ranking.recall(k) for k in ks], axis=1)
    precision = np.stack([ranking.precision(k) for k in ks], axis=1)
    return {"recall": draws.sums(recall, ranking.units), "precision": draws.sums(precision, ranking.units)}


def _curve(ranking: Ranking, by_part: dict[str, list[Figure]], most: int) -> Curve:
    """What is found in the first k, for every k up to ``most``."""
    hits = tuple(by_part["hits"])
    if "recall" not in by_part:  # one right answer each: all of it is found with the hit
        return Curve(hits, hits, tuple(one.times(1 / k) for k, one in enumerate(hits, start=1)))
    inside, queries = ranking.ranks <= most, len(ranking)
    share = np.repeat(1.0 / ranking.right, ranking.right)
    found = {"recall": share, "precision": np.ones(len(share))}
    means = {
        name: np.cumsum(np.bincount(ranking.ranks[inside], weights[inside], minlength=most + 1)[1:]) / queries
        for name, weights in found.items()
    }
    means["precision"] /= np.arange(1, most + 1)
    told = [k for k in TOLD_KS if k <= most]
    sides: dict[str, tuple[Figure, ...]] = {}
    for name, values in means.items():
        known = dict(zip(told, by_part[name], strict=True))
        sides[name] = tuple(
            known.get(k) or Figure(value, None, None, queries) for k, value in enumerate(values.tolist(), start=1)
        )
    return Curve(hits, sides["recall"], sides["precision"])
