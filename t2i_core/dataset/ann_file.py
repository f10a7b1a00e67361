"""The approximate index of a large gallery, kept in the mapped store with its measured recall."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from t2i_core.dataset.mapped_rows import MAPPED_DIR, MAPPED_VERSION, hash_file, read_record, write_record
from t2i_core.errors import DatasetError
from t2i_core.types import FloatArray, Gallery, Index

if TYPE_CHECKING:
    from t2i_core.index.ann import AnnFacts, AnnIndex

_FILE = "ann.faiss"
_RECORD = "ann.json"


def open_ann(gallery: Gallery) -> AnnIndex | None:
    """The approximate index of a gallery; None where none was made, or one of other rows."""
    folder = gallery.data_dir / MAPPED_DIR
    record = read_record(folder / _RECORD)
    if record is None or (record.get("version"), record.get("gallery")) != (MAPPED_VERSION, gallery.key):
        return None
    from t2i_core.errors import SearchIndexError
    from t2i_core.index.ann import AnnFacts, AnnIndex, open_cells

    try:
        if (folder / _FILE).stat().st_size != record["files"][_FILE]["bytes"]:
            return None
        return AnnIndex(gallery.image_embeddings, open_cells(folder / _FILE), AnnFacts(**record["facts"]))
    except (OSError, KeyError, TypeError, SearchIndexError):
        return None  # cut off or written by another hand; the exact index answers


def make_ann(
    gallery: Gallery, exact: Index, *, recall: float, on_progress: Callable[[int], None] | None = None
) -> AnnFacts:
    """Make, measure and keep the approximate index of a gallery.

    Parameters
    ----------
    exact : Index
        Over the gallery's rows.
    recall : float
        To be reached with the dataset's own captions as queries, or with its pictures where they have no embeddings.

    Raises
    ------
    DatasetError
        When it cannot be written.
    """
    from t2i_core.index.ann import make_cells, measure, write_cells

    queries, queried_with = _queries(gallery)
    cells = make_cells(gallery.image_embeddings, on_progress=on_progress)
    facts = measure(gallery.image_embeddings, cells, exact, queries, queried_with=queried_with, wanted=recall)
    folder = gallery.data_dir / MAPPED_DIR
    temporary = folder / f".{_FILE}.{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_cells(cells, temporary)
        noted = {"bytes": temporary.stat().st_size, "sha256": hash_file(temporary)}
        (folder / _RECORD).unlink(missing_ok=True)
        temporary.replace(folder / _FILE)
        write_record(folder / _RECORD, {"gallery": gallery.key, "facts": facts.to_record(), "files": {_FILE: noted}})
    except OSError as error:
        raise DatasetError(
            f"{folder} must be writable to keep an approximate index, got: {error.strerror or error}. "
            "Free some space or give yourself permission; searching stays exact."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return facts


def _queries(gallery: Gallery) -> tuple[FloatArray, str]:
    from t2i_core.index.ann import LARGEST_RECALL_SAMPLE

    texts = gallery.text_embeddings
    rows, kind = (gallery.image_embeddings, "pictures") if texts is None or not len(texts) else (texts, "captions")
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(LARGEST_RECALL_SAMPLE, len(rows))).astype(np.int64))
    return np.ascontiguousarray(rows[chosen]).view(np.ndarray), kind
