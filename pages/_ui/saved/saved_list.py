"""The saved searches of the dataset that is open, the latest first: open, rename, remove, and what changed since."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, wait

import streamlit as st

from pages._ui import registry, resources
from pages._ui.asking import saving as asking_saving
from pages._ui.frame import frame, notices
from pages._ui.frame.plain_text import plain
from pages._ui.grid import pictures
from pages._ui.resources import Look
from pages._ui.saved import naming, thumbnails
from pages._ui.serving import permissions
from pages._ui.session import state, widgets
from pages._ui.session.saving import SHOWN_AT_FIRST, Said
from pages._ui.session.visit import acted, visit
from t2i_core.config import Settings
from t2i_core.dataset.searches_file import SavedSearch, read_searches
from t2i_core.engine import SearchEngine
from t2i_core.errors import DatasetError, T2IError
from t2i_core.marks.searches import NameTakenError, remove_search, rename_search, restore_search
from t2i_core.query import SearchRequest
from t2i_core.types import Gallery, Hit

LOOK_WAIT_S = 0.3
LOOK_SECONDS = 0.4
ABOUT = "saved searches"


def draw(gallery: Gallery, engine: SearchEngine | None, settings: Settings) -> None:
    """All of them, or what would be here and how to get it."""
    why_not = asking_saving.why_not(gallery)
    notices.notes(why_not)
    if gallery.address:
        return
    _said(gallery, may_write=not why_not)
    try:
        searches = read_searches(gallery.data_dir)
    except DatasetError as error:
        notices.error(error, title="The saved searches cannot be read")
        return
    if not searches:
        _nothing_yet(may_write=not why_not)
        return
    latest = sorted(searches, key=lambda one: one.saved, reverse=True)
    shown = latest[: visit().saving.shown]
    looks = _looks(shown, engine, settings)
    for number, search in enumerate(shown):
        _search(gallery, search, looks[number] if looks else None, settings, may_write=not why_not)
    if len(shown) < len(latest):
        st.button(f"Show more of {len(latest):,}", key="saved_more", on_click=_more)


def open_search(request: SearchRequest) -> None:
    """Ask a request, on Search."""
    acted()
    state.ask_request(request)
    state.go_to(registry.page("search").file)


def _nothing_yet(*, may_write: bool) -> None:
    with st.container(width=notices.WIDTH, key="saved_nothing"):
        st.subheader("No search is saved yet", anchor=False)
        st.text(
            "A saved search keeps the whole question under a name: words and pictures, filters, likes, cutoff, and the pictures it "
            "found. After the dataset was built again this page says what came, what went and what moved."
        )
        if may_write:
            st.text("Ask something on Search, then press Save beside Share.")
        search = registry.page("search")
        st.page_link(search.file, label="To Search", icon=search.icon)
        st.caption("In a terminal")
        st.code('python -m t2i_core search "a dog on a beach" --save beaches', language=None, wrap_lines=True)


def _looks(searches: Sequence[SavedSearch], engine: SearchEngine | None, settings: Settings) -> Sequence[Future[Look]]:
    """What each finds, as far as that is known soon; the page is drawn again when more is. Nothing without a model."""
    if engine is None:
        return ()

    def prepare(hits: Sequence[Hit]) -> object:
        return pictures.shown_hits(engine.gallery, hits, settings)

    looks = [resources.look_of(one, engine, prepare) for one in searches]
    wait(looks, timeout=LOOK_WAIT_S)
    done = sum(one.done() for one in looks)
    if done < len(looks):
        frame.draw_again_when_changed(lambda: sum(one.done() for one in looks), done, every=LOOK_SECONDS)
    return looks


def _search(
    gallery: Gallery, search: SavedSearch, looking: Future[Look] | None, settings: Settings, *, may_write: bool
) -> None:
    """One saved search."""
    key = naming.key_of(search.name)
    look = looking.result() if looking is not None and looking.done() else None
    with st.container(gap="xxsmall", key=f"saved_search_{key}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(plain(search.name), anchor=False, width="content")
            st.button(
                "Open", key=f"saved_open_{key}", type="tertiary", icon=":material/search:", on_click=open_search,
                args=(search.request,),
            )  # fmt: skip
            if may_write:
                _change(gallery, search, key)
        st.text(naming.question(search.request))
        saved = f"; saved {naming.moment(search.saved)}" if search.saved else ""
        st.caption(plain(f"{naming.settings(search.request)}{saved}"))
        thumbnails.row(gallery, look.hits if look else (), settings, key=key)
        if look is None:
            st.caption("Being asked again" if looking is not None else "Its pictures are shown once the model is there")
        elif look.changes is None:
            st.caption(f"It cannot be asked any more. {plain(look.problem)}")
        else:
            line = naming.since(search, look.changes, gallery)
            notices.notes([line] if line else [])


def _change(gallery: Gallery, search: SavedSearch, key: str) -> None:
    """Renaming and removing, behind a button."""
    with st.popover("Change", type="tertiary", key=f"saved_change_{key}", on_change=acted) as opened:
        if not opened.open:
            return
        with st.form(f"saved_rename_{key}", border=False):
            st.text_input("Name", value=search.name, key=f"{widgets.SAVED_RENAME}_{key}", max_chars=120)
            st.form_submit_button(
                "Rename", on_click=_rename, args=(gallery, search, f"{widgets.SAVED_RENAME}_{key}"),
                key=f"saved_rename_now_{key}",
            )  # fmt: skip
        st.button("Remove", key=f"saved_remove_{key}", on_click=_remove, args=(gallery, search))


def _said(gallery: Gallery, *, may_write: bool) -> None:
    """What came of the last thing that was done, and the way back from a removal."""
    saving = visit().saving
    said = saving.said_of(ABOUT)
    if said.problem:
        st.text(said.problem)
    if not said.told and not saving.removed:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="saved_said"):
        if said.told:
            st.caption(plain(said.told), width="content")
        if saving.removed and may_write:
            label = f"Put “{plain(saving.removed[-1].name)}” back"
            st.button(
                label, key="saved_undo", type="tertiary", icon=":material/undo:", on_click=_put_back, args=(gallery,)
            )


def _more() -> None:
    acted()
    visit().saving.shown += SHOWN_AT_FIRST


def _rename(gallery: Gallery, search: SavedSearch, field: str) -> None:
    acted()
    wanted = str(widgets.value(field) or "")
    try:
        permissions.current().check(gallery.data_dir)
        renamed = rename_search(gallery.data_dir, search.name, wanted)
    except NameTakenError as error:
        told = f"“{error.search.name}” is the name of another saved search, so “{search.name}” keeps its own."
        visit().saving.said = Said(ABOUT, problem=told)
    except T2IError as error:
        visit().saving.said = Said(ABOUT, problem=str(error))
    else:
        same = renamed.name == search.name
        visit().saving.said = Said(ABOUT, told="" if same else f"“{search.name}” is called “{renamed.name}” now.")


def _remove(gallery: Gallery, search: SavedSearch) -> None:
    acted()
    saving = visit().saving
    try:
        permissions.current().check(gallery.data_dir)
        saving.note_removed(remove_search(gallery.data_dir, search.name))
    except T2IError as error:
        saving.said = Said(ABOUT, problem=str(error))
    else:
        saving.said = Said(ABOUT, told=f"“{search.name}” is removed.")


def _put_back(gallery: Gallery) -> None:
    acted()
    saving = visit().saving
    if not saving.removed:
        return
    search = saving.removed[-1]
    try:
        permissions.current().check(gallery.data_dir)
        restore_search(gallery.data_dir, search)
    except T2IError as error:
        saving.said = Said(ABOUT, problem=str(error))
    else:
        saving.removed.pop()
        saving.said = Said(ABOUT, told=f"“{search.name}” is there again.")
