"""The files of a dataset folder: their names, and writing them so that none is ever half-written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from t2i_core.errors import DatasetError

EMBEDDINGS_NAME = "aligned_embeddings.npz"
CAPTIONS_NAME = "captions_tokenized.csv"
MANIFEST_NAME = "manifest.json"
TEMPORARY_SUFFIX = ".tmp"


def replace_file(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file under a temporary name and rename it: readers see the old bytes or the new ones.

    Raises
    ------
    DatasetError
        When it cannot be written (no permission, disk full); an existing file is then unchanged.
    """
    replace_files({path: write})


def replace_files(writers: Mapping[Path, Callable[[BinaryIO], None]]) -> None:
    """Write several files, and rename them one after the other only when all are complete on the disk.

    Raises
    ------
    DatasetError
        When one cannot be written; it and those after it are then unchanged.
    """
    temporaries = {path: path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}") for path in writers}
    path = Path()
    try:
        for path, write in writers.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporaries[path].open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
        for path, temporary in temporaries.items():
            temporary.replace(path)
    except OSError as error:
        raise DatasetError(
            f"{path} could not be written: {error.strerror or error}. "
            "Free some space or choose a folder you may write to; the file that was there is unchanged."
        ) from error
    finally:
        for temporary in temporaries.values():
            with contextlib.suppress(OSError):  # a folder that is no folder has nothing to remove either
                temporary.unlink(missing_ok=True)


def remove_leftovers(data_dir: Path) -> None:
    """Remove the half-written files of processes that were killed while they wrote to a dataset folder."""
    for name in (EMBEDDINGS_NAME, CAPTIONS_NAME, MANIFEST_NAME):
        for path in data_dir.glob(f".{name}.*{TEMPORARY_SUFFIX}"):
            pid = path.name.removeprefix(f".{name}.").removesuffix(TEMPORARY_SUFFIX)
            if pid.isdecimal() and not _runs(int(pid)):
                with contextlib.suppress(OSError):  # what cannot be removed does no harm
                    path.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True  # somebody else's
    return True


def keep_copy(path: Path) -> Path:
    """Keep the present content of ``path`` under the first free numbered name beside it.

    A hard link costs nothing, whatever the size; where links are not possible the bytes are copied.

    Raises
    ------
    DatasetError
        When there is no room for the copy.
    """
    number = 1
    while (kept := path.with_name(f"{path.stem}.{number}{path.suffix}")).exists():
        number += 1
    try:
        kept.hardlink_to(path)
    except OSError:
        try:
            shutil.copy2(path, kept)
        except OSError as error:
            kept.unlink(missing_ok=True)
            raise DatasetError(
                f"{path} was made by somebody else and could not be kept as {kept.name}: {error.strerror or error}. "
                "Free some space or choose another folder; the file that was there is unchanged."
            ) from error
    return kept


def sha256_of(data: bytes) -> str:
    """Hexadecimal SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


def dataset_stamp(data_dir: Path) -> str:
    """A short text that changes whenever a file of the dataset is written; costs three ``stat`` calls.

    It says when to read a folder again. It is no content hash: `Gallery.key` is.
    """
    parts = []
    for name in (EMBEDDINGS_NAME, CAPTIONS_NAME, MANIFEST_NAME):
        try:
            status = (data_dir / name).stat()
            parts.append(f"{status.st_size}:{status.st_mtime_ns}:{status.st_ino}")
        except OSError:
            parts.append("-")
    return "/".join(parts)


def list_datasets(data_dir: Path) -> list[Path]:
    """Folders that hold embeddings: ``data_dir`` itself, then its sub-folders by name."""
    folders = [data_dir]
    if data_dir.is_dir():
        folders += sorted(folder for folder in data_dir.iterdir() if folder.is_dir() and folder.name[0] != ".")
    return [folder for folder in folders if (folder / EMBEDDINGS_NAME).is_file()]
