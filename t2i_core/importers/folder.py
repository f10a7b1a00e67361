"""A plain folder of pictures, each with a text file of the same name beside it, or with none."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from t2i_core.dataset import decode_text
from t2i_core.errors import DatasetError
from t2i_core.images import list_pictures
from t2i_core.importers.report import ImportReport, build_command, existing_source, read_source, save_import


def import_folder(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import pictures at any depth; each line of ``beach.txt`` (or ``beach.jpg.txt``) is a caption of ``beach.jpg``.

    Without text files nothing is written: captions are optional, and the next command builds without them.

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
    problems = []
    for picture in pictures:
        sidecar = _sidecar(source, picture)
        if sidecar is None:
            continue
        text, notes = decode_text(read_source(sidecar), sidecar)
        problems += notes
        rows += [(picture, line) for line in text.splitlines() if line.strip()]
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


def _sidecar(source: Path, picture: str) -> Path | None:
    for name in (PurePosixPath(picture).with_suffix(".txt").as_posix(), picture + ".txt"):
        if (source / name).is_file():
            return source / name
    return None
