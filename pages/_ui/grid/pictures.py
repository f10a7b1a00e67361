"""Addresses of pictures for the browser.

A picture below ``static/`` that is small and of a kind browsers show is served as it lies there; any
other gets a JPEG made once into ``static/thumbnails/``. Nothing else is ever served from there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from pages._ui.jobs import background
from t2i_core.config import Settings
from t2i_core.errors import ImageError
from t2i_core.pictures import images
from t2i_core.types import Gallery, Hit

STATIC_DIR = Path(__file__).resolve().parents[3] / "static"
THUMBNAILS_DIR = STATIC_DIR / "thumbnails"
SHOWN_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"})
CARD_SIDE = 640
SERVED_AS_IT_IS_SIDE = 1_100
LARGE_SIDE = 1_800
THREADS = 4
MAKERS = 1  # making thumbnails must leave a core to answer what is typed

Thing = TypeVar("Thing")

_warming = threading.Lock()
_starting = threading.Lock()
_under_way: dict[tuple[str, int, int], Future[Shown]] = {}


@dataclass(frozen=True)
class Shown:
    """A picture as a card shows it; ``note`` says why there is no address."""

    url: str
    width: int
    height: int
    note: str = ""


def shown(gallery: Gallery, rows: Sequence[int], settings: Settings, *, side: int = CARD_SIDE) -> list[Shown]:
    """Addresses and sizes for cards, in order; missing thumbnails are made by a few threads."""
    return _all(rows, lambda row: _shown(gallery, row, settings, side))


def shown_hits(gallery: Gallery, hits: Sequence[Hit], settings: Settings, *, side: int = CARD_SIDE) -> list[Shown]:
    """As `shown`, for hits: a collection's may lie outside the gallery's sample."""
    return _all(hits, lambda hit: _file(gallery.images_dir, hit.image_id, hit.width, hit.height, settings, side))


def _all(things: Sequence[Thing], show: Callable[[Thing], Shown]) -> list[Shown]:
    if len(things) < THREADS:
        return [show(thing) for thing in things]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(show, things))


class Pending:
    """A picture whose thumbnail is still being made."""

    def __init__(self, made: Future[Shown]) -> None:
        self._made = made

    @property
    def done(self) -> bool:
        return self._made.done()


def shown_soon(
    gallery: Gallery,
    rows: Sequence[int | None],
    settings: Settings,
    *,
    side: int,
    wait_s: float,
    wanted: int | None = None,
) -> list[Shown | Pending | None]:
    """Addresses and sizes as far as they are there within ``wait_s``; the rest goes on behind the page.

    Where there is no picture (None) there is nothing to show: None. Only the first ``wanted`` pictures are begun, all when it is left
    out: while somebody types, most rows are gone before anybody looks at them.
    """
    different = [row for row in dict.fromkeys(rows) if row is not None]
    made = {row: _begun(gallery, row, settings, side) for row in different[:wanted]}
    wait(made.values(), timeout=wait_s)
    made |= {row: Future() for row in different if row not in made}
    return [None if row is None else made[row].result() if made[row].done() else Pending(made[row]) for row in rows]


def _begun(gallery: Gallery, row: int, settings: Settings, side: int) -> Future[Shown]:
    """The picture's thumbnail: what was made before is there at once, however many others are still being made."""
    width, height = (int(value) for value in gallery.image_sizes[row])
    ready = _ready(gallery.images_dir, gallery.image_ids[row], width, height, side)
    return _started(gallery, row, settings, side) if ready is None else background.finished(ready)


def _started(gallery: Gallery, row: int, settings: Settings, side: int) -> Future[Shown]:
    """The picture's thumbnail, asked for once however many sessions and pages want it meanwhile."""
    key = (gallery.place_key, row, side)
    with _starting:
        made = _under_way.get(key)
        if made is None:
            made = _under_way[key] = _makers().submit(lambda: _shown(gallery, row, settings, side))
            made.add_done_callback(lambda _: _under_way.pop(key, None))
    return made


@lru_cache(maxsize=1)
def _makers() -> background.Workers:
    return background.Workers(MAKERS, name="thumbnails")


def warm(gallery: Gallery, rows: Sequence[int], settings: Settings) -> None:
    """Make the thumbnails that a larger top_k would show, behind the page."""
    # One at a time: while somebody types, every letter brings other pictures.
    if served_as_it_is(gallery.images_dir) or not rows or not _warming.acquire(blocking=False):
        return

    def work() -> None:
        try:
            for row in rows:
                _shown(gallery, row, settings, CARD_SIDE)
        finally:
            _warming.release()

    background.start(work, name="thumbnails")


def trim() -> Future[int]:
    """Keep the folder of thumbnails within its limit, behind the page."""
    return background.start(lambda: images.trim_thumbnails(THUMBNAILS_DIR), name="trim thumbnails")


def served_as_it_is(images_dir: Path) -> bool:
    """Whether the picture folder itself lies below ``static/``."""
    return _resolved(images_dir).is_relative_to(STATIC_DIR)


def static_url(path: Path) -> str:
    """Address of a file below ``static/``, relative to any page of the app."""
    return "app/static/" + quote(path.relative_to(STATIC_DIR).as_posix())


def _shown(gallery: Gallery, row: int, settings: Settings, side: int) -> Shown:
    width, height = (int(value) for value in gallery.image_sizes[row])
    return _file(gallery.images_dir, gallery.image_ids[row], width, height, settings, side)


def _file(images_dir: Path, image_id: str, width: int, height: int, settings: Settings, side: int) -> Shown:
    ready = _ready(images_dir, image_id, width, height, side)
    if ready is not None:
        return ready
    try:
        thumbnail = images.make_thumbnail(
            images_dir, image_id, side=side, cache_dir=THUMBNAILS_DIR, max_pixels=settings.max_pixels
        )
        width, height = (width, height) if width and height else _size(images.picture_path(images_dir, image_id))
    except ImageError as error:
        return Shown("", width, height, str(error))
    return Shown(static_url(thumbnail), width, height)


def _ready(images_dir: Path, image_id: str, width: int, height: int, side: int) -> Shown | None:
    """A picture that is served as it lies there, whose thumbnail was made before, or that cannot be shown; None of any other."""
    try:
        path = images.picture_path(images_dir, image_id)
        if not width or not height:
            width, height = _size(path)
        if _may_be_served(images_dir, path) and 0 < max(width, height) <= max(side, SERVED_AS_IT_IS_SIDE):
            return Shown(static_url(path.resolve()), width, height)
        made = images.made_thumbnail(images_dir, image_id, side=side, cache_dir=THUMBNAILS_DIR)
    except ImageError as error:
        return Shown("", width, height, str(error))
    return None if made is None else Shown(static_url(made), width, height)


def _may_be_served(images_dir: Path, path: Path) -> bool:
    if not served_as_it_is(images_dir) or path.suffix.lower() not in SHOWN_SUFFIXES:
        return False
    return path.resolve().is_relative_to(STATIC_DIR) and _browsers_agree(path)


@lru_cache(maxsize=50_000)
def _browsers_agree(path: Path) -> bool:
    """Whether a browser shows the file as it was read here."""
    return images.is_plain(path)


@lru_cache(maxsize=50_000)
def _size(path: Path) -> tuple[int, int]:
    return images.picture_size(path)


@lru_cache(maxsize=64)
def _resolved(folder: Path) -> Path:
    return folder.resolve()
