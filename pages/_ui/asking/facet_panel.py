"""Filters on Search: a quiet button, and the panel it opens, with what can be chosen and how many pictures have it."""

from __future__ import annotations

from concurrent.futures import wait
from dataclasses import dataclass

import streamlit as st

from pages._ui import components, resources
from pages._ui.asking.answer import Answer
from pages._ui.frame import frame
from pages._ui.resources import Offered
from pages._ui.session import filters
from pages._ui.session.asked import Asked
from pages._ui.session.visit import visit
from t2i_core.dataset.stacks_file import HOW
from t2i_core.engine import SearchEngine
from t2i_core.errors import T2IError
from t2i_core.facets.counting import Facet, FacetCount
from t2i_core.facets.spreads import Spread
from t2i_core.query import SearchRequest
from t2i_core.query.request import LOOK_ALIKES, ORDERS, STACKINGS
from t2i_core.query.where import COLUMN, DAY, TAG
from t2i_core.types import Gallery, SearchResult

COUNTING_WAIT_S = 0.05  # counts that are there by then are drawn at once, others when they come
_TITLES = {
    TAG: "Tag", "type": "File type", "colour": "Main colour", DAY: "Day it was taken", "light": "Light, 0 dark to 1",
    "sharp": "Sharpness, 0 to 1", "score": "Score", "picture": "File name",
}  # fmt: skip
_STACKINGS = {STACKINGS[0]: "Each picture alone", STACKINGS[1]: "Copies together", LOOK_ALIKES: "Look-alikes too"}


def button() -> None:
    """What opens the panel; beside the other controls, whether or not anything is asked."""
    panel = visit().panel
    st.button(
        "Filter", icon=":material/filter_list:", type="tertiary", key="filter", on_click=filters.turn,
        help="Close the filters (f)" if panel.open else "Which pictures may come, as how many, in which order (f)",
    )  # fmt: skip


@dataclass(frozen=True)
class Filtered:
    """What filters are of: a gallery with its engine, the result they narrow, and what is asked for it."""

    gallery: Gallery
    engine: SearchEngine | None
    result: SearchResult | None
    asked: Asked | SearchRequest


def of_answer(answer: Answer) -> Filtered:
    """What is asked on the page, and what came of it."""
    return Filtered(answer.gallery, answer.engine, answer.result, visit().asked)


def panel(filtered: Filtered, *, second: bool = False) -> None:
    """Draw it; what it counts is counted only then, behind the page. ``second`` is for that of the second of two requests."""
    gallery, result = filtered.gallery, filtered.result
    hits = None if result is None else [hit.image_id for hit in result.hits]
    counts, problem = None, ""
    counting = resources.offered(gallery, filtered.engine, hits)
    wait([counting], COUNTING_WAIT_S)
    if not counting.done():
        frame.draw_again_when_changed(counting.done, False)
    else:
        try:
            counts = counting.result()
        except T2IError as error:
            problem = str(error)
            resources.forget_offered(gallery, hits)
    asked, opened = filtered.asked, visit().panel
    draw, follow = (
        (components.second_panel, filters.on_second_event) if second else (components.facet_panel, filters.on_event)
    )
    draw(
        {
            "seq": opened.second_seq if second else opened.seq,
            "opened": opened.opened,
            "counting": counts is None and not problem,
            "facets": [] if counts is None else [_facet(*one) for one in counts.facets],
            "words": bool(gallery.captions) and counts is not None,
            "shown": None if hits is None else len(hits),
            "pictures": gallery.images,
            "where": [one.to_record() for one in asked.where],
            "stacking": asked.stacking,
            "stackings": [] if counts is None else _choices(counts.stackings, asked.stacking, _STACKINGS),
            "diversity": asked.diversity,
            "order": asked.order,
            "orders": [] if counts is None else _orders(counts, asked.order),
            "hints": [{"text": problem, "command": ""}] if problem else _hints(gallery, counts),
        },
        on_event=follow,
    )


def title_of(field: str) -> str:
    """What a facet is called above its values."""
    if field.startswith(COLUMN):
        return field.removeprefix(COLUMN)
    return _TITLES.get(field, field.capitalize())


def _facet(facet: Facet, spread: Spread | None) -> dict[str, object]:
    said: dict[str, object] = {"field": facet.name, "title": title_of(facet.name)}
    if spread is not None:
        return said | {
            "kind": "range", "day": facet.name == DAY, "low": spread.low, "high": spread.high, "whole": spread.integral,
            "gallery": list(spread.gallery), "hits": list(spread.hits),
        }  # fmt: skip
    values = [{"value": _value(one), "gallery": one.gallery, "hits": one.hits} for one in facet.counts]
    return said | {"kind": "values", "values": values, "more": facet.more}


def _value(count: FacetCount) -> str:
    """What asks for a value: the text, or the number where all that have one have the same."""
    condition = count.condition
    return condition.values[0] if condition.values else f"{condition.at_least:g}"


def _choices(offered: tuple[str, ...], chosen: str, titles: dict[str, str]) -> list[dict[str, str]]:
    """What can be chosen, and what is chosen already though it cannot."""
    return [{"value": one, "label": titles[one]} for one in dict.fromkeys((*offered, chosen))]


def _orders(counts: Offered, order: str) -> list[dict[str, str]]:
    fields = [facet.name for facet, _ in counts.facets if facet.name != TAG]
    chosen = order.removeprefix("-")
    return [{"value": one, "label": title_of(one)} for one in dict.fromkeys((ORDERS[0], "picture", *fields, chosen))]


def _hints(gallery: Gallery, counts: Offered | None) -> list[dict[str, str]]:
    """What else could be filtered by, and how to get it."""
    if gallery.searched_by:
        told = "Tags, stacks and what is measured of files are there for datasets in a folder; this one is in a collection."
        return [{"text": told, "command": ""}]
    if counts is None:
        return []
    hints = []
    command = f"{HOW} --data {gallery.data_dir}"
    if not counts.measured:
        told = "Colours, days, cameras, light and sharpness can be filtered once the pictures are measured:"
        hints.append({"text": told, "command": command})
    elif len(counts.stackings) == 1:
        hints.append({"text": "Copies can stand together once they are looked for:", "command": command})
    if not any(facet.name == TAG for facet, _ in counts.facets):
        hints.append({"text": "Tags can be filtered once a picture has one: select cards with x.", "command": ""})
    return hints
