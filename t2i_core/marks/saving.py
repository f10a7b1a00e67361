"""Saving a handout as a file: its ending says what becomes of it."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from t2i_core.dataset import replace_file
from t2i_core.errors import DatasetError, ImageError, count_of
from t2i_core.marks.contact_sheet import contact_sheet
from t2i_core.marks.handouts import Handout
from t2i_core.marks.tables import handout_csv, handout_json, handout_parquet
from t2i_core.pictures.folder import picture_path, regular_file

FORMATS = {
    ".csv": "a table for spreadsheets",
    ".json": "for programs, and for `search --request`",
    ".parquet": "a table for data frames",
    ".zip": "the pictures themselves, with the table and what made it",
    ".html": "a contact sheet that opens without a network",
}
ZIP_PICTURES = 20_000
ZIP_BYTES = 4 * 2**30
_BLOCK = 2**20

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Saved:
    """What was written: how many pictures, and the names of those whose file could not be had."""

    path: Path
    pictures: int
    without_file: tuple[str, ...] = ()


def check_ending(path: Path) -> str:
    """The ending of a file to save, in small letters; DatasetError where nobody knows what is to become of it."""
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise DatasetError(
            f"A file to save ends with one of {', '.join(FORMATS)}, got {path.name!r:.100}. Name one of these."
        )
    return ending


def save_handout(handout: Handout, path: Path, on_progress: Progress = lambda done, total: None) -> Saved:
    """Write a handout as what the ending of ``path`` says, whole or not at all (`FORMATS`).

    ``on_progress`` is told how many pictures are done, and of how many, where their files are read.

    Raises
    ------
    DatasetError
        When the ending is another, the limits of a ZIP or a contact sheet are exceeded, or it cannot be written.
    """
    ending = check_ending(path)
    without: tuple[str, ...] = ()
    if ending == ".zip":
        return _save_zip(handout, path, on_progress)
    if ending == ".html":
        data, without = contact_sheet(handout, on_progress)
    else:
        data = {".csv": handout_csv, ".json": handout_json, ".parquet": handout_parquet}[ending](handout)
    replace_file(path, lambda file: file.write(data))
    return Saved(path, len(handout.pictures), without)


def write_zip(
    handout: Handout, file: BinaryIO, on_progress: Progress = lambda done, total: None, *, most_bytes: int = ZIP_BYTES
) -> tuple[str, ...]:
    """Write pictures as they are below ``pictures/``, beside ``pictures.csv`` and ``about.json``; names of those without a file.

    Raises
    ------
    DatasetError
        When there are more than `ZIP_PICTURES`, or their files are larger than ``most_bytes`` together: told before any is read.
    """
    if len(handout.pictures) > ZIP_PICTURES:
        raise DatasetError(
            f"A ZIP holds at most {count_of(ZIP_PICTURES, 'picture')}, got {len(handout.pictures):,}. Take fewer."
        )
    there: list[tuple[str, Path]] = []
    without: list[str] = []
    size = 0
    for one in handout.pictures:
        try:
            source = picture_path(handout.gallery.images_dir, one.image_id)
            size += regular_file(source, label=one.image_id).st_size
            there.append((one.image_id, source))
        except ImageError:
            without.append(one.image_id)
    if size > most_bytes:
        raise DatasetError(
            f"A ZIP holds at most {most_bytes / 2**30:.3g} GiB of pictures, these are {size / 2**30:.3g} GiB. Take fewer of them."
        )
    # Pictures are compressed already: to try again would only take time.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, strict_timestamps=False) as packed:
        packed.writestr(_entry("about.json"), json.dumps(handout.about, ensure_ascii=True, indent=2))
        packed.writestr(_entry("pictures.csv"), handout_csv(handout))
        for done, (image_id, source) in enumerate(there, start=1):
            if not _copied(packed, image_id, source):
                without.append(image_id)
            on_progress(done, len(there))
    return tuple(without)


def _save_zip(handout: Handout, path: Path, on_progress: Progress) -> Saved:
    without: list[str] = []
    replace_file(path, lambda file: without.extend(write_zip(handout, file, on_progress)))
    return Saved(path, len(handout.pictures) - len(without), tuple(without))


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, time.localtime()[:6])


def _copied(packed: zipfile.ZipFile, image_id: str, source: Path) -> bool:
    """Whether a picture could be read; one that became unreadable since is told of, and the others go on."""
    try:
        with source.open("rb") as file:
            entry = zipfile.ZipInfo.from_file(source, f"pictures/{image_id}", strict_timestamps=False)
            with packed.open(entry, "w") as target:
                while block := file.read(_BLOCK):
                    target.write(block)
    except OSError:
        return False
    return True
