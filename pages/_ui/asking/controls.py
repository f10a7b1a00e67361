"""What a person sets: the query bar, how many pictures, how large, captions, link and export."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

import streamlit as st

from pages._ui import components, resources
from pages._ui.frame import notices, sharing
from pages._ui.frame.plain_text import plain
from pages._ui.grid import pictures
from pages._ui.session import state
from t2i_core import engine
from t2i_core.arrays import MAX_TOP_K
from t2i_core.config import Settings
from t2i_core.counting import count_of
from t2i_core.errors import ImageError
from t2i_core.pictures import images
from t2i_core.types import Gallery, Problem, SearchResult

SUGGESTIONS = 7
PLACEHOLDER = "Describe what the picture shows"
UPLOAD_PREVIEW_SIDE = 96
EMPTY_QUERY = "A query needs at least one word, got an empty one. Type what you want to see."


def query_bar(
    gallery: Gallery, settings: Settings, *, message: str = "", live: bool = True, examples: bool = True
) -> None:
    """The query bar with the shared query, suggestions for it, recent queries, and examples at first.

    ``live`` searches while somebody types; a slow model waits for Enter.
    """
    query = state.query()
    text = (query.sentence or "") if query is not None else ""
    typed = st.session_state["suggest_for"] or text
    offered = resources.example_queries(gallery) if query is None and examples else []
    components.query_bar(
        {
            "version": st.session_state["bar_version"],
            "text": text,
            "image": _query_picture(gallery, settings),
            "suggestions": {"text": typed, "items": _suggestions(gallery, typed)},
            "live": live,
            "dataset": _dataset_id(gallery),
            "asked": None if message else state.asked_record(gallery),
            "examples": offered,
            "intro": "Try" if offered else "",
            "placeholder": PLACEHOLDER,
            "message": message or (EMPTY_QUERY if st.session_state["empty_query"] else ""),
        },
        on_event=state.on_bar_event,
    )


def waiting_bar(*, examples: bool) -> None:
    """The query bar while nothing is known of the gallery yet; with the room that ``examples`` will take."""
    query = state.query()
    text = (query.sentence or "") if query is not None else ""
    label = "" if query is None or text else query.label
    components.query_bar(
        {
            "version": st.session_state["bar_version"],
            "text": text,
            "image": {"label": label, "src": ""} if label else None,
            "suggestions": {"text": "", "items": []},
            "live": False,
            "dataset": "",
            "asked": None,
            "examples": [],
            "waiting": examples,
            "intro": "Try",
            "placeholder": PLACEHOLDER,
            "message": "",
        },
        on_event=state.on_bar_event,
    )


def toolbar(
    gallery: Gallery,
    result: SearchResult | None,
    *,
    counted: bool,
    first_dataset: str | None,
    recall: str = "",
    problems: Iterable[Problem] = (),
) -> None:
    """How many pictures (where a ranking is shown or expected), their size, captions; link and export.

    ``recall`` says how good the approximate index is, where there is one to switch to; ``problems`` what was found
    about the dataset.
    """
    most = most_hits(gallery, result)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="toolbar"):
        if counted:
            top_k(most)
        shown_as()
        if recall:
            _keep("approximate", "approximate_choice")
            st.toggle(
                "Approximate", key="approximate_choice", help=plain(recall),
                on_change=_take, args=("approximate", "approximate_choice"),
            )  # fmt: skip
        if result is not None:
            sharing.hits(gallery, result, first_dataset=first_dataset)
        notices.problems(problems)


def shown_as() -> None:
    """How large the pictures are, and whether their captions are shown."""
    _keep("card_size", "card_size_choice")
    st.segmented_control(
        "Picture size", state.SIZES, key="card_size_choice", required=True, label_visibility="collapsed",
        on_change=_take, args=("card_size", "card_size_choice"),
    )  # fmt: skip
    _keep("show_captions", "show_captions_choice")
    st.toggle("Captions", key="show_captions_choice", on_change=_take, args=("show_captions", "show_captions_choice"))


def result_notes(result: SearchResult) -> list[str]:
    """Remarks for the person who asked: where the query was cut, and that there are fewer pictures than asked for."""
    remarks = list(result.notes)
    shown, refused = len(result.hits), st.session_state["top_k_refused"]
    asked = st.session_state["top_k"] if refused is None else refused
    if asked < 1:
        remarks.append(f"At least one picture is shown, so 1 is shown instead of {asked:,}.")
    elif asked > shown == result.images - len(result.left_out) and asked != state.DEFAULT_TOP_K:
        held = count_of(shown, "other picture" if result.left_out else "picture")
        them = "which is shown" if shown == 1 else "so all of them are shown"
        remarks.append(f"This gallery has {held}, {them} instead of {asked:,}.")
    elif asked > MAX_TOP_K:
        remarks.append(f"At most {MAX_TOP_K} pictures are shown at once, so {shown:,} are shown instead of {asked:,}.")
    return remarks


def most_hits(gallery: Gallery, result: SearchResult | None) -> int:
    """The most that top k can be: pictures of the query itself are not among its hits."""
    return max(1, min(MAX_TOP_K, gallery.images - (len(result.left_out) if result is not None else 0)))


def recall_note(engine: engine.SearchEngine | None) -> str:
    """What switching to the approximate index of a dataset means; empty where there is none."""
    if engine is None or engine.approximate is None:
        return ""
    facts = engine.approximate.facts
    return (
        f"Quicker among {facts.images:,} pictures: measured on {facts.queries:,} of this dataset's {facts.queried_with}, "
        f"it finds {facts.recall:.1%} of the exact best {facts.top_k}. Off: every search is exact."
    )


def top_k(most: int) -> None:
    """How many pictures, by slider and by typing."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="top_k_row", width=330):
        st.caption("top k", width="content")
        if most > 1:
            st.session_state["top_k_slider"] = min(st.session_state["top_k"], most)
            st.slider(
                "How many pictures", 1, most, key="top_k_slider", label_visibility="collapsed",
                on_change=_take_top_k, args=("top_k_slider", most),
            )  # fmt: skip
        # In every run: a field that the browser mounts anew would else begin at 1 and report that as a choice.
        st.session_state["top_k_typed"] = min(st.session_state["top_k"], most)
        # Without bounds: the browser would keep a number beyond them in red and never say what is wrong with it.
        st.number_input(
            "How many pictures, typed", min_value=None, max_value=None, step=1, key="top_k_typed",
            label_visibility="collapsed", width=72, on_change=_take_top_k, args=("top_k_typed", most),
        )  # fmt: skip


def _keep(own: str, widget: str) -> None:
    """Seed a widget from our own key, which outlives it."""
    st.session_state[widget] = st.session_state[own]


def _take(own: str, widget: str) -> None:
    """Take a widget's new value into our own key."""
    state.acted()
    st.session_state[own] = st.session_state[widget]


def _take_top_k(widget: str, most: int) -> None:
    """Take over how many pictures, as far as there are so many."""
    state.acted()
    asked = st.session_state[widget]
    if asked is not None:
        state.choose_top_k(int(asked), most)


def _dataset_id(gallery: Gallery) -> str:
    """Under which the browser keeps what was asked of a dataset: where it lies, for it may be built again."""
    place = gallery.address or str(gallery.data_dir.resolve())
    return hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _suggestions(gallery: Gallery, text: str) -> list[str]:
    if not gallery.captions:
        return []
    future = resources.suggestions(gallery)  # asked for before anything is typed, so that it is ready by then
    return list(future.result().suggest(text, limit=SUGGESTIONS)) if text and future.done() else []


def _query_picture(gallery: Gallery, settings: Settings) -> dict[str, str] | None:
    """The picture that is the query, small."""
    query = state.query()
    if query is None or query.sentence is not None:
        return None
    if query.outside is not None:
        return {"label": query.label, "src": _upload_preview(settings)}
    row = resources.rows_by_id(gallery).get(query.pictures[0]) if query.pictures else None
    source = pictures.shown(gallery, [row], settings)[0].url if row is not None else ""
    alone = len(query.terms) == 1 and bool(query.pictures)
    return {"label": f"Like {query.label.rsplit('/', 1)[-1]}" if alone else query.label, "src": source}


def _upload_preview(settings: Settings) -> str:
    upload: state.Upload | None = st.session_state["upload"]
    if upload is None:
        return ""
    made_of, address = st.session_state.get("upload_preview", (None, ""))
    if made_of is not upload:  # decoding a large picture anew would slow every other click down
        try:
            preview = images.jpeg_preview(upload.content, side=UPLOAD_PREVIEW_SIDE, max_pixels=settings.max_pixels)
            address = "data:image/jpeg;base64," + base64.b64encode(preview).decode("ascii")
        except ImageError:
            address = ""
        st.session_state["upload_preview"] = (upload, address)
    return address
