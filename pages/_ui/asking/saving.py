"""Keeping what is asked under a name, beside the dataset: the field for the name, and what came of it."""

from __future__ import annotations

import hashlib

import streamlit as st

from pages._ui import registry
from pages._ui.asking.answer import Answer
from pages._ui.frame import notices
from pages._ui.frame.plain_text import plain
from pages._ui.serving import permissions
from pages._ui.session import widgets
from pages._ui.session.asked import ranking_key
from pages._ui.session.saving import Said
from pages._ui.session.visit import acted, visit
from t2i_core.dataset.searches_file import search_name
from t2i_core.engine import SearchEngine
from t2i_core.errors import DatasetError, T2IError, count_of
from t2i_core.marks.searches import NameTakenError, save_search
from t2i_core.query import Query, SearchRequest
from t2i_core.types import Gallery, SearchResult

PROPOSED_SIGNS = 60
OF_A_FOLDER_ONLY = "Searches are saved beside the files of a dataset, and a collection on a server has none."
OUTSIDE = "A search with a picture of your own is not saved: that picture stays in this visit."


def save_button(answer: Answer) -> None:
    """The button on Search, where this visitor may save; `why_not` says why there is none."""
    engine, result = answer.engine, answer.result
    if engine is None or result is None or why_not(answer.gallery):
        return
    with st.popover("Save", icon=":material/bookmark_add:", type="tertiary", key="save", on_change=acted) as opened:
        if not opened.open:
            return
        if result.query.outside is not None:
            st.caption(OUTSIDE)
            return
        # What was seen before is left out on the page alone: a saved search is asked without that.
        found = None if result.passed_over else result
        form(answer.gallery, engine, result.request, found)
        saved = registry.page("saved")
        st.page_link(saved.file, label="All saved searches", icon=saved.icon)


def why_not(gallery: Gallery) -> list[str]:
    """Why nothing is saved here; nothing where something may be."""
    if gallery.address:
        return [OF_A_FOLDER_ONLY]
    permit = permissions.current()
    return [] if permit.may_use(gallery.data_dir) else [f"Searches are saved beside the dataset. {permit.where}"]


def form(gallery: Gallery, engine: SearchEngine, request: SearchRequest, result: SearchResult | None) -> None:
    """The field for a name, which Enter saves under, and what came of it; without a ``result`` the request is asked again."""
    about = f"{gallery.place_key} {ranking_key(request)} {request.top_k}"
    short = hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    given = (gallery, engine, request, result, about, f"{widgets.SAVE_NAME}_{short}")
    with st.form(f"save_{short}", border=False):
        st.text_input("Name", value=proposed_name(request.query), key=given[-1], max_chars=120)
        st.form_submit_button("Save", on_click=_save, args=given, key=f"save_now_{short}")
    said = visit().saving.said_of(about)
    if said.taken:
        st.caption(
            f"“{plain(said.taken)}” is the name of another saved search. Replace that one, or choose another name."
        )
        st.button("Replace it", on_click=_save, args=(*given, said.taken), key=f"save_replace_{short}")
    notices.notes([said.told] if said.told else [])
    if said.problem:
        st.text(said.problem)


def proposed_name(query: Query) -> str:
    """What to call a search, unless somebody knows better."""
    try:
        return search_name(query.label[:PROPOSED_SIGNS])
    except DatasetError:
        return "A search"


def _save(
    gallery: Gallery, engine: SearchEngine, request: SearchRequest, result: SearchResult | None, about: str, field: str,
    taken: str = "",
) -> None:  # fmt: skip
    """Save under the name in the field; under one that is ``taken`` once somebody said so."""
    acted()
    saving = visit().saving
    try:
        permissions.current().check(gallery.data_dir)
        found = engine.search(request) if result is None else result
        name = taken or str(widgets.value(field) or "")
        kept = save_search(gallery.data_dir, name, found, gallery, replacing=bool(taken))
    except NameTakenError as error:
        saving.said = Said(about, taken=error.search.name)
    except T2IError as error:
        saving.said = Said(about, problem=str(error))
    else:
        first = (
            f", with its first {count_of(len(kept.first), 'picture')}" if kept.first else ", which finds nothing yet"
        )
        saving.said = Said(about, told=f"Saved as “{kept.name}”{first}.")
