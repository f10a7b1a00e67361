"""Folders that are whole disks: looking through one takes minutes, and hardly ever what somebody meant."""

from __future__ import annotations

import os
from pathlib import Path


def is_root(path: Path) -> bool:
    """Whether a folder has none around it: ``/``, a drive, or a way to write one of them.

    Raises
    ------
    OSError, RuntimeError, ValueError
        When it is a path this computer cannot have.
    """
    whole = path.resolve()
    return whole == whole.parent


def is_mounted(path: Path) -> bool:
    """Whether a folder is where a disk, a stick or a network drive begins; False where nobody can tell."""
    try:
        return os.path.ismount(path.resolve())
    except (OSError, RuntimeError, ValueError):
        return False
