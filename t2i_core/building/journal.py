"""The journal of a build: every finished batch, so that a build that was killed goes on where it was.

A batch is one file, written in one step. All pictures of a batch are in its file, the skipped ones
too: then the pictures left over fall into the same batches as in a build that nobody disturbed, and
the arrays come out the same to the last bit.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from t2i_core.building.workshop import read_arrays, write_arrays, writing_to
from t2i_core.types import FloatArray, MaskArray, RowArray

JOURNAL_VERSION = 2
FRESH_NS = 2 * 10**9  # a file changed this shortly before it was read may change again within one tick of its clock
_SETTINGS = "made-with.json"
_COMPUTED_IN = "computed-in-"
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class PictureBatch:
    """n pictures as they were read and encoded.

    Attributes
    ----------
    image_ids : tuple of n str
    stamps : ndarray of shape (n, 3), int64
        Size in bytes, modification time and time of reading in nanoseconds; -1 for a file that was not there.
    contents : ndarray of shape (n, 32), uint8
        SHA-256 of each file; zeros where it could not be read.
    sizes : ndarray of shape (n, 2), int64
        Width and height; zeros where skipped.
    embeddings : ndarray of shape (n, D), float32
        Zeros where skipped.
    reasons : tuple of n str
        Why a picture was skipped; empty where it was not.
    encoded : ndarray of shape (n,), bool
        False where the embedding of the same content was known already, or the picture was skipped.
    notes : tuple of n str
        What a person should know of how a picture was read; empty for nearly all.
    """

    image_ids: tuple[str, ...]
    stamps: RowArray
    contents: Bytes
    sizes: RowArray
    embeddings: FloatArray
    reasons: tuple[str, ...]
    encoded: MaskArray
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.image_ids)


@dataclass(frozen=True, eq=False)
class CaptionBatch:
    """n captions as they were encoded.

    Attributes
    ----------
    digests : ndarray of shape (n, 32), uint8
        SHA-256 of each text.
    embeddings : ndarray of shape (n, D), float32
    """

    digests: Bytes
    embeddings: FloatArray


class Journal:
    """The finished batches of one build in ``workshop``; ``made_with`` says what they depend on.

    Batches made with anything else stand in another folder and are never seen, and those whose rows have
    another ``dimension`` are left out.
    """

    def __init__(self, workshop: Path, made_with: dict[str, object], *, dimension: int | None = None) -> None:
        self.workshop = workshop
        self._made_with = made_with
        self._dimension = dimension
        self._folder = workshop / f"journal-{hash_settings(made_with | {'journal': JOURNAL_VERSION})[:24]}"
        self._numbers: dict[str, int] = {}

    def pictures(self) -> Iterator[PictureBatch]:
        """Finished batches of pictures, oldest first; damaged ones are left out."""
        return (batch for _, batch in self.numbered_pictures())

    def captions(self) -> Iterator[CaptionBatch]:
        """Finished batches of captions, oldest first."""
        return (batch for _, batch in self.numbered_captions())

    def numbered_pictures(self) -> Iterator[tuple[int, PictureBatch]]:
        """As `pictures`, each with its number."""
        for number, arrays in self._read("pictures"):
            if not _fit(arrays, _PICTURES, self._dimension):
                continue
            yield (
                number,
                PictureBatch(
                    image_ids=tuple(arrays["image_ids"].tolist()),
                    stamps=arrays["stamps"],
                    contents=arrays["contents"],
                    sizes=arrays["sizes"],
                    embeddings=arrays["embeddings"],
                    reasons=tuple(arrays["reasons"].tolist()),
                    encoded=arrays["encoded"],
                    notes=tuple(arrays["notes"].tolist()),
                ),
            )

    def numbered_captions(self) -> Iterator[tuple[int, CaptionBatch]]:
        """As `captions`, each with its number."""
        for number, arrays in self._read("captions"):
            if not _fit(arrays, _CAPTIONS, self._dimension):
                continue
            yield number, CaptionBatch(arrays["digests"], arrays["embeddings"])

    def computed_in(self) -> frozenset[str]:
        """What the pictures' embeddings were computed in (``float32``, ``bfloat16``, …), by whoever added them."""
        return frozenset(path.name.removeprefix(_COMPUTED_IN) for path in self._folder.glob(f"{_COMPUTED_IN}*"))

    def add_pictures(self, batch: PictureBatch, *, number: int | None = None, computed_in: str = "") -> None:
        """Keep a batch, after the others where no number is given; BuildError when it cannot be written."""
        arrays = {
            "image_ids": np.array(batch.image_ids, dtype=np.str_),
            "stamps": batch.stamps,
            "contents": batch.contents,
            "sizes": batch.sizes,
            "embeddings": batch.embeddings,
            "reasons": np.array(batch.reasons, dtype=np.str_),
            "encoded": batch.encoded,
            "notes": np.array(batch.notes, dtype=np.str_),
        }
        write_arrays(self._path("pictures", number), arrays)
        self._say_how(computed_in if batch.encoded.any() else "")

    def add_captions(self, batch: CaptionBatch, *, number: int | None = None) -> None:
        """Keep a batch, as `add_pictures`."""
        write_arrays(self._path("captions", number), {"digests": batch.digests, "embeddings": batch.embeddings})

    def clear(self) -> None:
        """Remove all journals of this folder, those made with other settings included: the dataset is written."""
        for folder in self.workshop.glob("journal-*"):
            shutil.rmtree(folder, ignore_errors=True)

    def adopt(self, other: Journal) -> None:
        """Take over the batches of a journal made with the same; BuildError when that is not possible."""
        with writing_to(self._folder, who="A merge", fix="Free some space and merge again."):
            self._folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(other._folder.glob("*-*.npz")):
                kept = self._folder / path.name
                temporary = kept.with_name(f"{kept.name}.tmp")
                temporary.unlink(missing_ok=True)
                try:
                    temporary.hardlink_to(path)  # costs nothing, where links are possible
                except OSError:
                    shutil.copyfile(path, temporary)
                temporary.replace(kept)
            for made in other.computed_in():
                (self._folder / f"{_COMPUTED_IN}{made}").touch()
        self._numbers.clear()

    def _say_how(self, computed_in: str) -> None:
        """Keep beside the batches what they were made with: another kind of machine may go on with them."""
        with writing_to(self._folder):
            settings = self._folder / _SETTINGS
            if not settings.exists():
                temporary = settings.with_name(f"{settings.name}.tmp")
                temporary.write_text(json.dumps(self._made_with), encoding="utf-8")
                temporary.replace(settings)
            if computed_in:
                (self._folder / f"{_COMPUTED_IN}{computed_in}").touch()

    def _read(self, kind: str) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
        for path in sorted(self._folder.glob(f"{kind}-*.npz")):
            arrays = read_arrays(path)
            if arrays is not None:
                number = path.stem.rpartition("-")[2]
                if number.isdecimal():
                    yield int(number), arrays

    def _path(self, kind: str, number: int | None) -> Path:
        if number is None:
            if kind not in self._numbers:
                last = max(self._folder.glob(f"{kind}-*.npz"), default=None)
                self._numbers[kind] = 0 if last is None else int(last.stem.rpartition("-")[2]) + 1
            number = self._numbers[kind]
            self._numbers[kind] += 1
        return self._folder / f"{kind}-{number:07d}.npz"


def begun_batch_size(workshop: Path, made_with: dict[str, object]) -> int | None:
    """The batch size of a build that was stopped here and was made with the same but for that; None where there is none.

    What fits a machine depends on its cores: one with more or fewer of them goes on in the same batches.
    """
    wanted = {name: value for name, value in made_with.items() if name != "batch_size"}
    for path in sorted(workshop.glob(f"journal-*/{_SETTINGS}")):
        try:
            settings = json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(settings, dict):
            size = settings.pop("batch_size", None)
            if settings == wanted and isinstance(size, int) and size > 0:
                return size
    return None


# Type and shape of each array of a batch of n; D is whatever the model makes, and the same in all rows.
_PICTURES: dict[str, tuple[str, tuple[int | None, ...]]] = {
    "image_ids": ("U", ()),
    "stamps": ("i", (3,)),
    "contents": ("u", (32,)),
    "sizes": ("i", (2,)),
    "embeddings": ("f", (None,)),
    "reasons": ("U", ()),
    "encoded": ("b", ()),
    "notes": ("U", ()),
}
_CAPTIONS: dict[str, tuple[str, tuple[int | None, ...]]] = {"digests": ("u", (32,)), "embeddings": ("f", (None,))}


def _fit(
    arrays: Mapping[str, np.ndarray], wanted: Mapping[str, tuple[str, tuple[int | None, ...]]], dimension: int | None
) -> bool:
    """Whether arrays are a batch this program wrote; another one is as good as none, and its work is done again."""
    if not set(wanted) <= set(arrays):
        return False
    lengths = set()
    for name, (kind, columns) in wanted.items():
        array = arrays[name]
        if array.dtype.kind != kind or array.ndim != 1 + len(columns):
            return False
        for width, found in zip(columns, array.shape[1:], strict=True):
            if found != (width or dimension or found):
                return False
        lengths.add(len(array))
    return len(lengths) == 1


def hash_settings(settings: dict[str, object]) -> str:
    """Hexadecimal SHA-256 of settings, whatever their order."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def hash_texts(texts: Sequence[str]) -> Bytes:
    """SHA-256 of each text: ndarray of shape (n, 32), uint8."""
    digests = b"".join(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
    return np.frombuffer(digests, dtype=np.uint8).reshape(-1, 32)
