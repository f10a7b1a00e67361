"""What was measured of a dataset's pictures, beside it: each is measured once, and again only when its file changes.

Unlike other kept files it belongs to no key of a gallery: a picture's numbers hold as long as its file does, so that a
rebuilt dataset needs only its new pictures measured.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from t2i_core.dataset.kept_file import kept_path
from t2i_core.dataset.npz_file import NpzError, open_npz
from t2i_core.dataset.stored_files import replace_file
from t2i_core.errors import DatasetError
from t2i_core.types import Gallery

FACTS_NAME = "picture_facts.npz"
FACTS_VERSION = 1  # raised when the same file would give other numbers
LONGEST_REASON = 300


@dataclass(frozen=True, eq=False)
class FactsTable:
    """Facts of pictures, one row each; see `t2i_core.pictures.facts.PictureFacts`.

    Attributes
    ----------
    stamps : ndarray of shape (N, 2), int64
        Size in bytes and modification time in nanoseconds of each file as it was measured; -1 where it was not.
    sizes : ndarray of shape (N, 2), int64
        Width and height; zeros where the picture could not be decoded.
    numbers : ndarray of shape (N, 6), float32
        ``dark_end``, ``light_end``, ``entropy``, ``edges``, ``unevenness``, ``sharpness``; NaN where it could not be decoded.
    hashes : ndarray of shape (N, 2), uint64
        ``hash`` and ``mirrored_hash``.
    thumbs : ndarray of shape (N, 16, 16), uint8
    reasons : ndarray of shape (N,), str
        Why it could not be decoded; empty nearly always.
    notes : ndarray of shape (N,), str
        What a person should know of how it was read; empty nearly always.
    """

    stamps: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.float32]
    hashes: npt.NDArray[np.uint64]
    thumbs: npt.NDArray[np.uint8]
    reasons: npt.NDArray[np.str_]
    notes: npt.NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.stamps)

    @property
    def decoded(self) -> npt.NDArray[np.bool_]:
        """Pictures that were measured: ndarray of shape (N,), bool."""
        return np.isfinite(self.numbers[:, 0])

    @staticmethod
    def empty(count: int) -> FactsTable:
        """A table in which nothing is measured yet."""
        return FactsTable(
            stamps=np.full((count, 2), -1, dtype=np.int64),
            sizes=np.zeros((count, 2), dtype=np.int64),
            numbers=np.full((count, 6), np.nan, dtype=np.float32),
            hashes=np.zeros((count, 2), dtype=np.uint64),
            thumbs=np.zeros((count, 16, 16), dtype=np.uint8),
            reasons=np.zeros(count, dtype=f"<U{LONGEST_REASON}"),
            notes=np.zeros(count, dtype="<U120"),
        )


_FIELDS = tuple(field.name for field in fields(FactsTable))


def facts_path(gallery: Gallery) -> Path:
    """Where the facts of a gallery's pictures lie."""
    return kept_path(gallery, FACTS_NAME)


def read_facts(gallery: Gallery) -> FactsTable:
    """What was kept of a gallery's pictures, by their names; nothing measured where there is no file that can be used."""
    table = FactsTable.empty(len(gallery))
    try:
        with open_npz(facts_path(gallery)) as npz:
            kept = npz.arrays(("version", "image_ids", *_FIELDS))
    except (OSError, NpzError, MemoryError):
        return table
    if kept["version"].shape != () or kept["version"].dtype.kind != "i" or int(kept["version"]) != FACTS_VERSION:
        return table
    count = kept["image_ids"].shape[:1]
    wanted = FactsTable.empty(0)
    for name in _FIELDS:
        like: np.ndarray = getattr(wanted, name)
        array = kept[name]
        if array.shape != (*count, *like.shape[1:]) or array.dtype.kind != like.dtype.kind:
            return table
        if like.dtype.kind != "U" and array.dtype != like.dtype:
            return table
    _take_over(table, kept, kept["image_ids"].tolist(), gallery.rows_by_id)
    return table


def _take_over(
    table: FactsTable, kept: Mapping[str, np.ndarray], names: Sequence[str], rows: Mapping[str, int]
) -> None:
    known = [(row, at) for at, name in enumerate(names) if (row := rows.get(name)) is not None]
    if not known:
        return
    to, at = (np.array(side, dtype=np.int64) for side in zip(*known, strict=True))
    for name in _FIELDS:
        getattr(table, name)[to] = kept[name][at]


def write_facts(gallery: Gallery, table: FactsTable) -> bool:
    """Keep what is measured; False when the folder may not be written to, which costs only time later."""
    done = np.flatnonzero(table.stamps[:, 0] >= 0)
    names = np.array([gallery.image_ids[row] for row in done.tolist()], dtype=np.str_)
    arrays = {name: getattr(table, name)[done] for name in _FIELDS}
    for name in ("reasons", "notes"):  # as wide as what stands in them: most pictures have nothing there
        arrays[name] = np.array(arrays[name].tolist(), dtype=np.str_)
    with contextlib.suppress(DatasetError):
        replace_file(
            facts_path(gallery),
            lambda file: np.savez(file, allow_pickle=False, version=np.array(FACTS_VERSION), image_ids=names, **arrays),
        )
        return True
    return False
