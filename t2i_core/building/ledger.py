"""The ledger: what the last finished build saw, so that the next one touches only what changed.

It lies in ``.build`` under a name made from the arrays it tells of, and is written before them: with a
build killed in between, the dataset that is there still finds the ledger that fits it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from t2i_core.building.journal import FRESH_NS, Bytes, hash_texts
from t2i_core.building.workshop import read_arrays, write_arrays
from t2i_core.dataset import CAPTIONS_NAME, EMBEDDINGS_NAME
from t2i_core.dataset.embeddings_file import StoredEmbeddings, hash_arrays, read_embeddings
from t2i_core.dataset.stored_files import sha256_of
from t2i_core.dataset.switch_record import read_current
from t2i_core.errors import DatasetError, ImageError
from t2i_core.pictures.folder import hash_picture
from t2i_core.types import FloatArray, RowArray


@dataclass(frozen=True, eq=False)
class KnownPicture:
    """A picture whose embedding is known: what its file was, and the embedding.

    ``stamp`` is (bytes, modification time, time of reading), the times in nanoseconds; ``content`` the
    SHA-256 of the file; ``size`` its width and height.
    """

    stamp: tuple[int, int, int]
    content: bytes
    size: tuple[int, int]
    embedding: FloatArray

    def is_still(self, path: Path) -> bool:
        """Whether the file at ``path`` has the content that was read, by its size and time where they prove it."""
        try:
            facts = path.stat()
        except OSError:
            return False
        length, modified, seen = self.stamp
        if (facts.st_size, facts.st_mtime_ns) != (length, modified):
            return False
        if modified < seen - FRESH_NS:
            return True
        try:
            return hash_picture(path, name=path.name) == self.content
        except ImageError:
            return False


@dataclass(frozen=True, eq=False)
class Ledger:
    """The pictures and captions of the last finished build.

    Attributes
    ----------
    pictures : mapping of str to KnownPicture
    texts : mapping of bytes to ndarray of shape (D,), float32
        Embedding of each caption by the SHA-256 of its text.
    computed_in : frozenset of str
        What the pictures' embeddings were computed in (``float32``, ``bfloat16``, …), as far as it is known.
    own_files : frozenset of str
        Files of the dataset as builds into this folder wrote them, whatever their settings. A build that
        was killed before it wrote the manifest leaves such files, and no manifest tells of them.
    """

    pictures: Mapping[str, KnownPicture]
    texts: Mapping[bytes, FloatArray]
    own_files: frozenset[str] = frozenset()
    computed_in: frozenset[str] = frozenset()

    def by_content(self) -> dict[bytes, KnownPicture]:
        """The pictures by the hash of their files: renamed and repeated files are known too."""
        return {known.content: known for known in self.pictures.values()}


def read_ledger(workshop: Path, data_dir: Path, *, made_with: str) -> Ledger:
    """The ledger of the dataset in ``data_dir``; without pictures and texts when there is none, or it was made with something else."""
    own_files = _own_captions(workshop, data_dir)
    try:
        stored = read_embeddings(data_dir / EMBEDDINGS_NAME)
    except DatasetError:
        return Ledger({}, {}, own_files)
    if stored.image_ids is None or stored.image_sizes is None:
        return Ledger({}, {}, own_files)
    image_ids = tuple(stored.image_ids.tolist())
    arrays = read_arrays(_path(workshop, image_ids, stored.image, stored.image_sizes, stored.text))
    if arrays is None or not _fits(arrays, stored):
        return Ledger({}, {}, own_files)
    own_files |= {EMBEDDINGS_NAME}
    if str(arrays["made_with"]) != made_with:
        return Ledger({}, {}, own_files)
    pictures = {
        image_id: KnownPicture(tuple(stamp), content.tobytes(), tuple(size), embedding)
        for image_id, stamp, content, size, embedding in zip(
            image_ids,
            arrays["stamps"].tolist(),
            arrays["contents"],
            stored.image_sizes.tolist(),
            stored.image,
            strict=True,
        )
    }
    rows = () if stored.text is None else stored.text
    texts = {digest.tobytes(): row for digest, row in zip(arrays["texts"], rows, strict=True)}
    computed_in = frozenset(arrays["computed_in"].tolist()) if "computed_in" in arrays else frozenset()
    return Ledger(pictures, texts, own_files, computed_in)


def write_ledger(
    workshop: Path,
    *,
    made_with: str,
    image_ids: tuple[str, ...],
    image_embeddings: FloatArray,
    image_sizes: RowArray,
    text_embeddings: FloatArray | None,
    stamps: RowArray,
    contents: Bytes,
    captions: tuple[str, ...],
    captions_file: bytes | None,
    computed_in: frozenset[str] = frozenset(),
) -> Path:
    """Write the ledger of arrays that are about to be written; BuildError when it cannot be.

    Parameters
    ----------
    image_embeddings, image_sizes, text_embeddings : ndarray
        As `t2i_core.dataset.write_dataset` gets them.
    stamps : ndarray of shape (N, 3), int64
    contents : ndarray of shape (N, 32), uint8
    captions : tuple of M str
    captions_file : bytes or None
        What the captions file is about to hold.
    computed_in : frozenset of str
        See `Ledger`.
    """
    path = _path(workshop, image_ids, image_embeddings, image_sizes, text_embeddings)
    arrays = {"made_with": np.array(made_with), "stamps": stamps, "contents": contents, "texts": hash_texts(captions)}
    arrays["captions_sha256"] = np.array("" if captions_file is None else sha256_of(captions_file))
    arrays["computed_in"] = np.array(sorted(computed_in), dtype=np.str_)
    write_arrays(path, arrays)
    return path


def remove_other_ledgers(kept: Path) -> None:
    """Remove the ledgers of datasets that were replaced, and half-written ones."""
    for path in kept.parent.glob("ledger-*"):
        if path != kept:
            path.unlink(missing_ok=True)


def _fits(arrays: Mapping[str, np.ndarray], stored: StoredEmbeddings) -> bool:
    """Whether these are the arrays of a ledger over a dataset; others are as good as none."""
    pictures, texts = len(stored.image), 0 if stored.text is None else len(stored.text)
    wanted = {"made_with": (), "stamps": (pictures, 3), "contents": (pictures, 32), "texts": (texts, 32)}
    kinds = {"made_with": "U", "stamps": "i", "contents": "u", "texts": "u"}
    sizes = stored.image_sizes
    if sizes is None or sizes.shape != (pictures, 2) or sizes.dtype.kind != "i":
        return False
    return all(
        name in arrays and arrays[name].dtype.kind == kinds[name] and arrays[name].shape == shape
        for name, shape in wanted.items()
    )


def _own_captions(workshop: Path, data_dir: Path) -> frozenset[str]:
    """The captions file's name, when a build into this folder wrote the file that is there."""
    try:
        present = sha256_of(read_current(data_dir / CAPTIONS_NAME, Path.read_bytes))
    except OSError:
        return frozenset()
    ledgers = (read_arrays(path) for path in workshop.glob("ledger-*.npz"))
    written = {str(arrays.get("captions_sha256", "")) for arrays in ledgers if arrays is not None}
    return frozenset({CAPTIONS_NAME}) if present in written else frozenset()


def _path(
    workshop: Path,
    image_ids: tuple[str, ...],
    image: np.ndarray,
    sizes: np.ndarray,
    text: np.ndarray | None,
) -> Path:
    arrays = {"image": image, "ids": np.array(image_ids, dtype=np.str_), "sizes": sizes}
    if text is not None and len(text):
        arrays["text"] = text
    return workshop / f"ledger-{hash_arrays(arrays)[:24]}.npz"
