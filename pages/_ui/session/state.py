"""What one session holds: the query all pages share, and how results are shown. `links` puts both into an address.

Own keys hold the truth; widgets are seeded from them, because Streamlit drops a widget's value when
its page is left.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from t2i_core.query import OutsidePicture, Query
from t2i_core.query.link_form import ALIKE, LIKE, TEXT, TOGETHER, query_to_link
from t2i_core.types import Gallery

DEFAULT_TOP_K = 24
SIZES = ("S", "M", "L")
DEFAULT_SIZE = "M"
MOST_ALIKE = 12  # more pictures would make a link too long to send


@dataclass(frozen=True)
class Upload:
    """A picture somebody searches with; it stays in the session and is never part of a link."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def prepare() -> None:
    """Give every key its first value."""
    defaults: dict[str, object] = {
        "query": None,
        "upload": None,
        "empty_query": False,
        "bar_version": 0,
        "top_k": DEFAULT_TOP_K,
        "top_k_refused": None,
        "card_size": DEFAULT_SIZE,
        "show_captions": True,
        "approximate": False,
        "dataset_name": None,
        "dataset_place": None,
        "open_picture": None,
        "find_captions_of": None,
        "grid_seq": 0,
        "page": None,
        "link_seen": None,
        "link_followed": None,
        "settled": True,
        "acted": False,
        "suggest_for": None,
        "rankings": {},
        "notice": None,
        "go_to": None,
        "captions_of": None,
    }
    for key, value in defaults.items():
        st.session_state.setdefault(key, value)


def acted() -> None:
    """Note that this run follows something done on the page.

    The browser may not have taken over the link of the run before yet. What it sends then is no visit
    to an older link, and `follow_link` must not undo what was done.
    """
    st.session_state["acted"] = True


def query() -> Query | None:
    """What is asked at the moment, on every page."""
    value: Query | None = st.session_state["query"]
    return value


def ask_text(text: str, *, typed: bool = False, settled: bool = True) -> None:
    """Ask for a sentence. ``typed`` keeps the query bar as it is; an unsettled query is not in link or history yet.

    An emptied field asks for nothing: what its words had found goes with them. Letters typed and taken back beside
    a picture that is the query leave that one alone.
    """
    stripped = " ".join(_whole(text).split())
    asked_before = query()
    st.session_state["empty_query"] = not stripped and not typed
    if not stripped:
        if not typed or (asked_before is not None and asked_before.sentence is not None):
            _set_query(None, typed=typed)
        return
    asked = Query.of(stripped)
    if typed and settled and asked_before is not None and asked.key == asked_before.key:
        # The field was left for a picture: the one that was opened meanwhile stays open.
        st.session_state["settled"] = True
    else:
        _set_query(asked, typed=typed, settled=settled)


def ask(asked: Query | None) -> None:
    """Ask for a query as it is, or for nothing."""
    _set_query(asked)


def ask_together(texts: Sequence[str]) -> None:
    """Ask for what several sentences have in common."""
    stripped = tuple(dict.fromkeys(text for text in (" ".join(_whole(one).split()) for one in texts) if text))
    if stripped:
        _set_query(Query.of(*stripped))


def ask_like(image_id: str) -> None:
    """Ask for pictures like one of the gallery."""
    ask_examples([image_id])


def ask_examples(image_ids: Sequence[str]) -> None:
    """Ask for what several pictures of the gallery have in common."""
    named = [image_id for image_id in image_ids if image_id]
    if named:
        _set_query(Query.like(named))


def _whole(text: str) -> str:
    """Text without halves of characters, which a browser can send and no link can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def ask_upload(name: str, content_base64: str) -> None:
    """Ask with a picture the browser sent."""
    try:
        content = base64.b64decode(content_base64, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    upload = Upload(name, content)
    st.session_state["upload"] = upload
    _set_query(Query.of(OutsidePicture(upload.sha256, _whole(name))))


def open_dataset(name: str | None) -> None:
    """Open a dataset, with no query asked of it yet."""
    st.session_state["dataset_name"] = name
    clear_query()


def clear_query() -> None:
    """Back to the gallery itself."""
    _set_query(None)


def _set_query(query: Query | None, *, typed: bool = False, settled: bool = True) -> None:
    if query is None or query.outside is None:
        st.session_state["upload"] = None
    st.session_state["query"] = query
    st.session_state["settled"] = settled
    st.session_state["open_picture"] = None
    st.session_state["notice"] = None
    st.session_state["suggest_for"] = None
    if query is not None:
        st.session_state["empty_query"] = False
    if not typed:
        st.session_state["bar_version"] += 1


def on_bar_event() -> None:
    """Follow what the query bar reports."""
    acted()
    reported = event("query_bar")
    kind, text = reported.get("type"), str(reported.get("text", ""))
    if kind == "typed":
        ask_text(text, typed=True, settled=False)
    elif kind == "suggest":
        if not text.strip():
            ask_text(text, typed=True)
        st.session_state["suggest_for"] = text
    elif kind == "settled":
        ask_text(text, typed=True)
    elif kind == "search":
        ask_text(text)
    elif kind == "clear":
        clear_query()
        st.session_state["empty_query"] = False
    elif kind == "picture":
        ask_upload(str(reported.get("name", "")), str(reported.get("content", "")))
    elif kind == "again":
        _ask_again(reported)


def asked_record(gallery: Gallery) -> dict[str, object] | None:
    """What is asked, as the browser keeps it among its recent queries; None for what cannot be asked again from there.

    An uploaded picture cannot: its content stays in the session. Nor can a query that is still being typed.
    """
    asked = query()
    if asked is None or not st.session_state["settled"] or not asked.linkable:
        return None
    if len(asked.pictures) > MOST_ALIKE or not all(one in gallery.rows_by_id for one in asked.pictures):
        return None
    [(name, value)] = query_to_link(asked).items()
    kind, field, several = _KEPT_KINDS.get(name, ("", "", False))
    if not kind:
        return None
    return {"key": asked.key, "label": asked.label, "kind": kind, field: value.split("\n") if several else value}


# How a browser keeps each plain question, by its name in a link: kind, field, and whether that is a list.
_KEPT_KINDS = {
    TEXT: ("text", "text", False), TOGETHER: ("together", "texts", True), LIKE: ("like", "id", False),
    ALIKE: ("alike", "ids", True),
}  # fmt: skip


def _ask_again(reported: Mapping[str, object]) -> None:
    """Ask for what the browser kept among its recent queries."""
    kind, ids, texts = reported.get("kind"), reported.get("ids"), reported.get("texts")
    if kind == "like":
        ask_like(str(reported.get("id", "")))
    elif kind == "alike" and isinstance(ids, list):
        ask_examples([str(one) for one in ids[:MOST_ALIKE]])
    elif kind == "together" and isinstance(texts, list):
        ask_together([str(one) for one in texts])


def choose_top_k(asked: int, most: int) -> None:
    """Take how many pictures to show, of at most ``most``; a number that cannot be is noted, so that the page says why."""
    st.session_state["top_k"] = min(max(1, asked), max(1, most))
    st.session_state["top_k_refused"] = None if st.session_state["top_k"] == asked else asked


def on_grid_event() -> None:
    """Follow what the picture grid and its dialog report."""
    acted()
    reported = event("picture_grid")
    seq = reported.get("seq", 0)
    st.session_state["grid_seq"] = int(seq) if isinstance(seq, int | float) else 0
    if reported.get("type") == "captions":
        show_captions_of(str(reported.get("id", "")))
    follow_picture_event(reported)


def follow_picture_event(reported: Mapping[str, object]) -> None:
    """Do what a picture's detail dialog reports, whichever page it stands on."""
    kind, image_id = reported.get("type"), str(reported.get("id", ""))
    st.session_state["find_captions_of"] = image_id if kind == "related" else None
    if kind in {"open", "related"}:
        st.session_state["open_picture"] = image_id
    elif kind == "close":
        st.session_state["open_picture"] = None
    elif kind == "like":
        ask_like(image_id)
    elif kind == "search":
        ask_text(str(reported.get("text", "")))


def go_to(page: str) -> None:
    """Note that another page is to be shown; an event cannot do it, the page it reaches can (`go_on`)."""
    st.session_state["go_to"] = page


def go_on() -> None:
    """Go to the page an event asked for, if any."""
    page: str | None = st.session_state["go_to"]
    st.session_state["go_to"] = None
    if page is not None:
        st.switch_page(page)


def show_captions_of(image_id: str) -> None:
    """Go to the Captions page and show what describes one picture."""
    st.session_state["captions_of"] = image_id
    st.session_state["open_picture"] = None
    go_to("pages/captions.py")


def event(key: str) -> Mapping[str, object]:
    """What a component of ours reported last; nothing when it reported nonsense."""
    value = st.session_state.get(key)
    reported = value.get("event") if isinstance(value, Mapping) else getattr(value, "event", None)
    return reported if isinstance(reported, Mapping) else {}
