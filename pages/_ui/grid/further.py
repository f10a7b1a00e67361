"""What comes after the pictures that are asked for: further ranks, a page at a time, and what a cutoff left out, faded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from pages._ui.session.asked import ranking_key
from pages._ui.session.visit import visit
from t2i_core.engine.diversity import AMONG
from t2i_core.errors import T2IError, count_of
from t2i_core.query import SearchRequest
from t2i_core.types import Gallery, Hit, SearchResult

PAGE = 60
MOST = 10_000
DEEPER = 4  # each time more are asked for, so many times as many: few searches however far somebody scrolls

Rank = Callable[[SearchRequest], SearchResult]


@dataclass(frozen=True)
class Further:
    """What stands below the hits, as far as it was asked for.

    Attributes
    ----------
    of : str
        Changes with the hits it comes after.
    start : int
        How many of it come before ``page``.
    hits : tuple of Hit
        All of it so far, ranked on from the hits.
    more : bool
        Whether there is more.
    problem : str
        Why what was asked for could not be found.
    """

    of: str
    start: int = 0
    hits: tuple[Hit, ...] = ()
    more: bool = False
    problem: str = ""

    @property
    def page(self) -> tuple[Hit, ...]:
        """The part that was asked for last."""
        return self.hits[self.start :]


def further(gallery: Gallery, result: SearchResult, *, everything: SearchResult, rank: Rank) -> Further:
    """What somebody asked to see below a result; ``everything`` is the ranking it was sliced from, ``rank`` answers requests."""
    of = _key(gallery, result)
    asked = visit().shown.further
    if asked is None or asked[0] != of:
        return Further(of, more=_is_more(result, everything))
    start = asked[1]
    try:
        deep = _deep_enough(len(result.hits) + start + PAGE, result, everything, rank)
    except T2IError as error:
        return Further(of, more=True, problem=str(error))
    shown = {hit.image_id for hit in result.hits}
    left = [hit for hit in sorted(deep.hits, key=lambda hit: hit.rank) if hit.image_id not in shown]
    ranked = tuple(replace(hit, rank=rank) for rank, hit in enumerate(left[: start + PAGE], len(shown) + 1))
    longer = len(deep.hits) == deep.request.top_k < _most(result)
    return Further(of, start, ranked, more=bool(left[start + PAGE :]) or longer)


def part(found: Further, result: SearchResult, cards: list[dict[str, object]]) -> dict[str, object]:
    """The grid's data about it, with the ``cards`` of its page."""
    least, left_out = (None, 0) if result.cut is None else (result.cut.score, result.cut.left_out)
    faded = [least is not None and hit.score < least for hit in found.page]
    shown = count_of(len(result.hits), "picture")
    end = f"Top k ends here, after {shown}"
    below = f"Below the cutoff at {least:.3f}" if least is not None else ""
    return {
        "of": found.of,
        "start": found.start,
        "pictures": [card | {"faded": one} for card, one in zip(cards, faded, strict=True)],
        "more": found.more,
        "end": end,
        "below": below,
        "line": f"{count_of(left_out, 'picture')} below the cutoff" if left_out else end,
        # What a cutoff leaves out nobody comes upon by scrolling.
        "by_scrolling": not left_out,
        "problem": found.problem,
    }


def known(everything: SearchResult, drawn: SearchResult) -> SearchResult:
    """A ranking with all that is drawn of it and below it, so that whatever is opened has its score and rank."""
    names = {hit.image_id for hit in everything.hits}
    more = tuple(hit for hit in drawn.hits if hit.image_id not in names)
    return replace(everything, hits=(*everything.hits, *more)) if more else everything


def _key(gallery: Gallery, result: SearchResult) -> str:
    """The same as long as the same pictures stand above for the same request."""
    told = "\n".join((gallery.place_key, ranking_key(result.request), *(hit.image_id for hit in result.hits)))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _is_more(result: SearchResult, everything: SearchResult) -> bool:
    """Whether anything comes after a result, as far as that is known without looking."""
    known = len(everything.hits) > len(result.hits) or (everything.cut is not None and everything.cut.left_out > 0)
    return known or len(everything.hits) == everything.request.top_k < _most(result)


def _most(result: SearchResult) -> int:
    """How many pictures there can be in all, and how many are gone through at most."""
    possible = result.images - result.away if result.fitting is None else result.fitting
    return min(possible, AMONG if result.request.diversity else MOST)


def _deep_enough(wanted: int, result: SearchResult, everything: SearchResult, rank: Rank) -> SearchResult:
    """A ranking of more than so many pictures, or of all; without a cutoff."""
    deep, most = everything.request.top_k, _most(result)
    while deep <= wanted and deep < most:
        deep = min(DEEPER * deep, most)
    if result.request.cutoff is None and deep == everything.request.top_k:
        return everything
    return rank(replace(everything.request, top_k=max(deep, 1), cutoff=None))
