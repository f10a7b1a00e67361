"""The worst queries: captions whose picture stands last, and what came first instead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.lab.right_pairs import RightPairs
from t2i_core.ranks.counting import SAME_SCORE
from t2i_core.types import FloatArray, Gallery, RowArray

WORST = 50
_TOGETHER = 256


@dataclass(frozen=True)
class Failure:
    """One caption whose picture is not the first answer.

    Attributes
    ----------
    position : int
        Of the caption.
    caption : str
    row, rank : int
        Its picture that is found first, and where.
    first_row : int
        What stands before it and is not right, the best such.
    score, first_score : float
        The cosines of both.
    """

    position: int
    caption: str
    row: int
    rank: int
    first_row: int
    score: float
    first_score: float

    def as_dict(self, gallery: Gallery) -> dict[str, object]:
        """As JSON has it."""
        return {
            "caption": self.caption,
            "image": gallery.image_ids[self.row],
            "rank": self.rank,
            "score": round(self.score, 6),
            "first": gallery.image_ids[self.first_row],
            "first_score": round(self.first_score, 6),
        }


def worst_queries(gallery: Gallery, texts: FloatArray, pairs: RightPairs, *, limit: int = WORST) -> tuple[Failure, ...]:
    """The captions whose first right picture has the highest rank, worst first; none whose first answer is right.

    Parameters
    ----------
    gallery : Gallery
    texts : ndarray of shape (M, D), float32
        Embeddings of the gallery's captions.
    pairs : RightPairs
    limit : int
        At most so many.
    """
    best = pairs.text_to_image.best
    order = np.lexsort((np.arange(len(best)), -best))[:limit]
    return failures_of(gallery, texts, pairs, order[best[order] > 1])


def failures_of(gallery: Gallery, texts: FloatArray, pairs: RightPairs, places: RowArray) -> tuple[Failure, ...]:
    """What came first for some of the captions asked, by their places among them; those found at once are left out."""
    best = pairs.text_to_image.best
    right: dict[int, list[int]] = {place: [] for place in places.tolist()}
    for pair in np.flatnonzero(np.isin(pairs.of, places)).tolist():
        right[int(pairs.of[pair])].append(pair)
    found: list[Failure] = []
    for start in range(0, len(places), _TOGETHER):
        some = places[start : start + _TOGETHER]
        scores = texts[pairs.captions[some]] @ gallery.image_embeddings.T  # (some, N)
        for line, place in zip(scores, some.tolist(), strict=True):
            mine = right[place]
            own = min(mine, key=lambda pair: int(pairs.picture_ranks[pair]))
            row, score = int(pairs.others[own]), float(line[pairs.others[own]])
            line[pairs.others[mine]] = -np.inf
            first = int(np.argmax(line))
            if not np.isfinite(line[first]) or float(line[first]) < score - SAME_SCORE:
                continue
            position = int(pairs.captions[place])
            found.append(
                Failure(position, gallery.captions[position], row, int(best[place]), first, score, float(line[first]))
            )
    return tuple(found)
