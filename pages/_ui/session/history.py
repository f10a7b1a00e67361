"""History: what a visit asked, question by question, with the first pictures each found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from t2i_core.marks.tagging import now
from t2i_core.query import SearchRequest
from t2i_core.types import Hit

MOST_KEPT = 200
FIRST_KEPT = 6


@dataclass(frozen=True)
class Past:
    """A question that was asked: a query and its conditions, with what was last set beside them.

    Attributes
    ----------
    of : str
        Where the dataset lies.
    request : SearchRequest
    hits : tuple of Hit
        The first it found.
    at : str
        When it was asked last, as ISO 8601 in UTC.
    """

    of: str
    request: SearchRequest
    hits: tuple[Hit, ...]
    at: str

    @property
    def question(self) -> tuple[object, ...]:
        """The same for what is one entry of the list: likes, a cutoff and how many are steps within one question."""
        return self.of, self.request.query.key, self.request.where


@dataclass
class History:
    """The questions of one visit.

    Attributes
    ----------
    past : list of Past
        The latest last, each question once.
    """

    past: list[Past] = field(default_factory=list)

    def note(self, of: str, request: SearchRequest, hits: Sequence[Hit]) -> None:
        """Keep a question that was answered; one that was asked before becomes the latest.

        A picture from outside is not kept with it, so such a question cannot be asked again and is passed over.
        """
        if request.query.outside is not None:
            return
        known = self.past[-1] if self.past else None
        asked = Past(of, request, tuple(hits[:FIRST_KEPT]), now())
        if known is not None and known.question == asked.question:
            self.past[-1] = asked
            return
        self.past = [one for one in self.past if one.question != asked.question] + [asked]
        del self.past[:-MOST_KEPT]

    def of_dataset(self, of: str) -> list[Past]:
        """The questions asked of one dataset, the latest first."""
        return [one for one in reversed(self.past) if one.of == of]
