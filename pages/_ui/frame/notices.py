"""Sentences for a person: what is wrong with a dataset, what went wrong, and what to do.

Every page says such things in one of these styles and no other:

- `error`, a frame: what was asked for cannot be done. The rule, what was received, how to mend it.
- `notes`, a grey line: what was done, and something about it is worth knowing.
- `problems`, a fold with a warning sign: what stays wrong with the dataset whatever is asked.
- `no_data` and `no_captions`, a heading: a place that is empty until something is made.

What is wrong with what was typed into the query field stands below that field. One fault is told in one place.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

import streamlit as st

from pages._ui import registry, resources
from pages._ui.frame.plain_text import plain, with_commands
from pages._ui.serving import permissions
from t2i_core.config import Settings
from t2i_core.errors import ModelError, ServerAwayError, T2IError, UnvouchedModelError, count_of
from t2i_core.types import Gallery, Problem

SHOWN_OF_CAPTIONS = (
    "lists every one beside its picture, finds words in them, and shows how well each fits, "
    "the likely labelling errors first"
)
WIDTH = 760  # of a place that is empty: longer lines are hard to read


def error(problem: T2IError, *, title: str = "") -> None:
    """An expected error, in its own words; with a button where trying again can help."""
    with st.container(border=True):
        if title:
            st.markdown(f"**{plain(title)}**")
        # Messages hold names from data, so they are text, never markup.
        st.text(str(problem))
        if isinstance(problem, UnvouchedModelError):
            label = f"Open {plain(problem.model)}"
            st.button(label, key="open_named_model", on_click=resources.named_models().add, args=(problem.model,))
        elif isinstance(problem, ModelError):
            st.button("Try again", key="try_again", on_click=resources.forget_models)
        if isinstance(problem, ServerAwayError):
            st.button("Try again", key="ask_server_again")  # whatever draws the page again asks again


def fatal(found: Iterable[Problem]) -> None:
    """What makes a dataset unusable, with what to do."""
    for problem in found:
        if problem.severity == "fatal":
            with st.container(border=True):
                _problem(problem)


def problems(found: Iterable[Problem]) -> None:
    """Warnings about a dataset, each with what to do, behind a button: they are found late, and would push the page down."""
    warnings = [problem for problem in found if problem.severity not in {"note", "fatal"}]
    if not warnings:
        return
    label = f"{count_of(len(warnings), 'thing')} to know"
    with st.popover(label, icon=":material/warning:", type="tertiary", help="About this dataset"):
        for problem in warnings:
            _problem(problem)


def _problem(problem: Problem) -> None:
    st.text(problem.message)
    if problem.fix:
        st.caption(with_commands(problem.fix))


def no_data(settings: Settings) -> None:
    """What would be here, and how to get it."""
    with st.container(width=WIDTH):
        st.header("No pictures yet", anchor=False)
        st.text(
            f"The folder {settings.data_dir} holds no embeddings (aligned_embeddings.npz). "
            "Make them from a folder of pictures; captions are optional."
        )
        _offer_build()
        st.caption("In a terminal")
        st.code(f"python -m t2i_core build --images DIR --data {settings.data_dir}", language=None, wrap_lines=True)


def _offer_build() -> None:
    permit = permissions.current()
    if permit.allowed:
        page = registry.page("build")
        st.page_link(page.file, label="Build from your pictures", icon=page.icon)
    else:
        st.text(permit.refusal)


def no_captions(gallery: Gallery, *, shows: str = SHOWN_OF_CAPTIONS) -> None:
    """What a page would show of captions, and how to get it."""
    command = ["python", "-m", "t2i_core", "build", "--images", str(gallery.images_dir), "--captions", "captions.csv"]
    with st.container(width=WIDTH):
        st.header("No captions yet", anchor=False)
        st.text(f"This dataset has pictures and no captions. With captions this page {shows}.")
        st.caption("Write them as a CSV with the columns image and caption, one row per caption, and build again")
        st.code(shlex.join([*command, "--data", str(gallery.data_dir)]), language=None, wrap_lines=True)
        _offer_build()


def notes(sentences: Iterable[str]) -> None:
    """Remarks about what was done, such as where a query was cut; a line each."""
    for sentence in sentences:
        st.caption(plain(sentence))
