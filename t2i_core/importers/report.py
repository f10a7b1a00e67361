"""ImportReport: what an import found, wrote, left out, and which command comes next."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from t2i_core.dataset import count_of, list_some, match_pictures, save_captions, uniform_picture_name
from t2i_core.dataset.captions_file import NO_CAPTIONS
from t2i_core.errors import DatasetError
from t2i_core.importers.entries import Entries
from t2i_core.pictures.images import list_pictures
from t2i_core.types import Problem


@dataclass(frozen=True)
class ImportReport:
    """The outcome of an import.

    ``captions_path`` is None where there were no captions to write, ``images_dir`` None where no
    pictures were found. ``images`` and ``captions`` count what was taken over.
    """

    layout: str
    images_dir: Path | None
    captions_path: Path | None
    images: int
    captions: int
    next_command: str
    problems: tuple[Problem, ...] = ()


class Importer(Protocol):
    """Takes over a source laid out in one way."""

    def __call__(self, source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport: ...


def existing_source(source: Path) -> Path:
    """``source`` when it exists; DatasetError otherwise."""
    if not source.exists():
        raise DatasetError(f"The source of an import must exist, got {source}. Name the folder or file to import.")
    return source


def read_source(path: Path) -> bytes:
    """Content of a file to import; DatasetError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(
            f"{path} must be readable, got: {error.strerror or error}. Change its permissions or name another file."
        ) from error


def folder_of(source: Path) -> Path:
    """The folder an import looks around in: ``source``, or the one that holds it."""
    return source if source.is_dir() else source.parent


def find_picture_folder(source: Path, names: Sequence[str]) -> Path | None:
    """The folder below ``source`` named like one of ``names`` (in any case), else ``source`` itself if it holds pictures."""
    wanted = {name.casefold(): rank for rank, name in enumerate(names)}
    inside = [folder for folder in sorted(source.iterdir()) if folder.is_dir()]
    named = [folder for folder in inside if folder.name.casefold() in wanted]
    for folder in sorted(named, key=lambda folder: wanted[folder.name.casefold()]):
        if list_pictures(folder):
            return folder
    return source if list_pictures(source) else None


def save_import(
    layout: str,
    rows: Iterable[tuple[str, str]],
    data_dir: Path,
    *,
    images_dir: Path | None,
    problems: Iterable[Problem] = (),
    columns: dict[str, list[object]] | None = None,
) -> ImportReport:
    """Write the captions of the pictures there are, and say what was left out.

    Parameters
    ----------
    rows : iterable of (picture name, caption)
        Names as the source spells them, see `match_pictures`.
    images_dir : Path or None
        Folder of the pictures; None when the source holds none, and every caption is then kept.
    columns : dict of str to list, optional
        Further columns, one value for each of ``rows``.
    """
    found = list(problems)
    frame = pd.DataFrame(list(rows), columns=pd.Index(["image", "caption"], dtype=object), dtype=object)
    frame = frame.assign(**(columns or {}))
    frame["image"] = [uniform_picture_name(str(name)) or "" for name in frame["image"]]
    frame["caption"] = [" ".join(str(caption).split()) for caption in frame["caption"]]
    bad = (frame["image"] == "") | frame["caption"].isin(NO_CAPTIONS)
    if bad.any():
        message = f"{count_of(int(bad.sum()), 'caption')} had no text or no usable picture name. Left out."
        found.append(Problem("warning", "import_rows_unusable", message))
    frame = frame[~bad]
    repeated = frame.duplicated(["image", "caption"])
    if repeated.any():
        found.append(
            Problem(
                "note", "import_repeated", f"{count_of(int(repeated.sum()), 'caption')} stood there twice. Read once."
            )
        )
    frame = frame[~repeated]
    if images_dir is not None:
        frame, match_problems = _named_as_on_disk(frame, images_dir)
        found += match_problems
    elif not frame.empty:
        found.append(
            Problem(
                "warning",
                "import_no_pictures",
                "No folder of pictures was found beside the captions.",
                "Name it in the next command, in place of PICTURES.",
            )
        )
    if frame.empty:
        why = " ".join(str(problem) for problem in found) or "The source holds no record; name another."
        raise DatasetError(f"An import needs captions of pictures it can find, got none for layout {layout}. {why}")
    path = save_captions(data_dir, frame)
    return ImportReport(
        layout,
        images_dir,
        path,
        int(frame["image"].nunique()),
        len(frame),
        build_command(images_dir, data_dir, captions_path=path),
        tuple(found),
    )


def save_entries(
    layout: str, entries: Entries, data_dir: Path, *, images_dir: Path | None, problems: Iterable[Problem] = ()
) -> ImportReport:
    """`save_import` of what records say; pictures without any caption are taken over as they are."""
    told = [*problems, *entries.problems]
    if entries.rows or not entries.pictures:
        return save_import(
            layout, entries.rows, data_dir, images_dir=images_dir, problems=told, columns=entries.columns()
        )
    command = build_command(images_dir, data_dir, captions_path=None)
    return ImportReport(layout, images_dir, None, entries.pictures, 0, command, tuple(told))


def build_command(images_dir: Path | None, data_dir: Path, *, captions_path: Path | None) -> str:
    """The command that makes the embeddings of what was imported."""
    words = ["python", "-m", "t2i_core", "build", "--images", str(images_dir or "PICTURES")]
    if captions_path is not None:
        words += ["--captions", str(captions_path)]
    return shlex.join([*words, "--data", str(data_dir)])


def _named_as_on_disk(frame: pd.DataFrame, images_dir: Path) -> tuple[pd.DataFrame, list[Problem]]:
    matched = match_pictures(frame["image"], list_pictures(images_dir))
    problems = []
    if matched.missing:
        message = (
            f"{count_of(len(matched.missing), 'picture')} named by captions cannot be found in {images_dir}: "
            f"{list_some(matched.missing, limit=5)}. Their captions were left out."
        )
        problems.append(Problem("warning", "import_pictures_missing", message))
    if matched.ambiguous:
        name, candidates = next(iter(matched.ambiguous.items()))
        message = (
            f"{count_of(len(matched.ambiguous), 'name')} could mean several pictures, first {name!r}: "
            f"{list_some(candidates)}. Their captions were left out."
        )
        problems.append(Problem("warning", "import_pictures_ambiguous", message))
    if matched.loose:
        first = f"{matched.loose[0]!r} as {matched.found[matched.loose[0]]!r}"
        message = (
            f"{count_of(len(matched.loose), 'name')} matched without regard to letter case or how accents are stored, "
            f"first {first}."
        )
        problems.append(Problem("note", "names_matched_loosely", message))
    known = frame["image"].isin(list(matched.found))
    kept = frame[known]
    return kept.assign(image=[matched.found[name] for name in kept["image"]]).reset_index(drop=True), problems
