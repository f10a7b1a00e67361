"""Hugging Face's imagefolder: pictures beside ``metadata.csv``, ``.jsonl`` or ``.parquet``, itself or in folders of splits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from t2i_core.dataset import decode_text, list_some, read_table, text_lines
from t2i_core.dataset.arrow_file import read_rows
from t2i_core.errors import DatasetError, count_of
from t2i_core.importers.entries import Entries, image_named
from t2i_core.importers.report import ImportReport, existing_source, read_source, save_entries
from t2i_core.types import Problem

NAMES = ("metadata.jsonl", "metadata.csv", "metadata.parquet")
SPLITS = ("train", "validation", "val", "valid", "dev", "test")


def import_imagefolder(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import an imagefolder; folders named like splits give a column ``split``.

    Parameters
    ----------
    source : Path
        The folder, or the metadata file itself.
    data_dir : Path
        Where ``captions_tokenized.csv`` is written.
    images_dir : Path, optional
        The pictures, where they lie elsewhere under the same names.

    Raises
    ------
    DatasetError
        When there is no such file, or a record names no picture.
    """
    found = _metadata_files(existing_source(source))
    root = source if source.is_dir() else source.parent
    entries, problems = Entries(), []
    for path in found:
        below = path.parent.relative_to(root).as_posix()
        folder = "" if below == "." else f"{below}/"
        split = below.partition("/")[0] if below.partition("/")[0] in SPLITS else ""
        records, told = _records(path)
        problems += told
        for number, record in enumerate(records, start=1):
            name = image_named(record)
            if not name:
                raise DatasetError(
                    f"Every record of an imagefolder has a file_name, got {list_some(sorted(record), limit=5)} as record {number} "
                    f"of {path}. Add it."
                )
            entries.add(folder + name, {"split": split, **record} if split else record)
    return save_entries("imagefolder", entries, data_dir, images_dir=images_dir or root, problems=problems)


def _metadata_files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    found: list[Path] = []
    for folder in (source, *sorted(path for path in source.rglob("*") if path.is_dir())):
        found += [path for name in NAMES if (path := folder / name).is_file()][:1]
    if not found:
        there = sorted(entry.name for entry in source.iterdir())
        raise DatasetError(
            f"An imagefolder holds {', '.join(NAMES)}, got {list_some(there, limit=5) or 'an empty folder'} in {source}. "
            "Use the layout folder for pictures with text files, or parquet for tables with pictures in them."
        )
    return found


def _records(path: Path) -> tuple[Iterator[dict[str, Any]], list[Problem]]:
    if path.suffix.lower() == ".parquet":
        return read_rows(path), []
    text, problems = decode_text(read_source(path), path)
    if path.suffix.lower() == ".jsonl":
        return _json_lines(text, path), problems
    table = read_table(text, path)
    names = ["file_name" if name == "image" else name for name in table.columns]
    return (dict(zip(names, row, strict=True)) for row in table.rows), [*problems, *table.problems]


def _json_lines(text: str, path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text_lines(text), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DatasetError(
                f"Lines of {path} must be JSON records, got {line[:80]!r} ({count_of(number, 'line')} down). Mend that line."
            ) from error
        if not isinstance(record, dict):
            raise DatasetError(
                f"Lines of {path} must be JSON objects, got {line[:80]!r} in line {number}. Mend that line."
            )
        yield record
