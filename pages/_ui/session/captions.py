"""CaptionsState: what one visit holds about the table of captions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from t2i_core.captions.columns import Filter
from t2i_core.captions.sheet import FILE, SheetView

DEFAULT_PAGE_SIZE = 50


@dataclass(frozen=True)
class CaptionsView:
    """A view of the sheet, the page of it that is open (from 1), and the positions of the captions that are picked."""

    sheet: SheetView = field(default_factory=SheetView)
    page: int = 1
    page_size: int = DEFAULT_PAGE_SIZE
    picked: tuple[int, ...] = ()


@dataclass
class CaptionsState:
    """The view, and what the table in the browser has to be told about it.

    Attributes
    ----------
    dataset : str, optional
        Whose captions are picked: positions mean nothing in another file.
    settled : bool
        Whether the words are no longer being typed, so that the link may hold them.
    version : int
        Changes when the table is to show another view than what was chosen in it.
    seq : int
        Number of the last event that was followed.
    """

    view: CaptionsView = field(default_factory=CaptionsView)
    dataset: str | None = None
    settled: bool = True
    version: int = 0
    seq: int = 0

    def show(self, view: CaptionsView) -> None:
        """Show a view that was not chosen in the table itself."""
        self.view, self.settled = view, True
        self.version += 1

    def show_picture(self, image_id: str) -> None:
        """Show the captions of one picture; those that are picked stay so."""
        # A choice is exact, "=1.jpg" in the link; a part of the name, "~1.jpg", would also show 11.jpg.
        self.show(CaptionsView(SheetView(filters={FILE: Filter(choices=(image_id,))}), picked=self.view.picked))

    def of_dataset(self, dataset: str | None) -> None:
        """Note which dataset is open; what is picked in another one is let go of."""
        if self.dataset not in {None, dataset}:
            self.show(replace(self.view, picked=()))
        self.dataset = dataset
