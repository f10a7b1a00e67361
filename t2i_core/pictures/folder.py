"""The folder of pictures: which files in it are pictures, and where one of them lies."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from t2i_core.errors import ImageError
from t2i_core.pictures.kinds import read_suffixes, unread_kind
from t2i_core.pictures.left_out import LeftOut, Tally
from t2i_core.pictures.system_folders import is_system_folder, left_out_by_name

PICTURE_SUFFIXES = read_suffixes()
_LINKED = ("linked folder that is in the collection already", "linked folders that are in the collection already")
_AROUND = ("link to a folder around the collection", "links to folders around the collection")
_BROKEN = ("link that leads nowhere", "links that lead nowhere")
_LOCKED = ("folder that cannot be read", "folders that cannot be read")


@dataclass(frozen=True)
class FolderContents:
    """What a folder of pictures holds.

    Attributes
    ----------
    pictures : tuple of str
        Sorted names, relative to the folder, with forward slashes.
    left_out : tuple of LeftOut
        What looks like a picture or a folder of some and is not among them.
    """

    pictures: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def is_there(path: Path) -> bool:
    """Whether a path that somebody wrote into a file leads to anything; one that no system would take does not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False  # too long, no permission on the way, not a path at all


def is_folder(path: Path) -> bool:
    """Whether such a path leads to a folder."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def list_pictures(images_dir: Path) -> list[str]:
    """Sorted names of the pictures below a folder, relative to it, with forward slashes.

    As `look_through`, without what is left out.
    """
    return list(look_through(images_dir).pictures)


def look_through(images_dir: Path) -> FolderContents:
    """The pictures below a folder, and what is left out.

    Files count by their suffix (``PICTURE_SUFFIXES``, any case). Hidden files and folders are left out, and
    those that systems and network drives make. A linked folder is entered once, unless it is part of the
    collection anyway or lies around it; a linked file is listed. Folders that cannot be read are left out.

    Raises
    ------
    ImageError
        When the folder does not exist, is no folder, or cannot be read itself.
    """
    root = Path(images_dir)
    if not is_folder(root):
        raise ImageError(_no_folder(root))
    looking = _Looking(root)
    looking.enter("", root)
    # What lies in the collection itself comes first, so that a link never takes its place.
    while looking.links:
        looking.links.sort(reverse=True)
        looking.follow(*looking.links.pop())
    return FolderContents(tuple(sorted(looking.names)), looking.tally.result())


class _Looking:
    """One walk through a folder of pictures."""

    def __init__(self, root: Path) -> None:
        self.root, self.real_root = root, root.resolve()
        self.names: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.tally = Tally()
        self._entered: set[tuple[int, int]] = set()

    def enter(self, prefix: str, folder: Path) -> None:
        """Everything below a folder, links to folders set aside."""
        waiting = [(prefix, folder)]
        while waiting:
            prefix, folder = waiting.pop()
            if not self._is_new(folder):
                continue
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        if not left_out_by_name(entry, prefix, self.tally):
                            self._take(entry, prefix, waiting)
            except OSError as error:
                if folder == self.root:
                    raise ImageError(
                        f"A folder of pictures must be readable, {folder} is not ({error.strerror}). "
                        "Change its permissions or name another folder."
                    ) from error
                self.tally.add(_LOCKED, prefix, advice="Change their permissions to have their pictures in.")

    def follow(self, name: str, path: str) -> None:
        """A link to a folder."""
        target = linked_folder(Path(path), self.real_root)
        if target is None:
            self.tally.add(_LINKED if Path(path).resolve().is_relative_to(self.real_root) else _AROUND, name)
        elif self._is_new(target, note=False):
            self.enter(f"{name}/", Path(path))
        else:
            self.tally.add(_LINKED, name)

    def _take(self, entry: os.DirEntry[str], prefix: str, waiting: list[tuple[str, Path]]) -> None:
        name = prefix + entry.name
        try:
            link, folder = entry.is_symlink(), entry.is_dir()
        except OSError:  # links that go round in a circle
            link, folder = True, False
        if folder and link:
            self.links.append((name, entry.path))
        elif folder:
            waiting.append((f"{name}/", Path(entry.path)))
        elif Path(entry.name).suffix.lower() in PICTURE_SUFFIXES:
            self.names.append(name)
        elif (unread := unread_kind(entry.name)) is not None:
            self.tally.add(unread[0], name, advice=unread[1])
        elif link and not Path(entry.path).exists():
            self.tally.add(_BROKEN, name)

    def _is_new(self, folder: Path, *, note: bool = True) -> bool:
        """Whether a folder was not entered yet, by whatever name."""
        try:
            facts = folder.stat()
        except OSError:
            return True  # reading it will say why not
        key = (facts.st_dev, facts.st_ino)
        new = key not in self._entered
        if note:
            self._entered.add(key)
        return new


def linked_folder(link: Path, real_root: Path) -> Path | None:
    """Where a link to a folder leads, or None where it is not followed: into the collection, or to what it lies in."""
    target = link.resolve()
    if target.is_relative_to(real_root) or real_root.is_relative_to(target):
        return None
    return target


def picture_path(images_dir: Path, image_id: str) -> Path:
    """Where a picture of a gallery lies; it need not exist.

    Raises
    ------
    ImageError
        When the name would leave ``images_dir`` (``..``, absolute) or is no file name at all. A link to
        elsewhere is followed only where `look_through` follows it: no other file is ever a picture.
    """
    try:
        image_id.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ImageError(f"A picture's name must be valid UTF-8, got {image_id!a}. Rename the file.") from error
    if not image_id or any(unicodedata.category(character) == "Cc" for character in image_id):
        raise ImageError(
            f"A picture's name must be a file name without control characters, got {image_id!r}. Rename the file."
        )
    if {"..", ""} & set(image_id.split("/")) or Path(image_id).is_absolute():
        raise _outside(image_id)
    path = Path(images_dir) / image_id
    try:
        real_root = Path(images_dir).resolve()
        inside = path.resolve().is_relative_to(real_root) or _is_listed(image_id, Path(images_dir), real_root)
    except (OSError, RuntimeError) as error:
        raise ImageError(f"A picture's name must lead to a file, {image_id!r} does not ({error}).") from error
    if not inside:
        raise _outside(image_id)
    return path


def regular_file(path: Path, *, label: str) -> os.stat_result:
    """Size and times of a picture file; opening anything but a regular file could wait for ever.

    Raises
    ------
    ImageError
        When it does not exist, may not be read, or is no file; ``label`` is what the message calls it.
    """
    try:
        facts = Path(path).stat()
    except PermissionError as error:
        raise ImageError(f"A picture must be readable, got no permission: {label}. Change its permissions.") from error
    except (OSError, ValueError) as error:
        raise ImageError(f"A picture must exist, there is no file {label}. Check its name and folder.") from error
    if not stat.S_ISREG(facts.st_mode):
        kind = "a folder" if stat.S_ISDIR(facts.st_mode) else "a device or pipe"
        raise ImageError(f"A picture must be a file, got {kind}: {label}. Rename or remove it.")
    return facts


def hash_picture(path: Path, *, name: str) -> bytes:
    """SHA-256 of a picture file's bytes: 32 bytes.

    Raises
    ------
    ImageError
        When it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise ImageError(
            f"A picture must be readable, got {error.strerror or error}: {name}. Copy it again or remove it."
        ) from error


def _is_listed(image_id: str, root: Path, real_root: Path) -> bool:
    """Whether a name that leads out of the folder by a link is one `look_through` would list."""
    *folders, file = image_id.split("/")
    if Path(file).suffix.lower() not in PICTURE_SUFFIXES or file.startswith("."):
        return False
    for number, folder in enumerate(folders):
        step = root.joinpath(*folders[: number + 1])
        if folder.startswith(".") or is_system_folder(folder):
            return False
        if step.is_symlink() and linked_folder(step, real_root) is None:
            return False
    return True


def _no_folder(root: Path) -> str:
    if root.exists():
        return (
            f"The image folder must be a folder, got a file: {root}. "
            f"Name the folder that holds the pictures, for instance {root.parent}."
        )
    return f"The image folder must exist, got {root}. Name the folder that holds the pictures."


def _outside(image_id: str) -> ImageError:
    return ImageError(
        f"A picture's name must stay inside the image folder, got {image_id!r}. "
        "Use names relative to that folder, without '..' and without links to elsewhere."
    )
