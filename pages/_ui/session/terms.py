"""Steering: what a visitor does with the terms of a query, each a chip in the query bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pages._ui.session import state
from pages._ui.session.asked import subject_key
from pages._ui.session.visit import visit
from t2i_core.errors import QueryError
from t2i_core.query import GalleryPicture, OutsidePicture, Query, SearchRequest, Term, read_typed

MOST_CHIPS = 12  # more are told together: nobody weighs each of them, and they would fill the page


def told_terms(told: Mapping[str, object]) -> Query | None:
    """The query that chips make, as the browser tells them; None where there are none, or what came is no query.

    What a muted one weighed before is noted.
    """
    records, before = told.get("terms"), told.get("before")
    try:
        query = SearchRequest.from_record({"query": records}).query
    except QueryError:
        return None
    weights = before if isinstance(before, list) and len(before) == len(query.terms) else [None] * len(query.terms)
    visit().asked.muted = {
        subject_key(term.subject): float(weight)
        for term, weight in zip(query.terms, weights, strict=True)
        if isinstance(weight, int | float) and term.weight == 0.0
    }
    return query


def weigh(told: Mapping[str, object]) -> None:
    """Ask with other weights; the chips are in the browser already."""
    query = told_terms(told)
    if query is not None:
        state.ask(query, typed=True, chips=True)


def remove(told: Mapping[str, object]) -> None:
    """Ask for the terms that are left."""
    query = told_terms(told)
    if query is not None and len(query.terms) == 1 and query.terms[0].weight > 0:
        query = Query((Term(query.terms[0].subject),))  # what one term weighs changes no order: a plain question again
    state.ask(query, chips=query is not None and len(query.terms) > 1)


def add(told: Mapping[str, object]) -> None:
    """Add what was typed beside chips; a suggestion is ``plain``, a sentence whatever it holds."""
    text = " ".join(str(told.get("text", "")).split())
    try:
        new = Query.of(text) if told.get("plain") is True else read_typed(text, added=True)
    except QueryError as error:
        visit().asked.unread = str(error)
        return
    query = told_terms(told)
    add_terms(new.terms, to=query.terms if query is not None else ())


def add_terms(terms: Sequence[Term], *, to: Sequence[Term]) -> None:
    """Ask for terms and some more; what is asked already stays as it is."""
    known = {subject_key(term.subject) for term in to}
    state.ask(Query((*to, *(term for term in terms if subject_key(term.subject) not in known))), chips=True)


def add_picture(image_id: str) -> None:
    """Add a picture of the gallery to what is asked."""
    asked = state.query()
    if image_id:
        add_terms([Term(GalleryPicture(image_id))], to=asked.terms if asked is not None else ())


def add_upload(name: str, content_base64: str) -> None:
    """Add a picture the browser sent; one from outside that was part of the query goes."""
    before = state.query()
    state.ask_upload(name, content_base64)
    added = state.query()
    if before is not None and added is not None:
        kept = [term for term in before.terms if not isinstance(term.subject, OutsidePicture)]
        add_terms(added.terms, to=kept)


def show_chips(text: str) -> None:
    """Make a chip of what is asked, so that a term can be added beside it; of ``text`` first where some is typed."""
    if text.strip():
        state.ask_text(text)
    asked = visit().asked
    if asked.query is not None:
        asked.chips, asked.in_field, asked.settled = True, False, True
        asked.bar_version += 1


def show_field() -> None:
    """Show a plain question in the plain field again."""
    asked = visit().asked
    asked.chips = False
    asked.bar_version += 1


def are_chips() -> bool:
    """Whether each term is shown as a chip: where they count differently, or somebody is putting them together."""
    asked = visit().asked
    if asked.query is None or asked.in_field or len(asked.query.terms) > MOST_CHIPS:
        return False
    return asked.chips or not asked.query.alike
