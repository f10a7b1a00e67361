"""The Lab page from top to bottom: how many to look at, how good it is, where it fails, what is better, the space's health."""

from __future__ import annotations

import shlex
from concurrent.futures import wait

import streamlit as st

from pages._ui import resources
from pages._ui.frame import frame, notices, opening
from pages._ui.frame.plain_text import plain
from pages._ui.jobs.lab_work import LabWork
from pages._ui.lab import lab_compare, lab_events, lab_parts, lab_questions, lab_share
from pages._ui.serving import permissions
from t2i_core import dataset
from t2i_core.dataset import Mark
from t2i_core.errors import T2IError
from t2i_core.types import Gallery

WORK_WAIT_S = 0.25
PROGRESS_SECONDS = 0.4
MEASURED = "measures how well they find their pictures, says how many to look at and where that fails, and how sure all of it is"


def draw(gallery: Gallery, here: frame.Here, loaded: resources.EngineState) -> None:
    """Everything that is known of a gallery whose captions have embeddings."""
    place = heading()
    marks, problem = _marks(gallery)
    if problem is not None:
        notices.error(problem, title="Marks could not be read or kept")
    work = resources.lab_work(gallery, marks)
    wait([work.first.future], timeout=WORK_WAIT_S)
    stage, found = work.stage, work.first.outcome
    if work.first.error is not None:
        notices.error(work.first.error, title="Nothing can be measured here")
    elif found is not None:
        compared = lab_compare.asked(gallery, here)
        lab_share.share(place, found, work, compared)
        lab_parts.curve(found)
        lab_parts.figures(found, work)
        lab_parts.where_it_fails(found, work)
        lab_parts.worst_queries(found, work, here.settings, marks)
        lab_compare.draw(gallery, here, compared)
        lab_questions.draw(loaded)
        lab_parts.health(found, work, here.settings)
    elif not work.first.running:
        _stopped(gallery, marks)
    if work.first.running:
        _progress(work)
    if work.first.running or work.rest.running or work.stage != stage:
        frame.draw_again_when_changed(lambda: work.stage, stage)


def heading() -> st.delta_generator.DeltaGenerator:
    """The page's name; the place beside it, to be filled once there is something to share."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="lab_head"):
        st.header("Lab", anchor=False)
        return st.container(width="content")


def layout() -> None:
    """The page while its dataset is being opened."""
    heading()
    st.caption(opening.SUMMARY)


def nothing_to_measure(gallery: Gallery, stored: Gallery, loaded: resources.EngineState) -> None:
    """What the page would show and what it needs; own questions need no captions."""
    heading()
    if not stored.captions:
        notices.no_captions(stored, shows=MEASURED)
    else:
        with st.container(width=notices.WIDTH):
            _why_not(gallery, stored, loaded)
    lab_questions.draw(loaded)


def _why_not(gallery: Gallery, stored: Gallery, loaded: resources.EngineState) -> None:
    if stored.text_embeddings is not None and loaded.loading:
        st.text("Everything here is measured once the model has confirmed the embeddings of the captions.")
    elif gallery.paired_captions.size:
        st.text("Measuring needs embeddings of the captions, made by the pictures' model, and this dataset has none.")
        st.caption("Make them in a terminal")
        folders = ["--images", str(stored.images_dir), "--data", str(stored.data_dir)]
        st.code(shlex.join(["python", "-m", "t2i_core", "build", *folders]), language=None, wrap_lines=True)
    else:
        st.text("No caption of this dataset belongs to one of its pictures, so there is nothing to measure.")


def _marks(gallery: Gallery) -> tuple[tuple[Mark, ...], T2IError | None]:
    """What is also right, after taking over what was done; with what went wrong."""
    marks: tuple[Mark, ...] = ()
    try:
        marks = dataset.read_relevance(gallery.data_dir)
        if lab_events.follow(gallery, marks):
            marks = dataset.read_relevance(gallery.data_dir)
    except T2IError as error:
        return marks, error
    return marks, None


def _progress(work: LabWork) -> None:
    """How far the counting is, with a way to stop it."""
    now = work.first.progress
    with st.container(width=notices.WIDTH):
        st.progress(now.fraction, text=plain(str(now)))
        if permissions.current().allowed:
            st.button("Stop", key="lab_stop", on_click=work.stop)
    frame.draw_again_when_changed(lambda: work.first.progress, now, every=PROGRESS_SECONDS)


def _stopped(gallery: Gallery, marks: tuple[Mark, ...]) -> None:
    with st.container(width=notices.WIDTH):
        st.text("The counting was stopped, so there is nothing to show yet.")
        st.button("Count again", key="lab_again", on_click=resources.forget_lab_work, args=(gallery, marks))
