"""The address that says what a page shows, and what is shown when one is followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages._ui.session import state
from t2i_core.arrays import MAX_TOP_K
from t2i_core.errors import QueryError
from t2i_core.query.link_form import APPROXIMATE, TOP_K, query_from_link, query_to_link

LONGEST_LINK_QUERY = 2_000
LONGEST_NUMBER = 12

# Names in the link, beside those of a request (`t2i_core.query.link_form`): short, and plain enough to edit by hand.
SIZE, CAPTIONS, DATASET, PICTURE = "size", "captions", "data", "picture"
MOST_ALIKE = state.MOST_ALIKE
# Pages whose view is part of the link. Search's own parameters are read here; another page asks for `followed_link`.
LINKED_PAGES = frozenset({"search", "embedding_map", "captions"})
# Pages that show the query, so that their links hold it as Search's do.
QUERY_PAGES = frozenset({"search", "embedding_map"})


def link_params(*, first_dataset: str | None) -> dict[str, str]:
    """The query parameters that reproduce what is shown; what is as at first is left out."""
    params: dict[str, str] = {}
    asked = state.query()
    if asked is not None and asked.linkable and len(asked.pictures) <= MOST_ALIKE:
        params |= {name: value[:LONGEST_LINK_QUERY] for name, value in query_to_link(asked).items()}
    if st.session_state["top_k"] != state.DEFAULT_TOP_K:
        params[TOP_K] = str(st.session_state["top_k"])
    if st.session_state["card_size"] != state.DEFAULT_SIZE:
        params[SIZE] = st.session_state["card_size"]
    if not st.session_state["show_captions"]:
        params[CAPTIONS] = "0"
    if st.session_state["approximate"]:
        params[APPROXIMATE] = "1"
    return params | _shared_params(first_dataset=first_dataset)


def _shared_params(*, first_dataset: str | None) -> dict[str, str]:
    """What the link of every page holds: the dataset and the open picture."""
    params: dict[str, str] = {}
    if st.session_state["dataset_name"] not in {None, first_dataset}:
        params[DATASET] = st.session_state["dataset_name"]
    if st.session_state["open_picture"]:
        params[PICTURE] = st.session_state["open_picture"]
    return params


def page_params(own: Mapping[str, str], *, first_dataset: str | None) -> dict[str, str]:
    """The query parameters of a page that has its ``own`` ones in place of Search's."""
    return dict(own) | _shared_params(first_dataset=first_dataset)


def write_link(*, first_dataset: str | None, own: Mapping[str, str] | None = None, settled: bool | None = None) -> None:
    """Put what is shown into the address bar, once it is settled; for pages but Search with their ``own`` parameters."""
    if not (st.session_state["settled"] if settled is None else settled):
        return
    params = link_params(first_dataset=first_dataset) if own is None else page_params(own, first_dataset=first_dataset)
    if params != dict(st.query_params):
        st.query_params.from_dict(params)
    st.session_state["link_seen"] = (st.session_state["page"], params)


def followed_link() -> dict[str, str] | None:
    """The parameters of a link that was followed to a page other than Search just now, for that page to take over."""
    params: dict[str, str] | None = st.session_state["link_followed"]
    st.session_state["link_followed"] = None
    return params


def follow_link(*, page: str, titles: Mapping[str, str]) -> None:
    """Take over a link when the address bar holds another one than we wrote: a first visit, or Back and Forward.

    ``titles`` is what people read for each dataset there is, by its name in links.
    """
    params = dict(st.query_params)
    page_before, seen = st.session_state["page"], st.session_state["link_seen"]
    acted, st.session_state["acted"] = st.session_state["acted"], False
    st.session_state["page"] = page
    if page not in LINKED_PAGES:
        st.session_state["link_seen"] = None  # what is done here stands in no address
        return
    stepped = _stepped()
    # Going to another page empties the address; stepping to an empty one, there or on the same page, is meant.
    went_on = not params and page_before != page
    if (page, params) == seen or ((acted or went_on) and not stepped):
        return
    st.session_state["link_seen"] = (page, params)
    st.session_state["notice"] = None
    _open_link_dataset(params.get(DATASET), list(titles))
    if page in QUERY_PAGES:
        _show_link_search(params)
    if page != "search":
        st.session_state["link_followed"] = params
    st.session_state["open_picture"] = params.get(PICTURE)
    name = params.get(DATASET)
    if name is not None and name not in titles:
        opened = titles.get(st.session_state["dataset_name"], next(iter(titles.values()), None))
        said = [f"The link asks for the dataset {name!r}, which is not here."]
        said += [f"Here are: {', '.join(titles.values()) or 'none'}."] * (len(titles) != 1)
        said += [f"{opened} is open instead."] * (opened is not None)
        st.session_state["notice"] = " ".join(said)


def _stepped() -> bool:
    """Whether Back or Forward of the browser led here."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def _open_link_dataset(name: str | None, dataset_names: Sequence[str]) -> None:
    before = st.session_state["dataset_name"]
    if name is None and dataset_names:
        st.session_state["dataset_name"] = dataset_names[0]
    elif name in dataset_names:
        st.session_state["dataset_name"] = name
    asked = state.query()
    if before not in {None, st.session_state["dataset_name"]} and asked is not None and asked.of_gallery:
        state.clear_query()  # a picture of another gallery


def _show_link_search(params: Mapping[str, str]) -> None:
    _show_link_query(params)
    top_k = params.get(TOP_K, str(state.DEFAULT_TOP_K))
    number = top_k.isascii() and top_k.isdigit() and len(top_k) <= LONGEST_NUMBER
    state.choose_top_k(int(top_k) if number else state.DEFAULT_TOP_K, MAX_TOP_K)
    st.session_state["card_size"] = params.get(SIZE) if params.get(SIZE) in state.SIZES else state.DEFAULT_SIZE
    st.session_state["show_captions"] = params.get(CAPTIONS) != "0"
    st.session_state["approximate"] = params.get(APPROXIMATE) == "1"


def _show_link_query(params: Mapping[str, str]) -> None:
    try:
        state.ask(query_from_link(params))
    except QueryError as error:
        state.clear_query()
        st.session_state["notice"] = f"The link asks for something that cannot be read. {error}"
