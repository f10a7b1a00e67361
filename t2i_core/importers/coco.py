"""COCO captions: ``captions_*.json`` of any year, beside the folders of pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from t2i_core.dataset import list_some
from t2i_core.errors import DatasetError
from t2i_core.images import list_pictures
from t2i_core.importers.report import ImportReport, existing_source, folder_of, read_source, save_import


def import_coco(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import COCO captions; the file's name (``captions_val2017``) becomes the column ``source``.

    Parameters
    ----------
    source : Path
        A ``captions_*.json``, or a folder that holds some, itself or in ``annotations``.
    data_dir : Path
        Where ``captions_tokenized.csv`` is written.
    images_dir : Path, optional
        The pictures, at any depth; the source folder when left out.

    Raises
    ------
    DatasetError
        When no such file is there, or it holds no captions.
    """
    paths = _caption_files(existing_source(source))
    rows: list[tuple[str, str]] = []
    origins: list[object] = []
    for path in paths:
        read = _read(path)
        rows += read
        origins += [path.stem] * len(read)
    return save_import(
        "coco", rows, data_dir, images_dir=images_dir or _picture_folder(source), columns={"source": origins}
    )


def _caption_files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    for folder in (source, source / "annotations"):
        paths = sorted(folder.glob("captions_*.json"))
        if paths:
            return paths
    there = sorted(entry.name for entry in source.iterdir() if not entry.name.startswith("."))
    raise DatasetError(
        "A coco folder holds captions_*.json, itself or in annotations, "
        f"got {list_some(there, limit=5) or 'an empty folder'} in {source}. Name the JSON file itself."
    )


def _picture_folder(source: Path) -> Path | None:
    folder = folder_of(source)
    # A file named by itself usually lies in annotations, beside the folders of pictures.
    for candidate in dict.fromkeys([folder, folder.parent] if folder.name == "annotations" else [folder]):
        if list_pictures(candidate):
            return candidate
    return None


def _read(path: Path) -> list[tuple[str, str]]:
    try:
        record = json.loads(read_source(path))
    except ValueError as error:
        raise DatasetError(
            f"{path} must be a JSON file of COCO captions, got something else ({error}). "
            "Name a captions_*.json of COCO."
        ) from error
    images = record.get("images") if isinstance(record, dict) else None
    annotations = record.get("annotations") if isinstance(record, dict) else None
    if not isinstance(images, list) or not isinstance(annotations, list):
        received = list_some(sorted(record), limit=6) if isinstance(record, dict) else type(record).__name__
        raise DatasetError(
            f"{path} must hold the lists images and annotations, got {received or 'nothing'}. "
            "Name a captions_*.json of COCO."
        )
    try:
        names: Mapping[int, str] = {image["id"]: str(image["file_name"]) for image in images}
        return [(names[note["image_id"]], str(note["caption"])) for note in annotations]
    except (KeyError, TypeError) as error:
        raise DatasetError(
            f"{path} must give each image id and file_name and each annotation image_id and caption, one lacks {error}. "
            "Name a captions_*.json; instances_*.json and person_keypoints_*.json hold no captions."
        ) from error
