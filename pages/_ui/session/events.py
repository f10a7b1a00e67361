"""What the query bar, the score strip, the picture grid and its open picture report, and what a visit makes of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping

from pages._ui import registry
from pages._ui.session import feedback, recent, state, terms, widgets
from pages._ui.session.visit import acted, reported, told_by, visit
from t2i_core.errors import QueryError
from t2i_core.query import read_cutoff

FEEDBACK = frozenset({"judge", "unseen", "aim", "undo", "redo", "seen", "unjudge", "tag", "export", "further"})

_TERM_EVENTS: Mapping[object, Callable[[Mapping[str, object]], None]] = {
    "weighed": terms.weigh,
    "removed": terms.remove,
    "add": terms.add,
    "chips": lambda told: terms.show_chips(str(told.get("text", ""))),
    "field": lambda told: terms.show_field(),
    "add_picture": lambda told: terms.add_upload(str(told.get("name", "")), str(told.get("content", ""))),
}


_PICTURE_ASKS: Mapping[object, Callable[[Mapping[str, object]], None]] = {
    "like": lambda told: state.ask_like(str(told.get("id", ""))),
    "add": lambda told: terms.add_picture(str(told.get("id", ""))),
    "examples": lambda told: state.ask_examples(_names(told.get("ids"))),
    "search": lambda told: state.ask_text(str(told.get("text", "")), plain=True),
    "terms": lambda told: state.ask_terms(str(told.get("text", ""))),
}


def _names(told: object) -> list[str]:
    return [one for one in told if isinstance(one, str)] if isinstance(told, list) else []


def on_bar_event() -> None:
    """Follow what the query bar reports."""
    acted()
    visit().marking.export = None
    told = reported(widgets.QUERY_BAR)
    kind, text = told.get("type"), str(told.get("text", ""))
    if kind == "typed":
        state.ask_text(text, typed=True, settled=False)
    elif kind == "suggest" and told.get("adding") is True:
        visit().asked.suggest_for, visit().asked.unread = text, ""
    elif kind == "suggest":
        if not text.strip():
            state.ask_text(text, typed=True)
        visit().asked.suggest_for = text
    elif kind == "settled":
        state.ask_text(text, typed=True)
    elif kind == "search":
        state.ask_text(text, plain=told.get("plain") is True)
    elif kind in _TERM_EVENTS:
        _TERM_EVENTS[kind](told)
    elif kind == "clear":
        state.clear_query()
        visit().asked.empty = False
    elif kind == "picture":
        state.ask_upload(str(told.get("name", "")), str(told.get("content", "")))
    elif kind == "again":
        recent.ask_again(told)


def on_grid_event() -> None:
    """Follow what the picture grid and its open picture report."""
    acted()
    told = reported(widgets.PICTURE_GRID)
    seq = told.get("seq", 0)
    visit().opened.grid_seq = int(seq) if isinstance(seq, int | float) else 0
    if "liked" in told:  # whatever else happened: the message of the verdict itself may be lost
        feedback.judge(told["liked"], told.get("disliked"))
    visit().marking.follow(told)
    if told.get("type") == "captions":
        show_captions_of(str(told.get("id", "")))
    follow_picture_event(told)


def on_second_event() -> None:
    """Follow what the cards of the second of two requests report: a picture to open, where all pictures are opened."""
    acted()
    told = reported(widgets.SECOND_GRID)
    seq = told.get("seq", 0)
    visit().second.seq = int(seq) if isinstance(seq, int | float) else 0
    if told.get("type") == "open":
        state.open_picture(str(told.get("id", "")))


def on_strip_event() -> None:
    """Follow what the score strip reports: a cutoff, or that there is to be none."""
    acted()
    told = reported(widgets.SCORE_STRIP)
    seq, cut = told.get("seq", 0), str(told.get("cut", ""))
    visit().opened.strip_seq = int(seq) if isinstance(seq, int | float) else 0
    if told.get("type") == "cut":
        with contextlib.suppress(QueryError):  # nonsense changes nothing
            visit().asked.cutoff = read_cutoff(cut) if cut else None


def follow_picture_event(told: Mapping[str, object]) -> None:
    """Do what the open picture reports, whichever page it stands on."""
    kind, image_id = told.get("type"), str(told.get("id", ""))
    opened = visit().opened
    if kind in FEEDBACK:
        _follow_feedback(kind, told)
        return
    opened.related_to = image_id if kind == "related" else None
    opened.explain = str(told.get("explain") or "") if kind in {"open", "related", "explain"} else ""
    if kind in {"open", "related", "explain"}:
        opened.picture, opened.inspecting = image_id, True
    elif kind == "close":
        opened.picture, opened.inspecting = None, False
    elif kind in _PICTURE_ASKS:
        if "stays" in told:  # a picture that lies over the page is closed by what it leads to
            opened.inspecting = told["stays"] is True
        _PICTURE_ASKS[kind](told)


def _follow_feedback(kind: str, told: Mapping[str, object]) -> None:
    """Do what likes and dislikes, and the strip that shows them, report; the verdicts themselves were followed already."""
    if isinstance(told.get("open"), str):
        visit().opened.picture = str(told["open"])
    if kind == "unseen":
        feedback.go_on(told.get("ids"))
    elif kind == "aim":
        feedback.look_for("one" if told.get("aim") == "one" else "all")
    elif kind == "undo":
        feedback.undo()
    elif kind == "redo":
        feedback.redo()
    elif kind == "seen":
        feedback.show_seen()
    elif kind == "unjudge":
        feedback.clear()
    elif kind == "further":
        visit().shown.want_further(told.get("of"), told.get("start"))


def on_page_key() -> None:
    """Go to the page that a key stands for."""
    page = told_by(widgets.PAGE_KEYS, "page")
    wanted = next((one for one in registry.PAGES if one.address == page), None)
    if wanted is not None and wanted.address != visit().link.page:
        acted()
        state.go_to(wanted.file)


def show_captions_of(image_id: str) -> None:
    """Go to the Captions page and show what describes one picture."""
    visit().captions.show_picture(image_id)
    visit().opened.picture, visit().opened.inspecting = None, False
    state.go_to(registry.page("captions").file)
