"""What the map component is given: points and colours as bytes, markers of the query, names of clusters, pictures looked at."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from streamlit.runtime import get_instance

from pages._ui import resources
from pages._ui.asking.comparing import SecondAnswer
from pages._ui.grid import pictures, plotly_file
from pages._ui.map import map_colours, map_state
from pages._ui.session.asked import ranking_key
from pages._ui.session.marking import MOST_PICTURES
from pages._ui.session.visit import visit
from t2i_core import projection as projections
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.errors import count_of
from t2i_core.projection import drawing
from t2i_core.types import Gallery, Hit, RowArray, SearchResult

MOST_POINTS = 200_000
DENSITY_SIDE = 512
FARTHEST_LINES = 2_000


@dataclass(frozen=True)
class Scene:
    """One run's map: whose it is, what is asked, and where everything lies.

    ``result`` holds the hits that are shown, ``everything`` the whole ranking that they are the first of, ``second`` what is
    compared with them.
    """

    gallery: Gallery
    projection: projections.Projection
    joint: projections.JointMap | None
    engine: SearchEngine | None
    result: SearchResult | None
    settings: Settings
    everything: SearchResult | None = None
    second: SecondAnswer | None = None

    @property
    def places(self) -> projections.Projection | projections.JointMap:
        """Whose coordinates are drawn."""
        return self.joint or self.projection

    @property
    def version(self) -> str:
        """Changes whenever the points do, or where the pictures lie that their cards show."""
        kind = "joint" if self.joint is not None else "pictures"
        return f"{kind} {self.gallery.place_key} {resources.projection_stamp(self.gallery)}"


def data(scene: Scene) -> dict[str, object]:
    """Everything the component draws."""
    coordinates = scene.places.coordinates
    bounds = drawing.bounds_of(_all_points(scene))
    many = len(coordinates) > MOST_POINTS
    view = _view(coordinates, bounds, scene.gallery.key) if many else None
    looks = visit().map.looks
    rows = looks.rows if looks.gallery_key == scene.gallery.key else ()
    query = ranking_key(scene.result.request) if scene.result is not None else ""
    return {
        "plotly": plotly_file.plotly_script(),
        "version": scene.version,
        "count": len(coordinates),
        "bounds": bounds,
        "points": None if many else _lend("points", _points(scene, bounds)),
        "view": view,
        "texts": _texts(scene, bounds),
        "colour": map_colours.colour(
            scene.gallery, scene.projection, scene.engine, scene.result, scene.settings, _lend
        ),
        "query": query,
        "asked": scene.result.query.label if scene.result is not None else "",  # to read only; nothing goes by it
        "place": _place(scene),
        "hits": _hits(scene, _mapped(scene.result)),
        "second": _second(scene),
        "clusters": _clusters(scene),
        "selected": _selected(scene.gallery.key, len(coordinates)),
        "chosen": _chosen(scene.gallery),
        "looked": {"seq": looks.seq, "query": query, "cards": {str(row): _card(scene, row) for row in rows}},
        "label": f"Map of {count_of(len(coordinates), 'picture')}",
    }


def _lend(name: str, content: bytes) -> str:
    """Address of bytes for this session's browser; the same bytes keep their address, so they travel once."""
    url = get_instance().media_file_mgr.add(content, "application/octet-stream", f"map {name}")
    return url.lstrip("/")


def _all_points(scene: Scene) -> np.ndarray:
    if scene.joint is None:
        return scene.projection.coordinates
    return np.concatenate([scene.joint.coordinates, scene.joint.caption_coordinates])


def _points(scene: Scene, bounds: drawing.Bounds) -> bytes:
    # All x first, then all y: the browser reads two plain arrays.
    return drawing.quantised(scene.places.coordinates, bounds).T.tobytes()


def _texts(scene: Scene, bounds: drawing.Bounds) -> dict[str, object] | None:
    """Captions as points of their own, on the map that shows both."""
    joint = scene.joint
    if joint is None:
        return None
    owners = scene.gallery.rows_of(joint.caption_positions).astype("<u4")
    places = drawing.quantised(joint.caption_coordinates, bounds).T
    position = visit().map.caption
    there = isinstance(position, int) and 0 <= position < len(joint.caption_positions)
    text = scene.gallery.captions[int(joint.caption_positions[position])] if there and position is not None else ""
    return {
        "points": _lend("captions", places.tobytes()),
        "owners": _lend("owners", owners.tobytes()),
        "count": len(owners),
        "lines": len(owners) <= FARTHEST_LINES,
        "looked": {"position": position, "text": text} if there else None,
    }


def _view(coordinates: np.ndarray, bounds: drawing.Bounds, gallery_key: str) -> dict[str, object]:
    """Of very many points what is in view: themselves where they are few enough, else their density."""
    told, asked = visit().map.in_view
    if told != gallery_key or asked is None:
        asked = bounds
    rows = drawing.rows_in_view(coordinates, asked)
    shown: dict[str, object] = {"range": asked, "count": len(rows)}
    if len(rows) > MOST_POINTS:
        grid = drawing.density(coordinates, asked, DENSITY_SIDE)
        return shown | {"density": _lend("density", grid.tobytes()), "side": DENSITY_SIDE}
    places = drawing.quantised(coordinates[rows], asked).T.tobytes()
    return shown | {"rows": _lend("rows", rows.astype("<u4").tobytes()), "points": _lend("view", places)}


def query_place(scene: Scene) -> projections.QueryPlace:
    """Where the query stands, by the best hits of the whole ranking: top k has no part in it."""
    return _place_of(scene, _mapped(scene.everything))


def _place_of(scene: Scene, mapped: list[tuple[int, Hit]]) -> projections.QueryPlace:
    rows, scores = [row for row, _ in mapped], [hit.score for _, hit in mapped]
    return projections.place_query(scene.places.coordinates, rows, scores)


def _place(scene: Scene) -> dict[str, object] | None:
    """The query's place for the browser; groups come with the box that they fill, to be looked at."""
    place = query_place(scene)
    if not place.of:
        return None
    marker = place.marker
    return {
        "of": place.of,
        "marker": None if marker is None else {"x": marker.x, "y": marker.y, "ring": marker.ring, "rows": marker.rows},
        "groups": [_group(scene, rows) for rows in place.groups],
        "alone": _group(scene, place.alone) if place.alone else None,
    }


def _group(scene: Scene, rows: tuple[int, ...]) -> dict[str, object]:
    return {"count": len(rows), "box": drawing.bounds_of(scene.places.coordinates[list(rows)])}


def _mapped(result: SearchResult | None) -> list[tuple[int, Hit]]:
    """Hits that have a place on the map, each behind its row: of a collection only a sample is mapped."""
    return [(hit.row, hit) for hit in result.hits if hit.row is not None] if result is not None else []


def _hits(scene: Scene, mapped: list[tuple[int, Hit]]) -> list[dict[str, object]]:
    coordinates = scene.places.coordinates
    return [
        {"row": row, "rank": hit.rank, "x": float(coordinates[row, 0]), "y": float(coordinates[row, 1])}
        for row, hit in mapped
    ]


def _second(scene: Scene) -> dict[str, object] | None:
    """What is compared: it may be asked of another dataset, so its pictures are found by name where they are here too."""
    if scene.second is None or scene.second.result is None or scene.second.everything is None:
        return None
    result, everything = scene.second.result, scene.second.everything
    rows = scene.gallery.rows_by_id
    shown, ranked = (
        [(rows[hit.image_id], hit) for hit in one.hits if hit.image_id in rows] for one in (result, everything)
    )
    marker = _place_of(scene, ranked).marker
    return {
        "asked": result.query.label,
        "hits": _hits(scene, shown),
        "marker": None if marker is None else {"x": marker.x, "y": marker.y},
    }


def _clusters(scene: Scene) -> list[dict[str, object]]:
    if scene.joint is not None:
        return []
    centres = resources.cluster_centres(scene.gallery, scene.projection)
    made = scene.projection.made_names or scene.projection.cluster_names
    return [
        {"label": label, "name": name, "made": made[label], "x": x, "y": y, "count": count}
        for label, (name, (x, y, count)) in enumerate(zip(scene.projection.cluster_names, centres, strict=True))
    ]


def _selected(gallery_key: str, count: int) -> dict[str, object] | None:
    chosen = map_state.selection(gallery_key)
    if chosen is None:
        return None
    return {"number": chosen.number, **packed(chosen.rows, count)}


def _chosen(gallery: Gallery) -> dict[str, object] | None:
    """The selection by names, for cards and captions, which have none for a collection."""
    if gallery.address:
        return None
    chosen = map_state.selection(gallery.key)
    rows = chosen.rows.tolist() if chosen is not None and len(chosen.rows) <= MOST_PICTURES else []
    return {
        "of": gallery.place_key,
        "seq": visit().map.chosen_seq,
        "ids": [gallery.image_ids[row] for row in rows],
    }


def packed(rows: RowArray, count: int) -> Mapping[str, str]:
    """Rows as text for a browser: numbers, or one bit a row, whichever is shorter."""
    if len(rows) * 32 < count:
        return {"as": "rows", "content": base64.b64encode(rows.astype("<u4").tobytes()).decode("ascii")}
    bits = np.zeros(count, dtype=np.bool_)
    bits[rows] = True
    return {
        "as": "bits",
        "content": base64.b64encode(np.packbits(bits, bitorder="little").tobytes()).decode("ascii"),
    }


def _verdict(image_id: str) -> str | None:
    asked = visit().asked
    return "liked" if image_id in asked.liked else "disliked" if image_id in asked.disliked else None


def _card(scene: Scene, row: int) -> dict[str, object]:
    shown = pictures.shown(scene.gallery, [row], scene.settings)[0]
    hit = next((hit for hit in scene.result.hits if hit.row == row), None) if scene.result is not None else None
    caption = hit.caption if hit is not None else None
    if caption is None:
        positions = scene.gallery.captions_of(row)
        caption = scene.gallery.captions[positions[0]] if positions else ""
    score = hit.score if hit is not None else None
    if score is None and scene.result is not None and scene.result.query_embedding is not None:
        score = float(scene.result.query_embedding @ scene.gallery.image_embeddings[row])
    label = int(scene.projection.cluster_labels[row])
    return {
        "id": scene.gallery.image_ids[row],
        "src": shown.url,
        "width": shown.width,
        "height": shown.height,
        "note": shown.note,
        "caption": caption or "",
        "score": score,
        "rank": hit.rank if hit is not None else None,
        "trust": float(scene.projection.trust[row]),
        "cluster": scene.projection.cluster_names[label] if label >= 0 else "",
        "placed": bool(scene.projection.placed[row]),
        "verdict": _verdict(scene.gallery.image_ids[row]),
    }
