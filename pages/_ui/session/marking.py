"""Marking: what a visit tags, as its browser reports it, and the way back from each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import RLock

from t2i_core.marks import TagsChange

MOST_STEPS = 100
MOST_PICTURES = 1_000


@dataclass(frozen=True)
class TagWish:
    """One thing a person did in the browser; ``number`` counts them, so that none is done twice.

    Attributes
    ----------
    number : int
    of : str
        Place key of the dataset that was shown.
    image_ids : tuple of str
    tag : str
    taken : bool
        Whether the tag is taken from the pictures, not given.
    turn : bool
        Whether it is taken in any case where all pictures have it.
    undo : bool
        Whether the last step is taken back instead.
    """

    number: int
    of: str
    image_ids: tuple[str, ...] = ()
    tag: str = ""
    taken: bool = False
    undo: bool = False
    turn: bool = False


@dataclass(frozen=True)
class ExportWish:
    """Pictures that are wanted as a file; ``number`` tells one wish from the next."""

    number: int
    of: str
    image_ids: tuple[str, ...]
    ending: str


@dataclass
class Marking:
    """What this visit tagged.

    Attributes
    ----------
    of : str, optional
        Place key of the dataset it is about.
    wishes : list of TagWish
        What the browser reported and is not done yet.
    done : int
        Number of the last wish that was done.
    steps : list of TagsChange
        What can be taken back, the latest last.
    told : str
        What the last step did.
    problem : str
        Why the last step was not done; empty nearly always.
    export : ExportWish, optional
        The file that was asked for last.
    lock : RLock
        Held while wishes are reported and while they are done: a run that was overtaken goes on, beside the one that overtook it,
        until it next draws something.
    """

    of: str | None = None
    wishes: list[TagWish] = field(default_factory=list)
    done: int = 0
    steps: list[TagsChange] = field(default_factory=list)
    told: str = ""
    problem: str = ""
    export: ExportWish | None = None
    lock: RLock = field(default_factory=RLock, repr=False, compare=False)

    def of_dataset(self, place_key: str) -> None:
        """Note which dataset is open; what was tagged in another one is not taken back from here."""
        if self.of != place_key:
            self.of, self.steps, self.told, self.problem = place_key, [], "", ""
        self.wishes = [wish for wish in self.wishes if wish.of == place_key]

    def follow(self, told: Mapping[str, object]) -> None:
        """Take over what a page's pictures or rows report: what was tagged, and which file is wanted, or none any more."""
        self.export = None
        if told.get("type") == "export":
            self.want_file(told.get("export"))
        if "tags" in told:
            self.report(told["tags"])

    def report(self, told: object) -> None:
        """Take over what the browser says was done since the last answer; what is no such thing is passed over."""
        read = [wish for wish in map(_wish, told if isinstance(told, list) else []) if wish is not None]
        with self.lock:
            known = {wish.number for wish in self.wishes}
            new = [wish for wish in read if wish.number > self.done and wish.number not in known]
            self.wishes = sorted([*self.wishes, *new], key=lambda wish: wish.number)[:MOST_STEPS]

    def want_file(self, told: object) -> None:
        """Take over which pictures are wanted as a file; what is no such thing is passed over."""
        wish = _wish(told)
        ending = told.get("ending") if isinstance(told, Mapping) else None
        if wish is not None and not wish.undo and isinstance(ending, str):
            self.export = ExportWish(wish.number, wish.of, wish.image_ids, ending)

    def note(self, change: TagsChange) -> None:
        """Keep a step, so that it can be taken back."""
        if change.added or change.removed:
            self.steps.append(change)
            del self.steps[:-MOST_STEPS]


def _wish(record: object) -> TagWish | None:
    if not isinstance(record, Mapping):
        return None
    number, of, names, tag = (record.get(name) for name in ("number", "of", "ids", "tag"))
    if isinstance(number, bool) or not isinstance(number, int) or not isinstance(of, str):
        return None
    if record.get("undo") is True:
        return TagWish(number, of, undo=True)
    if not isinstance(tag, str) or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    return TagWish(
        number, of, tuple(names[:MOST_PICTURES]), tag, record.get("taken") is True, turn=record.get("turn") is True
    )
