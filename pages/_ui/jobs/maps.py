"""Maps made behind the page: the project command in a process of its own, for umap compiles for seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pages._ui.jobs.job import Job, Jobs, Progress, Run, Work
from t2i_core.errors import ProjectionError

ROOT = Path(__file__).resolve().parents[3]
STAGES = {
    "neighbours": "Finding each picture's closest others",
    "layout": "Laying them out",
    "clusters": "Finding and naming clusters",
}


@dataclass(frozen=True)
class MapOrder:
    """A map to be made: of which dataset, and how. ``address`` is that of a collection, whose folder is the app's own."""

    data_dir: Path
    images_dir: Path
    address: str = ""
    refit: bool = False
    joint: bool = False


MapJob = Job[MapOrder, None]
MapJobs = Jobs[MapOrder, None]


def map_jobs() -> MapJobs:
    """The maps of a server: one is made at a time, for each takes the whole processor."""
    return Jobs(Work("project", _make, begins="Starting", touches=_touches, busy=_busy))


def job_of(jobs: MapJobs, data_dir: Path) -> MapJob | None:
    """The running or last job of a dataset folder."""
    job = jobs.current
    return job if job is not None and job.order.data_dir == data_dir else None


def _make(order: MapOrder, run: Run) -> None:
    """A map that is stopped ends at once; one that was there stays."""
    process = subprocess.Popen(
        _command(order),
        cwd=Path.cwd(),
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    run.when_stopping(process.terminate)
    said: list[str] = []
    for line in process.stderr or ():
        try:
            told = json.loads(line)
            stage, fraction = str(told["stage"]), min(1.0, told["done"] / max(1, told["total"]))
            run.tell(Progress(STAGES.get(stage, stage), fraction, f"{fraction:.0%}"))
        except (ValueError, KeyError, TypeError):
            said.append(line.strip())
    if process.wait() != 0 and not run.stopping():
        why = next((line for line in reversed(said) if line), f"exit code {process.returncode}")
        raise ProjectionError(why.removeprefix("error: "))


def _command(order: MapOrder) -> list[str]:
    data = order.address or str(order.data_dir)
    command = [sys.executable, "-m", "t2i_core", "project", "--data", data, "--images", str(order.images_dir)]
    command += ["--progress", "json", "--format", "json"]
    return command + ["--refit"] * order.refit + ["--joint"] * order.joint


def _touches(order: MapOrder) -> tuple[Path | None, ...]:
    return (None if order.address else order.data_dir,)


def _busy(order: MapOrder) -> ProjectionError:
    return ProjectionError(
        f"Only one map is made at a time, and the one of {order.data_dir} is being made. Wait for it."
    )
