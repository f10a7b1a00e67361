"""Work that must not hold up a page: daemon threads, one per task or a few for many, outcomes in Futures."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from t2i_core import memory

Outcome = TypeVar("Outcome")


def start(task: Callable[[], Outcome], *, name: str, large: bool = False) -> Future[Outcome]:
    """Run ``task`` in a thread that never keeps the server from stopping; an error is kept for who asks.

    After a ``large`` task the memory it has let go of is given back to the system.
    """
    future: Future[Outcome] = Future()

    def work() -> None:
        _carry_out(task, future)
        if large:
            memory.give_back()

    threading.Thread(target=work, name=name, daemon=True).start()
    return future


def _carry_out(task: Callable[[], Outcome], future: Future[Outcome]) -> None:
    """Do a task; how it ended is for whoever asks the future."""
    try:
        outcome = task()
    except BaseException as error:  # noqa: BLE001 - handed on by Future.result() and Future.exception()
        future.set_exception(error)
    else:
        future.set_result(outcome)


def finished(outcome: Outcome) -> Future[Outcome]:
    """The Future of what is there already."""
    future: Future[Outcome] = Future()
    future.set_result(outcome)
    return future


class Workers:
    """A few threads that take one task after the other; unlike an executor's they never keep the server from stopping."""

    def __init__(self, threads: int, *, name: str) -> None:
        self._tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        for _ in range(threads):
            threading.Thread(target=self._work, name=name, daemon=True).start()

    def submit(self, task: Callable[[], Outcome]) -> Future[Outcome]:
        """Run ``task`` once a thread is free."""
        future: Future[Outcome] = Future()
        self._tasks.put(lambda: _carry_out(task, future))
        return future

    def _work(self) -> None:
        while True:
            self._tasks.get()()
