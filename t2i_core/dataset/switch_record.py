"""The record of a switch: which files of a dataset folder wait under temporary names to take the places of older ones.

Several files make one dataset, and a folder cannot rename several at once. So a finished build first writes all of
them under temporary names, then puts this record beside them in one rename: from that moment on they are the dataset,
and readers look for each file where the record says. Then they are renamed one after the other, and the record goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

SWITCH_NAME = ".switch.json"
NOTHING = ".nothing"  # a name no file has: where a file is to be looked for that is not there any more
MOST_RECORD_BYTES = 2**16
ATTEMPTS = 100
_TEMPORARY = re.compile(r"\.(?P<name>[a-z_]+\.[a-z]+)\.\d+\.\d+(\.old)?\.tmp")

Content = TypeVar("Content")


def current_path(path: Path) -> Path:
    """Where the content of a dataset's file is now: under its own name, but for the moments of a switch."""
    waiting = read_waiting(path.parent).get(path.name)
    if waiting is None:
        return path
    there = path.with_name(waiting)
    return there if waiting == NOTHING or there.exists() else path


def read_current(path: Path, read: Callable[[Path], Content]) -> Content:
    """What ``read`` makes of a dataset's file, wherever its content is.

    A file may be put in its place just when it was found under its temporary name.

    Raises
    ------
    FileNotFoundError
        When there is none.
    """
    for _ in range(ATTEMPTS):
        there = current_path(path)
        try:
            return read(there)
        except FileNotFoundError:
            if current_path(path) == there:
                raise
    return read(path)


def read_waiting(folder: Path) -> dict[str, str]:
    """The name under which each file waits that a switch is to put in its place; empty where there is none."""
    waiting = _read(folder).get("files")
    return _checked(waiting) if isinstance(waiting, dict) else {}


def read_replaced(folder: Path) -> dict[str, str]:
    """The stamp of each file that a switch replaces, as `file_stamp` makes it."""
    replaced = _read(folder).get("replaced")
    return {str(name): str(stamp) for name, stamp in replaced.items()} if isinstance(replaced, dict) else {}


def record_of(waiting: Mapping[str, str], replaced: Mapping[str, str]) -> bytes:
    """The bytes of a record."""
    return (json.dumps({"files": dict(waiting), "replaced": dict(replaced)}, indent=1) + "\n").encode()


def file_stamp(path: Path) -> str:
    """A short text that changes whenever a file is written, and not when it is renamed; ``-`` where there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return "-"
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ino}"


def _read(folder: Path) -> dict[str, Any]:
    try:
        with (folder / SWITCH_NAME).open("rb") as file:
            record = json.loads(file.read(MOST_RECORD_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}  # none, or nothing this program wrote: it writes records in one rename
    return record if isinstance(record, dict) else {}


def _checked(waiting: Mapping[Any, Any]) -> dict[str, str]:
    """Only temporary names of the very file: a record from elsewhere must not choose other files."""
    found = {}
    for name, temporary in waiting.items():
        match = _TEMPORARY.fullmatch(temporary) if isinstance(temporary, str) else None
        if temporary == NOTHING or (match is not None and match["name"] == name):
            found[str(name)] = str(temporary)
    return found
