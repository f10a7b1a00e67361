"""Parquet and Arrow tables: Hugging Face's, with picture bytes or names of files; Embedding Atlas's; and our own."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from t2i_core.dataset.arrow_file import SUFFIXES, columns_of, read_rows
from t2i_core.dataset.picture_names import is_foreign, list_some, uniform_picture_name
from t2i_core.errors import DatasetError
from t2i_core.importers.entries import IMAGE_KEYS, Entries, image_named
from t2i_core.importers.extracting import PictureFolder
from t2i_core.importers.report import ImportReport, existing_source, save_entries
from t2i_core.pictures.images import list_pictures

EXTRACTED = "pictures"  # below the dataset folder, where nobody names another
_BYTES_KEYS = ("image", "jpg", "png", "webp", "img", "picture")
_EMBEDDED = "data:image/"


def import_parquet(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import Parquet or Arrow tables: pictures as bytes are taken out, names of files are looked for.

    Reads what `datasets` pushes and saves (``image`` with bytes and path), what Embedding Atlas is given, and what
    `export --to parquet` writes. Rows stream: no file is held in memory.

    Parameters
    ----------
    source : Path
        A ``.parquet`` or ``.arrow`` file, or a folder that holds some at any depth.
    data_dir : Path
        Where ``captions_tokenized.csv`` is written, and ``pictures`` where there are bytes.
    images_dir : Path, optional
        Where pictures are written to, or lie.

    Raises
    ------
    DatasetError
        When there is no such table, or it holds neither pictures nor captions.
    """
    paths = tables_in(existing_source(source))
    out = PictureFolder(images_dir or data_dir / EXTRACTED)
    entries = Entries()
    number = 0
    for path in paths:
        check_columns(path)
        for number, row in enumerate(read_rows(path, left_out=("embedding", "neighbors")), start=number):  # noqa: B020
            _take(row, entries, out, number)
    folder = out.folder if out.written else images_dir
    if folder is None:
        near = source if source.is_dir() else source.parent
        folder = near if list_pictures(near) else None
    return save_entries("parquet", entries, data_dir, images_dir=folder, problems=out.problems)


def tables_in(source: Path) -> list[Path]:
    """The tables of a source, in the order of their names; DatasetError where there are none."""
    if source.is_file():
        return [source]
    found = sorted(
        path for path in source.rglob("*") if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    )
    # `datasets` keeps what was computed from a table beside it.
    found = [path for path in found if not path.name.startswith("cache-")]
    if not found:
        there = sorted(entry.name for entry in source.iterdir())
        raise DatasetError(
            f"A folder of tables holds .parquet or .arrow files, got {list_some(there, limit=5) or 'none'} in {source}. "
            "Name the file itself, or another layout."
        )
    return found


def check_columns(path: Path) -> None:
    """Refuse a table without pictures before any row of it is read."""
    columns = columns_of(path)
    if not set(columns) & {*IMAGE_KEYS, *_BYTES_KEYS}:
        raise DatasetError(
            f"A table of pictures has a column image (bytes or a file name), got {list_some(sorted(columns), limit=8)} in {path}. "
            "Rename the column that holds or names the picture."
        )


def _take(row: Mapping[str, Any], entries: Entries, out: PictureFolder, number: int) -> None:
    record = dict(row)
    for key in _BYTES_KEYS:
        data, name = _picture_in(record.get(key))
        if data is not None:
            named = image_named({one: value for one, value in record.items() if one != key}) or name
            del record[key]
            written = out.put(_inside(named) or f"{number:08d}", data)
            if written:
                entries.add(written, record)
            return
        if name:
            record[key] = name
            break
    named = image_named(record)
    if named:
        entries.add(named, record)
    else:
        entries.skip()


def _inside(name: str) -> str:
    """A name for a picture that is taken out: of a whole path of elsewhere only the file's."""
    uniform = uniform_picture_name(name) or ""
    return uniform.rpartition("/")[2] if is_foreign(uniform) else uniform


def _picture_in(value: Any) -> tuple[bytes | None, str]:
    """Bytes and name in a picture's cell: bytes, {bytes, path}, an address with the data in it, or a file name."""
    if isinstance(value, Mapping):
        data, path = value.get("bytes"), value.get("path")
        return (data if isinstance(data, bytes) and data else None), (path if isinstance(path, str) else "")
    if isinstance(value, bytes):
        return value, ""
    if isinstance(value, str) and value.startswith(_EMBEDDED):
        try:
            return base64.b64decode(value.partition(",")[2], validate=True), ""
        except (binascii.Error, ValueError):
            return b"", ""
    return None, value if isinstance(value, str) else ""
