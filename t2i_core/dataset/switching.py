"""Replacing several files of a dataset folder as if it were one; `t2i_core.dataset.switch_record` tells how."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from t2i_core.dataset.stored_files import FILE_NAMES, TEMPORARY_SUFFIX, could_not_write, keep_copy, replace_file, runs
from t2i_core.dataset.switch_record import (
    NOTHING,
    SWITCH_NAME,
    current_path,
    file_stamp,
    read_replaced,
    read_waiting,
    record_of,
)

Writer = Callable[[BinaryIO], None]

logger = logging.getLogger(__name__)


def switch_files(writers: Mapping[Path, Writer]) -> None:
    """Write several files of one folder so that readers see all of the old ones or all of the new ones.

    Writers are called in order, each with its file open under a temporary name. A process that is killed at any moment
    leaves either the old files or the new ones; in the latter case `finish_switch` does what was left to do.

    Raises
    ------
    DatasetError
        When one cannot be written; all of them are then unchanged.
    """
    folder = next(iter(writers)).parent
    finish_switch(folder)
    # Of this switch alone: who still reads the record of an earlier one must not find what is being written now.
    switch = f"{os.getpid()}.{time.time_ns()}"
    waiting = {path: path.with_name(f".{path.name}.{switch}{TEMPORARY_SUFFIX}") for path in writers}
    olds = {path: path.with_name(f".{path.name}.{switch}.old{TEMPORARY_SUFFIX}") for path in writers}
    try:
        _write(writers, waiting)
        kept = _keep_old(olds)
        replaced = {path.name: file_stamp(path) for path in writers}
        _put_record(folder, {path.name: temporary.name for path, temporary in waiting.items()}, replaced)
    finally:
        # What is on the disk decides: an interrupt may have come right after the record.
        if not read_waiting(folder):
            _remove([*waiting.values(), *olds.values()])
    done: list[Path] = []
    path = folder
    try:
        for path, temporary in waiting.items():
            _move(temporary, path)
            done.append(path)
    except OSError as error:
        if not _go_back(folder, done, kept, replaced):
            logger.warning("%s waits under a temporary name: %s", path, error)
            return
        _remove([*waiting.values(), *olds.values()])
        raise could_not_write(path, error) from error
    _remove([folder / SWITCH_NAME, *olds.values()])


def finish_switch(folder: Path) -> None:
    """Do what a process that was killed during a switch left to do; nothing where none was.

    A file that somebody changed since is kept beside the new one.

    Raises
    ------
    DatasetError
        When a file cannot be put in its place.
    """
    if not (folder / SWITCH_NAME).exists():
        return
    waiting, replaced = read_waiting(folder), read_replaced(folder)
    path = folder
    try:
        for name, temporary in waiting.items():
            path = folder / name
            if temporary == NOTHING:
                path.unlink(missing_ok=True)
            elif (folder / temporary).exists():
                if path.exists() and file_stamp(path) != replaced.get(name):
                    keep_copy(path)
                _move(folder / temporary, path)
        (folder / SWITCH_NAME).unlink(missing_ok=True)
    except OSError as error:
        raise could_not_write(path, error) from error
    ended = [temporary for temporary in waiting.values() if temporary != NOTHING]
    _remove(folder / f"{temporary.removesuffix(TEMPORARY_SUFFIX)}.old{TEMPORARY_SUFFIX}" for temporary in ended)


def remove_leftovers(data_dir: Path) -> None:
    """Finish what a killed process began to switch, and remove what others were only about to write."""
    finish_switch(data_dir)
    for name in (*FILE_NAMES, SWITCH_NAME):
        for path in data_dir.glob(f".{name}.*{TEMPORARY_SUFFIX}"):
            pid = path.name.removeprefix(f".{name}.").partition(".")[0]
            if pid.isdecimal() and not runs(int(pid), path):
                _remove([path])


def _write(writers: Mapping[Path, Writer], waiting: Mapping[Path, Path]) -> None:
    path = Path()
    try:
        for path, write in writers.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with waiting[path].open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        raise could_not_write(path, error) from error


def _keep_old(olds: Mapping[Path, Path]) -> dict[Path, Path | None] | None:
    """A second name for each file there is, to go back to; None where the disk knows no second names."""
    kept: dict[Path, Path | None] = {}
    for path, old in olds.items():
        kept[path] = None
        if path.exists():
            try:
                old.hardlink_to(path)
            except OSError:
                return None
            kept[path] = old
    return kept


def _go_back(
    folder: Path, done: list[Path], kept: Mapping[Path, Path | None] | None, replaced: Mapping[str, str]
) -> bool:
    """Make the old files the dataset again, in one step too; False when that is not possible, and the new ones stay."""
    if kept is None:
        return False
    back = {path.name: old.name if (old := kept[path]) is not None else NOTHING for path in done}
    try:
        # A file that was put in its place is ours to replace; those that were not are the old ones still.
        _put_record(folder, back, {path.name: file_stamp(path) for path in done} | dict.fromkeys(replaced, "-"))
        for path in done:
            old = kept[path]
            path.unlink() if old is None else old.replace(path)
        (folder / SWITCH_NAME).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _put_record(folder: Path, waiting: Mapping[str, str], replaced: Mapping[str, str]) -> None:
    """The one rename that decides."""
    _sync(folder)  # the files it names must not be lost to a power failure that the record survives
    replace_file(folder / SWITCH_NAME, lambda file: file.write(record_of(waiting, replaced)))
    _sync(folder)


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every system lets a folder be opened
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _move(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except FileNotFoundError:
        if current_path(path) == temporary or not path.exists():
            raise
        # somebody else has finished this switch


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):  # what cannot be removed does no harm
            path.unlink(missing_ok=True)
