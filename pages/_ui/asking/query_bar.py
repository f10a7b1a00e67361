"""The query bar: the query all pages share, suggestions for it, recent queries, and examples at first."""

from __future__ import annotations

import base64
import hashlib

from pages._ui import components, resources
from pages._ui.asking.answer import Answer
from pages._ui.grid import pictures
from pages._ui.session import events, recent, state
from pages._ui.session.visit import visit
from t2i_core.config import Settings
from t2i_core.errors import ImageError
from t2i_core.pictures import images
from t2i_core.query import Query, write_query
from t2i_core.types import Gallery

SUGGESTIONS = 7
PLACEHOLDER = "Describe what the picture shows"
UPLOAD_PREVIEW_SIDE = 96
EMPTY_QUERY = "A query needs at least one word, got an empty one. Type what you want to see."


def query_bar(answer: Answer, *, message: str = "", examples: bool = True) -> None:
    """Draw it; a slow model waits for Enter, a quick one is asked while somebody types."""
    asked, gallery = visit().asked, answer.gallery
    text = (asked.query.sentence or "") if asked.query is not None else ""
    typed = asked.suggest_for or text
    offered = resources.example_queries(gallery) if asked.query is None and examples else []
    components.query_bar(
        {
            "version": asked.bar_version,
            "text": text,
            "image": _query_picture(gallery, answer.settings),
            "suggestions": {"text": typed, "items": _suggestions(gallery, typed)},
            "live": answer.live,
            "dataset": _dataset_id(gallery),
            "asked": None if message else recent.asked_record(gallery),
            "examples": offered,
            "intro": "Try" if offered else "",
            "placeholder": PLACEHOLDER,
            "message": message or (EMPTY_QUERY if asked.empty else ""),
        },
        on_event=events.on_bar_event,
    )


def waiting_bar(*, examples: bool) -> None:
    """The query bar while nothing is known of the gallery yet; with the room that ``examples`` will take."""
    query = state.query()
    text = (query.sentence or "") if query is not None else ""
    label = "" if query is None or text else _label(query)
    components.query_bar(
        {
            "version": visit().asked.bar_version,
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
        on_event=events.on_bar_event,
    )


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
        return {"label": _label(query), "src": _upload_preview(settings)}
    row = resources.rows_by_id(gallery).get(query.pictures[0]) if query.pictures else None
    source = pictures.shown(gallery, [row], settings)[0].url if row is not None else ""
    alone = len(query.terms) == 1 and bool(query.pictures) and query.terms[0].weight == 1.0
    return {"label": f"Like {query.label.rsplit('/', 1)[-1]}" if alone else _label(query), "src": source}


def _label(query: Query) -> str:
    """What to call a query in the field: where terms count differently, as it is typed."""
    return query.label if all(term.weight == 1.0 for term in query.terms) else write_query(query)


def _upload_preview(settings: Settings) -> str:
    upload, kept = visit().asked.upload, visit().kept
    if upload is None:
        return ""
    made_of, address = kept.preview
    if made_of is not upload:  # decoding a large picture anew would slow every other click down
        try:
            preview = images.jpeg_preview(upload.content, side=UPLOAD_PREVIEW_SIDE, max_pixels=settings.max_pixels)
            address = "data:image/jpeg;base64," + base64.b64encode(preview).decode("ascii")
        except ImageError:
            address = ""
        kept.preview = (upload, address)
    return address
