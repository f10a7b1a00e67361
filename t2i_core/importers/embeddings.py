"""Embeddings of others as npy, npz, safetensors or Parquet: rows beside the names of their pictures."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from t2i_core.dataset import decode_text, list_some, text_lines, uniform_picture_name
from t2i_core.dataset.arrow_file import read_rows
from t2i_core.dataset.csv_rows import IMAGE_NAMES
from t2i_core.dataset.npy_file import read_npy_rows
from t2i_core.dataset.npz_file import NpzError, open_npz
from t2i_core.dataset.safetensors_file import list_tensors, read_tensor_rows
from t2i_core.errors import DatasetError
from t2i_core.importers.entries import IMAGE_KEYS, captions_in, image_named
from t2i_core.importers.report import ImportReport, existing_source, folder_of, read_source
from t2i_core.importers.taken_rows import TakenRows, save_rows, unit_rows
from t2i_core.pictures.images import list_pictures
from t2i_core.types import Encoder, Problem

TABLES = (".parquet", ".arrow")
SUFFIXES = (".npy", ".npz", ".safetensors", *TABLES)
NAMES_SUFFIXES = (".txt", ".csv", ".tsv", ".json", ".jsonl")
NAMES_STEMS = ("names", "image_ids", "filenames", "file_names", "paths", "photo_ids", "metadata")
# What people call rows of pictures; the first that is there is read where a file holds several.
ROWS_KEYS = (
    "image", "images", "image_embeddings", "image_embedding", "image_features", "embeddings", "embedding", "features", "vectors",
    "vector", "clip", "emb",
)  # fmt: skip
NAMES_KEYS = (*NAMES_STEMS, *IMAGE_KEYS)


def import_embeddings(
    source: Path,
    data_dir: Path,
    *,
    images_dir: Path | None = None,
    names: Path | None = None,
    encoder: Encoder | None = None,
) -> ImportReport:
    """Import rows that another program made, one a picture, with captions where a table has some. Nothing is unpickled.

    Parameters
    ----------
    source : Path
        The file, or a folder with one such file. A table (Parquet, Arrow) names its pictures itself, an npz may; beside an
        npy or safetensors file a list of names is looked for.
    data_dir : Path
        Where embeddings and captions are written.
    images_dir : Path, optional
        The pictures. Without it those beside ``source``, and names as they stand where there are none.
    names : Path, optional
        The names of the rows' pictures, in their order: lines of text, a CSV, or JSON.
    encoder : Encoder, optional
        The model that made the rows: a sample is compared now, and the dataset names it.

    Raises
    ------
    DatasetError
        When rows and names cannot be told or do not belong together, or ``encoder`` did not make the rows.
    """
    path = _file(existing_source(source))
    suffix = path.suffix.lower()
    problems: list[Problem] = []
    if suffix in TABLES:
        parts, records = _table(path)
    else:
        part, inside = _arrays(path, suffix)
        parts = [part]
        records, problems = ([{"image": one} for one in inside], []) if inside and not names else _named(path, names)
    image, scaled = unit_rows(parts, wanted=len(records), source=path)
    spelled = [uniform_picture_name(image_named(record)) or "" for record in records]
    captions = [[" ".join(text.split()) for text in captions_in(record)[1]] for record in records]
    folder = images_dir or (folder_of(path) if list_pictures(folder_of(path)) else None)
    rows = TakenRows(spelled, captions, image, problems=(*problems, *scaled))
    return save_rows("embeddings", rows, data_dir, folder=folder, encoder=encoder)


def _file(source: Path) -> Path:
    if source.is_file():
        found = [source] if source.suffix.lower() in SUFFIXES else []
    else:
        # Tables are kept in data, by Hugging Face and so by our own export.
        inside = [path for folder in (source, source / "data") if folder.is_dir() for path in folder.iterdir()]
        found = sorted(path for path in inside if path.suffix.lower() in SUFFIXES)
    if len(found) != 1:
        there = [path.name for path in found] or [source.name]
        raise DatasetError(
            f"The layout embeddings needs one file that ends with {', '.join(SUFFIXES)}, got {list_some(there, limit=5)} in "
            f"{folder_of(source)}. Name the file itself; for parts of clip-retrieval use the layout clip-retrieval."
        )
    return found[0]


def _arrays(path: Path, suffix: str) -> tuple[np.ndarray, list[str]]:
    """The rows, and the names of their pictures where the file holds them."""
    if suffix == ".npy":
        return read_npy_rows(path), []
    if suffix == ".safetensors":
        tensors = {name: one for name, one in list_tensors(path).items() if len(one.shape) == 2 and all(one.shape)}
        return read_tensor_rows(path, tensors[_chosen(tensors, path)]), []
    try:
        with open_npz(path) as file:
            headers = {name: file.header(name) for name in file.members}
            rows = [
                name
                for name, one in headers.items()
                if one.dtype.kind == "f" and len(one.shape) == 2 and all(one.shape)
            ]
            texts = [name for name, one in headers.items() if one.dtype.kind in "US" and len(one.shape) == 1]
            image = file.array(_chosen(rows, path))
            named = next((name for name in NAMES_KEYS if name in texts), texts[0] if len(texts) == 1 else "")
            inside = file.array(named) if named else np.array([], dtype=np.str_)
    except NpzError as error:
        raise DatasetError(
            f"An npz file of embeddings must hold float rows and no Python objects, got {path}: {error}. Write it with numpy.savez."
        ) from error
    return image, [
        name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name) for name in inside.tolist()
    ]


def _chosen(names: Iterable[str], path: Path) -> str:
    """Which of several arrays holds the pictures' rows."""
    there = list(names)
    chosen = next((name for name in ROWS_KEYS if name in there), there[0] if len(there) == 1 else "")
    if not chosen:
        raise DatasetError(
            f"Rows of pictures must be the only rows of floats in {path.name}, or be called {list_some(ROWS_KEYS[:6], limit=6)}, "
            f"got {list_some(there, limit=5) or 'none'}. Write them alone."
        )
    return chosen


def _table(path: Path) -> tuple[list[np.ndarray], list[Mapping[str, Any]]]:
    """Rows of a column of lists, and what each record says besides."""
    rows: list[np.ndarray] = []
    records: list[Mapping[str, Any]] = []
    width = 0
    for number, record in enumerate(read_rows(path)):
        column = next((name for name in ROWS_KEYS if _is_row(record.get(name))), "")
        row = record.get(column)
        width = width or len(row or ())
        if not row or len(row) != width:
            raise DatasetError(
                f"A table of embeddings has a column {list_some(ROWS_KEYS[2:6], limit=4)} with a list of as many numbers in each row, "
                f"got {f'{len(row)} and {width}' if row else list_some(sorted(record), limit=5)} in row {number} of {path.name}. "
                "Name the column so."
            )
        rows.append(np.asarray(row, dtype=np.float32))
        records.append({name: value for name, value in record.items() if name != column})
    if not rows:
        raise DatasetError(f"A table of embeddings must hold a row a picture, got none in {path}. Name another.")
    return [np.stack(rows)], records


def _is_row(value: object) -> bool:
    return isinstance(value, Sequence) and bool(value) and isinstance(value[0], float)


def _named(path: Path, names: Path | None) -> tuple[list[Mapping[str, Any]], list[Problem]]:
    """The records of the list of names, that given or the one found beside the rows."""
    if names is None:
        stems = (path.stem, f"{path.stem}_names", *NAMES_STEMS)
        beside = [path.with_name(f"{stem}{suffix}") for stem in stems for suffix in NAMES_SUFFIXES]
        names = next((one for one in beside if one.is_file()), None)
    if names is None:
        raise DatasetError(
            f"Rows need the names of their pictures, in their order, got none beside {path.name}: looked for {path.stem}.txt, .csv, "
            ".json, names.txt and others. Name the file: --names FILE"
        )
    text, problems = decode_text(read_source(names), names)
    suffix = names.suffix.lower()
    if suffix in {".json", ".jsonl"}:
        return _json_records(text, names, lines=suffix == ".jsonl"), problems
    if suffix in {".csv", ".tsv"}:
        return _csv_records(text, "\t" if suffix == ".tsv" else ","), problems
    return [{"image": line.strip()} for line in text_lines(text) if line.strip()], problems


def _csv_records(text: str, mark: str) -> list[Mapping[str, Any]]:
    """Rows under a header, or names in the first column where there is none."""
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark) if row]
    header = [name.strip().lower() for name in rows[0]] if rows else []
    if {*header} & {*IMAGE_NAMES, *IMAGE_KEYS}:
        return [dict(zip(header, row, strict=False)) for row in rows[1:]]
    return [{"image": row[0].strip()} for row in rows]


def _json_records(text: str, path: Path, *, lines: bool) -> list[Mapping[str, Any]]:
    try:
        read = [json.loads(line) for line in text_lines(text) if line.strip()] if lines else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"Names must be JSON that can be read, got {error} in {path}. Mend it.") from error
    if not isinstance(read, list) or not all(isinstance(one, str | dict) for one in read):
        raise DatasetError(
            f'Names must be a list of names or of records with one, got something else in {path}. Write ["a.jpg", …].'
        )
    return [{"image": one} if isinstance(one, str) else one for one in read]
