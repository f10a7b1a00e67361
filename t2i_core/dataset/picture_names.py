"""Picture names as files spell them: made safe, made uniform, and matched to the pictures there are."""

from __future__ import annotations

import itertools
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from t2i_core.errors import count_of as count_of  # also asked for here

LONGEST_NAME, LONGEST_PATH = 255, 4096  # characters; systems count bytes or characters
_DRIVE = re.compile(r"^[A-Za-z]:")
_ADDRESS = re.compile(r"^(file|https?):", re.IGNORECASE)
# What file managers put around a copied path, and people around a name.
_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\u201e", "\u201c"))
# Control characters, line separators, and what is left of a name that is not valid UTF-8. Other odd
# characters stay: joined emoji and narrow blanks stand in the names of ordinary pictures.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class PictureMatch:
    """Names of a file matched to pictures of a folder.

    ``found`` maps each matched name to its picture; ``ambiguous`` maps a name to the several
    pictures it could mean; ``missing`` lists names no picture has, in the order given; ``loose`` lists
    the found ones that differ from their picture by letter case or by how accents are stored.
    """

    found: dict[str, str]
    ambiguous: dict[str, tuple[str, ...]]
    missing: tuple[str, ...]
    loose: tuple[str, ...] = ()


def uniform_picture_name(name: str) -> str | None:
    """A name of a file from elsewhere with forward slashes, or None when it is empty or no file can be called so.

    A path of another folder or computer keeps what it begins with (``/home/me/1.jpg``, ``C:/photos/1.jpg``,
    ``../photos/1.jpg``): such a name opens nothing, it only says how the path ends, see `match_pictures`.
    """
    text = _unquoted(name)
    if _ADDRESS.match(text):
        text = unquote(_ADDRESS.sub("", text).partition("?")[0].partition("#")[0])
    uniform = text.replace("\\", "/")
    if _FORBIDDEN.search(uniform):
        return None
    drive = _DRIVE.match(uniform)
    root = f"{drive.group()}/" if drive else "/" if uniform.startswith("/") else ""
    parts: list[str] = []
    for part in uniform[2 if drive else 0 :].split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    if not parts or parts[-1] == ".." or _too_long(uniform, parts):
        return None
    return root + "/".join(parts)


def clean_picture_name(name: str) -> str | None:
    """As `uniform_picture_name`, and None where the name points outside its folder."""
    uniform = uniform_picture_name(name)
    return None if uniform is None or is_foreign(uniform) else uniform


def is_foreign(uniform: str) -> bool:
    """Whether a uniform name is a path of elsewhere: absolute, with a drive letter, or beginning with ``..``."""
    return uniform.startswith(("/", "../")) or _DRIVE.match(uniform) is not None


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
    """Find the picture each name means. Captions, embeddings files and importers all go by these rules.

    1. A picture's full name means that picture.
    2. Otherwise one path must be the end of the other at a folder border. ``1.jpg`` and ``x/1.jpg`` mean the only
       picture whose path ends so. ``/home/me/photos/x/1.jpg`` means the picture that is its longest end: ``x/1.jpg``
       before ``1.jpg``. Where an end names a folder that is there, the picture would lie in it, so shorter ends are
       not tried. ``train/1.jpg`` never means ``val/1.jpg``.
    3. Otherwise the same without regard to letter case and to how accents are stored; such names are in ``loose``.

    What could be several pictures is ambiguous. A picture that names of different folders would share by their ends
    belongs to none of them, and one whose own name is there belongs to no longer relative name.

    Parameters
    ----------
    names : iterable of str
        Uniform names; repeats are allowed.
    pictures : sequence of str
        Picture names relative to the image folder, forward slashes, at any depth; also those that cannot be
        used, so that their names mean them and no other.
    """
    listed = set(pictures)
    wanted = list(dict.fromkeys(names))
    found = {name: name for name in wanted if name in listed}
    rest = [name for name in wanted if name not in listed]
    if not rest:
        return PictureMatch(found, {}, ())
    index = _PictureIndex(pictures)
    exact = set(found)
    ambiguous: dict[str, tuple[str, ...]] = {}
    loose: list[str] = []
    shortened: dict[str, list[str]] = defaultdict(list)
    for name in rest:
        candidates, dropped, loosely = index.find(name)
        if len(candidates) > 1:
            ambiguous[name] = tuple(candidates)
        elif candidates:
            found[name] = candidates[0]
            if loosely:
                loose.append(name)
            if dropped:
                shortened[candidates[0]].append(name)
    for picture, claims in shortened.items():
        refused = [name for name in claims if picture in exact and not is_foreign(name)]
        left = [name for name in claims if name not in refused]
        for name in refused if _one_path(left) else claims:
            del found[name]
    return PictureMatch(
        found,
        ambiguous,
        tuple(name for name in rest if name not in found and name not in ambiguous),
        tuple(name for name in loose if name in found),
    )


class _PictureIndex:
    """Pictures by their paths, as they are spelled and without regard to case and accents."""

    def __init__(self, pictures: Sequence[str]) -> None:
        self._pictures = pictures

    @cached_property
    def _strict(self) -> _Paths:
        return _Paths(self._pictures, _comparable)

    @cached_property
    def _loose(self) -> _Paths:
        return _Paths(self._pictures, _folded)

    def find(self, name: str) -> tuple[list[str], int, bool]:
        """The pictures a name could mean, how many of its folders are not part of theirs, and whether loosely."""
        path = "/".join(_parts(name)) if is_foreign(name) else name
        strict, dropped = self._strict.find(path)
        if strict and not dropped:
            return strict, dropped, False
        # An end that is a picture proves nothing where a longer one is a picture, or a folder that is there, but for its case.
        loose, less = self._loose.find(path)
        if strict and loose:
            return ([*loose, *strict], dropped, False) if less < dropped else (strict, dropped, False)
        return loose, less, True


class _Paths:
    def __init__(self, pictures: Sequence[str], key: Callable[[str], str]) -> None:
        self._key = key
        self._by_path: dict[str, list[str]] = defaultdict(list)
        self._by_base: dict[str, list[str]] = defaultdict(list)
        self._folders: set[str] = set()
        for picture in pictures:
            path = key(picture)
            folder, _, base = path.rpartition("/")
            self._by_path[path].append(picture)
            self._by_base[base].append(picture)
            while folder and folder not in self._folders:
                self._folders.add(folder)
                folder = folder.rpartition("/")[0]

    def find(self, path: str) -> tuple[list[str], int]:
        whole = self._key(path)
        same = self._by_path.get(whole)
        if same:
            return same, 0
        parts = whole.split("/")
        namesakes = self._by_base.get(parts[-1], ())
        if not namesakes:
            return [], 0
        longer = [one for one in namesakes if self._key(one).endswith("/" + whole)]
        for dropped in range(1, len(parts)):
            if "/".join(parts[dropped - 1 : -1]) in self._folders:
                break
            shorter = self._by_path.get("/".join(parts[dropped:]))
            if shorter:
                return [*longer, *shorter], dropped if not longer else 0
        return longer, 0


def _one_path(names: Sequence[str]) -> bool:
    """Whether each name is the end of the next longer one, so that all can be one file."""
    paths = sorted({"/".join(_parts(_folded(name))) for name in names}, key=len)
    return all(longer.endswith("/" + shorter) for shorter, longer in itertools.pairwise(paths))


def _parts(uniform: str) -> list[str]:
    """Folders and file name, without what a path of elsewhere begins with."""
    parts = [part for part in _DRIVE.sub("", uniform).split("/") if part not in {"", ".."}]
    return parts or [uniform]


def _comparable(name: str) -> str:
    """A name on disk as `uniform_picture_name` spells it: backslashes and outer blanks can be part of one."""
    if "\\" not in name and name[:1] != " " and name[-1:] != " ":
        return name  # nearly all names, at a fraction of the cost
    return clean_picture_name(name) or name


def _folded(name: str) -> str:
    """A name without letter case, with composed accents: macOS stores them apart."""
    name = _comparable(name)
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).lower())


def _unquoted(name: str) -> str:
    text = name.strip()
    while len(text) > 1 and (text[0], text[-1]) in _QUOTES:
        text = text[1:-1].strip()
    return text


def list_some(values: Sequence[object], *, limit: int = 3) -> str:
    """The first few values for a message: ``'a', 'b', 'c' and 9 more``."""
    shown = ", ".join(repr(value) if isinstance(value, str) else str(value) for value in values[:limit])
    return shown if len(values) <= limit else f"{shown} and {len(values) - limit:,} more"


def told_close(name: str, pictures: Iterable[str]) -> str:
    """The rest of a message about a picture that is none: up to three whose paths hold its name without folder and ending.

    Examples
    --------
    >>> told_close("swan.jpeg", ["boats/red.png", "birds/Swan.png"])
    " Close to it: 'birds/Swan.png'."
    """
    file = name.rpartition("/")[2]
    base = (file.rpartition(".")[0] or file).casefold()
    close = list(itertools.islice((one for one in pictures if base and base in one.casefold()), 3))
    return f" Close to it: {list_some(close)}." if close else ""


def list_named(folder: Path, names: Iterable[str]) -> list[str]:
    """The files there are in those folders below ``folder`` that names tell of; no other folder is looked into."""
    found: list[str] = []
    inside = (name for name in names if name and not is_foreign(name) and ".." not in name.split("/"))
    for below in sorted({name.rpartition("/")[0] for name in inside}):
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
