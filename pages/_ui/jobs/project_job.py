"""A map made behind the page: the project command in a process of its own, for umap compiles for seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

from pages._ui.jobs import background
from pages._ui.serving.permissions import Permit
from t2i_core.errors import ProjectionError

ROOT = Path(__file__).resolve().parents[3]
STAGES = {
    "neighbours": "Finding each picture's closest others",
    "layout": "Laying them out",
    "clusters": "Finding and naming clusters",
}


class ProjectJob:
    """One run of the project command: how far it is, and how it ended."""

    def __init__(
        self, data_dir: Path, images_dir: Path, *, address: str = "", refit: bool = False, joint: bool = False
    ) -> None:
        self.data_dir = data_dir
        self.stage, self.share = "", 0.0
        self._stopped = threading.Event()
        command = [
            sys.executable,
            "-m",
            "t2i_core",
            "project",
            "--data",
            address or str(data_dir),
            "--images",
            str(images_dir),
        ]
        command += ["--progress", "json", "--format", "json"]
        command += ["--refit"] * refit + ["--joint"] * joint
        self._process = subprocess.Popen(
            command,
            cwd=Path.cwd(),
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.future: Future[None] = background.start(self._follow, name="project")

    def stop(self) -> None:
        """End it now; a map that was there stays."""
        self._stopped.set()
        self._process.terminate()

    @property
    def running(self) -> bool:
        return not self.future.done()

    @property
    def error(self) -> ProjectionError | None:
        """Why it failed; an unexpected error is raised."""
        if self.running:
            return None
        error = self.future.exception()
        if error is not None and not isinstance(error, ProjectionError):
            raise error
        return error

    def _follow(self) -> None:
        said: list[str] = []
        for line in self._process.stderr or ():
            try:
                told = json.loads(line)
                self.stage, self.share = str(told["stage"]), told["done"] / max(1, told["total"])
            except (ValueError, KeyError, TypeError):
                said.append(line.strip())
        if self._process.wait() != 0 and not self._stopped.is_set():
            why = next((line for line in reversed(said) if line), f"exit code {self._process.returncode}")
            raise ProjectionError(why.removeprefix("error: "))


class ProjectJobs:
    """The maps being made on this server: one at a time, for they take the whole processor."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: ProjectJob | None = None

    def of(self, data_dir: Path) -> ProjectJob | None:
        """The running or last job of a dataset folder."""
        job = self._job
        return job if job is not None and job.data_dir == data_dir else None

    def start(
        self, data_dir: Path, images_dir: Path, *, permit: Permit, address: str = "", refit: bool = False,
        joint: bool = False,
    ) -> None:  # fmt: skip
        """Start one for somebody with this permit.

        Raises
        ------
        NotAllowedError
            When the permit does not cover the folder the map is written to; a collection's is the app's own.
        ProjectionError
            When a map is being made already.
        """
        permit.check(None if address else data_dir)
        with self._lock:
            if self._job is not None and self._job.running:
                raise ProjectionError(
                    f"Only one map is made at a time, and the one of {self._job.data_dir} is being made. Wait for it."
                )
            self._job = ProjectJob(data_dir, images_dir, address=address, refit=refit, joint=joint)

    def put_away(self) -> None:
        """Forget a job that has ended."""
        with self._lock:
            if self._job is not None and not self._job.running:
                self._job = None
