"""The map itself, the cards beside it, and what is done on it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages._ui import components, resources
from pages._ui.frame.plain_text import plain
from pages._ui.map import cluster_names, map_making, map_panel, map_state, map_thumbnails, map_view
from pages._ui.map.map_view import Scene
from pages._ui.session import feedback, state
from pages._ui.session.map import Looks
from pages._ui.session.visit import visit
from t2i_core.projection import drawing
from t2i_core.types import RowArray, SearchResult

# One block around all of it, as in `map_waiting`: the browser takes over what a block held before piece by piece, so that an offer
# in its place would stand beside an empty map for a moment.
BODY = "map_body"
MEANING = (
    "Near each other on the map usually means alike. How far apart two groups lie, how large they are and which way is up "
    "mean nothing."
)


def map_and_cards(scene: Scene, everything: SearchResult | None) -> None:
    """The map, the cards beside it, and what the map means."""
    with st.container(key=BODY):
        wide, side = st.columns([2.2, 1], gap="medium")
        with wide:
            _stage(scene)
        with side, st.container(key="map_panel"):
            map_panel.panel(scene, everything)
        _notes(scene)
        if scene.projection.placed.any():
            map_making.refit_button(scene.gallery, int(scene.projection.placed.sum()))


def _stage(scene: Scene) -> None:
    """Draw the map and follow what is done on it."""
    followed = [_followed(event, scene) for event in map_state.take_events()]
    if any(followed):
        st.rerun()
    told = map_view.data(scene) | map_thumbnails.part(scene) | cluster_names.part(scene)
    components.embedding_map(told, on_event=map_state.on_event)


def _notes(scene: Scene) -> None:
    """What the map means, what of the neighbours it keeps, and the modality gap."""
    kept = float(scene.projection.trust.mean())
    kind = plain(str(scene.projection.parameters.get("method", "")).upper())
    st.caption(
        f"{MEANING} This {kind} map keeps {kept:.0%} of each picture's closest others close; colour by Trust to see where."
    )
    gap = resources.modality_gap(scene.gallery)
    if gap is not None:
        st.caption(
            f"Modality gap {gap.distance:.2f}: the centre of the captions lies this far from the centre of the pictures, so even a "
            f"caption's own picture scores only {gap.matched:.2f} on average (another's {gap.unmatched:.2f}). That is why a text is "
            "drawn at the centre of its hits and not as a point of its own."
        )


def _followed(event: Mapping[str, object], scene: Scene) -> bool:
    """Take over what the map reports; True when the rest of the page has to be drawn again."""
    kind, key, count, shown = event.get("type"), scene.gallery.key, len(scene.gallery), visit().map
    if kind == "look":
        shown.looks = Looks(key, *map_state.looked_at(event, count))
        position = event.get("caption")
        shown.caption = int(position) if isinstance(position, int | float) else None
        return False
    if kind == "thumbnails":
        map_thumbnails.answer(event, scene)
        return False
    if kind == "view":
        shown.in_view = (key, _range(event.get("range")))
        return False
    if kind == "select":
        map_state.select(key, map_state.rows_of(event, count), "")
    elif kind == "polygon":
        corners = event.get("corners")
        polygon = corners if isinstance(corners, list) else []
        inside = drawing.rows_in_polygon(scene.places.coordinates, polygon)
        map_state.select(key, map_state.combined(key, inside, event.get("how")), "")
    elif kind == "chosen":
        map_state.take_chosen(event, scene.gallery)
    elif kind == "cluster":
        label = event.get("label")
        rows = np.flatnonzero(scene.projection.cluster_labels == label).astype(np.int64)
        names = scene.projection.cluster_names
        name = names[int(label)] if isinstance(label, int | float) and 0 <= int(label) < len(names) else ""
        map_state.select(key, rows, name)
    elif kind == "rename":
        cluster_names.carry_out(event, scene)
    elif kind == "group":
        map_state.select(key, *_group(event.get("place"), scene))
    elif kind in {"open", "like", "judge"}:
        row = map_state.looked_at({"rows": [event.get("row")]}, count)[1]
        if row and kind == "like":
            state.ask_like(scene.gallery.image_ids[row[0]])
        elif row and kind == "judge":
            feedback.turn(scene.gallery.image_ids[row[0]], event.get("verdict"))
        elif row:
            state.open_picture(scene.gallery.image_ids[row[0]])
            visit().opened.grid_seq += 1
    else:
        return False
    return True


def _group(told: object, scene: Scene) -> tuple[RowArray, str]:
    """Rows and name of a group of the best hits; those that lie alone come after the groups."""
    place = map_view.query_place(scene)
    groups = [*place.groups, place.alone]
    number = int(told) if isinstance(told, int | float) and 0 <= told < len(groups) else None
    if number is None:
        return np.empty(0, dtype=np.int64), ""
    name = f"group {number + 1} of the hits" if number < len(place.groups) else "hits that lie by themselves"
    return np.sort(np.array(groups[number], dtype=np.int64)), name


def _range(told: object) -> drawing.Bounds | None:
    if not isinstance(told, list) or len(told) != 4 or not all(isinstance(one, int | float) for one in told):
        return None
    left, right, bottom, top = (float(one) for one in told)
    return (left, right, bottom, top) if left < right and bottom < top else None
