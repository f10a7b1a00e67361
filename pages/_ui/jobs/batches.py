"""Batches: files of requests that are asked behind the Saved page, one after the other, until they are done or somebody stops them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from pages._ui.jobs.job import Job, Progress, Run, Work
from t2i_core.engine import SearchEngine
from t2i_core.errors import QueryError, T2IError, count_of
from t2i_core.marks.batches import NamedRequest, Row, ask_each

MOST_ROWS = 500_000
LOOK_SECONDS = 0.2
_ONE_AT_A_TIME = threading.Lock()  # the others who search must not wait for many files at once


@dataclass(frozen=True, eq=False)
class BatchOrder:
    """Requests of a file, and who answers them; ``of`` is where the dataset lies."""

    file: str
    of: str
    requests: Sequence[NamedRequest]
    engine: SearchEngine


@dataclass(frozen=True)
class BatchOutcome:
    """What came of a file.

    Attributes
    ----------
    rows : tuple
        The table, without its header.
    faults : tuple of (str, str)
        Where in the file something stands that could not be asked, and why.
    answered, done, of : int
        How many requests were answered, and come to, of how many.
    """

    rows: tuple[Row, ...]
    faults: tuple[tuple[str, str], ...]
    answered: int
    done: int
    of: int


BatchJob = Job[BatchOrder, BatchOutcome]


def start(order: BatchOrder) -> BatchJob:
    """Begin a batch; it is its visitor's own, and waits while another one is at work."""
    return Job(Work("batch", _ask, begins="Waiting for another file to be done"), order)


def _ask(order: BatchOrder, run: Run) -> BatchOutcome:
    """A batch that is stopped keeps what is done."""
    while not _ONE_AT_A_TIME.acquire(timeout=LOOK_SECONDS):
        run.end_if_stopping()
    try:
        return _ask_all(order, run)
    finally:
        _ONE_AT_A_TIME.release()


def _ask_all(order: BatchOrder, run: Run) -> BatchOutcome:
    rows: list[Row] = []
    faults: list[tuple[str, str]] = []
    total, done, answered = len(order.requests), 0, 0
    run.tell(Progress("Asking", 0.0, f"0 of {total:,}"))
    for done, (one, found) in enumerate(ask_each(order.requests, order.engine), start=1):
        if isinstance(found, T2IError):
            faults.append((one.place, str(found)))
        elif len(rows) + len(found) > MOST_ROWS:
            told = QueryError(
                f"A table made on this page has at most {count_of(MOST_ROWS, 'row')}. It ends before this request; ask the rest in "
                "another file, or in a terminal: python -m t2i_core batch FILE --out results.parquet"
            )
            return BatchOutcome(tuple(rows), (*faults, (one.place, str(told))), answered, done - 1, total)
        else:
            rows += found
            answered += 1
        run.tell(Progress("Asking", done / total, f"{done:,} of {total:,}"))
        if run.stopping():
            break
    return BatchOutcome(tuple(rows), tuple(faults), answered, done, total)
