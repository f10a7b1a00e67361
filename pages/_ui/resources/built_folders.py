"""Folders that were built since the server started, so that they can be opened wherever they lie."""

from __future__ import annotations

from pathlib import Path


class BuiltFolders:
    """Dataset folders, oldest first, each once."""

    def __init__(self) -> None:
        self._folders: list[Path] = []

    def add(self, folder: Path) -> None:
        """Remember a folder that was built."""
        if folder not in self._folders:
            self._folders.append(folder)

    def all(self) -> tuple[Path, ...]:
        """Folders built since the server started."""
        return tuple(self._folders)
