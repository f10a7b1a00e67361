"""Flickr8k and Flickr30k in the layouts they are passed around in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from t2i_core.dataset import (
    decode_text,
    has_columns,
    holds_records,
    list_some,
    looks_like_table,
    read_table,
    text_lines,
)
from t2i_core.dataset.csv_rows import CAPTION_COLUMNS
from t2i_core.errors import DatasetError
from t2i_core.importers.report import (
    ImportReport,
    existing_source,
    find_picture_folder,
    folder_of,
    read_source,
    save_import,
)
from t2i_core.types import Problem

PICTURE_FOLDERS = ("Images", "Flicker8k_Dataset", "Flickr8k_Dataset", "flickr30k_images", "flickr30k-images")
FLICKR8K_FILES = (
    "captions.txt",
    "Flickr8k.token.txt",
    "Flickr8k.lemma.token.txt",
    "captions.csv",
    "dataset_flickr8k.json",
)
FLICKR30K_FILES = ("results.csv", "results_20130124.token", "captions.txt", "captions.csv", "dataset_flickr30k.json")
_TOKEN_LINE = re.compile(r"^(?P<image>[^\t]+?)#[^\t#]*\t(?P<caption>.*)$")
_LEADING_NUMBER = re.compile(r"^\s*\d+\s+(?=\S)")


def import_flickr8k(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import Flickr8k: ``Flickr8k.token.txt`` or ``captions.txt``, beside a folder of pictures.

    Parameters
    ----------
    source : Path
        The folder that holds both, or the captions file itself.
    data_dir : Path
        Where ``captions_tokenized.csv`` is written.
    images_dir : Path, optional
        The pictures; looked for beside the captions when left out.

    Raises
    ------
    DatasetError
        When no such file is there, or it is laid out in another way.
    """
    return _import("flickr8k", source, data_dir, FLICKR8K_FILES, images_dir)


def import_flickr30k(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import Flickr30k: ``results.csv`` (columns parted by ``|``), ``results_20130124.token`` or ``captions.txt``.

    See `import_flickr8k` for the parameters.
    """
    return _import("flickr30k", source, data_dir, FLICKR30K_FILES, images_dir)


def _import(
    layout: str, source: Path, data_dir: Path, file_names: Sequence[str], images_dir: Path | None
) -> ImportReport:
    path = _captions_file(layout, existing_source(source), file_names)
    text, problems = decode_text(read_source(path), path)
    rows, found = _rows(text, path, layout)
    folder = images_dir or _picture_folder(source, path)
    return save_import(layout, rows, data_dir, images_dir=folder, problems=[*problems, *found])


def _captions_file(layout: str, source: Path, file_names: Sequence[str]) -> Path:
    if source.is_file():
        return source
    for name in file_names:
        for candidate in (source / name, *sorted(source.glob(f"*/{name}")), *sorted(source.glob(f"*/*/{name}"))):
            if candidate.is_file():
                return candidate
    there = sorted(entry.name for entry in source.iterdir() if not entry.name.startswith("."))
    raise DatasetError(
        f"A {layout} folder holds {list_some(file_names[:3])}, got {list_some(there, limit=5) or 'an empty folder'} in {source}. "
        "Name the captions file itself, or use the layout folder for pictures with .txt files."
    )


def _picture_folder(source: Path, path: Path) -> Path | None:
    """The pictures' folder near the captions; the file may lie in a folder of texts beside them."""
    around = [folder_of(source), path.parent]
    for folder in dict.fromkeys(around):
        found = find_picture_folder(folder, PICTURE_FOLDERS)
        if found is not None:
            return found
    return None


def _rows(text: str, path: Path, layout: str) -> tuple[list[tuple[str, str]], list[Problem]]:
    """Pictures and captions; Karpathy's JSON (``dataset_flickr8k.json``) is read like the tables."""
    lines = [line for line in text_lines(text) if line.strip()]
    first = lines[0] if lines else ""
    if _TOKEN_LINE.match(first):
        return _token_rows(lines, path), []
    if has_columns(first.split("|")):
        return _bar_rows(lines[1:]), []
    if holds_records(text) or looks_like_table(text):
        table = read_table(text, path)
        image = table.columns.index("image")
        caption = max(table.columns.index(name) for name in CAPTION_COLUMNS if name in table.columns)
        return [(fields[image], fields[caption]) for fields in table.rows], list(table.problems)
    raise DatasetError(
        f"Captions of {layout} are lines of picture#number, a tab and a caption, or a table with the columns image and caption, "
        f"got {first[:80]!r} as the first line of {path}. Name another file, or write a table image,caption."
    )


def _token_rows(lines: Sequence[str], path: Path) -> list[tuple[str, str]]:
    rows = []
    for number, line in enumerate(lines, start=1):
        match = _TOKEN_LINE.match(line)
        if match is None:
            raise DatasetError(
                f"Lines of {path} must be picture#number, a tab and a caption, got {line[:80]!r} "
                f"(line {number}, blank ones not counted). Mend that line."
            )
        rows.append((match["image"], match["caption"]))
    return rows


def _bar_rows(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Rows of ``image_name| comment_number| comment``, whose captions hold quotes and commas as they are."""
    rows = []
    for line in lines:
        image, _, rest = line.partition("|")
        number, bar, caption = rest.partition("|")
        # The published file has a row without its second bar: "2199200615.jpg| 4   A dog runs ...".
        rows.append((image, caption if bar else _LEADING_NUMBER.sub("", number)))
    return rows
