"""Job: one piece of work behind the pages, the same kind whatever it does: started, followed, stopped, and how it ended.

A kind of work says what it takes to do it; whoever opens a page follows the job that runs and may stop it.

    jobs = Jobs(Work("build", lambda order, run: building.build(order, ...), touches=..., busy=...))
    job = jobs.start(order, permit=permit)
    job.progress, job.running, job.stop(), job.error, job.outcome
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pages._ui.jobs import background
from pages._ui.serving.permissions import Permit
from t2i_core.errors import T2IError

Order = TypeVar("Order")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes
    ----------
    stage : str
        What it is doing, in words.
    fraction : float
        How much of that stage is done, 0 to 1.
    counted : str
        The same in numbers, ``5 of 20`` or ``45%``; empty where there is nothing to count yet.
    notes : tuple of str
        More to tell in a few words each: how quick it is, how long it takes still.
    """

    stage: str = ""
    fraction: float = 0.0
    counted: str = ""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.stage}: {self.counted}" if self.counted else self.stage


class StoppedError(Exception):
    """What work raises that ends because it was asked to, where it has no outcome to return then."""


class Run:
    """What work is given to tell how far it is and to hear whether it should stop."""

    def __init__(self, begins: str = "") -> None:
        self.progress = Progress(begins)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._acts: list[Callable[[], None]] = []

    def tell(self, progress: Progress) -> None:
        """Say how far the work is."""
        self.progress = progress

    def stopping(self) -> bool:
        """Whether somebody asked the work to end."""
        return self._stop.is_set()

    def end_if_stopping(self) -> None:
        """End the work here when somebody asked for it; nothing else catches what this raises."""
        if self.stopping():
            raise StoppedError

    def when_stopping(self, act: Callable[[], None]) -> None:
        """Do something as soon as somebody asks the work to end, at once when that was already."""
        with self._lock:
            if not self.stopping():
                self._acts.append(act)
                return
        act()

    def stop(self) -> None:
        """Ask the work to end; once is enough."""
        with self._lock:
            self._stop.set()
            acts, self._acts = self._acts, []
        for act in acts:
            act()


@dataclass(frozen=True)
class Work(Generic[Order, Outcome]):
    """A kind of work: what `Job` and `Jobs` need to know of it.

    Attributes
    ----------
    name : str
        Of its threads.
    do : callable
        Does what was ordered, and returns the outcome. It tells how far it is and hears of a stop by the `Run`.
    begins : str
        What it does before it tells of anything, in words.
    touches : callable
        What an order reads and writes, for the permit of whoever starts it.
    busy : callable
        What to say to a second order while this one is being worked on; None for work of which several go on together.
    """

    name: str
    do: Callable[[Order, Run], Outcome]
    begins: str = ""
    touches: Callable[[Order], tuple[Path | None, ...]] = lambda order: ()
    busy: Callable[[Order], T2IError] | None = None


class Job(Generic[Order, Outcome]):
    """One order being worked on behind the pages, from the moment it is made.

    Attributes
    ----------
    order
        What is to be done.
    future : Future
        Of the outcome, for who waits.
    """

    def __init__(self, work: Work[Order, Outcome], order: Order) -> None:
        self.order = order
        self._run = Run(work.begins)
        self.future: Future[Outcome] = background.start(lambda: work.do(order, self._run), name=work.name)

    def stop(self) -> None:
        """Ask it to end; what it keeps of what is done is for the kind of work to say."""
        self._run.stop()

    @property
    def progress(self) -> Progress:
        """How far it is, as it said last."""
        return self._run.progress

    @property
    def fraction(self) -> float:
        """How much of its stage is done, 0 to 1."""
        return self.progress.fraction

    @property
    def stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._run.stopping()

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not self.future.done()

    @property
    def error(self) -> T2IError | None:
        """The expected error it ended with; an unexpected one is raised."""
        error = None if self.running else self.future.exception()
        if error is None or isinstance(error, T2IError):
            return error
        if isinstance(error, StoppedError):
            return None
        raise error

    @property
    def outcome(self) -> Outcome | None:
        """What came of it; None while it runs, and where it ended with an error or was stopped without an outcome."""
        if self.running or self.error is not None or self.future.exception() is not None:
            return None
        return self.future.result()


class Jobs(Generic[Order, Outcome]):
    """The jobs of one kind on this server, of which one runs at a time where they take the processor."""

    def __init__(self, work: Work[Order, Outcome]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._last: Job[Order, Outcome] | None = None

    @property
    def current(self) -> Job[Order, Outcome] | None:
        """The running job, or the last one until whoever saw how it ended puts it away."""
        return self._last

    @property
    def running(self) -> Job[Order, Outcome] | None:
        """The job that is running."""
        job = self._last
        return job if job is not None and job.running else None

    def start(self, order: Order, *, permit: Permit) -> Job[Order, Outcome]:
        """Start a job for somebody with this permit.

        Raises
        ------
        NotAllowedError
            When the permit does not cover what it reads and writes.
        T2IError
            When another one is running and only one may.
        """
        permit.check(*self._work.touches(order))
        with self._lock:
            running = self.running
            if running is not None and self._work.busy is not None:
                raise self._work.busy(running.order)
            self._last = Job(self._work, order)
            return self._last

    def put_away(self, job: Job[Order, Outcome]) -> None:
        """Forget a job that has ended, if it is the last one."""
        with self._lock:
            if self._last is job and not job.running:
                self._last = None
