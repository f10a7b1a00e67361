"""WebDataset and img2dataset: tars in which files of one stem are one sample."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from t2i_core.dataset import decode_text
from t2i_core.dataset.picture_names import is_picture_name, list_some
from t2i_core.errors import DatasetError
from t2i_core.importers.entries import Entries, captions_in, counted
from t2i_core.importers.extracting import MOST_BYTES, PictureFolder, check_name
from t2i_core.importers.report import ImportReport, existing_source, save_entries
from t2i_core.importers.tables import EXTRACTED
from t2i_core.pictures.images import PICTURE_SUFFIXES
from t2i_core.types import Problem

SUFFIXES = (".tar", ".tar.gz", ".tgz")
TEXTS = ("txt", "caption", "text")
_MOST_TEXT = 2**20  # of one text or JSON member


def import_webdataset(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import tars of pictures with ``.txt``, ``.caption`` or ``.json`` of the same stem; members of other kinds are left out.

    Members are read one after the other, and nothing is unpickled.

    Parameters
    ----------
    source : Path
        A tar, also compressed, or a folder of them.
    data_dir : Path
        Where ``captions_tokenized.csv`` is written, and ``pictures``.
    images_dir : Path, optional
        Where the pictures are written to instead.

    Raises
    ------
    DatasetError
        When there is no tar, one cannot be read, or a member's name leads out of its folder.
    """
    out = PictureFolder(images_dir or data_dir / EXTRACTED)
    entries, left_out = Entries(), Counter[str]()
    for path in _tars(existing_source(source)):
        for stem, members in _samples(path, left_out):
            _take(stem, members, entries, out, left_out)
    message = f"Members of tars were left out: {counted(left_out)}."
    problems = [Problem("note", "import_left_out", message)] if left_out else []
    folder = out.folder if out.written else None
    return save_entries("webdataset", entries, data_dir, images_dir=folder, problems=[*problems, *out.problems])


def _tars(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    found = sorted(path for path in source.rglob("*") if path.name.lower().endswith(SUFFIXES))
    if not found:
        there = sorted(entry.name for entry in source.iterdir())
        raise DatasetError(
            f"A webdataset folder holds .tar files, got {list_some(there, limit=5) or 'none'} in {source}. Name a tar itself."
        )
    return found


def _samples(path: Path, left_out: Counter[str]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Stem and members by ending of each sample; files of one stem follow each other."""
    at = ""
    members: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r|*", tarinfo=_Member) as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if member.isdir():
                    continue
                check_name(name)
                folder, _, base = name.rpartition("/")
                stem, _, ending = base.partition(".")
                stem, ending = f"{folder}/{stem}" if folder else stem, ending.lower()
                if stem != at or ending in members:  # a name that comes again begins another sample
                    if members:
                        yield at, members
                    at, members = stem, {}
                data = _read(archive, member, ending, left_out)
                if data is not None:
                    members[ending] = data
    except (tarfile.TarError, OSError, EOFError) as error:
        raise DatasetError(
            f"{path} must be a tar, got something else ({error}). Copy it again or name another."
        ) from error
    except MemoryError as error:
        raise DatasetError(f"{path} must hold members of modest size, got one too large for memory.") from error
    if members:
        yield at, members


class _Member(tarfile.TarInfo):
    """A member whose header must be whole: tarfile takes one that is cut or damaged for the end of the tar."""

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tar)
        except (tarfile.TruncatedHeaderError, tarfile.InvalidHeaderError) as error:  # type: ignore[attr-defined] # not in typeshed
            raise tarfile.ReadError(f"{error} at byte {tar.offset:,}") from error


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo, ending: str, left_out: Counter[str]) -> bytes | None:
    """Content of a member that is of use; links, devices and other kinds are counted."""
    last = ending.rpartition(".")[2]
    text = last in TEXTS or last == "json"
    if not member.isreg() or member.issparse():
        left_out["links and special files"] += 1
    elif not text and f".{last}" not in PICTURE_SUFFIXES:
        left_out[f".{last[:20]}"] += 1
    elif member.size > (_MOST_TEXT if text else MOST_BYTES):
        left_out["too large"] += 1
    else:
        stored = archive.extractfile(member)
        return None if stored is None else stored.read()
    return None


def _take(stem: str, members: dict[str, bytes], entries: Entries, out: PictureFolder, left_out: Counter[str]) -> None:
    picture = next((ending for ending in members if f".{ending.rpartition('.')[2]}" in PICTURE_SUFFIXES), None)
    if picture is None:
        left_out["texts that do not follow their picture"] += 1
        return
    record = _record(members.get("json", b""))
    named = record.get("image_id")
    name = named if isinstance(named, str) and is_picture_name(named) else f"{stem}.{picture}"
    written = out.put(name, members[picture])
    if not written:
        return
    captions = None
    if not captions_in(record)[1]:
        texts = [_text(members[ending]) for ending in TEXTS if ending in members]
        captions = [text for text in texts if text.strip()][:1]
    entries.add(written, record, captions=captions)


def _text(data: bytes) -> str:
    """A caption, in whatever encoding; nothing where it is no text."""
    try:
        return decode_text(data, Path("caption"))[0]
    except DatasetError:
        return ""


def _record(data: bytes) -> dict[str, Any]:
    try:
        record = json.loads(data) if data else {}
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}
