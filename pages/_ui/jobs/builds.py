"""Builds that run behind the Build page: started once, followed by whoever opens it, stopped on request."""

from __future__ import annotations

from pathlib import Path

from pages._ui.jobs.job import Job, Jobs, Progress, Run, Work
from t2i_core import building
from t2i_core.errors import BuildError

STAGES = {
    "pictures": "Encoding pictures",
    "captions": "Encoding captions",
    "writing": "Writing the dataset",
    "facts": "Measuring pictures",
}

BuildJob = Job[building.BuildOptions, building.BuildReport]
BuildJobs = Jobs[building.BuildOptions, building.BuildReport]


def build_jobs() -> BuildJobs:
    """The builds of a server: one runs at a time, for they share the processor."""
    return Jobs(Work("build", _build, begins="Loading the model", touches=_touches, busy=_busy))


def _build(options: building.BuildOptions, run: Run) -> building.BuildReport:
    """A build that is stopped ends after the pictures it has in hand; what is done is kept."""
    return building.build(options, on_progress=lambda now: run.tell(_told(now)), should_stop=run.stopping)


def _told(now: building.BuildProgress) -> Progress:
    notes = []
    if now.rate:
        notes.append(f"{now.rate:,.0f} a second")
    if now.seconds_left is not None:
        notes.append(f"{duration(now.seconds_left)} left")
    if now.skipped:
        notes.append(f"{now.skipped:,} left out")
    return Progress(
        STAGES.get(now.stage, now.stage),
        min(1.0, now.done / now.total) if now.total else 0.0,
        f"{now.done:,} of {now.total:,}",
        tuple(notes),
    )


def duration(seconds: float) -> str:
    """A time as a person says it: ``40 s``, ``12 min``, ``2.5 h``."""
    if seconds < 90:
        return f"{seconds:,.0f} s"
    minutes = seconds / 60
    return f"{minutes:,.0f} min" if minutes < 90 else f"{minutes / 60:,.1f} h"


def _touches(options: building.BuildOptions) -> tuple[Path | None, ...]:
    return options.images_dir, options.data_dir, options.captions


def _busy(options: building.BuildOptions) -> BuildError:
    return BuildError(
        f"Only one build may run at a time, and one into {options.data_dir} is running. Wait for it or stop it."
    )
