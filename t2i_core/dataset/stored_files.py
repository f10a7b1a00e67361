"""The files of a dataset folder: their names, and writing them so that none is ever half-written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from t2i_core.dataset.switch_record import current_path, file_stamp
from t2i_core.errors import DatasetError
from t2i_core.pictures.folder import is_folder, is_there

EMBEDDINGS_NAME = "aligned_embeddings.npz"
CAPTIONS_NAME = "captions_tokenized.csv"
MANIFEST_NAME = "manifest.json"
FILE_NAMES = (EMBEDDINGS_NAME, CAPTIONS_NAME, MANIFEST_NAME)
TEMPORARY_SUFFIX = ".tmp"
DAY_SECONDS = 24 * 60 * 60


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file under a temporary name and rename it: readers see the old bytes or the new ones.

    Raises
    ------
    DatasetError
        When it cannot be written (no permission, disk full); an existing file is then unchanged.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise could_not_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):  # a folder that is no folder has nothing to remove either
            temporary.unlink(missing_ok=True)


def could_not_write(path: Path, error: OSError) -> DatasetError:
    """The error for a file that could not be replaced."""
    return DatasetError(
        f"{path} could not be written: {error.strerror or error}. "
        "Free some space or choose a folder you may write to; the file that was there is unchanged."
    )


def runs(pid: int, temporary: Path) -> bool:
    """Whether the process that writes a temporary file may still be running."""
    if sys.platform == "win32":  # where asking a process ends it: a file nobody touched for a day is nobody's
        return time.time() - temporary.stat().st_mtime < DAY_SECONDS
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
    """A short text that changes whenever a file of the dataset is written; costs a few ``stat`` calls.

    It says when to read a folder again. It is no content hash: `Gallery.key` is.
    """
    return "/".join(file_stamp(current_path(data_dir / name)) for name in FILE_NAMES)


def list_datasets(data_dir: Path) -> list[Path]:
    """Folders that hold embeddings: ``data_dir`` itself, then its sub-folders by name."""
    folders = [data_dir]
    if is_folder(data_dir):
        folders += sorted(folder for folder in data_dir.iterdir() if folder.is_dir() and folder.name[0] != ".")
    return [folder for folder in folders if is_there(current_path(folder / EMBEDDINGS_NAME))]
