"""Two requests side by side: the second's controls, what it gained, lost and moved, and both lists of pictures."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import wait
from dataclasses import dataclass, replace

import streamlit as st

from pages._ui import resources
from pages._ui.asking import controls, facet_panel, ranking
from pages._ui.asking.answer import Answer
from pages._ui.frame import frame, notices
from pages._ui.frame.plain_text import plain
from pages._ui.grid import cards
from pages._ui.session import filters, state, widgets
from pages._ui.session.visit import acted, visit
from t2i_core.arrays import MAX_TOP_K
from t2i_core.engine import SearchEngine
from t2i_core.errors import QueryError, T2IError, count_of
from t2i_core.lab.two_results import compare_results
from t2i_core.query import Cutoff, SearchRequest, as_typed, read_typed, write_query
from t2i_core.query.request import LOOK_ALIKES, ORDERS, RANKINGS, STACKINGS
from t2i_core.types import Gallery, SearchResult

LOOK_WAIT_S = 0.1
NOT_HERE = "The second request is for the dataset {!r}, which is not here. Choose another, or close the comparison."


@dataclass(frozen=True)
class SecondAnswer:
    """What is there for the second request: a result with its engine, why there is none, or neither while one is to come.

    ``everything`` is the whole ranking that the hits of ``result`` are the first of.
    """

    engine: SearchEngine | None = None
    result: SearchResult | None = None
    everything: SearchResult | None = None
    problem: str = ""


def follow_link(params: Mapping[str, str] | None) -> None:
    """Take over the second request of a link, where one was followed just now."""
    if params is None:
        return
    try:
        visit().second.follow(params)
    except QueryError as error:
        visit().opened.notice = f"The link compares with something that cannot be read. {error}"


def link_params() -> dict[str, str]:
    """The second request's part of the page's link."""
    return visit().second.link_params(visit().asked) if visit().asked.query is not None else {}


def button() -> None:
    """What opens the comparison, and closes it."""
    opened = visit().second.request is not None
    st.button(
        "Compare", icon=":material/compare:", type="tertiary", key="compare", on_click=turn,
        help="Close the second request (b)" if opened else "A second request beside this one (b)",
    )  # fmt: skip


def turn() -> None:
    """Open a second request, a copy of what is asked; or close it."""
    acted()
    second = visit().second
    if second.request is not None:
        second.close()
    else:
        second.begin(visit().asked)


def is_open() -> bool:
    """Whether two are compared."""
    return visit().second.request is not None


def panel(answer: Answer, here: frame.Here) -> None:
    """The filters, where they are open: of what is asked, or of the second request where that has its own."""
    opened = visit().panel
    if not opened.open:
        return
    of_second = False
    if is_open() and not visit().second.follows and answer.result is not None:
        widgets.seed(widgets.FILTERS_OF, "B" if opened.second else "A")
        st.segmented_control("Filters of", ["A", "B"], key=widgets.FILTERS_OF, required=True, on_change=_choose_panel)
        of_second = opened.second
    if not of_second:
        facet_panel.panel(facet_panel.of_answer(answer))
        return
    found, asked = second_answer(answer, here), visit().second.request
    if asked is not None and found.engine is not None:
        facet_panel.panel(facet_panel.Filtered(found.engine.gallery, found.engine, found.result, asked), second=True)


def two(answer: Answer, here: frame.Here) -> None:
    """Both lists, with what the second gained, lost and moved; for a page whose answer has a result."""
    first, everything, engine = answer.result, answer.everything, answer.engine
    if first is None or everything is None or engine is None:
        return
    second = second_answer(answer, here)
    _controls(answer, here, second)
    found = second.result
    compared = None if found is None else compare_results(first, found)
    st.markdown(f"**{plain(compared.sentence)}**" if compared else "Comparing")
    before, after = st.columns(2, gap="medium")
    with before:
        st.caption(f"A · {plain(in_words(first.request))}")
        gone = {} if compared is None else {name: "gone" for name, _ in compared.lost}
        cards.ranking(first, engine, here.settings, everything=everything, marks=gone)
    with after:
        st.caption(f"B · {plain(in_words(second_request() or first.request))}")
        if found is not None and second.engine is not None and compared is not None:
            moved: dict[str, int | str] = {name: rank - now for name, rank, now in compared.both if rank != now}
            marks = moved | {name: "new" for name, _ in compared.gained}
            cards.second_ranking(found, second.engine, here.settings, marks=marks)
        elif second.problem:
            notices.notes([second.problem])


def in_words(request: SearchRequest) -> str:
    """A request in one line: its query, then what else it asks."""
    told = [_typed(request)]
    told += [f"where {' and '.join(one.label for one in request.where)}"] * bool(request.where)
    told += [request.ranking] * (request.ranking != RANKINGS[0])
    told += ["approximate"] * request.approximate
    if request.cutoff is not None:
        told.append(request.cutoff.label if isinstance(request.cutoff, Cutoff) else f"from {request.cutoff:g} up")
    if request.stacking != STACKINGS[0]:
        told.append("look-alikes stacked" if request.stacking == LOOK_ALIKES else "copies stacked")
    told += [f"by {request.order.removeprefix('-')}"] * (request.order != ORDERS[0])
    told += [f"varied by {request.diversity:g}"] * bool(request.diversity)
    judged = (("like", request.liked), ("dislike", request.disliked))
    told += [count_of(len(names), one) for one, names in judged if names]
    return " · ".join(told)


def second_request() -> SearchRequest | None:
    """What the second request asks; None where nothing is compared."""
    return visit().second.asked(visit().asked)


def second_answer(answer: Answer, here: frame.Here) -> SecondAnswer:
    """Ask the second request of its dataset, as far as that is there."""
    asked = second_request()
    if asked is None:
        return SecondAnswer()
    try:
        gallery = _gallery(answer, here)
        if gallery is None:
            return SecondAnswer(problem="The second dataset is being opened.")
        loaded = resources.engine_state(gallery, here.settings)
        if loaded.engine is None:
            frame.wait_for_engine(here, loaded)
            return SecondAnswer(problem=str(loaded.error or f"The model {frame.short(loaded.model)} is loading."))
        engine = loaded.engine
        approximate = engine.approximate is not None and asked.approximate
        request = replace(asked, top_k=min(MAX_TOP_K, engine.images), approximate=approximate)
        found = ranking.rank(engine, request, here.settings)
    except T2IError as error:
        return SecondAnswer(problem=str(error))
    return SecondAnswer(engine, found.head(min(visit().shown.top_k, gallery.images)), found)


def _gallery(answer: Answer, here: frame.Here) -> Gallery | None:
    """What the second request is asked of; None while it is being opened."""
    name = visit().second.dataset
    if name is None or name == visit().opened.dataset:
        return answer.gallery
    choice = next((one for one in here.choices if one.name == name), None)
    if choice is None:
        raise QueryError(NOT_HERE.format(name))
    opening = resources.gallery(choice)
    wait([opening], LOOK_WAIT_S)
    if not opening.done():
        frame.draw_again_when_changed(opening.done, False)
        return None
    return resources.opened(choice, opening)


def _controls(answer: Answer, here: frame.Here, found: SecondAnswer) -> None:
    """What the second asks, and the ways to turn both round, begin again and close."""
    second = visit().second
    request, engine = second.request, found.engine or answer.engine
    if request is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="second"):
        st.caption("B", width="content")
        widgets.seed(widgets.SECOND_QUERY, "" if request.query.outside is not None else _typed(request))
        st.text_input(
            "The second query", key=widgets.SECOND_QUERY, placeholder=request.query.label, width=360,
            label_visibility="collapsed", on_change=_take_query,
        )  # fmt: skip
        if controls.balance_offered(engine) is not None or request.ranking != RANKINGS[0]:
            widgets.seed(widgets.SECOND_RANKING, request.ranking)
            st.segmented_control(
                "Ranking of the second", ["cosine", "balanced"], key=widgets.SECOND_RANKING, format_func=str.capitalize, required=True,
                label_visibility="collapsed", on_change=_take_ranking,
            )  # fmt: skip
        if engine is not None and engine.approximate is not None:
            widgets.seed(widgets.SECOND_APPROXIMATE, request.approximate)
            st.toggle("Approximate", key=widgets.SECOND_APPROXIMATE, on_change=_take_approximate)
        _choose_dataset(answer, here)
        widgets.seed(widgets.SECOND_FILTERS, not second.follows)
        st.toggle(
            "Own filters", key=widgets.SECOND_FILTERS, on_change=_take_filters,
            help="Filters of its own for B; else it has those of A, also when they change",
        )  # fmt: skip
        st.button("Swap", key="second_swap", type="tertiary", help="A becomes B, and B becomes A", on_click=_swap)
        st.button("Copy A", key="second_copy", type="tertiary", help="Begin again: B asks what A asks", on_click=_copy)
        st.button("Close", key="second_close", type="tertiary", help="Back to one request: A", on_click=turn)
    notices.notes([second.unread] if second.unread else [])


def _choose_dataset(answer: Answer, here: frame.Here) -> None:
    """Which dataset the second is asked of, where there are others of the same pictures."""
    second = visit().second
    names = []
    if len(here.choices) > 1:
        ways = resources.other_ways_of(answer.gallery, here.choices)
        wait([ways], LOOK_WAIT_S)
        if ways.done():
            names = [choice.name for choice in ways.result().values() if choice is not None]
        else:
            frame.draw_again_when_changed(ways.done, False)
    own = visit().opened.dataset or ""
    offered = list(dict.fromkeys([own, *names, *([second.dataset] if second.dataset else [])]))
    if len(offered) < 2:
        return
    titles = resources.titles(here.choices)
    widgets.seed(widgets.SECOND_DATASET, second.dataset or own)
    st.selectbox(
        "Dataset of the second", offered, key=widgets.SECOND_DATASET, width=200, label_visibility="collapsed",
        format_func=lambda name: titles.get(name, name), on_change=_take_dataset,
    )  # fmt: skip


def _typed(request: SearchRequest) -> str:
    """The query as somebody would type it."""
    query = request.query
    if query.outside is not None:
        return query.label
    return write_query(query) if query.sentence is None else as_typed(query.sentence)


def _take_query() -> None:
    acted()
    text = " ".join(str(widgets.value(widgets.SECOND_QUERY) or "").split())
    if not text:
        return  # the field shows again what is asked
    try:
        visit().second.change(query=read_typed(text))
    except QueryError as error:
        visit().second.unread = str(error)


def _take_ranking() -> None:
    acted()
    visit().second.change(ranking=widgets.value(widgets.SECOND_RANKING))


def _take_approximate() -> None:
    acted()
    visit().second.change(approximate=bool(widgets.value(widgets.SECOND_APPROXIMATE)))


def _take_dataset() -> None:
    acted()
    chosen = widgets.value(widgets.SECOND_DATASET)
    visit().second.dataset = None if chosen == visit().opened.dataset else chosen


def _take_filters() -> None:
    acted()
    filters.give_second_its_own(bool(widgets.value(widgets.SECOND_FILTERS)))


def _choose_panel() -> None:
    acted()
    visit().panel.second = widgets.value(widgets.FILTERS_OF) == "B"


def _copy() -> None:
    acted()
    visit().second.begin(visit().asked)


def _swap() -> None:
    """What is asked becomes the second, and the second what is asked; their datasets go with them."""
    acted()
    opened, shown, second = visit().opened, visit().shown, visit().second
    first, request, there, here = visit().asked.request(1), second_request(), second.dataset, opened.dataset
    follows = second.follows
    if first is None or request is None:
        return
    if there is not None:
        opened.dataset, opened.picture = there, None
        state.drop_what_is_of_one_gallery()
    state.ask_request(replace(request, top_k=shown.top_k))
    second.request, second.dataset, second.unread = first, here if there is not None else None, ""
    second.follows = follows
