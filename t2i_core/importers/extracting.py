"""PictureFolder: pictures taken out of archives and tables into a folder, under names that stay inside it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import Counter
from pathlib import Path

from t2i_core.dataset.picture_names import is_picture_name
from t2i_core.errors import DatasetError, count_of
from t2i_core.pictures.images import PICTURE_SUFFIXES
from t2i_core.pictures.kinds import HEAD_BYTES, kind_of
from t2i_core.types import Problem

MOST_BYTES = 256 * 2**20  # of one picture
SUFFIXES = {
    "JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "TIFF": ".tif", "AVIF": ".avif", "BMP": ".bmp", "HEIF": ".heic",
}  # fmt: skip


class PictureFolder:
    """Where pictures are written as they come; a picture that is there already must be the same.

    Parameters
    ----------
    folder : Path
        Made with the first picture.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self._left_out: Counter[str] = Counter()
        self._names: dict[tuple[str, bytes], str] = {}
        self._given: set[str] = set()
        self._asked: Counter[str] = Counter()
        self._numbered: list[tuple[str, str]] = []

    def put(self, name: str, data: bytes) -> str:
        """Write a picture; the name it got comes back, empty when it is no picture.

        It has an ending where it had none, and a number where another picture of the source has the name.

        Raises
        ------
        DatasetError
            When the name leaves the folder, a different file is there, or it cannot be written.
        """
        kind = kind_of(data[:HEAD_BYTES])
        if not kind:
            self._left_out["no picture of a kind that is read"] += 1
            return ""
        if len(data) > MOST_BYTES:
            self._left_out[f"larger than {MOST_BYTES // 2**20} MB"] += 1
            return ""
        name = name.replace("\\", "/")
        if Path(name).suffix.lower() not in PICTURE_SUFFIXES:
            name += SUFFIXES[kind]
        check_name(name)
        name = self._named(name, data)
        path = self.folder / name
        try:
            if path.exists():
                if path.read_bytes() != data:
                    raise DatasetError(
                        f"Pictures are taken out under names of their own, and {path} is there with other content. "
                        "Name an empty folder with --images."
                    )
            else:
                _write(path, data)
        except OSError as error:
            raise DatasetError(
                f"Pictures must be written to {self.folder}, which failed ({error.strerror or error}). "
                "Free some space or name another folder with --images."
            ) from error
        self.written += 1
        return name

    @property
    def problems(self) -> list[Problem]:
        """What was left out, and what got another name."""
        told = [
            Problem("warning", "import_pictures_left_out", f"{count_of(count, 'picture')} left out: {why}.")
            for why, count in self._left_out.items()
        ]
        if self._numbered:
            wanted, given = self._numbered[0]
            count = count_of(len(self._numbered), "picture")
            message = f"{count} had the name of another one and got a number, first {wanted!r} as {given!r}."
            told.append(Problem("note", "import_pictures_numbered", message))
        return told

    def _named(self, name: str, data: bytes) -> str:
        """A name that no other picture of this import has: tables note file names without their folders, and shards count alike."""
        content = hashlib.blake2b(data, digest_size=16).digest()
        known = self._names.get((name, content))
        if known is not None:
            return known
        stem, _, ending = name.rpartition(".")
        given = name
        while given in self._given:
            self._asked[name] += 1
            given = f"{stem} ({self._asked[name] + 1}).{ending}"
        if given != name:
            self._numbered.append((name, given))
        self._given.add(given)
        self._names[name, content] = given
        return given


def check_name(name: str) -> None:
    """Refuse names that lead out of a folder, or that no file can have.

    Raises
    ------
    DatasetError
        Which ends the import: who writes such a name means harm, or made the file wrongly as a whole.
    """
    if not is_picture_name(name) or name.startswith("/") or ":" in name.partition("/")[0]:
        raise DatasetError(
            f"Names of pictures must stay inside their folder, got {name!r:.200}. Nothing more was taken out; make the file anew."
        )


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
