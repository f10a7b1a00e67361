"""Many at once: a file of requests becomes one table of what they find, made behind the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from pages._ui.frame import buttons, frame, notices, sharing
from pages._ui.frame.plain_text import plain
from pages._ui.jobs import batches
from pages._ui.jobs.batches import BatchJob, BatchOrder, BatchOutcome
from pages._ui.session import widgets
from pages._ui.session.visit import acted, visit
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.errors import QueryError, T2IError, count_of
from t2i_core.marks.batches import NamedRequest, csv_file, parse_batch
from t2i_core.types import Gallery

PROGRESS_SECONDS = 0.4
MOST_REQUESTS = 10_000
FAULTS_TOLD = 50
EXAMPLE = """name,query,top_k
mills,an old mill on a hill,20
ruins,2*castle - people,50
,a dog on a beach,"""


def draw(gallery: Gallery, engine: SearchEngine | None, settings: Settings) -> None:
    """The file, how far asking it is, and what came of it."""
    job = visit().batch.job
    if job is not None and job.running:
        _follow(job)
        return
    if job is not None:
        _ended(job)
    asked = _file()
    if asked is None:
        return
    name, requests = asked
    good = sum(not isinstance(one.request, QueryError) for one in requests)
    bad = [(one.place, str(one.request)) for one in requests if isinstance(one.request, QueryError)]
    if bad:
        st.text(f"{count_of(len(bad), 'request')} of the file cannot be asked.")
        _faults(bad)
    if engine is None:
        st.caption("The file can be asked once the model is there")
    elif good and buttons.pressed(f"Ask {count_of(good, 'request')}", kind="primary", key="batch_start"):
        visit().batch.job = batches.start(BatchOrder(name, str(gallery.data_dir), requests, engine))
        st.rerun()


def _file() -> tuple[str, Sequence[NamedRequest]] | None:
    """The requests of the file that was chosen; None where there is none, or it cannot be read, which is said."""
    with st.container(width=notices.WIDTH, key="saved_batch"):
        uploaded = st.file_uploader(
            "A file of requests",
            type=["csv", "tsv", "json", "jsonl", "ndjson"],
            key=widgets.BATCH_FILE,
            on_change=acted,
        )
        if uploaded is None:
            st.text(
                "Every request of the file is asked of the dataset that is open, and all they find becomes one table: a row for each "
                "picture of each request."
            )
            st.caption("As a CSV, a question a line as it would be typed; name and top_k may be left out")
            st.code(EXAMPLE, language=None)
            st.caption("As JSON, a request a line; what Share on Search exports as JSON can be asked again too")
            st.code('{"name": "dogs", "request": {"query": [{"words": "a dog"}]}}', language=None, wrap_lines=True)
            st.caption("In a terminal, for very many")
            st.code("python -m t2i_core batch requests.csv --out results.csv", language=None, wrap_lines=True)
            return None
        try:
            requests = _read(uploaded.file_id, uploaded.name, uploaded.getvalue)
        except T2IError as error:
            notices.error(error, title="This file cannot be asked")
            return None
    return uploaded.name, requests


def _read(file_id: str, name: str, content: Callable[[], bytes]) -> Sequence[NamedRequest]:
    """The requests of a file, read once, however often the page is drawn.

    Raises
    ------
    T2IError
        When it cannot be read, or holds too many.
    """
    state = visit().batch
    if state.read is None or state.read[0] != file_id:
        try:
            found: list[NamedRequest] | T2IError = parse_batch(content(), Path(Path(name).name))
        except T2IError as error:
            found = error
        state.read = (file_id, found)
    found = state.read[1]
    if isinstance(found, T2IError):
        raise found
    if len(found) > MOST_REQUESTS:
        raise QueryError(
            f"A file asked on this page has at most {count_of(MOST_REQUESTS, 'request')}, got {len(found):,}. Split it, or ask it in "
            "a terminal: python -m t2i_core batch FILE --out results.csv"
        )
    return found


def _follow(job: BatchJob) -> None:
    """How far it is, with a way to stop it."""
    now = job.progress
    with st.container(width=notices.WIDTH, key="saved_batch_progress"):
        st.caption(plain(job.order.file))
        st.progress(now.fraction, text=plain(str(now)))
        if job.stopping:
            st.caption("Stopping after the request in hand")
        else:
            st.button("Stop and keep what is done", key="batch_stop", on_click=_stop, args=(job,))
    frame.draw_again_when_changed(lambda: job.running, True)
    frame.draw_again_when_changed(lambda: (job.stopping, job.progress), (job.stopping, now), every=PROGRESS_SECONDS)


def _stop(job: BatchJob) -> None:
    acted()
    job.stop()


def _ended(job: BatchJob) -> None:
    """The table to take away, and what could not be asked."""
    if job.error is not None:
        notices.error(job.error, title="The file was not asked to its end")
    outcome = job.outcome
    with st.container(width=notices.WIDTH, key="saved_batch_ended"):
        if outcome is None:
            st.text("It was stopped before anything was asked.")
        else:
            _table(job, outcome)
        st.button("Put this away", key="batch_away", type="tertiary", on_click=_put_away)


def _table(job: BatchJob, outcome: BatchOutcome) -> None:
    asked = count_of(outcome.answered, "request")
    early = f"; it ended after {outcome.done:,} of {outcome.of:,}" if outcome.done < outcome.of else ""
    st.text(f"{job.order.file}: {count_of(len(outcome.rows), 'row')} of {asked}{early}.")
    if outcome.rows:
        data = sharing.kept("batch.csv", (id(job), len(outcome.rows)), lambda: csv_file(outcome.rows))
        sharing.download("CSV", data, "text/csv", "results.csv")
    if outcome.faults:
        st.text(f"{count_of(len(outcome.faults), 'request')} could not be asked:")
        _faults(outcome.faults)


def _faults(faults: Sequence[tuple[str, str]]) -> None:
    """What is wrong, by where it stands in the file."""
    for place, told in faults[:FAULTS_TOLD]:
        st.caption(plain(f"{place.capitalize()}: {told}"))
    if len(faults) > FAULTS_TOLD:
        st.caption(f"and {len(faults) - FAULTS_TOLD:,} more")


def _put_away() -> None:
    acted()
    visit().batch.job = None
