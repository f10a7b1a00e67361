"""What is done on the map and what its link says: selecting, colouring, looking."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from pages._ui.session import widgets
from pages._ui.session.map import CARDS, JOINT, ONE_COLOUR, PICTURES, Selection
from pages._ui.session.visit import acted, reported, visit
from t2i_core.types import Gallery, RowArray

COLOUR, VIEW = "colour", "view"  # names in the link
MOST_LOOKED_AT = 16

__all__ = [
    "CARDS",
    "COLOUR",
    "JOINT",
    "ONE_COLOUR",
    "PICTURES",
    "VIEW",
    "Selection",
    "call_selection",
    "combined",
    "follow_link",
    "link_params",
    "looked_at",
    "on_event",
    "rows_of",
    "select",
    "selection",
    "take_chosen",
    "take_events",
]


def follow_link(followed: Mapping[str, str] | None) -> None:
    """Take over the map's part of a link, where one was followed just now."""
    if followed is not None:
        shown = visit().map
        shown.colour = followed.get(COLOUR, ONE_COLOUR)
        shown.view = JOINT if followed.get(VIEW) == JOINT else PICTURES


def link_params() -> dict[str, str]:
    """What this page adds to the link."""
    shown, params = visit().map, {}
    if shown.colour != ONE_COLOUR:
        params[COLOUR] = shown.colour
    if shown.view != PICTURES:
        params[VIEW] = shown.view
    return params


def selection(gallery_key: str) -> Selection | None:
    """What is selected on the map of this gallery."""
    chosen = visit().map.selection
    return chosen if chosen is not None and chosen.gallery_key == gallery_key else None


def select(gallery_key: str, rows: RowArray, label: str) -> None:
    """Select these rows; none takes the selection away."""
    shown = visit().map
    shown.selections += 1
    shown.selection = Selection(gallery_key, rows, label, shown.selections) if len(rows) else None
    shown.cards = CARDS
    visit().opened.picture = None


def call_selection(gallery_key: str, before: str, after: str) -> None:
    """Say what is selected by a name's successor, where it is that name's."""
    chosen = selection(gallery_key)
    if chosen is not None and chosen.label == before:
        visit().map.selection = replace(chosen, label=after)


def take_chosen(event: Mapping[str, object], gallery: Gallery) -> None:
    """Select what was selected among cards or captions; cards that are listed already stay the ones that are."""
    shown, before = visit().map, selection(gallery.key)
    seq, named = event.get("seq", 0), event.get("ids")
    shown.chosen_seq = int(seq) if isinstance(seq, int | float) else 0
    known = (gallery.rows_by_id.get(one) for one in named if isinstance(one, str)) if isinstance(named, list) else ()
    rows = np.unique(np.array([row for row in known if row is not None], dtype=np.int64))
    shown.selections += 1
    listed = before is not None and before.listed
    shown.selection = Selection(gallery.key, rows, "", shown.selections, listed) if len(rows) else None


def combined(gallery_key: str, rows: RowArray, how: object) -> RowArray:
    """Rows drawn around, added to those that are selected, taken from them, or in their place."""
    before = selection(gallery_key)
    chosen = before.rows if before is not None else rows[:0]
    if how == "add":
        return np.union1d(chosen, rows)
    return np.setdiff1d(chosen, rows) if how == "drop" else rows


def on_event() -> None:
    """Note what the map reports; the page follows it once it knows the gallery."""
    visit().map.events.append(reported(widgets.EMBEDDING_MAP))
    acted()


def take_events() -> Iterator[Mapping[str, object]]:
    """What the map reported and was not followed yet, the oldest first; each once."""
    events = visit().map.events
    while events:
        yield events.pop(0)


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


def looked_at(event: Mapping[str, object], count: int, *, most: int = MOST_LOOKED_AT) -> tuple[int, tuple[int, ...]]:
    """Number of the question and the rows it asks about, the first ``most`` of them."""
    seq, rows = event.get("seq", 0), event.get("rows", ())
    wanted = rows if isinstance(rows, list) else []
    inside = [int(row) for row in wanted[:most] if isinstance(row, int | float) and 0 <= row < count]
    return (int(seq) if isinstance(seq, int | float) else 0), tuple(inside)
