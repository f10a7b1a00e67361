"""Small pictures in place of points: made behind the page for the rows that the map asks about, a few at a time."""

from __future__ import annotations

from collections.abc import Mapping

from pages._ui.grid import pictures
from pages._ui.map import map_state
from pages._ui.map.map_view import Scene
from pages._ui.session.map import Thumbnails
from pages._ui.session.visit import visit

SIDE = 320  # as in the table of captions, so that each is made once
WAIT_S = 0.2
MOST = 64


def answer(event: Mapping[str, object], scene: Scene) -> None:
    """Find addresses of the rows that are asked about; those still being made are asked for again."""
    seq, rows = map_state.looked_at(event, len(scene.gallery), most=MOST)
    made = pictures.shown_soon(scene.gallery, rows, scene.settings, side=SIDE, wait_s=WAIT_S)
    addresses = {row: one.url for row, one in zip(rows, made, strict=True) if isinstance(one, pictures.Shown)}
    visit().map.thumbnails = Thumbnails(scene.gallery.key, seq, rows, addresses)


def part(scene: Scene) -> dict[str, object]:
    """The map's data about them."""
    kept = visit().map.thumbnails
    if kept.gallery_key != scene.gallery.key:
        kept = Thumbnails()
    addresses = {str(row): address for row, address in kept.addresses.items()}
    return {"thumbnails": {"seq": kept.seq, "rows": list(kept.rows), "addresses": addresses}}
