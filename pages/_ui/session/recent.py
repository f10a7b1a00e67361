"""Recent queries: the browser keeps them, and what it keeps of one asks for it again."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from pages._ui.session import state
from pages._ui.session.visit import visit
from t2i_core.errors import QueryError
from t2i_core.query import parse_query
from t2i_core.query.link_form import ALIKE, LIKE, TERMS, TEXT, TOGETHER, query_to_link
from t2i_core.types import Gallery

MOST_ALIKE = 12  # more pictures would make a link too long to send
LONGEST_TERMS = 2_000
# How a browser keeps each question, by its name in a link: kind, field, and whether that is a list.
_KEPT_KINDS = {
    TEXT: ("text", "text", False), TOGETHER: ("together", "texts", True), LIKE: ("like", "id", False),
    ALIKE: ("alike", "ids", True), TERMS: ("terms", "text", False),
}  # fmt: skip


def asked_record(gallery: Gallery) -> dict[str, object] | None:
    """What is asked, as the browser keeps it among its recent queries; None for what cannot be asked again from there.

    An uploaded picture cannot: its content stays in the session. Nor can a query that is still being typed.
    """
    asked = visit().asked.query
    if asked is None or not visit().asked.settled or not asked.linkable:
        return None
    if len(asked.pictures) > MOST_ALIKE or not all(one in gallery.rows_by_id for one in asked.pictures):
        return None
    [(name, value)] = query_to_link(asked).items()
    kind, field, several = _KEPT_KINDS[name]
    if name == TERMS and len(value) > LONGEST_TERMS:
        return None
    label = value if name == TERMS else asked.label
    return {"key": asked.key, "label": label, "kind": kind, field: value.split("\n") if several else value}


def ask_again(told: Mapping[str, object]) -> None:
    """Ask for what the browser kept."""
    kind, ids, texts = told.get("kind"), told.get("ids"), told.get("texts")
    if kind == "like":
        state.ask_like(str(told.get("id", "")))
    elif kind == "alike" and isinstance(ids, list):
        state.ask_examples([str(one) for one in ids[:MOST_ALIKE]])
    elif kind == "together" and isinstance(texts, list):
        state.ask_together([str(one) for one in texts])
    elif kind == "terms":
        _ask_terms(str(told.get("text", "")))


def _ask_terms(text: str) -> None:
    """Ask for terms in their typed form; what is kept by a browser may be anything."""
    with contextlib.suppress(QueryError):
        state.ask(parse_query(text[:LONGEST_TERMS]))
