"""The manifest: which model made a dataset, and whether the files beside it are still the ones it made."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from t2i_core.dataset.stored_files import CAPTIONS_NAME, EMBEDDINGS_NAME, MANIFEST_NAME
from t2i_core.dataset.switch_record import read_current
from t2i_core.errors import DatasetError, count_of
from t2i_core.pictures.disks import is_root
from t2i_core.pictures.folder import is_folder
from t2i_core.types import Manifest, Problem

FORMAT_VERSION = 1
DEFAULT_IMAGES_DIR = Path("static/images")
LONGEST_NAME = 60
LONGEST_TEXT = 4096  # as long as a path may be
MOST_BYTES = 4 * 2**20


@dataclass(frozen=True)
class StoredManifest:
    """A manifest with what only the file knows: the dataset's name, its picture folder, fingerprints of its neighbours.

    ``name`` is what people call the dataset, empty when it goes by its folder. ``members`` maps each array of
    the embeddings file to its CRC-32; ``captions_sha256`` is the hash of the captions file, empty when there
    was none. ``skipped`` are pictures of the folder that could not be used: their captions are nobody else's.
    """

    manifest: Manifest
    name: str = ""
    images_dir: str = ""
    members: Mapping[str, int] = field(default_factory=dict)
    captions_sha256: str = ""
    skipped: Sequence[str] = ()

    def to_json(self) -> bytes:
        """The bytes of the file."""
        record = ({"name": self.name} if self.name else {}) | asdict(self.manifest)
        record |= {
            "images_dir": self.images_dir,
            "members": dict(self.members),
            "captions_sha256": self.captions_sha256,
        }
        if self.skipped:
            record["skipped"] = list(self.skipped)
        text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
        return text.encode("utf-8", "surrogatepass")  # a folder may have a name that is no UTF-8


def read_manifest(data_dir: Path) -> tuple[StoredManifest | None, tuple[Problem, ...]]:
    """The manifest of a dataset folder, or None when there is none that can be used.

    Raises
    ------
    DatasetError
        When a newer version of this program wrote it.
    """
    path = data_dir / MANIFEST_NAME
    try:
        record = read_current(path, _parse)
    except FileNotFoundError:
        return None, ()
    except (OSError, ValueError, RecursionError) as error:
        why = "nested too deep" if isinstance(error, RecursionError) else error
        return None, (_unusable(f"{path.name} cannot be read ({why}), so the model is unknown."),)
    wanted = {item.name: {"str": str, "int": int}[str(item.type)] for item in fields(Manifest)}
    wrong = [name for name, kind in wanted.items() if type(record.get(name)) is not kind]
    if wrong:
        return None, (_unusable(f"{path.name} lacks {', '.join(wrong)}, so the model is unknown."),)
    if record["format_version"] > FORMAT_VERSION:
        raise DatasetError(
            f"{path} must have format version {FORMAT_VERSION} or lower, got {record['format_version']}. "
            "Use the newer version of this program that wrote it, or rebuild: python -m t2i_core build"
        )
    odd = [name for name in wanted if not _is_plain(record[name])]
    if odd:
        message = f"{path.name} holds no plain text or number as {', '.join(odd)}, so the model is unknown."
        return None, (_unusable(message),)
    members = record["members"] if isinstance(record.get("members"), dict) else {}
    images_dir, problems = _checked_images_dir(str(record.get("images_dir") or ""), data_dir)
    skipped = record.get("skipped")
    stored = StoredManifest(
        manifest=Manifest(**{name: record[name] for name in wanted}),
        name=" ".join(_readable(str(record.get("name") or "")[: 4 * LONGEST_NAME]).split())[:LONGEST_NAME],
        images_dir=images_dir,
        members={name: crc for name, crc in members.items() if _is_plain(name) and type(crc) is int},
        captions_sha256=str(record.get("captions_sha256") or ""),
        skipped=[name for name in skipped if isinstance(name, str)] if isinstance(skipped, list) else (),
    )
    return stored, problems


def _parse(path: Path) -> dict[str, Any]:
    """The record in a manifest; OSError, ValueError or RecursionError where there is none."""
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        raise ValueError("no regular file")
    if facts.st_size > MOST_BYTES:
        raise ValueError(f"{facts.st_size:,} bytes are no manifest")
    record = json.loads(path.read_bytes())
    return record if isinstance(record, dict) else {}


def _is_plain(value: object) -> bool:
    """Whether a value can be shown, compared and written: no half characters, no control characters, not endless."""
    if isinstance(value, int):
        return abs(value) < 2**63
    text = str(value)
    return len(text) <= LONGEST_TEXT and text.isprintable()


def _readable(text: str) -> str:
    """Text without half characters, which no page and no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _checked_images_dir(images_dir: str, data_dir: Path) -> tuple[str, tuple[Problem, ...]]:
    """The picture folder a manifest names; empty, with the reason, where it is none that may be looked through."""
    if not images_dir:
        return "", ()
    shown = repr(images_dir) if len(images_dir) <= 100 else f"{images_dir[:100]!r}…"
    why = f"{MANIFEST_NAME} names {shown} as the picture folder, which cannot be one"
    try:
        if _is_plain(images_dir):
            if not is_root(data_dir.resolve().parent / images_dir) and not is_root(Path(images_dir)):
                return images_dir, ()
            why = f"{MANIFEST_NAME} names {shown} as the picture folder, which is a whole disk"
    except (OSError, ValueError, RuntimeError):
        pass  # too long, or a link to itself
    return "", (Problem("warning", "images_dir_refused", f"{why}.", "Name the folder with --images."),)


def read_name(data_dir: Path) -> str:
    """What people call the dataset of a folder: the name in its manifest, else the folder's."""
    try:
        stored, _ = read_manifest(data_dir)
    except DatasetError:
        stored = None
    return (stored.name if stored is not None else "") or data_dir.resolve().name


def check_belongs(
    stored: StoredManifest, *, image_shape: tuple[int, ...], members: Mapping[str, int], captions_sha256: str
) -> tuple[Problem, ...]:
    """Problems when the manifest tells of other files than the ones beside it; code ``manifest_stale`` means do not trust it."""
    manifest = stored.manifest
    told = (manifest.images, manifest.dimension)
    if told != tuple(image_shape):
        return (
            _unusable(
                f"{MANIFEST_NAME} tells of {count_of(told[0], 'picture')} with {count_of(told[1], 'dimension')} "
                f"and {EMBEDDINGS_NAME} holds "
                f"{image_shape[0]} with {image_shape[1]}, so the model is unknown."
            ),
        )
    changed = [name for name, checksum in stored.members.items() if members.get(name) != checksum]
    if changed:
        return (
            _unusable(
                f"{EMBEDDINGS_NAME} is not the one {MANIFEST_NAME} tells of ({', '.join(changed)} changed), "
                "so the model is unknown."
            ),
        )
    if stored.captions_sha256 and captions_sha256 != stored.captions_sha256:
        return (
            Problem(
                "warning",
                "captions_changed",
                f"{CAPTIONS_NAME} was changed after the embeddings were made, so caption similarities may be off.",
                "Rebuild: python -m t2i_core build",
            ),
        )
    return ()


def find_images_dir(data_dir: Path, images_dir: Path | None, stored: StoredManifest | None) -> Path:
    """The picture folder: the argument, ``T2I_IMAGES``, the manifest's, or ``static/images``, in this order."""
    if images_dir is not None:
        return images_dir
    if os.environ.get("T2I_IMAGES"):
        return Path(os.environ["T2I_IMAGES"])
    if stored is None or not stored.images_dir:
        return DEFAULT_IMAGES_DIR
    noted = Path(stored.images_dir)
    beside = data_dir.resolve().parent / noted
    own = beside == data_dir.resolve()  # photos → data/photos: a dataset is not the folder of its own pictures
    return beside if (is_folder(beside) and not own) or not is_folder(noted) else noted


def note_images_dir(data_dir: Path, images_dir: Path) -> str:
    """How a manifest names the picture folder: relative where both may move together, else absolute."""
    absolute, parent, here = images_dir.resolve(), data_dir.resolve().parent, Path.cwd().resolve()
    if absolute.is_relative_to(parent):
        return absolute.relative_to(parent).as_posix()
    if absolute.is_relative_to(here):
        noted = absolute.relative_to(here)
        if not is_folder(parent / noted):  # beside the dataset it would be another folder
            return noted.as_posix()
    return absolute.as_posix()


def _unusable(message: str) -> Problem:
    return Problem("warning", "manifest_stale", message, "Rebuild: python -m t2i_core build")
