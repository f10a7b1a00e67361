"""Work that must not hold up a page: one daemon thread per task, its outcome in a Future."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Outcome = TypeVar("Outcome")


def start(task: Callable[[], Outcome], *, name: str) -> Future[Outcome]:
    """Run ``task`` in a thread that never keeps the server from stopping; an error is kept for who asks."""
    future: Future[Outcome] = Future()

    def work() -> None:
        try:
            outcome = task()
        except BaseException as error:  # noqa: BLE001 - handed on by Future.result() and Future.exception()
            future.set_exception(error)
        else:
            future.set_result(outcome)

    threading.Thread(target=work, name=name, daemon=True).start()
    return future
