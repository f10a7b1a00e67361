"""By what the points of the map are coloured, as one byte a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from pages._ui import resources
from pages._ui.map import map_state, tag_colour
from pages._ui.session.visit import visit
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.projection import Projection, drawing
from t2i_core.types import Gallery, SearchResult

HUES = 10
COLUMN = "column:"
REST = "everything else"
PLAIN = "One colour"
Lend = Callable[[str, bytes], str]


def choices(gallery: Gallery, projection: Projection | None, result: SearchResult | None) -> dict[str, str]:
    """What can be chosen, by its name in the link: only what differs between pictures."""
    offered = {map_state.ONE_COLOUR: PLAIN}
    if result is not None and len(gallery) > 1:
        offered["score"] = "Score of the query"
    if tag_colour.is_offered(gallery):
        offered["tag"] = "Tag"
    return offered | _fields(gallery, projection)


def _fields(gallery: Gallery, projection: Projection | None) -> dict[str, str]:
    """Colours that depend on the gallery alone; looked for once a session, because they are asked for at every run."""
    made = (gallery.key, resources.projection_stamp(gallery) if projection is not None else "")
    shown = visit().map
    if shown.fields[0] != made:
        shown.fields = (made, varied_fields(gallery, projection))
    return shown.fields[1]


def varied_fields(gallery: Gallery, projection: Projection | None) -> dict[str, str]:
    """The fields in which at least two pictures differ, and what a person reads."""
    offered = {}
    if projection is not None and np.unique(projection.cluster_labels).size > 1:
        offered["cluster"] = "Cluster"
    if np.unique(gallery.caption_counts).size > 1:
        offered["captions"] = "Number of captions"
    if projection is not None and np.unique(projection.trust).size > 1:
        offered["trust"] = "Trust"
    return offered | {COLUMN + name: name for name in gallery.caption_columns if _varies(gallery, name)}


def _varies(gallery: Gallery, column: str) -> bool:
    """Whether a column says two different things about pictures; or one text about some, and nothing about the others."""
    seen = set()
    first = None
    values, paired = gallery.caption_columns[column], gallery.paired_captions
    for row, position in zip(gallery.rows_of(paired).tolist(), paired.tolist(), strict=True):
        value = values[position]
        if row in seen or value is None or value != value or not str(value):
            continue
        seen.add(row)
        if first is None:
            first = str(value)
        elif str(value) != first:
            return True
    return first is not None and len(seen) < len(gallery) and _as_numbers([first]) is None


def colour(
    gallery: Gallery,
    projection: Projection,
    engine: SearchEngine | None,
    result: SearchResult | None,
    settings: Settings,
    lend: Lend,
) -> dict[str, object]:
    """The chosen colouring: its title, one byte a picture, and what the bytes mean."""
    chosen = visit().map.colour
    offered = choices(gallery, projection, result)
    if chosen not in offered or chosen == map_state.ONE_COLOUR:
        return {"kind": "one"}
    title = offered[chosen]
    if chosen == "cluster":
        return _groups(title, projection.cluster_labels, projection.cluster_names, lend) | {"clusters": True}
    if chosen == "tag":
        return _groups(title, *tag_colour.groups(gallery, most=HUES), lend, rest=tag_colour.NONE)
    if chosen == "score":
        if result is None or result.query_embedding is None:
            return {"kind": "one"}
        return _scale(title, gallery.image_embeddings @ result.query_embedding, lend, digits=3)
    if chosen == "trust":
        return _scale("Share of its closest pictures kept close", projection.trust, lend, digits=2)
    if chosen == "captions":
        return _scale(title, gallery.caption_counts.astype(np.float64), lend, digits=0)
    values = resources.column_by_picture(gallery, chosen.removeprefix(COLUMN))
    numbers = _as_numbers(values)
    if numbers is not None:
        return _scale(title, numbers, lend, digits=2)
    common = [value for value, _ in Counter(value for value in values if value).most_common(HUES)]
    place = {value: label for label, value in enumerate(common)}
    labels = np.array([place.get(value, -1) for value in values], dtype=np.int32)
    return _groups(title, labels, common, lend)


def _scale(title: str, values: np.ndarray, lend: Lend, *, digits: int) -> dict[str, object]:
    steps, low, high = drawing.as_bytes(values)
    return {
        "kind": "scale",
        "title": title,
        "low": f"{low:,.{digits}f}",
        "high": f"{high:,.{digits}f}",
        "values": lend("colour", steps.tobytes()),
    }


def _groups(title: str, labels: np.ndarray, names: Sequence[str], lend: Lend, *, rest: str = REST) -> dict[str, object]:
    """The ten first groups get a hue, the rest is grey."""
    shown = list(names[:HUES])
    steps = np.where((labels >= 0) & (labels < HUES), labels, HUES).astype(np.uint8)
    return {
        "kind": "groups",
        "title": title,
        **_named(shown, rest if bool((steps == HUES).any()) else ""),
        "values": lend("colour", steps.tobytes()),
    }


def _named(names: list[str], rest: str) -> dict[str, object]:
    """What the groups are called, and the byte of each: the rest has the first beyond the hues, which is grey."""
    labels = list(range(len(names)))
    return {"names": [*names, rest], "labels": [*labels, HUES]} if rest else {"names": names, "labels": labels}


def _as_numbers(values: list[str]) -> np.ndarray | None:
    """A column as numbers when it is one; NaN where it is empty."""
    numbers = np.full(len(values), np.nan)
    for row, value in enumerate(values):
        if value:
            try:
                numbers[row] = float(value)
            except ValueError:
                return None
    return numbers if np.isfinite(numbers).any() else None
