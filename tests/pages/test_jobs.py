"""One kind of job behind the pages: what it tells, how it is stopped, how it ends, and who may start it."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pages._ui.jobs.builds import build_jobs
from pages._ui.jobs.caption_work import CaptionWork
from pages._ui.jobs.job import Job, Jobs, Progress, Run, StoppedError, Work
from pages._ui.jobs.maps import MapOrder, job_of, map_jobs
from pages._ui.serving.permissions import NotAllowedError, Permit
from t2i_core import building
from t2i_core.errors import BuildError, ProjectionError
from t2i_core.types import Gallery

SECONDS = 60.0


class Desk:
    """Work that goes on when it is told to: each order ends with what is put into ``ends``."""

    def __init__(self) -> None:
        self.ends: Future[str] = Future()
        self.begun = threading.Event()

    def do(self, order: str, run: Run) -> str:
        run.tell(Progress("Writing", 0.25, "1 of 4"))
        self.begun.set()
        ended = self.ends.result(SECONDS)
        run.end_if_stopping()
        return f"{order} {ended}"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_job_tells_how_far_it_is_and_ends_with_its_outcome(desk: Desk) -> None:
    job = Job(Work("letters", desk.do, begins="Sharpening the pen"), "a letter")
    assert desk.begun.wait(SECONDS)
    assert (job.order, job.running, job.stopping, job.outcome, job.error) == ("a letter", True, False, None, None)
    assert (str(job.progress), job.fraction) == ("Writing: 1 of 4", 0.25)
    desk.ends.set_result("is written")
    assert job.future.result(SECONDS) == "a letter is written"
    assert (job.running, job.outcome, job.error) == (False, "a letter is written", None)


def test_before_it_tells_of_anything_it_says_how_it_begins() -> None:
    assert str(Run("Starting").progress) == "Starting"


def test_an_expected_error_is_kept_and_an_unexpected_one_raised(desk: Desk) -> None:
    expected = Job(Work("letters", desk.do), "a letter")
    desk.ends.set_exception(BuildError("There must be ink, got none. Fill it in."))
    assert isinstance(expected.future.exception(SECONDS), BuildError)
    assert (str(expected.error), expected.outcome) == ("There must be ink, got none. Fill it in.", None)
    broken = Desk()
    unexpected = Job(Work("letters", broken.do), "a letter")
    broken.ends.set_exception(ZeroDivisionError())
    unexpected.future.exception(SECONDS)
    with pytest.raises(ZeroDivisionError):
        unexpected.error  # noqa: B018 - reading it raises
    with pytest.raises(ZeroDivisionError):
        unexpected.outcome  # noqa: B018


def test_a_job_that_is_stopped_ends_without_an_error_and_without_an_outcome(desk: Desk) -> None:
    job = Job(Work("letters", desk.do), "a letter")
    job.stop()
    assert job.stopping and job.running
    desk.ends.set_result("is written")
    assert isinstance(job.future.exception(SECONDS), StoppedError)
    assert (job.error, job.outcome) == (None, None)


def test_who_wants_to_know_of_a_stop_is_told_once_also_when_it_came_first() -> None:
    run, told = Run(), []
    run.when_stopping(lambda: told.append("before"))
    run.stop()
    run.stop()
    run.when_stopping(lambda: told.append("after"))
    assert told == ["before", "after"]


def test_one_at_a_time_where_a_second_has_to_wait(desk: Desk) -> None:
    jobs = Jobs(Work("letters", desk.do, busy=lambda order: BuildError(f"{order} is being written")))
    first = jobs.start("a letter", permit=Permit())
    with pytest.raises(BuildError, match="a letter is being written"):
        jobs.start("another", permit=Permit())
    jobs.put_away(first)
    assert jobs.current is jobs.running is first  # it runs still
    desk.ends.set_result("is written")
    first.future.result(SECONDS)
    shown: tuple[object, object] = (jobs.current, jobs.running)
    assert shown == (first, None)
    second = jobs.start("another", permit=Permit())
    second.future.result(SECONDS)
    jobs.put_away(first)
    assert jobs.current is second
    jobs.put_away(second)
    assert jobs.current is None


def test_nothing_is_started_without_a_permit(desk: Desk, tmp_path: Path) -> None:
    jobs = Jobs(Work("letters", desk.do, touches=lambda order: (tmp_path / order, None)))
    for permit in (Permit("closed"), Permit(roots=(tmp_path / "other",))):
        with pytest.raises(NotAllowedError):
            jobs.start("a letter", permit=permit)
    assert jobs.current is None and not desk.begun.is_set()


def test_a_build_tells_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told, end = threading.Event(), threading.Event()

    def build(
        options: object, *, on_progress: building.types.OnProgress, should_stop: building.types.ShouldStop
    ) -> str:
        on_progress(building.BuildProgress("pictures", 50, 200, 12.4, 300.0, 3))
        told.set()
        end.wait(SECONDS)
        return "stopped" if should_stop() else "whole"

    monkeypatch.setattr(building, "build", build)
    jobs: Jobs[building.BuildOptions, Any] = build_jobs()  # this build's outcome is a word
    job = jobs.start(building.BuildOptions(tmp_path / "pictures", tmp_path / "data"), permit=Permit())
    assert told.wait(SECONDS)
    assert job.progress == Progress("Encoding pictures", 0.25, "50 of 200", ("12 a second", "5 min left", "3 left out"))
    job.stop()
    end.set()
    assert job.future.result(SECONDS) == job.outcome == "stopped"  # what is done is kept: there is an outcome


def test_a_map_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    jobs = map_jobs()
    job = jobs.start(MapOrder(tmp_path, tmp_path), permit=Permit())
    assert job_of(jobs, tmp_path) is job and job_of(jobs, tmp_path / "other") is None
    assert str(job.progress) == "Starting"
    with pytest.raises(ProjectionError, match="Only one map is made at a time, and the one of"):
        jobs.start(MapOrder(tmp_path, tmp_path), permit=Permit())
    job.future.exception(SECONDS)
    assert isinstance(job.error, ProjectionError)
    assert str(tmp_path) in str(job.error) and not str(job.error).startswith("error: ")


def test_a_map_is_stopped_at_once(tmp_path: Path) -> None:
    job = map_jobs().start(MapOrder(tmp_path, tmp_path), permit=Permit())
    job.stop()
    assert job.future.result(SECONDS) is None
    assert job.error is None


@pytest.fixture
def captioned(tmp_path: Path) -> Gallery:
    rows = np.eye(3, dtype=np.float32)
    return Gallery(
        "three", tmp_path, tmp_path, ("a.jpg", "b.jpg", "c.jpg"), rows, ("one", "two", "three"), np.arange(3), rows,
        np.ones((3, 2), dtype=np.int64), "key",
    )  # fmt: skip


def test_ranks_of_captions_are_a_job_too(captioned: Gallery) -> None:
    work = CaptionWork(captioned)
    sheet = work.ranks.future.result(SECONDS)
    assert work.best_sheet is work.ranks.outcome is sheet
    assert str(work.ranks.progress) == "Counting ranks: 100%"
    assert work.stage == (True, True, True, 20)


def test_ranks_that_are_stopped_leave_the_sheet_without_them(
    captioned: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = threading.Event()
    monkeypatch.setattr("pages._ui.jobs.caption_work.WordIndex", lambda *captions: wait.wait(SECONDS))
    work = CaptionWork(captioned)
    work.ranks.stop()
    wait.set()
    assert isinstance(work.ranks.future.exception(SECONDS), StoppedError)
    assert work.best_sheet is work.sheet.result(SECONDS)
