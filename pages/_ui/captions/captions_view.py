"""What the Captions page shows: words, filters, order and page; from events and links, and into links."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from pages._ui.session import links, state
from t2i_core.captions.columns import NUMBER, Filter
from t2i_core.captions.sheet import FILE, CaptionSheet, SheetView

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_PAGE_SIZE = 50
LONGEST_WORDS = 500
MOST_PICKED = 20

# Names in the link. A filter is f.COLUMN: low..high, ~part of a text, or =one|other. Picked captions go by their number
# in the file, from 1.
FIND, SORT, PAGE, ROWS, FILTER, PICKED = "find", "sort", "page", "rows", "f.", "picked"


@dataclass(frozen=True)
class CaptionsView:
    """A view of the sheet, the page of it that is open (from 1), and the positions of the captions that are picked."""

    sheet: SheetView = field(default_factory=SheetView)
    page: int = 1
    page_size: int = DEFAULT_PAGE_SIZE
    picked: tuple[int, ...] = ()


def prepare() -> None:
    """Give the page's keys their first value, and take over a link that was just followed."""
    for key, value in {
        "captions_view": CaptionsView(),
        "captions_seq": 0,
        "captions_version": 0,
        "captions_settled": True,
        "captions_of_dataset": None,
    }.items():
        st.session_state.setdefault(key, value)  # fmt: skip
    dataset, of = st.session_state["dataset_name"], st.session_state["captions_of_dataset"]
    st.session_state["captions_of_dataset"] = dataset
    if of not in {None, dataset}:
        _set(replace(st.session_state["captions_view"], picked=()))  # positions mean nothing in another file
    params = links.followed_link()
    if params is not None:
        _set(from_params(params))
    picture = st.session_state["captions_of"]
    st.session_state["captions_of"] = None
    if picture is not None:
        _set(_captions_of(picture))


def current(sheet: CaptionSheet | None) -> CaptionsView:
    """The view; without sorting and filters on columns that a sheet does not have, of another dataset or an edited link."""
    view: CaptionsView = st.session_state["captions_view"]
    if sheet is None:
        return view
    filters = {key: one for key, one in view.sheet.filters.items() if _fits(one, key, sheet)}
    sort = view.sheet.sort if view.sheet.sort in sheet.columns else ""
    # The table names the order it shows; the one that every sheet begins with is left out of links.
    sort = "" if sort == sheet.first_sort and not view.sheet.descending else sort
    picked = tuple(at for at in view.picked if at < len(sheet))
    if len(filters) < len(view.sheet.filters) or sort != view.sheet.sort or picked != view.picked:
        view = replace(view, sheet=replace(view.sheet, filters=filters, sort=sort), picked=picked)
        st.session_state["captions_view"] = view
    return view


def settled() -> bool:
    """Whether the words are no longer being typed, so that the link may hold them."""
    return bool(st.session_state["captions_settled"])


def on_event() -> None:
    """Follow what the table and its detail dialog report."""
    state.acted()
    event = state.event("caption_table")
    kind, seq = event.get("type"), event.get("seq", 0)
    st.session_state["captions_seq"] = int(seq) if isinstance(seq, int | float) else 0
    asked = event.get("view")
    if isinstance(asked, Mapping):
        st.session_state["captions_view"] = replace(from_event(asked), picked=_positions(event.get("picked")))
        st.session_state["captions_settled"] = event.get("settled") is not False
    if "open" in event:
        st.session_state["open_picture"] = str(event["open"]) if event["open"] else None
    if kind == "together":
        texts = event.get("texts")
        state.ask_together([str(text) for text in texts] if isinstance(texts, list) else [])
        state.go_to("pages/search.py")
    elif kind == "captions":
        st.session_state["open_picture"] = None
        _set(_captions_of(str(event.get("id", ""))))
    elif kind != "view":
        state.follow_picture_event(event)
        if kind in {"like", "search"}:
            state.go_to("pages/search.py")


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


def _captions_of(image_id: str) -> CaptionsView:
    # A choice is exact, "=1.jpg" in the link; a part of the name, "~1.jpg", would also show 11.jpg.
    picked = st.session_state["captions_view"].picked
    return CaptionsView(SheetView(filters={FILE: Filter(choices=(image_id,))}), picked=picked)


def _set(view: CaptionsView) -> None:
    st.session_state["captions_view"] = view
    st.session_state["captions_settled"] = True
    st.session_state["captions_version"] += 1


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
