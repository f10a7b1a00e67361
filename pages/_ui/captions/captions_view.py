"""What the Captions page shows: words, filters, order and page; from events and links, and into links."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from pages._ui import registry
from pages._ui.session import events, links, state, widgets
from pages._ui.session.captions import DEFAULT_PAGE_SIZE, CaptionsView
from pages._ui.session.visit import acted, reported, visit
from t2i_core.captions.columns import NUMBER, Filter
from t2i_core.captions.sheet import CaptionSheet, SheetView

PAGE_SIZES = (25, 50, 100, 200)
LONGEST_WORDS = 500
MOST_PICKED = 20

# Names in the link. A filter is f.COLUMN: low..high, ~part of a text, or =one|other. Picked captions go by their number
# in the file, from 1.
FIND, SORT, PAGE, ROWS, FILTER, PICKED = "find", "sort", "page", "rows", "f.", "picked"


def prepare() -> None:
    """Take over a link that was just followed."""
    table = visit().captions
    table.of_dataset(visit().opened.dataset)
    params = links.followed_link()
    if params is not None:
        table.show(from_params(params))


def current(sheet: CaptionSheet | None) -> CaptionsView:
    """The view; without sorting and filters on columns that a sheet does not have, of another dataset or an edited link."""
    view = visit().captions.view
    if sheet is None:
        return view
    filters = {key: one for key, one in view.sheet.filters.items() if _fits(one, key, sheet)}
    sort = view.sheet.sort if view.sheet.sort in sheet.columns else ""
    # The table names the order it shows; the one that every sheet begins with is left out of links.
    sort = "" if sort == sheet.first_sort and not view.sheet.descending else sort
    picked = tuple(at for at in view.picked if at < len(sheet))
    if len(filters) < len(view.sheet.filters) or sort != view.sheet.sort or picked != view.picked:
        view = replace(view, sheet=replace(view.sheet, filters=filters, sort=sort), picked=picked)
        visit().captions.view = view
    return view


def link_params() -> dict[str, str]:
    """What stands in the page's link."""
    return to_params(visit().captions.view)


def settled() -> bool:
    """Whether the words are no longer being typed, so that the link may hold them."""
    return visit().captions.settled


def on_event() -> None:
    """Follow what the table and its open picture report."""
    acted()
    event, table, opened = reported(widgets.CAPTION_TABLE), visit().captions, visit().opened
    kind, seq = event.get("type"), event.get("seq", 0)
    table.seq = int(seq) if isinstance(seq, int | float) else 0
    asked = event.get("view")
    if isinstance(asked, Mapping):
        table.view = replace(from_event(asked), picked=_positions(event.get("picked")))
        table.settled = event.get("settled") is not False
    visit().marking.follow(event)
    if "open" in event:
        opened.picture = str(event["open"]) if event["open"] else None
    search = registry.page("search").file
    if kind == "together":
        texts = event.get("texts")
        state.ask_together([str(text) for text in texts] if isinstance(texts, list) else [])
        state.go_to(search)
    elif kind == "captions":
        opened.picture, opened.inspecting = None, False
        table.show_picture(str(event.get("id", "")))
    elif kind != "view":
        events.follow_picture_event(event)
        if kind in {"like", "search", "examples"}:
            state.go_to(search)


def from_event(asked: Mapping[str, object]) -> CaptionsView:
    """The view the table asks for; what makes no sense is as at first."""
    filters = asked.get("filters")
    read = {
        str(key): _filter(one)
        for key, one in (filters.items() if isinstance(filters, Mapping) else ())
        if isinstance(one, Mapping)
    }
    sheet = SheetView(
        words=str(asked.get("words") or "")[:LONGEST_WORDS],
        filters={key: one for key, one in read.items() if one},
        sort=str(asked.get("sort") or ""),
        descending=asked.get("descending") is True,
    )
    page, size = asked.get("page"), asked.get("size")
    return CaptionsView(sheet, max(1, page) if isinstance(page, int) else 1, _page_size(size))


def to_params(view: CaptionsView) -> dict[str, str]:
    """The query parameters of a view; what is as at first is left out."""
    params: dict[str, str] = {}
    if view.sheet.words.strip():
        params[FIND] = view.sheet.words.strip()
    if view.sheet.sort or view.sheet.descending:
        params[SORT] = ("-" if view.sheet.descending else "") + view.sheet.sort
    for key, one in view.sheet.filters.items():
        params[FILTER + key] = _filter_text(one)
    if view.page > 1:
        params[PAGE] = str(view.page)
    if view.page_size != DEFAULT_PAGE_SIZE:
        params[ROWS] = str(view.page_size)
    if view.picked:
        params[PICKED] = ",".join(str(at + 1) for at in view.picked)
    return params


def from_params(params: Mapping[str, str]) -> CaptionsView:
    """The view of a link; what makes no sense is as at first."""
    filters = {key.removeprefix(FILTER): _read_filter(text) for key, text in params.items() if key.startswith(FILTER)}
    sort, page, size = params.get(SORT, ""), params.get(PAGE, ""), params.get(ROWS, "")
    sheet = SheetView(
        words=params.get(FIND, "")[:LONGEST_WORDS],
        filters={key: one for key, one in filters.items() if one},
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
    )
    number = _whole(page) or 1
    picked = [at - 1 for at in map(_whole, params.get(PICKED, "").split(",")) if at]
    return CaptionsView(sheet, max(1, number), _page_size(_whole(size)), _positions(picked))


def filter_record(one: Filter) -> dict[str, object]:
    """A filter as the browser knows it."""
    if one.choices:
        return {"choices": list(one.choices)}
    return {"text": one.text} if one.text else {"low": one.low, "high": one.high}


def _fits(one: Filter, key: str, sheet: CaptionSheet) -> bool:
    column = sheet.columns.get(key)
    if column is None:
        return False
    ranged = one.low is not None or one.high is not None
    return ranged if column.kind == NUMBER else not ranged


def _whole(text: str) -> int:
    """A whole number of a link; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= links.LONGEST_NUMBER else 0


def _positions(picked: object) -> tuple[int, ...]:
    found = picked if isinstance(picked, list) else []
    return tuple(dict.fromkeys(at for at in found if isinstance(at, int) and at >= 0))[:MOST_PICKED]


def _page_size(size: object) -> int:
    return size if isinstance(size, int) and size in PAGE_SIZES else DEFAULT_PAGE_SIZE


def _filter(record: Mapping[str, object]) -> Filter:
    choices = record.get("choices")
    if isinstance(choices, list) and choices:
        return Filter(choices=tuple(str(one) for one in choices))
    if record.get("text"):
        return Filter(text=str(record["text"]))
    return Filter(low=_number(record.get("low")), high=_number(record.get("high")))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _filter_text(one: Filter) -> str:
    if one.choices:
        return "=" + "|".join(text.replace("\\", "\\\\").replace("|", "\\|") for text in one.choices)
    if one.text:
        return "~" + one.text
    return "..".join("" if end is None else f"{end:.10g}" for end in (one.low, one.high))


def _read_filter(text: str) -> Filter:
    if text.startswith("="):
        # Bars part the choices; a backslash takes the sign behind it as it is.
        pieces = [""]
        for sign in re.findall(r"\\.|[^\\]", text[1:], re.DOTALL):
            if sign == "|":
                pieces.append("")
            else:
                pieces[-1] += sign[-1]
        return Filter(choices=tuple(pieces))
    if text.startswith("~"):
        return Filter(text=text[1:])
    ends = text.split("..")
    return Filter(low=_parsed(ends[0]), high=_parsed(ends[1])) if len(ends) == 2 else Filter()


def _parsed(text: str) -> float | None:
    try:
        return _number(float(text))
    except ValueError:
        return None
