"""The query bar: the query all pages share, suggestions for it, recent queries, and examples at first."""

from __future__ import annotations

import hashlib

from pages._ui import components, resources
from pages._ui.asking import term_chips
from pages._ui.asking.answer import Answer
from pages._ui.session import events, recent, state
from pages._ui.session.asked import Asked
from pages._ui.session.visit import visit
from t2i_core.config import Settings
from t2i_core.query import Query, as_typed, write_query
from t2i_core.types import Gallery

SUGGESTIONS = 7
PLACEHOLDER = "Describe what the picture shows"
EMPTY_QUERY = "A query needs at least one word, got an empty one. Type what you want to see."


def query_bar(answer: Answer, *, message: str = "", examples: bool = True) -> None:
    """Draw it; a slow model waits for Enter, a quick one is asked while somebody types."""
    asked, gallery = visit().asked, answer.gallery
    text = _text(asked)
    typed = asked.suggest_for or text
    offered = resources.example_queries(gallery) if asked.query is None and examples else []
    components.query_bar(
        {
            "version": asked.bar_version,
            "text": text,
            "image": None if asked.in_field else _query_picture(gallery, answer.settings),
            **term_chips.part(gallery, answer.settings),
            "suggestions": {"text": typed, "items": _suggestions(gallery, typed)},
            "live": answer.live,
            "dataset": _dataset_id(gallery),
            "asked": None if message else recent.asked_record(gallery),
            "examples": offered,
            "intro": "Try" if offered else "",
            "placeholder": PLACEHOLDER,
            "message": message or (EMPTY_QUERY if asked.empty else asked.unread),
        },
        on_event=events.on_bar_event,
    )


def waiting_bar(*, examples: bool) -> None:
    """The query bar while nothing is known of the gallery yet; with the room that ``examples`` will take."""
    query = state.query()
    text = _text(visit().asked)
    label = "" if query is None or text else _label(query)
    components.query_bar(
        {
            "version": visit().asked.bar_version,
            "text": text,
            "image": {"label": label, "src": ""} if label else None,
            **term_chips.part(None, None),
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


def _text(asked: Asked) -> str:
    """What stands in the field: a sentence, or terms that are not chips yet, as they are typed."""
    if asked.query is None or (asked.chips and not asked.in_field):
        return ""
    if asked.in_field:
        return write_query(asked.query)
    return "" if asked.query.sentence is None else as_typed(asked.query.sentence)


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
        return {"label": _label(query), "src": term_chips.upload_preview(settings)}
    source = term_chips.picture_source(gallery, query.pictures[0], settings) if query.pictures else ""
    alone = len(query.terms) == 1 and bool(query.pictures) and query.terms[0].weight == 1.0
    return {"label": f"Like {query.label.rsplit('/', 1)[-1]}" if alone else _label(query), "src": source}


def _label(query: Query) -> str:
    """What to call a query in the field: where terms count differently, as it is typed."""
    return query.label if all(term.weight == 1.0 for term in query.terms) else write_query(query)
