"""Drawing a page again once what it waits for has changed: the server notices, the browser is not asked to look.

Streamlit's own way is a fragment with ``run_every``: the browser's clock asks for the fragment over and over. A tick that is on
its way when somebody goes to another page makes the server run the fragment *as the page that was left*. The front end then
empties the page it shows, and what comes next has no place in it: "Bad delta path index", and the page stays white. The
ticks also age what the front end keeps of earlier messages, so that the server soon refers to what is gone: "Cached
ForwardMsg MISS", and the connection ends. So no page has a fragment. A run says what it waits for; once that has changed, and
the session rests, the whole page is run again, as the page that is shown.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

from pages._ui.session.visit import drawn_again

LOOK_SECONDS = 0.04


@dataclass(frozen=True)
class Wait:
    """Something a page waits for: ``look`` returns something else than what was ``seen`` once there is more to show."""

    look: Callable[[], object]
    seen: object
    every: float = 0.0

    def over(self, waited: float) -> bool:
        """Whether the page has something new to show, after so many seconds."""
        if waited < self.every:
            return False
        try:
            return self.look() != self.seen
        except Exception:  # noqa: BLE001 - the page that is drawn again meets the error itself, and tells of it
            return True


@dataclass
class Run:
    """One run of the script for one session, and what its page waits for once it is drawn."""

    number: int
    session_id: str
    waits: list[Wait] = field(default_factory=list)
    client_state: ClientState | None = None
    drawn_at: float = 0.0
    asked: bool = False


class Watcher:
    """Watches what all sessions wait for, in one thread. Of a session only the latest run counts."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._runs: dict[str, Run] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def begin(self, session_id: str) -> Run:
        """A run of a session has begun: what an earlier one waited for is of no interest any more."""
        with self._changed:
            run = self._runs[session_id] = Run(next(self._numbers), session_id)
        return run

    def drawn(self, run: Run, client_state: ClientState) -> None:
        """A run has drawn all of its page; it is watched from now on, unless a later one has begun."""
        run.client_state, run.drawn_at = client_state, time.monotonic()
        with self._changed:
            if self._runs.get(run.session_id) is not run:
                return
            if not run.waits:
                del self._runs[run.session_id]
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="redraw", daemon=True)
                self._thread.start()
            self._changed.notify()

    def is_latest(self, run: Run) -> bool:
        """Whether no later run of its session has begun."""
        with self._changed:
            return self._runs.get(run.session_id) is run

    def forget(self, run: Run) -> None:
        """Watch this run no more."""
        with self._changed:
            if self._runs.get(run.session_id) is run:
                del self._runs[run.session_id]

    def _watch(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._watched)
                runs = self._watched()
            now = time.monotonic()
            for run in runs:
                if any(wait.over(now - run.drawn_at) for wait in run.waits):
                    run.asked = True
                    self._ask(run)
            time.sleep(LOOK_SECONDS)

    def _watched(self) -> list[Run]:
        return [run for run in self._runs.values() if run.client_state is not None and not run.asked]

    def _ask(self, run: Run) -> None:
        session = runtime.get_instance().get_app_session(run.session_id) if runtime.exists() else None
        if session is None:  # its browser has gone; one that comes back asks for a run itself
            self.forget(run)
            return
        try:
            asyncio.run_coroutine_threadsafe(self._draw_again(session, run), session._event_loop)
        except RuntimeError:  # the server is stopping
            self.forget(run)

    async def _draw_again(self, session: AppSession, run: Run) -> None:
        """Run the page again, on the session's own loop: nothing the browser sends can come in between."""
        session.track_settling()
        await session.wait_until_settled()
        if not self.is_latest(run):
            return
        self.forget(run)
        drawn_again(session)
        session.request_rerun(run.client_state)


WATCHER = Watcher()
_RUN: ContextVar[Run | None] = ContextVar("run", default=None)


@contextmanager
def watched_run() -> Iterator[None]:
    """Everything a run draws; what it waits for is watched once it is drawn to its end."""
    context = get_script_run_ctx()
    if context is None:
        yield
        return
    run = WATCHER.begin(context.session_id)
    token, stopped = _RUN.set(run), None
    try:
        yield
    except (
        StopException
    ) as stop:  # st.stop: the page is drawn all the same. Whoever stops a run from outside begins another.
        stopped = stop
    finally:
        _RUN.reset(token)
    client_state = ClientState(query_string=context.query_string, page_script_hash=context.page_script_hash)
    if context.context_info is not None:
        client_state.context_info.CopyFrom(context.context_info)
    WATCHER.drawn(run, client_state)
    if stopped is not None:
        raise stopped


def when_changed(look: Callable[[], object], seen: object, *, every: float = 0.0) -> None:
    """Draw this page again once ``look`` returns something else than what was ``seen``.

    Parameters
    ----------
    look : callable
        Called from another thread, many times a second: it only looks.
    seen : object
        What it returned when the page was drawn.
    every : float, optional
        The page is drawn again after so many seconds at the earliest, for what changes all the time.
    """
    run = _RUN.get()
    if run is not None:
        run.waits.append(Wait(look, seen, every))
