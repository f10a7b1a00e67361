"""Facts of the pictures of a dataset that was built: a part of every build, and no reason for one to fail."""

from __future__ import annotations

import time

from t2i_core.building.progress import ProgressMeter
from t2i_core.building.types import BuildOptions, OnProgress, ShouldStop
from t2i_core.dataset import read_gallery
from t2i_core.dataset.stacks_file import HOW
from t2i_core.errors import T2IError
from t2i_core.facets.keeping import keep_facts

FEWEST_PICTURES = 12  # fewer are seen at a glance; `index --facts` measures them too
QUIET_SECONDS = 3.0  # what is done sooner needs no progress


class _Stopped(Exception):
    """Somebody asked the build to end; what was measured is kept."""


class _Told:
    """Tells how many pictures are measured, once that takes long, and ends the work when it is to stop."""

    def __init__(self, on_progress: OnProgress | None, should_stop: ShouldStop) -> None:
        self._on_progress, self._should_stop = on_progress, should_stop
        self._begun = time.monotonic()
        self._meter: ProgressMeter | None = None
        self._done = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._should_stop():
            raise _Stopped
        if self._meter is None and time.monotonic() - self._begun > QUIET_SECONDS:
            self._meter, self._done = ProgressMeter(self._on_progress, "facts", total, done=done), done
        if self._meter is not None:
            self._meter.add(done - self._done)
            self._done = done


def measure_facts(options: BuildOptions, *, on_progress: OnProgress | None, should_stop: ShouldStop) -> list[str]:
    """Measure new and changed pictures and stack copies; what a person should know where that was not done to the end."""
    try:
        gallery = read_gallery(options.data_dir, options.images_dir)
        if len(gallery) < FEWEST_PICTURES:
            return []
        keep_facts(gallery, max_pixels=options.max_pixels, on_progress=_Told(on_progress, should_stop))
    except _Stopped:
        return [f"Not all pictures are measured for filters and stacks. Go on with it: {HOW}"]
    except T2IError as error:
        return [f"Searches cannot be filtered by facts of pictures. {error}"]
    return []
