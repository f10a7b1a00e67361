"""LabState: what one visit holds about the lab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pages._ui.session.upload import Upload
from t2i_core.dataset import Mark

FORM = "a photo of {}"  # as CLIP's authors ask


@dataclass
class LabState:
    """What was done on the page and is followed once it knows the gallery.

    Attributes
    ----------
    events : list of mapping
        What a part of the page reported since the last run.
    marked : tuple of str and list of pair
        Key of a gallery, and what was marked as also right in this visit, to be taken back.
    kind : str
        Which parts of the captions are shown; empty for the worst of all kinds.
    part : str
        The part whose captions are listed, as its bar is named; empty for none.
    compared : tuple of str
        Key of a gallery, and the way it is compared with as the list names it, or a form; empty where none was asked for.
    form : str
        The form that was written last, for captions to be put into.
    chosen, answered : Upload, optional
        The own questions that were chosen last, and the last that could be asked: a file that cannot leaves those on the page.
    """

    events: list[Mapping[str, object]] = field(default_factory=list)
    marked: tuple[str, list[Mark]] = ("", [])
    kind: str = ""
    part: str = ""
    compared: tuple[str, str] = ("", "")
    form: str = FORM
    chosen: Upload | None = None
    answered: Upload | None = None
