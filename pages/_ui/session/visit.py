"""Visit: everything one session remembers, in one object under one key of Streamlit's session state."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages._ui.session.asked import Asked
from pages._ui.session.audit import AuditState
from pages._ui.session.captions import CaptionsState
from pages._ui.session.history import History
from pages._ui.session.judging import Judging
from pages._ui.session.lab import LabState
from pages._ui.session.map import MapState
from pages._ui.session.marking import Marking
from pages._ui.session.saving import Saving
from pages._ui.session.second import Second
from pages._ui.session.upload import Upload
from t2i_core.query.request import DEFAULT_TOP_K
from t2i_core.types import SearchResult

if TYPE_CHECKING:
    from pathlib import Path

    from streamlit.runtime.app_session import AppSession

    from pages._ui.jobs.batches import BatchJob
    from pages._ui.jobs.builds import BuildJob
    from t2i_core.errors import T2IError
    from t2i_core.marks.batches import NamedRequest

KEY = "visit"


@dataclass
class Shown:
    """How results are shown. ``top_k_refused`` is how many somebody asked for, where that cannot be.

    ``further`` is what is wanted of the pictures that come after: below which results, and after how many of them.
    """

    SIZES: ClassVar[tuple[str, ...]] = ("S", "M", "L")
    DEFAULT_SIZE: ClassVar[str] = "M"

    top_k: int = DEFAULT_TOP_K
    top_k_refused: int | None = None
    size: str = DEFAULT_SIZE
    captions: bool = True
    further: tuple[str, int] | None = None

    def want_further(self, of: object, start: object) -> None:
        """Take which page of what comes after is wanted; what is no such thing is passed over."""
        if isinstance(of, str) and isinstance(start, int) and start >= 0:
            self.further = (of, start)

    def choose_top_k(self, asked: int, most: int) -> None:
        """Take how many pictures to show, of at most ``most``; a number that cannot be is noted, so that the page says why."""
        self.top_k = min(max(1, asked), max(1, most))
        self.top_k_refused = None if self.top_k == asked else asked


@dataclass
class Opened:
    """The dataset and the picture that are open, on every page.

    Attributes
    ----------
    dataset : str, optional
        Its name in links.
    place : tuple of str, optional
        That name, and where the dataset of it lay when it was opened.
    picture : str, optional
        Name of the picture whose detail is shown.
    inspecting : bool
        Whether pictures are looked at beside the page: of what is asked next the first one is opened, until somebody closes it.
    related_to : str, optional
        The picture that captions of the whole dataset are compared with, which is done on request.
    explain : str
        What is asked of why the picture was found: nothing, its ``"heat"``, or ``"all"``.
    notice : str, optional
        What a link asked for and could not be.
    go_to : str, optional
        The page that an event asked for; events cannot go there themselves.
    grid_seq, strip_seq : int
        Number of the last event of the picture grid, and of the score strip, that was followed.
    """

    dataset: str | None = None
    place: tuple[str, str] | None = None
    picture: str | None = None
    inspecting: bool = False
    related_to: str | None = None
    explain: str = ""
    notice: str | None = None
    go_to: str | None = None
    grid_seq: int = 0
    strip_seq: int = 0


@dataclass
class Panel:
    """The panel of filters.

    Attributes
    ----------
    open : bool
    opened : int
        How often it was opened.
    second : bool
        Whether it is that of the second of two requests, where that has filters of its own.
    seq, second_seq : int
        Number of the last event that was followed of the panel, and of that of the second request.
    """

    open: bool = False
    opened: int = 0
    second: bool = False
    seq: int = 0
    second_seq: int = 0


@dataclass
class LinkState:
    """How the address of the browser and what is shown keep up with each other.

    Attributes
    ----------
    page : str, optional
        Address of the page that is shown.
    seen : tuple of str and mapping, optional
        The page and the parameters that were last written or followed: no need to follow them again.
    followed : mapping, optional
        Parameters of a link that was followed just now, for the page to take over what is its own.
    acted : bool
        Whether this run follows something done on the page. The browser may not have taken over the link of the run
        before yet; what it sends then is no visit to an older link.
    """

    page: str | None = None
    seen: tuple[str, dict[str, str]] | None = None
    followed: dict[str, str] | None = None
    acted: bool = False


@dataclass
class BuildState:
    """What the Build page found out and need not look for again; ``ended`` is the build whose outcome is shown."""

    ended: BuildJob | None = None
    counted: tuple[Path, str | T2IError] | None = None
    compared: tuple[Any, list[str], str] | None = None


@dataclass
class BatchState:
    """The file of requests that this visit has asked or is asking, and the file that was chosen last as it was read."""

    job: BatchJob | None = None
    read: tuple[str, list[NamedRequest] | T2IError] | None = None


@dataclass
class Kept:
    """What was made for this visitor and may be wanted again; what it was made of stands beside it.

    Attributes
    ----------
    rankings : dict
        The last results, the newest last.
    files : dict
        Exports, by their name.
    preview : tuple of Upload and str
        A small picture of the upload, as an address.
    """

    rankings: dict[Hashable, SearchResult] = field(default_factory=dict)
    files: dict[str, tuple[Hashable, bytes]] = field(default_factory=dict)
    preview: tuple[Upload | None, str] = (None, "")


@dataclass
class Visit:
    """One visitor's session.

    Attributes
    ----------
    pressed : set of str
        Keys of buttons that were pressed and whose page has not come to them since.
    heard : dict
        Of each component, by its key, the number of the last report that was followed.
    drawn : dict
        The page on which each widget was drawn last, by its key.
    report : dict
        Of a component the report that is followed at the moment.
    """

    asked: Asked = field(default_factory=Asked)
    shown: Shown = field(default_factory=Shown)
    opened: Opened = field(default_factory=Opened)
    panel: Panel = field(default_factory=Panel)
    second: Second = field(default_factory=Second)
    link: LinkState = field(default_factory=LinkState)
    map: MapState = field(default_factory=MapState)
    captions: CaptionsState = field(default_factory=CaptionsState)
    judging: Judging = field(default_factory=Judging)
    marking: Marking = field(default_factory=Marking)
    saving: Saving = field(default_factory=Saving)
    history: History = field(default_factory=History)
    batch: BatchState = field(default_factory=BatchState)
    lab: LabState = field(default_factory=LabState)
    build: BuildState = field(default_factory=BuildState)
    audit: AuditState = field(default_factory=AuditState)
    kept: Kept = field(default_factory=Kept)
    pressed: set[str] = field(default_factory=set)
    heard: dict[str, int] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)
    report: dict[str, object] = field(default_factory=dict)


def session_state() -> Any:
    """What Streamlit keeps of the session, without its point of interruption.

    Each look at ``st.session_state`` is one: a request that has come meanwhile ends the run there. In a callback, which follows
    what somebody did, that would be half done and never done again. A run ends at the next thing it draws all the same.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return st.session_state if context is None else context.session_state._state


def make_way() -> None:
    """End this run here if a request has come meanwhile; work that takes long asks from time to time."""
    if KEY in st.session_state:  # each look is a point of interruption
        return


def state_value(key: str) -> Any:
    """What the session keeps under a key; None where it keeps nothing."""
    try:
        return session_state()[key]
    except KeyError:
        return None


def page_drawn() -> str:
    """Streamlit's name of the page that this run draws."""
    context = get_script_run_ctx(suppress_warning=True)
    return "" if context is None else context.page_script_hash


def said_by_browser(key: str, value: object) -> bool:
    """Whether the message that this run answers says that a widget, which the run before drew here, stands at a value.

    Not where something else was written to it since.
    """
    state = session_state()
    told = getattr(state, "_new_widget_state", None)
    if told is None or state.is_new_state_value(key) or visit().drawn.get(key) != page_drawn():
        return False
    widget = state._key_id_mapper.get_id_from_key(key)
    try:
        said: object = told[widget]
    except KeyError:
        return False
    return widget in state._old_state and type(said) is type(value) and said == value


def visit() -> Visit:
    """The visit that this run belongs to."""
    return visit_in(session_state())


def visit_in(session_state: Any) -> Visit:
    """The visit that a session state holds; a new one where it holds none."""
    if KEY not in session_state:
        session_state[KEY] = Visit()
    found: Visit = session_state[KEY]
    return found


def acted() -> None:
    """Note that this run follows something done on the page."""
    visit().link.acted = True


def drawn_again(session: AppSession) -> None:
    """Note that the next run of a session follows no link: the address is as the last run left it."""
    visit_in(session.session_state).link.acted = True


def reported(component: str) -> Mapping[str, object]:
    """What a component of ours reported last; nothing when it reported nonsense."""
    told = told_by(component, "event")
    return told if isinstance(told, Mapping) else {}


def told_by(component: str, name: str) -> object:
    """The same, whatever it is."""
    if component in visit().report:
        return visit().report[component]
    value = state_value(component)
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
