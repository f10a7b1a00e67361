"""Builds that run behind the Build page: started once, followed by whoever opens it, stopped on request."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path

from pages._ui.jobs import background
from pages._ui.serving.permissions import Permit
from t2i_core import building
from t2i_core.errors import BuildError, T2IError


class BuildJob:
    """One build: its options, how far it is, and how it ended."""

    def __init__(self, options: building.BuildOptions) -> None:
        self.options = options
        self.progress: building.BuildProgress | None = None
        self._stop = threading.Event()
        self.future: Future[building.BuildReport] = background.start(self._work, name="build")

    def _work(self) -> building.BuildReport:
        return building.build(self.options, on_progress=self._note, should_stop=self._stop.is_set)

    def _note(self, progress: building.BuildProgress) -> None:
        self.progress = progress

    def stop(self) -> None:
        """Ask the build to end after the pictures it has in hand; what is done is kept."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    @property
    def running(self) -> bool:
        return not self.future.done()

    @property
    def error(self) -> T2IError | None:
        """The expected error it ended with; an unexpected one is raised."""
        if self.running:
            return None
        error = self.future.exception()
        if error is not None and not isinstance(error, T2IError):
            raise error
        return error

    @property
    def report(self) -> building.BuildReport | None:
        """What a finished build did."""
        return None if self.running or self.error is not None else self.future.result()


class BuildJobs:
    """The builds of this server: one runs at a time, for they share the processor."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: BuildJob | None = None
        self._finished: list[Path] = []

    @property
    def current(self) -> BuildJob | None:
        """The running build, or the last one until whoever saw how it ended puts it away."""
        return self._job

    @property
    def running(self) -> BuildJob | None:
        """The build that is running."""
        job = self._job
        return job if job is not None and job.running else None

    def start(self, options: building.BuildOptions, *, permit: Permit) -> BuildJob:
        """Start a build for somebody with this permit.

        Raises
        ------
        NotAllowedError
            When the permit does not cover what it reads and writes.
        BuildError
            When another one is running.
        """
        permit.check(options.images_dir, options.data_dir, options.captions)
        with self._lock:
            if self._job is not None and self._job.running:
                raise BuildError(
                    f"Only one build may run at a time, and one into {self._job.options.data_dir} is running. "
                    "Wait for it or stop it."
                )
            self._job = BuildJob(options)
            return self._job

    def finished(self, folder: Path) -> None:
        """Remember a folder that was built, so that it can be opened wherever it lies."""
        if folder not in self._finished:
            self._finished.append(folder)

    def finished_folders(self) -> tuple[Path, ...]:
        """Folders built since the server started, oldest first."""
        return tuple(self._finished)

    def put_away(self, job: BuildJob) -> None:
        """Forget a build that has ended, if it is the last one."""
        with self._lock:
            if self._job is job and not job.running:
                self._job = None
