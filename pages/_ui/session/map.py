"""MapState: what one visit holds about the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from t2i_core.projection import Renamed
from t2i_core.types import RowArray

ONE_COLOUR, PICTURES, JOINT = "one", "pictures", "joint"
CARDS = 36
MOST_STEPS = 50


@dataclass(frozen=True, eq=False)
class Selection:
    """Rows somebody chose on the map of one gallery; ``label`` says how.

    ``listed`` says whether they are shown beside the map in place of hits: not where they were chosen among these.
    """

    gallery_key: str
    rows: RowArray
    label: str
    number: int = field(default=0)
    listed: bool = True


@dataclass(frozen=True)
class Looks:
    """Pictures of one gallery that the mouse points at, and the number under which the browser asked about them."""

    gallery_key: str = ""
    seq: int = 0
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Thumbnails:
    """Small pictures in place of points: the question's number, its rows, and an address of each picture that is made by now."""

    gallery_key: str = ""
    seq: int = 0
    rows: tuple[int, ...] = ()
    addresses: Mapping[int, str] = field(default_factory=dict)


@dataclass
class Naming:
    """What this visit called clusters.

    Attributes
    ----------
    of : str
        Place key of the dataset it is about.
    seq : int
        Number of the browser's last wish that was done or refused.
    steps : list of Renamed
        What can be taken back, the latest last.
    told, problem : str
        What the last step did; why it was not done.
    """

    of: str = ""
    seq: int = 0
    steps: list[Renamed] = field(default_factory=list)
    told: str = ""
    problem: str = ""

    def of_dataset(self, place_key: str) -> None:
        """Note which dataset is open; what was done in another one is not taken back from here."""
        if self.of != place_key:
            self.of, self.steps, self.told, self.problem = place_key, [], "", ""

    def note(self, done: Renamed) -> None:
        """Keep a step, so that it can be taken back."""
        self.steps.append(done)
        del self.steps[:-MOST_STEPS]


@dataclass
class MapState:
    """How points are coloured, what is on the map, what is selected and looked at.

    Attributes
    ----------
    events : list of mapping
        What the map reported since the last run; followed once the page knows the gallery.
    in_view : tuple of str and tuple, optional
        Key of a gallery, and the part of its map that is in view.
    caption : int, optional
        Position of the caption that is looked at.
    cards : int
        How many of the selected pictures are shown beside the map.
    selections : int
        How many selections there were; each one's number.
    chosen_seq : int
        Number of the last report of what was selected among cards or captions.
    fields : tuple of object and dict
        What points may be coloured by, and what that was found for: looking takes time.
    """

    colour: str = ONE_COLOUR
    view: str = PICTURES
    selection: Selection | None = None
    events: list[Mapping[str, object]] = field(default_factory=list)
    looks: Looks = Looks()
    thumbnails: Thumbnails = Thumbnails()
    in_view: tuple[str, tuple[float, float, float, float] | None] = ("", None)
    caption: int | None = None
    cards: int = CARDS
    selections: int = 0
    chosen_seq: int = 0
    fields: tuple[object, dict[str, str]] = (None, {})
    naming: Naming = field(default_factory=Naming)
