"""Beside the map: the selected pictures with what they have in common, else the hits, else some pictures."""

from __future__ import annotations

import streamlit as st

from pages._ui import resources
from pages._ui.frame import sharing
from pages._ui.frame.plain_text import plain
from pages._ui.grid import cards
from pages._ui.map import map_state
from pages._ui.map.map_view import Scene
from pages._ui.session import state
from pages._ui.session.marking import MOST_PICTURES
from pages._ui.session.visit import visit
from t2i_core import export
from t2i_core.captions import telling_words
from t2i_core.errors import count_of
from t2i_core.types import SearchResult

COMMON_WORDS = 8
MOST_EXAMPLES = 5_000


def panel(scene: Scene, everything: SearchResult | None) -> None:
    """Draw it."""
    chosen = map_state.selection(scene.gallery.key)
    if chosen is not None and (chosen.listed or everything is None):
        _selection(scene, chosen)
    elif scene.result is not None and scene.engine is not None and everything is not None:
        cards.ranking(scene.result, scene.engine, scene.settings, everything=everything, size="S")
    else:
        st.caption("Draw around some points with the lasso, or click a name on the map, to see their pictures here.")
        cards.sample(scene.gallery, scene.settings, engine=scene.engine, size="S", count=18)


def _selection(scene: Scene, chosen: map_state.Selection) -> None:
    count = len(chosen.rows)
    how = f", {plain(chosen.label)}" if chosen.label else ""
    st.markdown(f"**{plain(count_of(count, 'picture'))} selected**{how}")
    with st.container(horizontal=True, gap="small", key="map_actions"):
        st.button(
            "Use as query", key="map_ask", type="primary", icon=":material/search:", disabled=count > MOST_EXAMPLES,
            on_click=_ask, args=(scene, chosen),
            help="Search for what these pictures have in common: the mean of their embeddings"
            if count <= MOST_EXAMPLES
            else f"A query takes at most {MOST_EXAMPLES:,} pictures, {count:,} are selected. Draw around fewer.",
        )  # fmt: skip
        export_place = st.empty()
        st.button("Clear", key="map_clear", on_click=_clear, args=(scene.gallery.key,))
    told = st.empty()
    if count > MOST_PICTURES and not scene.gallery.address:
        st.caption(f"Tagged and exported are at most {MOST_PICTURES:,} pictures at once.")
    shown = chosen.rows[: visit().map.cards].tolist()
    cards.chosen(scene.gallery, shown, scene.settings, engine=scene.engine, everything=scene.result, of=count)
    if len(shown) < count:
        st.button(f"Show more of {count:,}", key="map_more", on_click=_show_more)
    # After the cards: they need not wait for these.
    words = _common_words(scene, chosen)
    if words:
        told.caption(f"Common words: {plain(', '.join(words))}")
    with export_place:
        table = sharing.kept("selection.csv", (scene.version, chosen.number), lambda: _as_csv(scene, chosen))
        sharing.download("CSV", table, "text/csv", "selection.csv")


def _as_csv(scene: Scene, chosen: map_state.Selection) -> bytes:
    return export.pictures_to_csv(scene.gallery, chosen.rows.tolist(), scene.projection.coordinates).encode("utf-8-sig")


def _common_words(scene: Scene, chosen: map_state.Selection) -> list[str]:
    if not scene.gallery.captions:
        return []
    words, everywhere = resources.picture_words(scene.gallery)
    return telling_words.distinctive_words(
        [words[row] for row in chosen.rows.tolist()], everywhere, len(scene.gallery), limit=COMMON_WORDS
    )


def _ask(scene: Scene, chosen: map_state.Selection) -> None:
    state.acted()
    map_state.select(scene.gallery.key, chosen.rows[:0], "")
    state.ask_examples([scene.gallery.image_ids[row] for row in chosen.rows.tolist()])


def _clear(gallery_key: str) -> None:
    state.acted()
    chosen = map_state.selection(gallery_key)
    if chosen is not None:
        map_state.select(gallery_key, chosen.rows[:0], "")


def _show_more() -> None:
    state.acted()
    visit().map.cards += map_state.CARDS
