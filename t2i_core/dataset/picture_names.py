"""Picture names as files spell them: made safe, made uniform, and matched to the pictures there are."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST_NAME, LONGEST_PATH = 255, 4096  # characters; systems count bytes or characters
_DRIVE = re.compile(r"^[A-Za-z]:")
# Control characters, line separators, and what is left of a name that is not valid UTF-8. Other odd
# characters stay: joined emoji and narrow blanks stand in the names of ordinary pictures.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class PictureMatch:
    """Names of a file matched to pictures of a folder.

    ``found`` maps each matched name to its picture; ``ambiguous`` maps a name to the several
    pictures it could mean; ``missing`` lists names no picture has, in the order given.
    """

    found: dict[str, str]
    ambiguous: dict[str, tuple[str, ...]]
    missing: tuple[str, ...]


def clean_picture_name(name: str) -> str | None:
    """A name of a file from elsewhere with forward slashes, or None when it is empty or points outside.

    Absolute paths, drive letters, ``..`` and control characters are refused: a captions file comes
    from somewhere else and must not decide which files of this machine are opened.
    """
    uniform = name.strip().replace("\\", "/")
    if uniform.startswith("/") or _DRIVE.match(uniform) or _FORBIDDEN.search(uniform):
        return None
    parts = [part for part in uniform.split("/") if part not in {"", "."}]
    if not parts or ".." in parts or _too_long(uniform, parts):
        return None
    return "/".join(parts)


def is_picture_name(name: str) -> bool:
    """Whether ``name`` can be an image_id: a relative path with forward slashes that stays inside its folder.

    Blanks at the ends, backslashes and colons are fine here, for files may be called so.
    """
    parts = name.split("/")
    return not (_FORBIDDEN.search(name) or {"", ".", ".."} & set(parts) or _too_long(name, parts))


def _too_long(name: str, parts: Sequence[str]) -> bool:
    """Whether no system has files of such a name."""
    return len(name) > LONGEST_PATH or any(len(part) > LONGEST_NAME for part in parts)


def match_pictures(names: Iterable[str], pictures: Sequence[str]) -> PictureMatch:
    """Find the picture each name means.

    A name that is a picture's full name means that picture. Otherwise it means the only picture
    with the same base name, or, where several share it, the only one whose path ends with the name.
    Accented letters match whether they are stored as one character or as two.

    Parameters
    ----------
    names : iterable of str
        Cleaned names; repeats are allowed.
    pictures : sequence of str
        Picture names relative to the image folder, forward slashes, at any depth.
    """
    by_name = {_comparable(picture): picture for picture in pictures}
    by_name |= {picture: picture for picture in pictures}
    by_base: dict[str, list[str]] = defaultdict(list)
    for picture in pictures:
        by_base[_comparable(picture).rpartition("/")[2]].append(picture)
    found: dict[str, str] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    missing: list[str] = []
    for name in dict.fromkeys(names):
        comparable = _comparable(name)
        same = by_name.get(name) or by_name.get(comparable)
        if same is not None:
            found[name] = same
            continue
        candidates = by_base.get(comparable.rpartition("/")[2], [])
        if len(candidates) > 1:
            ending = "/" + comparable
            candidates = [picture for picture in candidates if _comparable(picture).endswith(ending)] or candidates
        if len(candidates) == 1:
            found[name] = candidates[0]
        elif candidates:
            ambiguous[name] = tuple(candidates)
        else:
            missing.append(name)
    return PictureMatch(found, ambiguous, tuple(missing))


def _comparable(name: str) -> str:
    """A name as `clean_picture_name` spells it, with composed accents: macOS stores them apart."""
    if name.isascii() and "\\" not in name and name[:1] != " " and name[-1:] != " ":
        return name  # nearly all names, at a fraction of the cost
    return unicodedata.normalize("NFC", clean_picture_name(name) or name)


def list_some(values: Sequence[object], *, limit: int = 3) -> str:
    """The first few values for a message: ``'a', 'b', 'c' and 9 more``."""
    shown = ", ".join(repr(value) if isinstance(value, str) else str(value) for value in values[:limit])
    return shown if len(values) <= limit else f"{shown} and {len(values) - limit:,} more"


def count_of(number: int, noun: str) -> str:
    """``1 picture``, ``2,000 pictures``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def list_named(folder: Path, names: Iterable[str]) -> list[str]:
    """The files there are in those folders below ``folder`` that names tell of; no other folder is looked into."""
    found: list[str] = []
    for below in sorted({name.rpartition("/")[0] for name in names if name}):
        prefix = f"{below}/" if below else ""
        try:
            with os.scandir(folder / below) as entries:
                found += [prefix + entry.name for entry in entries if not entry.is_dir()]
        except (OSError, ValueError):
            continue  # not there, or not to be read: its pictures are missing
    return found


def list_files(folder: Path) -> list[str]:
    """Files below ``folder`` at any depth, relative to it, with forward slashes."""
    found: list[str] = []
    for root, _, names in os.walk(folder):
        below = Path(root).relative_to(folder).as_posix()
        prefix = "" if below == "." else below + "/"
        found += [prefix + name for name in names]
    return sorted(found)
