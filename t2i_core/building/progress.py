"""How far a build is: counts, rate and time left, told a few times a second."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from t2i_core.building.types import BuildProgress, OnProgress

WINDOW_SECONDS = 30.0
TELL_SECONDS = 0.2


class ProgressMeter:
    """Counts one stage of a build and tells ``on_progress`` about it.

    Parameters
    ----------
    on_progress : callable or None
    stage : str
    total : int
    done : int
        What needs no work; it counts as done but not into the rate.
    skipped : int
    clock : callable
        Seconds, ever growing.
    """

    def __init__(
        self,
        on_progress: OnProgress | None,
        stage: str,
        total: int,
        *,
        done: int = 0,
        skipped: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_progress = on_progress
        self._stage, self._total, self._done, self._skipped = stage, total, done, skipped
        self._clock = clock
        self._told = clock()
        self._marks = deque([(self._told, done)])
        self._tell()

    def add(self, done: int, *, skipped: int = 0) -> None:
        """Count ``done`` more items, of which ``skipped`` could not be used."""
        self._done += done
        self._skipped += skipped
        now = self._clock()
        self._marks.append((now, self._done))
        while len(self._marks) > 2 and now - self._marks[1][0] > WINDOW_SECONDS:
            self._marks.popleft()
        if self._done >= self._total or now - self._told >= TELL_SECONDS:
            self._told = now
            self._tell()

    def _tell(self) -> None:
        if self._on_progress is None:
            return
        (first, done_first), (last, done_last) = self._marks[0], self._marks[-1]
        rate = (done_last - done_first) / (last - first) if last > first else 0.0
        left = (self._total - self._done) / rate if rate > 0 else None
        self._on_progress(BuildProgress(self._stage, self._done, self._total, rate, left, self._skipped))
