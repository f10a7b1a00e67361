"""Folders and files that systems, network drives and programs leave among pictures: they are no part of a collection."""

from __future__ import annotations

import os
from pathlib import Path

from t2i_core.pictures import kinds
from t2i_core.pictures.left_out import Tally

_MOST_LOOKED_AT = 100_000
_SYSTEM = frozenset(
    {
        # Synology and QNAP: previews, deleted files, earlier versions
        "@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "@tmp", "@syno", ".@__thumb",
        # Windows: deleted files and bookkeeping
        "$recycle.bin", "recycler", "recycled", "system volume information",
        # what archives made on a Mac, and its file servers, add
        "__macosx", ".appledouble", ".appledb", ".appledesktop", "network trash folder", "temporary items",
        ".trashes", ".spotlight-v100", ".fseventsd",
        # Linux: deleted files, previews, what a disk check found
        ".trash", ".thumbnails", ".thumbs", "lost+found", ".xvpics",
        # programs that keep pictures
        ".picasaoriginals", ".dtrash", ".dthumb",
    }
)  # fmt: skip
_STORES = frozenset({"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db"})
_PICTURES = ("picture in a folder of the system", "pictures in folders of the system")
_HIDDEN = ("hidden picture", "hidden pictures")
_FORK = ("file that macOS keeps beside pictures", "files that macOS keeps beside pictures")
_STORE = ("store of previews", "stores of previews")


def is_system_folder(name: str) -> bool:
    """Whether a folder of this name belongs to a system or a program, not to a collection."""
    small = name.lower()
    return small in _SYSTEM or small.startswith(".trash-")


def left_out_by_name(entry: os.DirEntry[str], prefix: str, tally: Tally) -> bool:
    """Whether a file or folder is left out for what it is called; notes what pictures that costs."""
    name, small = prefix + entry.name, entry.name.lower()
    if small in _STORES:
        tally.add(_STORE, name)
        return True
    if not (is_system_folder(entry.name) or small.startswith(".")):
        return False
    kind = _PICTURES if is_system_folder(entry.name) else _HIDDEN
    if _is_folder(entry):
        inside = 0 if entry.is_symlink() else _pictures_inside(Path(entry.path))
        if inside:
            tally.add(kind, f"{name}/", number=inside)
        return True
    if small.startswith(".") and _is_picture_like(small):
        tally.add(_FORK if small.startswith("._") else _HIDDEN, name)
    return small.startswith(".")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # links that go round in a circle
        return False


def _pictures_inside(folder: Path) -> int:
    """Pictures below a folder, links not followed; what cannot be read holds none."""
    found = looked_at = 0
    for _, _, files in os.walk(folder):
        looked_at += len(files) + 1
        found += sum(_is_picture_like(name.lower()) for name in files)
        if looked_at > _MOST_LOOKED_AT:
            break
    return found


def _is_picture_like(name: str) -> bool:
    return Path(name).suffix in kinds.read_suffixes() or kinds.unread_kind(name) is not None
