"""The folder of pictures: which files in it are pictures, and where one of them lies."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from pathlib import Path

from t2i_core.errors import ImageError

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"}
)


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

    Files count by their suffix (``PICTURE_SUFFIXES``, any case). Hidden files and folders are left
    out, and linked folders are not entered. A linked file is listed; opening it decides.

    Raises
    ------
    ImageError
        When the folder does not exist or cannot be read.
    """
    root = Path(images_dir)
    if not is_folder(root):
        raise ImageError(f"The image folder must exist, got {root}. Name the folder that holds the pictures.")
    names: list[str] = []
    folders = [""]
    while folders:
        prefix = folders.pop()
        try:
            with os.scandir(root / prefix) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(f"{prefix}{entry.name}/")
                    elif Path(entry.name).suffix.lower() in PICTURE_SUFFIXES and not entry.is_dir():
                        names.append(prefix + entry.name)
        except OSError as error:
            raise ImageError(
                f"Every folder of pictures must be readable, {root / prefix} is not ({error.strerror}). "
                "Change its permissions or name another folder."
            ) from error
    return sorted(names)


def picture_path(images_dir: Path, image_id: str) -> Path:
    """Where a picture of a gallery lies; it need not exist.

    Raises
    ------
    ImageError
        When the name would leave ``images_dir`` (``..``, absolute, a link to elsewhere) or is no
        file name at all.
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
        inside = path.resolve().is_relative_to(Path(images_dir).resolve())
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


def _outside(image_id: str) -> ImageError:
    return ImageError(
        f"A picture's name must stay inside the image folder, got {image_id!r}. "
        "Use names relative to that folder, without '..' and without links to elsewhere."
    )
