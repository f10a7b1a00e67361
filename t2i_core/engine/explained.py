"""What can be told of why a picture was found: nouns only, and the sentences that say them."""

from __future__ import annotations

from dataclasses import dataclass

from t2i_core.engine.heat import HeatMap
from t2i_core.errors import count_of
from t2i_core.query import Query

HUB_SHARE = 0.95
_AGREE, _OTHERWISE = 0.9, 0.6

# One sentence, told wherever a map is shown: what people must know before they believe one.
MISLEADS = {
    # The commonest way of the pictures in docs/heat-maps.md comes first.
    "places": "The map is coarse and shows likeness only: of a sentence it shows the main thing most (a single word shows more), it "
    "does not count, knows no left, right or without, spills over edges, and may be bright where something looks alike or usually "
    "comes along.",
    "proportions": "The map is coarse and shows what raised the score: it does not count, knows no left, right or without, and may be "
    "bright where something looks alike or usually comes along with what you asked.",
}


@dataclass(frozen=True, eq=False)
class TermHeat:
    """Where one term of a query is seen. ``share`` is what it gave to the score, None for the query as a whole."""

    label: str
    share: float | None
    heat: HeatMap


@dataclass(frozen=True)
class WordFall:
    """How far the score falls when a word is left out of its sentence; below 0 where it rises.

    ``term`` is the place of its sentence in the query, ``rank`` what the picture's rank would be without the word.
    """

    term: int
    word: str
    falls: float
    rank: int


@dataclass(frozen=True)
class Move:
    """A word that changes the picture's rank when it is asked for too: the rank then, and the whole question."""

    word: str
    rank: int
    query: Query


@dataclass(frozen=True)
class Apart:
    """What sets a picture apart from another: words it is nearer to, and words the other one is nearer to."""

    other: str
    more: tuple[str, ...]
    less: tuple[str, ...]

    @property
    def told(self) -> str:
        """In a sentence; empty where nothing tells them apart."""
        sides = (("more", self.more), ("less", self.less))
        parts = [f"{way} like {_listed(words)}" for way, words in sides if words]
        return f"Than the picture ranked before it, this one is {' and '.join(parts)}." if parts else ""


@dataclass(frozen=True)
class Moves:
    """What would move a picture: words that raise it and that lower it, strongest first; captions of other pictures near it.

    ``apart`` is what sets it apart from the picture ranked before it, None for the first.
    """

    rank: int
    raising: tuple[Move, ...]
    lowering: tuple[Move, ...]
    captions: tuple[tuple[str, float], ...]
    apart: Apart | None


@dataclass(frozen=True)
class Crowd:
    """A picture seen among all of the dataset.

    Attributes
    ----------
    rank, images : int
        Its rank for the query, of how many.
    exact : bool
        Whether the rank was counted over all pictures, or told from an even sample.
    score, median : float
    nearness : float
        The share of pictures that are less near to sentences in general than this one.
    neighbours, near_neighbours : int
        How many of its closest pictures were looked at, and how many of them are in the best twentieth for the query.
    caption : str or None
        The one of its captions nearest to the query, where captions can be compared.
    agreement : float or None
        The share of the dataset's captions that are farther from the query than that one.
    """

    rank: int
    images: int
    exact: bool
    score: float
    median: float
    nearness: float
    neighbours: int
    near_neighbours: int
    caption: str | None
    agreement: float | None

    @property
    def hub(self) -> bool:
        """Whether the picture is near sentences in general, and so stands high for many queries."""
        return self.nearness >= HUB_SHARE

    def _above(self) -> str:
        if self.rank == 1 or self.images < 2:
            return ""
        return f"; it is higher than {_percent(1 - (self.rank - 1) / (self.images - 1))} of the others"

    @property
    def told(self) -> tuple[str, ...]:
        """In sentences."""
        about = "" if self.exact else "about "
        said = [
            f"Rank {about}{self.rank:,} of {count_of(self.images, 'picture')}: its score is {_signed(self.score)}, the median "
            f"{_signed(self.median)}{self._above()}."
        ]
        if self.hub:
            said.append(
                f"It is nearer to sentences of every kind than {_percent(self.nearness)} of the pictures, so it stands high for "
                "many queries; balanced ranking makes up for that."
            )
        else:
            said.append(
                f"It is nearer to sentences of every kind than {_percent(self.nearness)} of the pictures: not one that stands high "
                "for everything."
            )
        if self.neighbours:
            said.append(
                f"{self.near_neighbours} of its {self.neighbours} closest pictures are among the best twentieth for this query too."
            )
        if self.agreement is not None:
            nearest = (self.caption or "").rstrip(" .")
            said.append(f"{_agreeing(self.agreement)}: the nearest, “{nearest}”, is closer to the query than "
                        f"{_percent(self.agreement)} of all captions.")  # fmt: skip
        return tuple(said)


def _signed(number: float) -> str:
    return f"{number:.3f}".replace("-", "\u2212")


def _agreeing(agreement: float) -> str:
    if agreement >= _AGREE:
        return "Its captions agree"
    return "Its captions say something else" if agreement < _OTHERWISE else "Its captions agree in part"


def _percent(share: float) -> str:
    # Never 100 % of something that is not all.
    percent = min(99.9, 100 * share) if share < 1 else 100.0
    return f"{percent:.1f} %" if 99 < percent < 100 else f"{percent:.0f} %"


def _listed(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
