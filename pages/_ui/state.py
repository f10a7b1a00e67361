"""What one session holds: the query all pages share, how results are shown, and the link that says both.

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

from t2i_core.arrays import MAX_TOP_K
from t2i_core.types import Query

DEFAULT_TOP_K = 24
SIZES = ("S", "M", "L")
DEFAULT_SIZE = "M"
RECENT_QUERIES = 10
LONGEST_LINK_QUERY = 2_000

# Names in the link: short, and plain enough to edit by hand.
TEXT, LIKE, TOP_K, SIZE, CAPTIONS, DATASET, PICTURE = "q", "like", "k", "size", "captions", "data", "picture"
APPROXIMATE = "approximate"
TOGETHER = "together"  # several sentences, one a line
ALIKE = "alike"  # several pictures, one a line
MOST_ALIKE = 12  # more of them would make a link too long to send
# Pages whose view is part of the link. Search's own parameters are read here; another page asks for `followed_link`.
LINKED_PAGES = frozenset({"search", "embedding_map", "captions"})
# Pages that show the query, so that their links hold it as Search's do.
QUERY_PAGES = frozenset({"search", "embedding_map"})


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
        "card_size": DEFAULT_SIZE,
        "show_captions": True,
        "approximate": False,
        "dataset_name": None,
        "open_picture": None,
        "find_captions_of": None,
        "grid_seq": 0,
        "recent": [],
        "link_seen": {},
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
    """Ask for a sentence. ``typed`` keeps the query bar as it is; an unsettled query is not in link or history yet."""
    stripped = " ".join(text.split())
    st.session_state["empty_query"] = not stripped and not typed
    if not stripped:
        if not typed:
            _set_query(None, typed=typed)
        return
    asked = Query(text=stripped, label=stripped)
    if typed and settled and asked == query():
        # The field was left for a picture: the one that was opened meanwhile stays open.
        st.session_state["settled"] = True
    else:
        _set_query(asked, typed=typed, settled=settled)
    if settled:
        recent = [stripped, *(one for one in st.session_state["recent"] if one != stripped)]
        st.session_state["recent"] = recent[:RECENT_QUERIES]


def ask_together(texts: Sequence[str]) -> None:
    """Ask for what several sentences have in common."""
    stripped = tuple(dict.fromkeys(text for text in (" ".join(one.split()) for one in texts) if text))
    if len(stripped) > 1:
        _set_query(Query(texts=stripped, label=f"{len(stripped):,} captions: {' / '.join(stripped)}"))
    elif stripped:
        ask_text(stripped[0])


def ask_like(image_id: str) -> None:
    """Ask for pictures like one of the gallery."""
    _set_query(Query(image_id=image_id, label=image_id))


def ask_examples(image_ids: Sequence[str]) -> None:
    """Ask for what several pictures of the gallery have in common."""
    if len(image_ids) == 1:
        ask_like(image_ids[0])
    elif image_ids:
        _set_query(Query(image_ids=tuple(image_ids), label=f"{len(image_ids):,} pictures together"))


def ask_upload(name: str, content_base64: str) -> None:
    """Ask with a picture the browser sent."""
    try:
        content = base64.b64decode(content_base64, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    upload = Upload(name, content)
    st.session_state["upload"] = upload
    _set_query(Query(upload_sha256=upload.sha256, label=name))


def open_dataset(name: str | None) -> None:
    """Open a dataset, with no query asked of it yet."""
    st.session_state["dataset_name"] = name
    clear_query()


def of_gallery(asked: Query) -> bool:
    """Whether a query is made of pictures of the open gallery, so that no other can answer it."""
    return asked.image_id is not None or bool(asked.image_ids)


def clear_query() -> None:
    """Back to the gallery itself."""
    _set_query(None)


def _set_query(query: Query | None, *, typed: bool = False, settled: bool = True) -> None:
    if query is None or query.upload_sha256 is None:
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


def link_params(*, first_dataset: str | None) -> dict[str, str]:
    """The query parameters that reproduce what is shown; what is as at first is left out."""
    params: dict[str, str] = {}
    asked = query()
    if asked is not None and asked.text is not None:
        params[TEXT] = asked.text[:LONGEST_LINK_QUERY]
    elif asked is not None and asked.texts:
        params[TOGETHER] = "\n".join(asked.texts)
    elif asked is not None and asked.image_id is not None:
        params[LIKE] = asked.image_id
    elif asked is not None and 0 < len(asked.image_ids) <= MOST_ALIKE:
        params[ALIKE] = "\n".join(asked.image_ids)
    if st.session_state["top_k"] != DEFAULT_TOP_K:
        params[TOP_K] = str(st.session_state["top_k"])
    if st.session_state["card_size"] != DEFAULT_SIZE:
        params[SIZE] = st.session_state["card_size"]
    if not st.session_state["show_captions"]:
        params[CAPTIONS] = "0"
    if st.session_state["approximate"]:
        params[APPROXIMATE] = "1"
    return params | _shared_params(first_dataset=first_dataset)


def _shared_params(*, first_dataset: str | None) -> dict[str, str]:
    """What the link of every page holds: the dataset and the open picture."""
    params: dict[str, str] = {}
    if st.session_state["dataset_name"] not in {None, first_dataset}:
        params[DATASET] = st.session_state["dataset_name"]
    if st.session_state["open_picture"]:
        params[PICTURE] = st.session_state["open_picture"]
    return params


def page_params(own: Mapping[str, str], *, first_dataset: str | None) -> dict[str, str]:
    """The query parameters of a page that has its ``own`` ones in place of Search's."""
    return dict(own) | _shared_params(first_dataset=first_dataset)


def write_link(*, first_dataset: str | None, own: Mapping[str, str] | None = None, settled: bool | None = None) -> None:
    """Put what is shown into the address bar, once it is settled; for pages but Search with their ``own`` parameters."""
    if not (st.session_state["settled"] if settled is None else settled):
        return
    params = link_params(first_dataset=first_dataset) if own is None else page_params(own, first_dataset=first_dataset)
    if params != dict(st.query_params):
        st.query_params.from_dict(params)
    st.session_state["link_seen"] = params


def followed_link() -> dict[str, str] | None:
    """The parameters of a link that was followed to a page other than Search just now, for that page to take over."""
    params: dict[str, str] | None = st.session_state["link_followed"]
    st.session_state["link_followed"] = None
    return params


def follow_link(*, page: str, dataset_names: Sequence[str]) -> None:
    """Take over a link when the address bar holds another one than we wrote: a first visit, or Back and Forward."""
    params = dict(st.query_params)
    same_page = st.session_state.get("page") == page
    st.session_state["page"] = page
    if st.session_state["acted"]:
        st.session_state["acted"] = False
        return
    seen = st.session_state["link_seen"]
    # Going to another page empties the address; going back to a first, empty address on the same page is meant.
    if params == seen or page not in LINKED_PAGES or (not params and not same_page):
        return
    st.session_state["link_seen"] = params
    _open_link_dataset(params.get(DATASET), dataset_names)
    if page in QUERY_PAGES:
        _show_link_search(params)
    if page != "search":
        st.session_state["link_followed"] = params
    st.session_state["open_picture"] = params.get(PICTURE)
    name = params.get(DATASET)
    if name is not None and name not in dataset_names:
        st.session_state["notice"] = (
            f"The link asks for the dataset {name!r}, which is not here. "
            f"Here are: {', '.join(dataset_names) or 'none'}."
        )


def _open_link_dataset(name: str | None, dataset_names: Sequence[str]) -> None:
    before = st.session_state["dataset_name"]
    if name is None and dataset_names:
        st.session_state["dataset_name"] = dataset_names[0]
    elif name in dataset_names:
        st.session_state["dataset_name"] = name
    asked = query()
    if before not in {None, st.session_state["dataset_name"]} and asked is not None and of_gallery(asked):
        clear_query()  # a picture of another gallery


def _show_link_search(params: Mapping[str, str]) -> None:
    _show_link_query(params)
    top_k = params.get(TOP_K, str(DEFAULT_TOP_K))
    st.session_state["top_k"] = (
        min(MAX_TOP_K, max(1, int(top_k))) if top_k.isascii() and top_k.isdigit() else DEFAULT_TOP_K
    )
    st.session_state["card_size"] = params.get(SIZE) if params.get(SIZE) in SIZES else DEFAULT_SIZE
    st.session_state["show_captions"] = params.get(CAPTIONS) != "0"
    st.session_state["approximate"] = params.get(APPROXIMATE) == "1"


def _show_link_query(params: Mapping[str, str]) -> None:
    if params.get(TEXT, "").strip():
        ask_text(params[TEXT])
    elif params.get(TOGETHER, "").strip():
        ask_together(params[TOGETHER].split("\n"))
    elif params.get(LIKE):
        ask_like(params[LIKE])
    elif params.get(ALIKE, "").strip():
        ask_examples(params[ALIKE].split("\n"))
    else:
        clear_query()
