"""The files and folders a person names on the Build page: read only where they may be, and only what can be read to its end."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pages._ui.serving.permissions import Permit
from pages._ui.session import widgets
from pages._ui.session.visit import visit
from t2i_core import dataset
from t2i_core.building.building import list_folder, refuse_root
from t2i_core.config import typed_path
from t2i_core.dataset import whole_file
from t2i_core.errors import BuildError, T2IError, count_of
from t2i_core.pictures.disks import is_mounted

MAX_CHECKPOINT_BYTES = 16 * 2**30


def typed(key: str, permit: Permit) -> Path | None:
    """The path in a field, None when it is empty; a file there may not have been looked at before.

    Raises
    ------
    NotAllowedError
        When it lies where this visitor may not read.
    BuildError
        When it is no path at all.
    """
    text = str(widgets.value(key) or "").strip()
    return as_path(text, permit) if text else None


def as_path(text: str, permit: Permit) -> Path:
    """A path somebody typed, checked as `typed` does."""
    try:
        path = typed_path(text)
        if not os.path.lexists(path):
            path.expanduser()  # a home that nobody has here is no folder to make
        permit.check(path)
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        pass  # it may be made, or what reads it says so
    except (
        RuntimeError,
        ValueError,
        OSError,
    ) as error:  # no such home, a zero byte, a name that is too long, a loop of links
        said = getattr(error, "strerror", None) or error
        raise BuildError(
            f"A path must be one this computer can have, {text[:80]!a} is not ({said}). Type another."
        ) from error
    return path


def pictures_folder(permit: Permit) -> Path:
    """The folder of pictures in the form."""
    folder = typed(widgets.BUILD_IMAGES, permit)
    if folder is None:
        raise BuildError("A build needs a folder of pictures, got none. Type its path.")
    if folder.exists() and not folder.is_dir():
        raise BuildError(
            f"The folder of pictures must be a folder, got a file: {folder}. Type the folder it lies in: {folder.parent}"
        )
    if not _is_folder(folder):
        raise BuildError(f"The folder of pictures must exist on this computer, got {folder}. Check the path.")
    refuse_root(folder)
    return folder


def captions_file(permit: Permit) -> Path | None:
    """The captions file in the form, if one is named, read once to say exactly what is wrong with it."""
    path = typed(widgets.BUILD_CAPTIONS, permit)
    if path is not None:
        _refuse_missing(path, "The captions file")
        dataset.read_captions(path)
    return path


def checkpoint(text: str, permit: Permit) -> str:
    """The checkpoint file in the form."""
    if not text.strip():
        raise BuildError("A build with a checkpoint needs its file, got none. Type its path.")
    path = as_path(text.strip(), permit)
    _refuse_missing(path, "The checkpoint")
    whole_file.check(path, what="The checkpoint", at_most=MAX_CHECKPOINT_BYTES)
    return str(path)


def how_many(permit: Permit) -> str:
    """How many pictures the folder in the form holds, empty when none is named; counted again only for another folder.

    A folder where a whole disk begins is not counted: that could take minutes, before anything is said.

    Raises
    ------
    T2IError
        When nothing can be built from that folder.
    """
    if typed(widgets.BUILD_IMAGES, permit) is None:
        return ""
    folder = pictures_folder(permit)
    if is_mounted(folder):
        return f"{folder} is a whole disk or network drive. Its pictures are counted when the build starts, not before"
    found = visit().build
    counted = found.counted
    if counted is None or counted[0] != folder:
        counted = (folder, _counted(folder))
        found.counted = counted
    if isinstance(counted[1], T2IError):
        raise counted[1]
    return counted[1]


def _counted(folder: Path) -> str | T2IError:
    try:
        contents = list_folder(folder)
    except T2IError as error:
        return error
    told = [f"{count_of(len(contents.pictures), 'picture')} there", *map(str, contents.left_out)]
    return f"{told[0]}. {' '.join(told[1:])}" if contents.left_out else told[0]


def folder_name(text: str) -> str:
    """A dataset's folder named after the folder of its pictures."""
    return re.sub(r"[^\w.-]+", "-", typed_path(text.strip() or "my-pictures").name).strip("-.") or "my-pictures"


def _refuse_missing(path: Path, what: str) -> None:
    if not os.path.lexists(path):
        raise BuildError(f"{what} must exist on this computer, got {path}. Check the path.")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that is too long, a zero byte
        return False
