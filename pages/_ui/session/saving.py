"""Saving: what a visit saves under a name, what was said of that, and the way back from a removal."""

from __future__ import annotations

from dataclasses import dataclass, field

from t2i_core.dataset.searches_file import SavedSearch

MOST_REMOVED = 50
SHOWN_AT_FIRST = 20


@dataclass(frozen=True)
class Said:
    """What came of saving, renaming or removing.

    Attributes
    ----------
    about : str
        What it is said of, so that it goes where that is no longer shown.
    told : str
        What was done.
    problem : str
        Why it was not.
    taken : str
        The name that another search has, where somebody is asked whether to replace that one.
    """

    about: str = ""
    told: str = ""
    problem: str = ""
    taken: str = ""


@dataclass
class Saving:
    """Saved searches as one visit sees them.

    Attributes
    ----------
    of : str, optional
        Place key of the dataset it is about.
    said : Said
        What came of the last thing that was done.
    removed : list of SavedSearch
        What can be put back, the latest last.
    shown : int
        How many are listed.
    """

    of: str | None = None
    said: Said = field(default_factory=Said)
    removed: list[SavedSearch] = field(default_factory=list)
    shown: int = SHOWN_AT_FIRST

    def of_dataset(self, place_key: str) -> None:
        """Note which dataset is open; what was removed from another one is not put back from here."""
        if self.of != place_key:
            self.of, self.said, self.removed, self.shown = place_key, Said(), [], SHOWN_AT_FIRST

    def said_of(self, about: str) -> Said:
        """What came of the last thing that was done about something; nothing where it was about something else."""
        return self.said if self.said.about == about else Said()

    def note_removed(self, search: SavedSearch) -> None:
        """Keep what was removed, so that it can be put back."""
        self.removed.append(search)
        del self.removed[:-MOST_REMOVED]
