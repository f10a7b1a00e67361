"""Two answers side by side: what the second found that the first did not, what it lost, what moved, and how alike they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from t2i_core.errors import count_of
from t2i_core.lab.overlap import rank_biased_overlap
from t2i_core.types import SearchResult


@dataclass(frozen=True)
class TwoResults:
    """A second result against a first one, pictures told by their names.

    Attributes
    ----------
    gained : tuple of (str, int)
        Pictures that only the second has, with their rank there.
    lost : tuple of (str, int)
        Pictures that only the first has, with their rank there.
    both : tuple of (str, int, int)
        Pictures that both have, with their rank in the first and in the second, in the second's order.
    overlap : float
        Rank-biased overlap, from 0 (no picture in common) to 1 (the same list); where one list ends before the other, what follows
        in the longer one is not shared.
    """

    gained: tuple[tuple[str, int], ...]
    lost: tuple[tuple[str, int], ...]
    both: tuple[tuple[str, int, int], ...]
    overlap: float

    @property
    def moved(self) -> tuple[tuple[str, int, int], ...]:
        """Those of ``both`` that have another rank in the second."""
        return tuple(one for one in self.both if one[1] != one[2])

    @property
    def sentence(self) -> str:
        """All of it in words.

        Examples
        --------
        >>> TwoResults((("a", 1),), (("b", 1),), (("c", 2, 2),), 0.25).sentence.partition(".")[0]
        '1 picture is in both, none of them moved; 1 gained, 1 lost'
        """
        if not (self.gained or self.lost or self.both):
            return "Neither finds a picture."
        if not (self.gained or self.lost or self.moved):
            return f"Both find the same {count_of(len(self.both), 'picture')} in the same order."
        shared = f"{count_of(len(self.both), 'picture')} {'is' if len(self.both) == 1 else 'are'} in both"
        moved = f", {len(self.moved) or 'none'} of them moved" if self.both else ""
        return (
            f"{shared}{moved}; {len(self.gained):,} gained, {len(self.lost):,} lost. "
            f"Rank-biased overlap {self.overlap:.2f}: 1 is the same list, the first ranks count most."
        )

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "overlap": round(self.overlap, 6),
            "gained": [{"image_id": name, "rank": rank} for name, rank in self.gained],
            "lost": [{"image_id": name, "rank": rank} for name, rank in self.lost],
            "both": [{"image_id": name, "before": first, "rank": second} for name, first, second in self.both],
        }


def compare_results(first: SearchResult, second: SearchResult) -> TwoResults:
    """What a second result gained, lost and moved against a first one; by rank, whatever order their hits are listed in."""
    ranks = [{hit.image_id: hit.rank for hit in sorted(one.hits, key=lambda hit: hit.rank)} for one in (first, second)]
    before, after = ranks
    return TwoResults(
        gained=tuple((name, rank) for name, rank in after.items() if name not in before),
        lost=tuple((name, rank) for name, rank in before.items() if name not in after),
        both=tuple((name, before[name], rank) for name, rank in after.items() if name in before),
        overlap=_overlap(list(before), list(after)),
    )


def _overlap(before: list[str], after: list[str]) -> float:
    """Rank-biased overlap of two lists of names, best first."""
    depth = max(len(before), len(after))
    if depth == 0:
        return 1.0
    # Where a list has ended stand numbers that nothing else has, below 0.
    numbers = {name: number for number, name in enumerate(dict.fromkeys((*before, *after)))}
    lists = np.arange(-1, -2 * depth - 1, -1, dtype=np.int64).reshape(2, depth)
    for row, names in zip(lists, (before, after), strict=True):
        row[: len(names)] = [numbers[name] for name in names]
    return float(rank_biased_overlap(lists[:1], lists[1:])[0])
