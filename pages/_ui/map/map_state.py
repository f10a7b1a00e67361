"""What one session holds about the map: what is selected, how points are coloured, which pictures were looked at."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from pages._ui.session import links, state
from t2i_core.types import RowArray

COLOUR, VIEW = "colour", "view"  # names in the link
ONE_COLOUR, PICTURES, JOINT = "one", "pictures", "joint"
MOST_LOOKED_AT = 16
CARDS = 36


@dataclass(frozen=True, eq=False)
class Selection:
    """Rows somebody chose on the map of one gallery; ``label`` says how."""

    gallery_key: str
    rows: RowArray
    label: str
    number: int = field(default=0)


def prepare() -> None:
    """Give every key its first value."""
    defaults: dict[str, object] = {
        "map_colour": ONE_COLOUR,
        "map_view": PICTURES,
        "map_selection": None,
        "map_event": {},
        "map_looks": ("", 0, ()),
        "map_range": ("", None),
        "map_caption": None,
        "map_cards": CARDS,
        "map_number": 0,
        "map_fields": (None, {}),
    }
    for key, value in defaults.items():
        st.session_state.setdefault(key, value)
    followed = links.followed_link()
    if followed is not None:
        st.session_state["map_colour"] = followed.get(COLOUR, ONE_COLOUR)
        st.session_state["map_view"] = JOINT if followed.get(VIEW) == JOINT else PICTURES


def link_params() -> dict[str, str]:
    """What this page adds to the link."""
    params = {}
    if st.session_state["map_colour"] != ONE_COLOUR:
        params[COLOUR] = st.session_state["map_colour"]
    if st.session_state["map_view"] != PICTURES:
        params[VIEW] = st.session_state["map_view"]
    return params


def selection(gallery_key: str) -> Selection | None:
    """What is selected on the map of this gallery."""
    chosen: Selection | None = st.session_state["map_selection"]
    return chosen if chosen is not None and chosen.gallery_key == gallery_key else None


def select(gallery_key: str, rows: RowArray, label: str) -> None:
    """Select these rows; none takes the selection away."""
    st.session_state["map_number"] += 1
    chosen = Selection(gallery_key, rows, label, st.session_state["map_number"]) if len(rows) else None
    st.session_state["map_selection"] = chosen
    st.session_state["map_cards"] = CARDS
    st.session_state["open_picture"] = None


def on_event() -> None:
    """Note what the map reports; the page follows it once it knows the gallery."""
    value = st.session_state.get("embedding_map")
    event = value.get("event") if isinstance(value, Mapping) else getattr(value, "event", None)
    st.session_state["map_event"] = event if isinstance(event, Mapping) else {}
    state.acted()


def take_event() -> Mapping[str, object]:
    """What the map reported since the last run, once."""
    event: Mapping[str, object] = st.session_state["map_event"]
    st.session_state["map_event"] = {}
    return event


def rows_of(event: Mapping[str, object], count: int) -> RowArray:
    """The rows a browser selected: little-endian numbers, or one bit a row, whichever was shorter."""
    try:
        packed = base64.b64decode(str(event.get("content", "")), validate=True)
    except (binascii.Error, ValueError):
        return np.empty(0, dtype=np.int64)
    if event.get("as") == "bits":
        bits = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=None, bitorder="little")
        rows = np.flatnonzero(bits[:count])
    else:
        rows = np.frombuffer(packed[: len(packed) // 4 * 4], dtype="<u4").astype(np.int64)
        rows = np.unique(rows[rows < count])
    return rows.astype(np.int64)


def looked_at(event: Mapping[str, object], count: int) -> tuple[int, tuple[int, ...]]:
    """Number of the question and the rows it asks about."""
    seq, rows = event.get("seq", 0), event.get("rows", ())
    wanted = rows if isinstance(rows, list) else []
    inside = [int(row) for row in wanted[:MOST_LOOKED_AT] if isinstance(row, int | float) and 0 <= row < count]
    return (int(seq) if isinstance(seq, int | float) else 0), tuple(inside)
