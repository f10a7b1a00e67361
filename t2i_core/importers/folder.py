"""A plain folder of pictures, each with a file of the same name that describes it, or with none."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path, PurePosixPath

from t2i_core.dataset import count_of, decode_text, text_lines
from t2i_core.dataset.caption_records import described
from t2i_core.dataset.picture_names import list_files
from t2i_core.errors import DatasetError
from t2i_core.importers.report import ImportReport, build_command, existing_source, read_source, save_import
from t2i_core.pictures.images import list_pictures
from t2i_core.types import Problem

SIDECARS = (".txt", ".caption", ".json")
SIDECAR_KEYS = ("caption", "captions", "text", "description")


def import_folder(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import pictures at any depth; each line of ``beach.txt`` (or ``beach.jpg.txt``) is a caption of ``beach.jpg``.

    So is each of ``beach.caption``, and ``caption`` (or ``captions``, ``text``, ``description``) in ``beach.json``;
    their endings may be in capitals. The first of these that a picture has, in this order, is read.

    Without such files nothing is written: captions are optional, and the next command builds without them.

    Parameters
    ----------
    source : Path
        The folder of the text files.
    data_dir : Path
        Where ``captions_tokenized.csv`` is written.
    images_dir : Path, optional
        The pictures, when they lie in another folder under the same names.

    Raises
    ------
    DatasetError
        When there are no pictures.
    """
    if not existing_source(source).is_dir():
        raise DatasetError(f"The layout folder needs a folder of pictures, got the file {source}. Name its folder.")
    folder = images_dir or source
    pictures = list_pictures(folder)
    if not pictures:
        raise DatasetError(
            f"The layout folder needs a folder of pictures, got none below {folder}. Name another folder."
        )
    rows: list[tuple[str, str]] = []
    problems: list[Problem] = []
    there = _Sidecars(source)
    for picture in pictures:
        sidecar = there.of(picture)
        if sidecar is None:
            continue
        try:
            captions, notes = _captions_in(sidecar)
        except DatasetError as error:
            captions, notes = [], [Problem("warning", "import_sidecar_unread", f"{error} Left out.")]
        problems += notes
        rows += [(picture, caption) for caption in captions]
    problems = _gathered(problems)
    if not rows:
        return ImportReport(
            "folder",
            folder,
            None,
            len(pictures),
            0,
            build_command(folder, data_dir, captions_path=None),
            tuple(problems),
        )
    return save_import("folder", rows, data_dir, images_dir=folder, problems=problems)


class _Sidecars:
    """Files of a folder by their names without regard to case."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._names: dict[str, str] = {}
        for name in list_files(source):
            if name.lower().endswith(SIDECARS):
                self._names.setdefault(name.lower(), name)
                self._names[name] = name  # as it is spelled comes first

    def of(self, picture: str) -> Path | None:
        """The first file that may describe a picture."""
        for suffix in SIDECARS:
            for name in (PurePosixPath(picture).with_suffix(suffix).as_posix(), picture + suffix):
                found = self._names.get(name) or self._names.get(name.lower())
                if found is not None:
                    return self._source / found
        return None


def _gathered(problems: list[Problem]) -> list[Problem]:
    """One problem of each kind, with the number of files: a folder may hold thousands of the same."""
    counts = Counter(problem.code for problem in problems)
    first: dict[str, Problem] = {}
    for problem in problems:
        more = counts[problem.code] - 1
        message = f"{problem.message} So it is with {count_of(more, 'other file')}." if more else problem.message
        first.setdefault(problem.code, replace(problem, message=message))
    return list(first.values())


def _captions_in(sidecar: Path) -> tuple[list[str], list[Problem]]:
    text, problems = decode_text(read_source(sidecar), sidecar)
    if sidecar.suffix.lower() != ".json":
        return [line for line in text_lines(text) if line.strip()], problems
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        record = None
    captions = described(record, SIDECAR_KEYS) if isinstance(record, dict) else []
    if not captions:
        message = f"{sidecar.name} holds no caption: none of {', '.join(SIDECAR_KEYS)}. Left out."
        problems.append(Problem("warning", "import_sidecar_empty", message))
    return captions, problems
