"""PictureCopies: pictures' files beside what is written of them, as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

from t2i_core.exchange.entries import PictureEntry


class PictureCopies:
    """Copies files, and notes the pictures that have none.

    Attributes
    ----------
    missing : list of str
        Names of pictures whose file cannot be read.
    """

    def __init__(self, *, wanted: bool = True) -> None:
        self.wanted = wanted
        self.missing: list[str] = []

    def copy(self, entry: PictureEntry, folder: Path) -> None:
        """Copy a picture into a folder under its own name, sub-folders included."""
        if entry.path is None:
            self.missing.append(entry.image_id)
            return
        if not self.wanted:
            return
        target = folder / entry.image_id
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(entry.path, target)

    def read(self, entry: PictureEntry) -> bytes | None:
        """Content of a picture's file; None, noted, where it cannot be read."""
        data = entry.read()
        if data is None:
            self.missing.append(entry.image_id)
        return data
