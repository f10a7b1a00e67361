"""COCO captions: ``captions_*.json`` of any year, or Karpathy's splits, beside the folders of pictures."""

from __future__ import annotations

import json
from pathlib import Path

from t2i_core.dataset import decode_text, list_some, records_of
from t2i_core.dataset.caption_records import CaptionRecords
from t2i_core.errors import DatasetError
from t2i_core.importers.report import ImportReport, existing_source, folder_of, read_source, save_import
from t2i_core.pictures.images import list_pictures
from t2i_core.types import Problem


def import_coco(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import COCO captions; the file's name (``captions_val2017``) becomes the column ``source``.

    Karpathy's files (``dataset_coco.json``) give a column ``split``, too. Null captions and those of pictures that a
    file does not list are left out and counted.

    Parameters
    ----------
    source : Path
        A ``captions_*.json`` or ``dataset_*.json``, or a folder that holds some, itself or in ``annotations``.
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
    problems: list[Problem] = []
    origins: list[object] = []
    splits: list[object] = []
    for path in paths:
        records, noted = _read(path)
        problems += [*noted, *records.problems]
        rows += zip(records.images, records.captions, strict=True)
        origins += [path.stem] * len(records.images)
        splits += [others.get("split", "") for others in records.others]
    columns = {"source": origins} | ({"split": splits} if any(splits) else {})
    folder = images_dir or _picture_folder(source)
    return save_import("coco", rows, data_dir, images_dir=folder, problems=problems, columns=columns)


def _caption_files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    for pattern in ("captions_*.json", "dataset_*.json"):
        for folder in (source, source / "annotations"):
            paths = sorted(folder.glob(pattern))
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


def _read(path: Path) -> tuple[CaptionRecords, list[Problem]]:
    text, problems = decode_text(read_source(path), path)
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DatasetError(
            f"{path} must be a JSON file of COCO captions, got something else ({error}). "
            "Name a captions_*.json of COCO."
        ) from error
    images = record.get("images") if isinstance(record, dict) else None
    annotations = record.get("annotations") if isinstance(record, dict) else None
    karpathy = isinstance(images, list) and any(isinstance(image, dict) and "sentences" in image for image in images)
    if not isinstance(images, list) or not (isinstance(annotations, list) or karpathy):
        received = list_some(sorted(record), limit=6) if isinstance(record, dict) else type(record).__name__
        raise DatasetError(
            f"{path} must hold the lists images and annotations, got {received or 'nothing'}. "
            "Name a captions_*.json of COCO."
        )
    return records_of(record, path), problems
