"""Which pictures are stacked, kept beside the dataset: copies as one, and on demand what looks alike as well."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from t2i_core.dataset.facts_file import FactsTable
from t2i_core.dataset.kept_file import read_kept, write_kept
from t2i_core.errors import DatasetError
from t2i_core.types import Gallery, RowArray

STACKS_NAME = "picture_stacks.npz"
COPIES_VERSION = 1  # raised when other pictures would be copies
STACKS_VERSION = 2  # raised when other pictures would be look-alikes; 1 knew no crops, and its copies still hold
HOW = "python -m t2i_core index --facts"
_FIELDS = ("version", "made_of", "copies", "look_alikes")


@dataclass(frozen=True, eq=False)
class Stacks:
    """Which stack each picture is in, named by its smallest row.

    Attributes
    ----------
    copies : ndarray of shape (N,), int64
        Of pictures that are copies of each other.
    look_alikes : ndarray of shape (N,), int64, or None
        Of copies, mirror images, crops and what the model finds alike; None where nobody asked for them, or before crops were known.
    made_of : str
        Hash of the facts that copies were found by.
    """

    copies: RowArray
    look_alikes: RowArray | None = None
    made_of: str = ""


def facts_hash(facts: FactsTable) -> str:
    """What changes whenever other copies could be found."""
    digest = hashlib.sha256(str(COPIES_VERSION).encode("ascii"))
    for array in (facts.hashes, facts.thumbs, facts.decoded):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def read_stacks(gallery: Gallery) -> Stacks:
    """What was kept; without look-alikes where they were made in another way than now.

    Raises
    ------
    DatasetError
        When there are none of this gallery, or they cannot be used.
    """
    kept = read_kept(gallery, STACKS_NAME, _FIELDS, what="Stacks of copies", of_others="those", fix=f"Make them: {HOW}")
    version, copies, alike = kept["version"], kept["copies"], kept["look_alikes"]
    sound = version.shape == () and version.dtype.kind == "i" and COPIES_VERSION <= int(version) <= STACKS_VERSION
    sound = sound and kept["made_of"].shape == () and _stacked(copies, len(gallery))
    if not sound or (alike.size and not _stacked(alike, len(gallery))):
        raise DatasetError(
            f"Stacks of copies must name the stack of each of {len(gallery):,} pictures, got something else. Make them: {HOW}"
        )
    current = alike.size > 0 and int(version) == STACKS_VERSION
    return Stacks(copies, alike if current else None, str(kept["made_of"])[:64])


def write_stacks(gallery: Gallery, stacks: Stacks) -> bool:
    """Keep them; False when the folder may not be written to."""
    alike = np.empty(0, dtype=np.int64) if stacks.look_alikes is None else stacks.look_alikes
    return write_kept(
        gallery,
        STACKS_NAME,
        version=np.array(STACKS_VERSION),
        made_of=np.array(stacks.made_of),
        copies=stacks.copies,
        look_alikes=alike,
    )


def _stacked(stacks: np.ndarray, count: int) -> bool:
    """Whether an array names a stack for each picture, by a row that names itself."""
    if stacks.shape != (count,) or stacks.dtype != np.int64:
        return False
    inside = bool(((stacks >= 0) & (stacks <= np.arange(count))).all())
    return inside and bool((stacks[stacks] == stacks).all())
