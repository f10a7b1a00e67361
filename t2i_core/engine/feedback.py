"""Feedback: likes and dislikes turn the query's vector, so that one exact pass ranks by words and judgements together.

A picture's standardised score for the query, plus what judgements say, which is one of two:

- Rocchio's rule: `LIKED` times its standardised score for the mean of the liked pictures, minus `DISLIKED` times that for the
  mean of the disliked ones;
- `SEPARATING` times its standardised score for the direction that tells liked from disliked (a logistic regression), once both
  are judged and enough of them: a whole screen and more when all pictures of a kind are looked for, and at once for one
  picture, which what is disliked says most about.

The query's own score counts 1 however much is judged: words are never dropped, for judged pictures alone find less.
`benchmarks/bench_feedback.py` measures all of it.

**Still one exact pass.** Each part is a linear function of a picture's row x. With q the query, p_i what judgements add, w_i how
much, and s their spreads over the gallery, their sum is

    z(x) = (q·x - m·q) / s_q + Σ w_i (p_i·x - m·p_i) / s_i = v·x - c

which is the sum of standardised scores that `ScoreSpreads` proves to rank as one unit vector does, v / ‖v‖. A bias b added to
q·x (balanced ranking) becomes b / (s_q ‖v‖) beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.engine.standardising import ScoreSpreads
from t2i_core.errors import QueryError
from t2i_core.query.request import AIMS
from t2i_core.types import FloatArray

# β and γ, by what is looked for: all pictures of a kind, or one picture.
LIKED = dict(zip(AIMS, (1.0, 0.5), strict=True))
DISLIKED = dict(zip(AIMS, (0.5, 0.0), strict=True))
SEPARATING = 0.5
ENOUGH = dict(zip(AIMS, (25, 2), strict=True))  # judged pictures, of both kinds, to tell them apart by
REGULARISATION = 1.0
_NOTHING_LEFT = 1e-9
_NEAR_ENOUGH = 1e-9
_MOST_STEPS = 100


@dataclass(frozen=True, eq=False)
class Steered:
    """A query with judgements as a vector.

    Attributes
    ----------
    embedding : ndarray of shape (D,), float32, unit
        What pictures are ranked by.
    query_part : float
        How much of a picture's product with the query is in its product with ``embedding``; so much of what is added to the
        query's scores is added to these.
    """

    embedding: FloatArray
    query_part: float


def steer(
    query_embedding: FloatArray, liked: FloatArray, disliked: FloatArray, spreads: ScoreSpreads, *, aim: str = AIMS[0]
) -> Steered:
    """Turn a query's vector by what is liked and disliked.

    Parameters
    ----------
    query_embedding : ndarray of shape (D,), float32, unit
    liked, disliked : ndarray of shape (L, D) and (K, D), float32, unit rows
        May be empty.
    spreads : ScoreSpreads
        Of the gallery.
    aim : str
        One of `AIMS`: how much judgements count.

    Raises
    ------
    QueryError
        When query and judgements cancel each other out.
    """
    added = _judgements(liked, disliked, aim)
    if not added:
        return Steered(query_embedding, 1.0)
    parts = np.stack([query_embedding.astype(np.float64), *(direction for direction, _ in added)])
    counted = spreads.equalised(np.array([1.0, *(weight for _, weight in added)]), parts)
    total = counted @ parts
    length = float(np.linalg.norm(total))
    if length < _NOTHING_LEFT * float(np.abs(counted).sum()):
        raise QueryError(
            f"The query and what is judged must have something in common, and these {len(liked) + len(disliked):,} pictures "
            "and the query cancel out. Take one of them back."
        )
    return Steered((total / length).astype(np.float32), float(counted[0]) / length)


def _judgements(liked: FloatArray, disliked: FloatArray, aim: str) -> list[tuple[np.ndarray, float]]:
    """What judgements add to the query: directions (D,), and how much each counts."""
    if len(liked) and len(disliked) and len(liked) + len(disliked) >= ENOUGH[aim]:
        direction = separating(liked, disliked)
        length = float(np.linalg.norm(direction))
        return [(direction / length, SEPARATING)] if length > _NOTHING_LEFT else []
    means = ((liked, LIKED[aim]), (disliked, -DISLIKED[aim]))
    return [(rows.mean(axis=0, dtype=np.float64), weight) for rows, weight in means if len(rows) and weight]


def separating(liked: FloatArray, disliked: FloatArray) -> np.ndarray:
    """The direction in which a logistic regression tells liked rows from disliked ones: ndarray of shape (D,), float64.

    As many liked as disliked ones count, however many there are of each. It is the w of the smallest

        ½ ‖w‖² + C Σ c_i log(1 + exp(-y_i (w·x_i + b))),    c_i = n / (2 n_y),    y_i = 1 or -1

    found by Newton's method in the weights a of the rows, w = Σ a_i x_i: there are far fewer rows than dimensions, and a few
    small systems take less time than importing a library for it.

    Parameters
    ----------
    liked, disliked : ndarray of shape (L, D) and (K, D), float32
        At least one row each.
    """
    rows = np.concatenate([liked, disliked]).astype(np.float64)
    right = np.repeat([1.0, 0.0], [len(liked), len(disliked)])
    counted = REGULARISATION * len(rows) / 2 / np.where(right == 1.0, len(liked), len(disliked))
    products = rows @ rows.T
    parts, constant = np.zeros(len(rows)), 0.0
    for _ in range(_MOST_STEPS):
        chance = 1.0 / (1.0 + np.exp(-(products @ parts + constant)))
        missing = counted * (right - chance) - parts  # nothing is, at the smallest
        if max(np.abs(missing).max(), abs(parts.sum())) < _NEAR_ENOUGH:
            break
        bend = counted * chance * (1.0 - chance) + _NOTHING_LEFT
        system = products + np.diag(1.0 / bend)
        step, ones = np.linalg.solve(system, np.stack([missing / bend, np.ones(len(rows))], axis=1)).T
        moved = (step.sum() + parts.sum()) / ones.sum()
        parts, constant = parts + step - moved * ones, constant + moved
    direction: np.ndarray = parts @ rows
    return direction
