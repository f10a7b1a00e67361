"""The address that says what a page shows, and what is shown when one is followed.

A link is the request's (`t2i_core.query.link_form`), on pages that show the query, then how results are shown, the
page's own part, the dataset and the open picture.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages._ui import registry
from pages._ui.session import feedback, state
from pages._ui.session.recent import MOST_ALIKE
from pages._ui.session.visit import Shown, visit
from t2i_core.arrays import MAX_TOP_K
from t2i_core.errors import QueryError
from t2i_core.query import Query
from t2i_core.query.link_form import (
    TERMS,
    TOP_K,
    query_from_link,
    query_to_link,
    settings_from_link,
    settings_to_link,
)
from t2i_core.query.request import DEFAULT_TOP_K

LONGEST_LINK_QUERY = 2_000
LONGEST_NUMBER = 12

# Names in the link, beside those of a request: short, and plain enough to edit by hand.
SIZE, CAPTIONS, DATASET, PICTURE = "size", "captions", "data", "picture"


def link_params(*, first_dataset: str | None) -> dict[str, str]:
    """The query parameters that reproduce what is asked and how it is shown; what is as at first is left out."""
    asked, shown = visit().asked, visit().shown
    params = query_params(asked.query) if asked.query is not None else {}
    settings = asked.settings | ({"liked": (), "disliked": ()} if not params or judged_left_out() else {})
    params |= settings_to_link(top_k=shown.top_k, **settings)
    if shown.size != Shown.DEFAULT_SIZE:
        params[SIZE] = shown.size
    if not shown.captions:
        params[CAPTIONS] = "0"
    return params | _shared_params(first_dataset=first_dataset)


def query_params(query: Query) -> dict[str, str]:
    """The part of a link that holds the query; empty where no link can."""
    if why_left_out(query):
        return {}
    return {name: value[:LONGEST_LINK_QUERY] for name, value in query_to_link(query).items()}


def why_left_out(query: Query) -> str:
    """What keeps a query out of a link; empty where nothing does."""
    if query.outside is not None:
        return "An uploaded picture is not part of a link; the rest of the view is."
    if not query.linkable:
        return "A picture whose file name is no Unicode text is not part of a link; the rest of the view is."
    if len(query.pictures) > MOST_ALIKE:
        return f"A query of more than {MOST_ALIKE} pictures is not part of a link; the rest of the view is."
    if len(query_to_link(query).get(TERMS, "")) > LONGEST_LINK_QUERY:  # cut anywhere it could not be read
        return (
            f"A query of terms longer than {LONGEST_LINK_QUERY:,} signs is not part of a link; the rest of the view is."
        )
    return ""


def judged_left_out() -> str:
    """What keeps likes and dislikes out of a link; empty where nothing does."""
    asked = visit().asked
    judged = settings_to_link(liked=asked.liked, disliked=asked.disliked)
    if sum(map(len, judged.values())) <= LONGEST_LINK_QUERY:
        return ""
    return (
        f"Likes and dislikes of more than {LONGEST_LINK_QUERY:,} signs are not part of a link; the rest of the view is."
    )


def _shared_params(*, first_dataset: str | None) -> dict[str, str]:
    """What the link of every page holds: the dataset and the open picture."""
    opened = visit().opened
    params: dict[str, str] = {}
    if opened.dataset is not None and opened.dataset != first_dataset:
        params[DATASET] = opened.dataset
    if opened.picture:
        params[PICTURE] = opened.picture
    return params


def page_params(own: Mapping[str, str], *, first_dataset: str | None) -> dict[str, str]:
    """The query parameters of a page that has its ``own`` ones in place of Search's."""
    return dict(own) | _shared_params(first_dataset=first_dataset)


def write_link(*, first_dataset: str | None, own: Mapping[str, str] | None = None, settled: bool | None = None) -> None:
    """Put what is shown into the address bar, once it is settled; for pages but Search with their ``own`` parameters."""
    if not (visit().asked.settled if settled is None else settled):
        return
    _write(link_params(first_dataset=first_dataset) if own is None else page_params(own, first_dataset=first_dataset))


def write_dataset(*, first_dataset: str | None) -> None:
    """Put the dataset that is open into the address bar; for pages of which nothing else stands there."""
    opened = visit().opened.dataset
    _write({DATASET: opened} if opened is not None and opened != first_dataset else {})


def _write(params: Mapping[str, str]) -> None:
    if params != dict(st.query_params):
        st.query_params.from_dict(params)
    link = visit().link
    link.seen = (link.page or "", dict(params))


def followed_link() -> dict[str, str] | None:
    """The parameters of a link that was followed just now to a page with a part of its own, for that page to take over."""
    link = visit().link
    params, link.followed = link.followed, None
    return params


def follow_link(*, page: str, titles: Mapping[str, str]) -> None:
    """Take over a link when the address bar holds another one than we wrote: a first visit, or Back and Forward.

    ``titles`` is what people read for each dataset there is, by its name in links.
    """
    params = dict(st.query_params)
    spec, link, opened = registry.page(page), visit().link, visit().opened
    page_before, link.page = link.page, page
    acted, link.acted = link.acted, False
    if page_before != page:
        visit().pressed.clear()  # what was pressed on another page is not meant any more
    if not spec.linked:
        link.seen = None  # what is done here stands in no address
        return
    stepped = _stepped()
    # Going to another page empties the address; stepping to an empty one, there or on the same page, is meant.
    went_on = not params and page_before != page
    if (page, params) == link.seen or ((acted or went_on) and not stepped):
        return
    link.seen = (page, params)
    opened.notice = None
    _open_link_dataset(params.get(DATASET), list(titles))
    if spec.shows_query:
        _show_link_search(params)
    if spec.own_link:
        link.followed = params
    opened.picture = params.get(PICTURE)
    opened.inspecting = opened.picture is not None
    name = params.get(DATASET)
    if name is not None and name not in titles:
        title = titles.get(opened.dataset or "", next(iter(titles.values()), None))
        said = [f"The link asks for the dataset {name!r}, which is not here."]
        said += [f"Here are: {', '.join(titles.values()) or 'none'}."] * (len(titles) != 1)
        said += [f"{title} is open instead."] * (title is not None)
        opened.notice = " ".join(said)


def _stepped() -> bool:
    """Whether Back or Forward of the browser led here."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def _open_link_dataset(name: str | None, dataset_names: list[str]) -> None:
    opened = visit().opened
    before = opened.dataset
    if name is None and dataset_names:
        opened.dataset = dataset_names[0]
    elif name in dataset_names:
        opened.dataset = name
    if before not in {None, opened.dataset}:
        state.drop_what_is_of_one_gallery()


def _show_link_search(params: Mapping[str, str]) -> None:
    _show_link_request(params)
    shown = visit().shown
    top_k = params.get(TOP_K, str(DEFAULT_TOP_K))
    number = top_k.isascii() and top_k.isdigit() and len(top_k) <= LONGEST_NUMBER
    shown.choose_top_k(int(top_k) if number else DEFAULT_TOP_K, MAX_TOP_K)
    shown.size = params.get(SIZE, "") if params.get(SIZE) in Shown.SIZES else Shown.DEFAULT_SIZE
    shown.captions = params.get(CAPTIONS) != "0"


def _show_link_request(params: Mapping[str, str]) -> None:
    """Ask what a link asks; all of it or nothing, for half of it would be another question."""
    asked = visit().asked
    feedback.arrive()
    try:
        query, settings = query_from_link(params), settings_from_link(params)
    except QueryError as error:
        state.clear_query()
        asked.take_settings({})
        visit().opened.notice = f"The link asks for something that cannot be read. {error}"
    else:
        state.ask(query)
        asked.take_settings(settings)
