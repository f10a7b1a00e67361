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
from t2i_core.pictures.colours import COLOURS
from t2i_core.pictures.origin import LONGEST_CAMERA
from t2i_core.types import Gallery

FACTS_NAME = "picture_facts.npz"
FACTS_VERSION = 2  # raised when the same file would give other numbers
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
    colours : ndarray of shape (N, 11), uint8
        Percent of the picture that each of `t2i_core.pictures.colours.COLOURS` covers; zeros where it could not be decoded.
    taken : ndarray of shape (N,), int64
        Day it was taken as a number, 20210523; 0 where unknown.
    cameras : ndarray of shape (N,), str
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
    colours: npt.NDArray[np.uint8]
    taken: npt.NDArray[np.int64]
    cameras: npt.NDArray[np.str_]
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
            colours=np.zeros((count, len(COLOURS)), dtype=np.uint8),
            taken=np.zeros(count, dtype=np.int64),
            cameras=np.zeros(count, dtype=f"<U{LONGEST_CAMERA}"),
            reasons=np.zeros(count, dtype=f"<U{LONGEST_REASON}"),
            notes=np.zeros(count, dtype="<U120"),
        )


_FIELDS = tuple(field.name for field in fields(FactsTable))
_TEXTS = ("cameras", "reasons", "notes")
_UNKNOWN = {"stamps": -1, "numbers": np.nan}  # what else but zeros stands for a picture that was not measured


def facts_path(gallery: Gallery) -> Path:
    """Where the facts of a gallery's pictures lie."""
    return kept_path(gallery, FACTS_NAME)


def read_facts(gallery: Gallery) -> FactsTable:
    """What was kept of a gallery's pictures, by their names; nothing measured where there is no file that can be used."""
    table = FactsTable.empty(len(gallery))
    kept = _kept_arrays(gallery, _FIELDS)
    if kept is not None:
        _take_over({name: getattr(table, name) for name in _FIELDS}, kept, gallery)
    return table


def read_some_facts(gallery: Gallery, names: Sequence[str]) -> dict[str, np.ndarray] | None:
    """Some arrays of `FactsTable` by their names, for who only reads; None where there is no file that can be used.

    Of a million pictures the whole table takes two gigabytes, most of it for reasons that hardly one of them has.
    """
    kept = _kept_arrays(gallery, names)
    if kept is None:
        return None
    first = FactsTable.empty(0)
    found = {}
    for name in names:
        like: np.ndarray = getattr(first, name)
        # Texts as wide as the longest that is there.
        found[name] = np.zeros((len(gallery), *like.shape[1:]), dtype=kept[name].dtype)
        if name in _UNKNOWN:
            found[name].fill(_UNKNOWN[name])
    _take_over(found, kept, gallery)
    return found


def _kept_arrays(gallery: Gallery, names: Sequence[str]) -> dict[str, np.ndarray] | None:
    """Arrays of the file as they were kept, checked, with the pictures' names; None where they cannot be used."""
    try:
        with open_npz(facts_path(gallery)) as npz:
            kept = npz.arrays(("version", "image_ids", *names))
    except (OSError, NpzError, MemoryError):
        return None
    if kept["version"].shape != () or kept["version"].dtype.kind != "i" or int(kept["version"]) != FACTS_VERSION:
        return None
    if kept["image_ids"].ndim != 1 or kept["image_ids"].dtype.kind != "U":
        return None
    wanted = FactsTable.empty(0)
    for name in names:
        like: np.ndarray = getattr(wanted, name)
        array = kept[name]
        if array.shape != (len(kept["image_ids"]), *like.shape[1:]) or array.dtype.kind != like.dtype.kind:
            return None
        if like.dtype.kind != "U" and array.dtype != like.dtype:
            return None
    return kept


def _take_over(arrays: Mapping[str, np.ndarray], kept: Mapping[str, np.ndarray], gallery: Gallery) -> None:
    rows = gallery.rows_by_id
    known = [(row, at) for at, name in enumerate(kept["image_ids"].tolist()) if (row := rows.get(name)) is not None]
    if not known:
        return
    to, at = (np.array(side, dtype=np.int64) for side in zip(*known, strict=True))
    for name, array in arrays.items():
        array[to] = kept[name][at]


def write_facts(gallery: Gallery, table: FactsTable) -> bool:
    """Keep what is measured; False when the folder may not be written to, which costs only time later."""
    done = np.flatnonzero(table.stamps[:, 0] >= 0)
    names = np.array([gallery.image_ids[row] for row in done.tolist()], dtype=np.str_)
    arrays = {name: getattr(table, name)[done] for name in _FIELDS}
    for name in _TEXTS:  # as wide as what stands in them: most pictures have nothing there
        arrays[name] = np.array(arrays[name].tolist(), dtype=np.str_)
    with contextlib.suppress(DatasetError):
        replace_file(
            facts_path(gallery),
            lambda file: np.savez(file, allow_pickle=False, version=np.array(FACTS_VERSION), image_ids=names, **arrays),
        )
        return True
    return False
