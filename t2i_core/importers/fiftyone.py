"""FiftyOne's exported folder: ``samples.json`` beside ``data``, as `FiftyOneDataset` writes it."""

from __future__ import annotations

import json
from pathlib import Path

from t2i_core.dataset import decode_text, list_some
from t2i_core.errors import DatasetError
from t2i_core.importers.entries import Entries, image_named
from t2i_core.importers.report import ImportReport, existing_source, read_source, save_entries

SAMPLES = "samples.json"
BOOKKEEPING = frozenset({"created_at", "last_modified_at"})  # of FiftyOne's own records, not of the pictures


def import_fiftyone(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import samples with their captions; labels, tags and plain fields become columns, detections are left out and counted.

    Parameters
    ----------
    source : Path
        The exported folder, or its ``samples.json``.
    data_dir : Path
        Where ``captions_tokenized.csv`` is written.
    images_dir : Path, optional
        The pictures; ``data`` of the exported folder when left out.

    Raises
    ------
    DatasetError
        When there is no such file, or it is laid out in another way.
    """
    path = source / SAMPLES if existing_source(source).is_dir() else source
    if not path.is_file():
        there = sorted(entry.name for entry in source.iterdir())
        raise DatasetError(
            f"A folder that FiftyOne exported holds {SAMPLES}, got {list_some(there, limit=5) or 'nothing'} in {source}. "
            "Export with dataset_type=fiftyone.types.FiftyOneDataset."
        )
    text, problems = decode_text(read_source(path), path)
    try:
        record = json.loads(text)
        samples = record["samples"]
        if not all(isinstance(sample, dict) for sample in samples):
            raise TypeError("samples that are no objects")
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{path} must be JSON with the list samples, as FiftyOne writes it, got something else ({error}). Export it again."
        ) from error
    folder = images_dir or (path.parent / "data" if (path.parent / "data").is_dir() else path.parent)
    entries = Entries()
    for sample in samples:
        name = image_named({"filepath": sample.get("filepath")})
        if not name:
            entries.skip()
            continue
        entries.add(name.removeprefix("data/"), {key: value for key, value in sample.items() if key not in BOOKKEEPING})
    return save_entries("fiftyone", entries, data_dir, images_dir=folder, problems=problems)
