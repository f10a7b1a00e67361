"""Measuring a gallery's pictures: each file once, in threads, kept on the way, and again only when it changes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from t2i_core.cores import usable_cores
from t2i_core.dataset.facts_file import LONGEST_REASON, FactsTable, read_facts, write_facts
from t2i_core.errors import ImageError
from t2i_core.pictures.facts import PictureFacts, measure
from t2i_core.pictures.folder import picture_path, regular_file
from t2i_core.pictures.images import read_image
from t2i_core.pictures.origin import UNKNOWN, Origin, read_origin
from t2i_core.types import Gallery

# Photos up to about a megapixel are decoded whole; larger JPEGs at a half or less, where the numbers are the same.
DECODED_SIDE = 640
KEEP_SECONDS = 20.0
AHEAD = 64
OnProgress = Callable[[str, int, int], None]


def nothing_told(stage: str, done: int, total: int) -> None:
    """For work that nobody watches."""


@dataclass(frozen=True, eq=False)
class Measured:
    """One picture's file as it was measured: its stamp, its size, and its facts, or why there are none."""

    stamp: tuple[int, int]
    size: tuple[int, int] = (0, 0)
    facts: PictureFacts | None = None
    reason: str = ""
    note: str = ""
    origin: Origin = UNKNOWN


def measure_pictures(
    gallery: Gallery, *, max_pixels: int, on_progress: OnProgress = nothing_told
) -> tuple[FactsTable, list[int]]:
    """Facts of all pictures of a gallery, and the rows of those whose files are not there.

    What was measured before is taken over where a file still has its size and time. What is measured is kept every
    20 seconds and at the end, also when ``on_progress`` ends the work, so that it goes on from there next time.
    """
    table = read_facts(gallery)
    stale, missing = _stale_rows(gallery, table)
    done = len(gallery) - len(stale)
    on_progress("pictures", done, len(gallery))
    kept_at = time.monotonic()
    pool = ThreadPoolExecutor(usable_cores(), thread_name_prefix="picture-facts")
    waiting: deque[tuple[int, Future[Measured]]] = deque()
    left = iter(stale)
    try:
        while True:
            while len(waiting) < AHEAD and (row := next(left, None)) is not None:
                waiting.append((row, pool.submit(_measured, gallery, row, max_pixels)))
            if not waiting:
                break
            row, future = waiting.popleft()
            _note(table, row, future.result())
            done += 1
            on_progress("pictures", done, len(gallery))
            if time.monotonic() - kept_at > KEEP_SECONDS:
                write_facts(gallery, table)
                kept_at = time.monotonic()
    finally:
        pool.shutdown(cancel_futures=True)
        if stale:
            write_facts(gallery, table)
    return table, missing


def _stale_rows(gallery: Gallery, table: FactsTable) -> tuple[list[int], list[int]]:
    """Rows whose files have to be measured, and those that have no file; what was known of these is forgotten."""
    stale, missing = [], []
    for row, image_id in enumerate(gallery.image_ids):
        try:
            facts = regular_file(picture_path(gallery.images_dir, image_id), label=image_id)
        except ImageError as error:
            missing.append(row)
            _note(table, row, Measured((-1, -1), reason=str(error)))
            continue
        if tuple(table.stamps[row].tolist()) != (facts.st_size, facts.st_mtime_ns):
            stale.append(row)
    return stale, missing


def _measured(gallery: Gallery, row: int, max_pixels: int) -> Measured:
    image_id = gallery.image_ids[row]
    stamp = (-1, -1)
    try:
        path = picture_path(gallery.images_dir, image_id)
        facts = regular_file(path, label=image_id)
        stamp = (facts.st_size, facts.st_mtime_ns)
        image, size, note = read_image(path, max_pixels=max_pixels, draft_side=DECODED_SIDE, name=image_id)
        return Measured(stamp, size, measure(image), note=note, origin=read_origin(path, name=image_id))
    except ImageError as error:
        return Measured(stamp, reason=str(error))


def _note(table: FactsTable, row: int, measured: Measured) -> None:
    table.stamps[row] = measured.stamp
    table.sizes[row] = measured.size
    table.reasons[row] = measured.reason[:LONGEST_REASON]
    table.notes[row] = measured.note
    table.taken[row], table.cameras[row] = measured.origin
    facts = measured.facts
    if facts is None:
        table.numbers[row] = np.nan
        table.colours[row] = 0
        return
    table.numbers[row] = (
        facts.dark_end,
        facts.light_end,
        facts.entropy,
        facts.edges,
        facts.unevenness,
        facts.sharpness,
    )
    table.hashes[row] = (facts.hash, facts.mirrored_hash)
    table.thumbs[row] = facts.thumb
    table.colours[row] = facts.colours
