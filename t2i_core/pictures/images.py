"""Pictures on disk or uploaded: listing, decoding, measuring, thumbnails. Files are opened in `decoding`."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from PIL import Image

from t2i_core.errors import ImageError
from t2i_core.pictures.decoding import Decoded, decode, opened
from t2i_core.pictures.folder import PICTURE_SUFFIXES, list_pictures, look_through, picture_path, regular_file
from t2i_core.pictures.kinds import HEAD_BYTES, kind_of
from t2i_core.pictures.pixels import read_orientation

UPLOAD_NAME = "the uploaded picture"
THUMBNAIL_CACHE_BYTES = 512 * 1024**2
THUMBNAIL_QUALITY = 85
THUMBNAIL_SUFFIX = ".jpg"
DECODING_VERSION = 3  # raised when the same file would give other pixels than before
ACCESS_STEP_NS = 60 * 10**9
STALE_SECONDS = 3600.0

__all__ = [
    "PICTURE_SUFFIXES",
    "is_plain",
    "jpeg_preview",
    "list_pictures",
    "look_through",
    "make_thumbnail",
    "open_image",
    "picture_path",
    "picture_size",
    "read_image",
    "trim_thumbnails",
]


def open_image(
    source: Path | bytes, *, max_pixels: int, draft_side: int | None = None, name: str | None = None
) -> Image.Image:
    """Decode a picture: upright 8-bit RGB, transparency on white, the first frame of an animation.

    A picture of more than 24 million pixels comes at a half, a third ... of its size: see
    `t2i_core.pictures.cost`, which also says what decoding one may take.

    Parameters
    ----------
    source : Path or bytes
    max_pixels : int
        Refused above; read from the header, before anything is decoded.
    draft_side : int, optional
        The shorter side the caller needs. A JPEG may then be decoded at a half, quarter or eighth of
        its size, but never so that its shorter side falls below this.
    name : str, optional
        What messages call the picture; its file name when not given.

    Raises
    ------
    ImageError
        When it is missing, empty, no picture, damaged, or asks for too much; the message names it.
    """
    return read_image(source, max_pixels=max_pixels, draft_side=draft_side, name=name).image


def read_image(
    source: Path | bytes, *, max_pixels: int, draft_side: int | None = None, name: str | None = None
) -> Decoded:
    """`open_image` and `picture_size` in one, and what a person should know of how it was read."""
    label = _label(source, name)
    with opened(source, label=label, max_pixels=max_pixels) as picture:
        return decode(picture, max_pixels=max_pixels, draft_side=draft_side)


def picture_size(source: Path | bytes, *, name: str | None = None) -> tuple[int, int]:
    """Width and height in pixels as shown (after EXIF rotation), read from the header.

    Raises
    ------
    ImageError
        As ``open_image``, except that nothing is decoded and no size is too large.
    """
    with opened(source, label=_label(source, name), max_pixels=None) as picture:
        width, height = picture.image.size
        return (height, width) if read_orientation(picture.image) >= 5 else (width, height)


def is_plain(path: Path) -> bool:
    """Whether a file is of a kind that every browser shows as it is read here: JPEG, GIF, WebP, AVIF, PNG of 8 bits."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False
    kind = kind_of(head)
    return kind in ("JPEG", "GIF", "WEBP", "AVIF") or (kind == "PNG" and head[24:25] <= b"\x08")


def make_thumbnail(images_dir: Path, image_id: str, *, side: int, cache_dir: Path, max_pixels: int) -> Path:
    """A small JPEG of a picture, at most ``side`` pixels on its longer side, made once.

    The file's name is a hash of the picture's name, size, time and ``side``: a changed picture gets
    another thumbnail, and nothing that lies among the pictures is ever copied as it is. Safe to call
    from many threads and processes.

    Raises
    ------
    ImageError
        When the picture cannot be used, or ``cache_dir`` cannot be written.
    """
    source, target = _thumbnail_place(images_dir, image_id, side, cache_dir)
    if _touch_access(target):
        return target
    width, height = picture_size(source, name=image_id)
    shrink = min(1.0, side / max(width, height))
    small = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    image = open_image(source, max_pixels=max_pixels, draft_side=min(small), name=image_id)
    if image.size != small:
        image = image.resize(small, Image.Resampling.LANCZOS, reducing_gap=2.0)
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=THUMBNAIL_QUALITY)
    try:
        _write_atomically(target, encoded.getbuffer())
    except OSError as error:
        raise ImageError(
            f"Thumbnails must be written to {cache_dir}, which failed ({error.strerror}). "
            "Free some space or change the folder's permissions."
        ) from error
    return target


def made_thumbnail(images_dir: Path, image_id: str, *, side: int, cache_dir: Path) -> Path | None:
    """The thumbnail `make_thumbnail` would give, where it was made before; it costs two looks at the disk.

    Raises
    ------
    ImageError
        When the picture cannot be used.
    """
    _, target = _thumbnail_place(images_dir, image_id, side, cache_dir)
    return target if _touch_access(target) else None


def _thumbnail_place(images_dir: Path, image_id: str, side: int, cache_dir: Path) -> tuple[Path, Path]:
    """The picture's own file, and where its thumbnail lies."""
    if side < 1:
        raise ImageError(f"A thumbnail's side must be at least 1 pixel, got {side}.")
    source = picture_path(images_dir, image_id)
    facts = regular_file(source, label=image_id)
    key = f"{DECODING_VERSION}\0{image_id}\0{facts.st_size}\0{facts.st_mtime_ns}\0{side}".encode()
    digest = hashlib.sha256(key).hexdigest()[:40]
    return source, Path(cache_dir) / digest[:2] / f"{digest}{THUMBNAIL_SUFFIX}"


def jpeg_preview(source: Path | bytes, *, side: int, max_pixels: int) -> bytes:
    """A small JPEG of a picture that has no place on disk, at most ``side`` pixels on its longer side.

    Raises
    ------
    ImageError
        As `open_image`.
    """
    image = open_image(source, max_pixels=max_pixels, draft_side=side)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=THUMBNAIL_QUALITY)
    return encoded.getvalue()


def trim_thumbnails(cache_dir: Path, *, max_bytes: int = THUMBNAIL_CACHE_BYTES) -> int:
    """Remove the thumbnails not shown for longest until at most ``max_bytes`` are left; bytes removed.

    Streamlit warns when its static folder holds more than 1 GiB, so the cache needs a limit. Files
    left by a process that died while writing are removed as well.
    """
    held: list[tuple[int, int, Path]] = []
    removed = 0
    for path in Path(cache_dir).glob("??/*"):
        try:
            facts = path.stat()
            if path.suffix == THUMBNAIL_SUFFIX:
                held.append((facts.st_atime_ns, facts.st_size, path))
            elif path.suffix == ".tmp" and time.time() - facts.st_mtime > STALE_SECONDS:
                path.unlink()
                removed += facts.st_size
        except FileNotFoundError:
            continue  # another process trims too
    total = sum(size for _, size, _ in held)
    for _, size, path in sorted(held):
        if total <= max_bytes:
            break
        path.unlink(missing_ok=True)
        total -= size
        removed += size
    return removed


def _touch_access(path: Path) -> bool:
    """Whether the file exists; notes that it was used, for trimming, and leaves its modification time."""
    try:
        facts = path.stat()
    except OSError:
        return False
    now = time.time_ns()
    if now - facts.st_atime_ns > ACCESS_STEP_NS:
        with suppress(OSError):  # a read-only cache serves as well, and a file trimmed just now is made again
            os.utime(path, ns=(now, facts.st_mtime_ns))
    return path.exists()


def _write_atomically(target: Path, content: bytes | memoryview) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), 0o644)
        Path(temporary).replace(target)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _label(source: Path | bytes, name: str | None) -> str:
    if name is not None:
        return name
    return UPLOAD_NAME if isinstance(source, bytes) else Path(source).name
