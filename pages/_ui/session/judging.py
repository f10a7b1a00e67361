"""Judging: what a visit likes and dislikes, what it has seen, and the way back from each step."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_STEPS = 100


@dataclass(frozen=True)
class Judged:
    """What was judged at one moment, and the pictures that had been seen and were passed over."""

    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.liked or self.disliked or self.seen)


@dataclass
class Judging:
    """Beside `Asked.liked` and `Asked.disliked`, which are asked with: how they came to be.

    Attributes
    ----------
    seen : tuple of str
        Pictures of the question's screens before this one; they are passed over.
    done, undone : list of Judged
        What can be taken back, the newest last, and what was taken back.
    drawn : tuple of str and tuple of str
        The ranking that was drawn last: what it asks but for judgements, and its pictures, best first.
    before : tuple of str and tuple of str
        The same before the last step, from which pictures have moved since.
    step : str
        What the last step did, for those who listen.
    """

    seen: tuple[str, ...] = ()
    done: list[Judged] = field(default_factory=list)
    undone: list[Judged] = field(default_factory=list)
    drawn: tuple[str, tuple[str, ...]] = ("", ())
    before: tuple[str, tuple[str, ...]] = ("", ())
    step: str = ""

    def note(self, judged: Judged) -> None:
        """Keep what a step leaves behind, so that it can be taken back; what was taken back before is gone."""
        self.done.append(judged)
        del self.done[:-MOST_STEPS]
        self.undone.clear()

    def moved_from(self, asked: str) -> tuple[str, ...]:
        """The ranking before the last step; empty where that was of another question."""
        return self.before[1] if self.before[0] == asked else ()
