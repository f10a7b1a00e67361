"""What this visit asked of the dataset that is open, the latest first: each can be opened again, or saved."""

from __future__ import annotations

import json

import streamlit as st

from pages._ui import registry
from pages._ui.asking import saving as asking_saving
from pages._ui.frame import notices
from pages._ui.frame.plain_text import plain
from pages._ui.saved import naming, thumbnails
from pages._ui.saved.saved_list import open_search
from pages._ui.session.history import Past
from pages._ui.session.saving import SHOWN_AT_FIRST
from pages._ui.session.visit import acted, visit
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.types import Gallery


def draw(gallery: Gallery, engine: SearchEngine | None, settings: Settings) -> None:
    """All of them, or what would be here."""
    past = visit().history.of_dataset(str(gallery.data_dir))
    if not past:
        _nothing_yet()
        return
    for one in past[: visit().saving.shown]:
        _past(gallery, one, engine, settings)
    if len(past) > visit().saving.shown:
        st.button(f"Show more of {len(past):,}", key="past_more", on_click=_more)
    st.caption("This list ends with the visit; what is saved stays. Searches with a picture of your own are not on it.")


def _nothing_yet() -> None:
    with st.container(width=notices.WIDTH, key="saved_past_nothing"):
        st.subheader("Nothing was asked in this visit yet", anchor=False)
        st.text(
            "Every question that you ask on Search or the Map is listed here with the first pictures it found, the latest first, to "
            "be opened again or saved under a name."
        )
        search = registry.page("search")
        st.page_link(search.file, label="To Search", icon=search.icon)


def _past(gallery: Gallery, one: Past, engine: SearchEngine | None, settings: Settings) -> None:
    key = naming.key_of(json.dumps([one.request.query.key, [each.to_record() for each in one.request.where]]))
    with st.container(gap="xxsmall", key=f"saved_past_{key}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(plain(naming.question(one.request)), anchor=False, width="content")
            st.button(
                "Open", key=f"past_open_{key}", type="tertiary", icon=":material/search:", on_click=open_search,
                args=(one.request,),
            )  # fmt: skip
            if engine is not None and not asking_saving.why_not(gallery):
                _save(gallery, one, engine, key)
        st.caption(plain(f"{naming.settings(one.request)}; asked {naming.moment(one.at)}"))
        thumbnails.row(gallery, one.hits, settings, key=f"past_{key}")


def _save(gallery: Gallery, one: Past, engine: SearchEngine, key: str) -> None:
    with st.popover(
        "Save", icon=":material/bookmark_add:", type="tertiary", key=f"past_save_{key}", on_change=acted
    ) as opened:
        if opened.open:
            asking_saving.form(gallery, engine, one.request, None)


def _more() -> None:
    acted()
    visit().saving.shown += SHOWN_AT_FIRST
