"""What is asked, opened and shown: how a visit changes when somebody does something. `links` puts it into an address."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from pages._ui.session import feedback
from pages._ui.session.asked import SETTINGS
from pages._ui.session.upload import Upload
from pages._ui.session.visit import acted, visit
from t2i_core.arrays import MAX_TOP_K
from t2i_core.errors import QueryError
from t2i_core.query import Condition, OutsidePicture, Query, SearchRequest, parse_query, read_typed

__all__ = [
    "acted",
    "ask",
    "ask_examples",
    "ask_like",
    "ask_request",
    "ask_terms",
    "ask_text",
    "ask_together",
    "ask_upload",
    "clear_query",
    "drop_what_is_of_one_gallery",
    "go_on",
    "go_to",
    "open_dataset",
    "query",
    "take_out",
    "take_out_setting",
    "visit",
]


def query() -> Query | None:
    """What is asked at the moment, on every page."""
    return visit().asked.query


def ask_text(text: str, *, typed: bool = False, settled: bool = True, plain: bool = False) -> None:
    """Ask for what is typed: a sentence, or terms. ``plain`` takes it for a sentence whatever it holds.

    ``typed`` keeps the query bar as it is; an unsettled query is not in link or history yet. An emptied field asks for
    nothing: what its words had found goes with them. Letters typed and taken back beside a picture that is the query leave
    that one alone.
    """
    stripped = " ".join(_whole(text).split())
    asked_now = visit().asked
    before = asked_now.query
    asked_now.empty, asked_now.unread = not stripped and not typed, ""
    if not stripped:
        if not typed or (before is not None and (before.sentence is not None or asked_now.in_field)):
            _set_query(None, typed=typed)
        return
    try:
        wanted = Query.of(stripped) if plain else read_typed(stripped)
    except QueryError as error:
        if not typed:
            asked_now.unread = str(error)
            return
        wanted = Query.of(stripped)  # not typed to its end yet
    if typed and settled and before is not None and wanted.key == before.key:
        # The field was left for a picture: the one that was opened meanwhile stays open.
        asked_now.settled = True
    else:
        _set_query(wanted, typed=typed, settled=settled, chips=len(wanted.terms) > 1)
        asked_now.in_field = typed and wanted.sentence is None


def ask(wanted: Query | None, *, typed: bool = False, chips: bool = False) -> None:
    """Ask for a query as it is, or for nothing. ``typed`` leaves the query bar as the browser has it already."""
    _set_query(wanted, typed=typed, chips=chips)


def ask_terms(text: str) -> None:
    """Ask for a query in its typed form; nothing changes where it cannot be read, for no person wrote it."""
    with suppress(QueryError):
        _set_query(parse_query(_whole(text)))


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


def ask_upload(name: str, content_base64: str) -> None:
    """Ask with a picture the browser sent."""
    try:
        content = base64.b64decode(content_base64, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    upload = Upload(name, content)
    visit().asked.upload = upload
    _set_query(Query.of(OutsidePicture(upload.sha256, _whole(name))))


def ask_request(request: SearchRequest) -> None:
    """Ask all that a request holds, and nothing else: what was set before goes."""
    feedback.arrive()
    _set_query(request.query)
    visit().asked.take_settings({name: getattr(request, name) for name in SETTINGS})
    visit().shown.choose_top_k(request.top_k, MAX_TOP_K)


def clear_query() -> None:
    """Back to the gallery itself."""
    _set_query(None)


def take_out(condition: Condition) -> None:
    """Ask without one of the conditions."""
    acted()
    asked_now = visit().asked
    asked_now.where = tuple(one for one in asked_now.where if one != condition)


def take_out_setting(name: str) -> None:
    """Ask with one of the request's settings as at first."""
    acted()
    visit().asked.as_at_first(name)


def open_dataset(name: str | None) -> None:
    """Open a dataset, with no query asked of it yet."""
    visit().opened.dataset = name
    clear_query()
    drop_what_is_of_one_gallery()


def drop_what_is_of_one_gallery() -> None:
    """Another dataset is open: a picture, folders, columns, stacks and scores of the one before mean nothing here."""
    asked_now = visit().asked
    if asked_now.query is not None and asked_now.query.of_gallery:
        clear_query()
    asked_now.as_at_first("where", "cutoff", "ranking", "stacking", "order")
    visit().second.close()
    feedback.forget()


def open_picture(image_id: str) -> None:
    """Show a picture's detail, and go on showing pictures so until somebody closes one."""
    opened = visit().opened
    opened.picture, opened.inspecting, opened.related_to, opened.explain = image_id, True, None, ""


def go_to(page: str) -> None:
    """Note that another page, by its file, is to be shown; an event cannot do it, the page it reaches can (`go_on`)."""
    visit().opened.go_to = page


def go_on() -> None:
    """Go to the page an event asked for, if any."""
    opened = visit().opened
    page, opened.go_to = opened.go_to, None
    if page is not None:
        st.switch_page(page)


def _whole(text: str) -> str:
    """Text without halves of characters, which a browser can send and no link can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _set_query(wanted: Query | None, *, typed: bool = False, settled: bool = True, chips: bool = False) -> None:
    asked_now, opened = visit().asked, visit().opened
    feedback.keep_or_drop(asked_now.query, wanted)
    if wanted is None or wanted.outside is None:
        asked_now.upload = None
    asked_now.query, asked_now.settled, asked_now.suggest_for = wanted, settled, None
    asked_now.chips, asked_now.in_field, asked_now.unread = chips, False, ""
    opened.picture = opened.notice = None
    if wanted is not None:
        asked_now.empty = False
    if not typed:
        asked_now.bar_version += 1
