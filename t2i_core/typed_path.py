"""Paths as people type or paste them."""

from __future__ import annotations

from pathlib import Path

# What "Copy as path" of Windows and some shells put around a path, and what word processors make of it.
_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\u201e", "\u201c"), ("\u2018", "\u2019"))


def typed_path(text: str) -> Path:
    """The path a person means: without blanks and quotes around it, ``~`` as their home; as it stands where that exists.

    Examples
    --------
    >>> typed_path(' "holiday pictures" ').as_posix()
    'holiday pictures'
    """
    text = str(text)
    if _exists(Path(text)):
        return Path(text)
    bare = text.strip()
    while len(bare) > 1 and (bare[0], bare[-1]) in _QUOTES:
        bare = bare[1:-1].strip()
    try:
        return Path(bare).expanduser()
    except RuntimeError:  # "~somebody" whom this machine does not know
        return Path(bare)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
