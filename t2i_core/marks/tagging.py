"""Tags of pictures: who has which, giving and taking them, and taking that back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import numpy as np

from t2i_core.dataset.holding import held
from t2i_core.dataset.short_name import uniform
from t2i_core.dataset.tags_file import (
    TagMark,
    check_picture_name,
    read_tag_marks,
    tag_name,
    tags_path,
    tags_stamp,
    write_tag_marks,
)
from t2i_core.query import Condition
from t2i_core.query.where import TAG
from t2i_core.types import Gallery, MaskArray

MOST_KEPT = 4  # datasets whose tags are kept in memory
_kept: dict[Path, tuple[str, Tags]] = {}
_keeping = threading.Lock()


@dataclass(frozen=True)
class Tags:
    """The tags of a dataset as they stood when they were read.

    Attributes
    ----------
    marks : tuple of TagMark
        Each picture and tag once, in the order they were given.
    """

    marks: tuple[TagMark, ...] = ()

    @cached_property
    def pictures(self) -> Mapping[str, tuple[str, ...]]:
        """Names of the pictures of each tag, tags in the order of the alphabet."""
        found: dict[str, list[str]] = {}
        for mark in self.marks:
            found.setdefault(mark.tag, []).append(mark.image_id)
        return {tag: tuple(found[tag]) for tag in sorted(found, key=lambda name: (name.casefold(), name))}

    @cached_property
    def of_picture(self) -> Mapping[str, tuple[str, ...]]:
        """Tags of each picture that has any, in the order they were given."""
        found: dict[str, list[str]] = {}
        for mark in self.marks:
            found.setdefault(mark.image_id, []).append(mark.tag)
        return {image_id: tuple(tags) for image_id, tags in found.items()}

    def last_used(self, most: int) -> tuple[str, ...]:
        """The tags that were given last, the latest first."""
        latest = {mark.tag: (mark.when, place) for place, mark in enumerate(self.marks)}
        return tuple(sorted(latest, key=lambda tag: latest[tag], reverse=True)[:most])

    def gone(self, gallery: Gallery) -> tuple[str, ...]:
        """Tagged pictures that a gallery does not hold: they keep their tags, for they may come back."""
        return tuple(image_id for image_id in self.of_picture if image_id not in gallery.rows_by_id)


@dataclass(frozen=True)
class TagsChange:
    """What changed: marks that were not there before, and marks that no longer are."""

    added: tuple[TagMark, ...] = ()
    removed: tuple[TagMark, ...] = ()

    @property
    def undo(self) -> TagsChange:
        """What takes this change back."""
        return TagsChange(self.removed, self.added)


def read_tags(data_dir: Path) -> Tags:
    """The tags of a dataset as they stand now; none where nobody gave any.

    Raises
    ------
    DatasetError
        When ``tags.csv`` cannot be read.
    """
    # The stamp first: what is written in between is then read once more, rather than kept under a stamp that is too new.
    stamp, (known, tags) = tags_stamp(data_dir), _kept.get(Path(data_dir), ("", Tags()))
    return tags if known == stamp else _keep(data_dir, stamp, Tags(read_tag_marks(data_dir)))


def stamp_of_tags(gallery: Gallery, where: Iterable[Condition]) -> str:
    """A short text that changes whenever conditions may keep other pictures because of tags; empty where none looks at them.

    Whoever keeps results of a search keeps them with it, for `Gallery.key` knows nothing of tags.
    """
    return tags_stamp(gallery.data_dir) if any(condition.field == TAG for condition in where) else ""


def tag_pictures(
    data_dir: Path, image_ids: Sequence[str], *, add: Sequence[str] = (), remove: Sequence[str] = (), when: str = ""
) -> TagsChange:
    """Give tags to pictures and take others from them; what really changed.

    Parameters
    ----------
    data_dir : Path
    image_ids : sequence of str
        Names of pictures; whether the dataset has them is the caller's question.
    add, remove : sequence of str
        Tags.
    when : str, optional
        As ISO 8601 in UTC; now if not given.

    Raises
    ------
    DatasetError
        When a tag cannot be one (`tag_name`), or ``tags.csv`` cannot be read or written.
    """
    moment = when or now()
    names = list(dict.fromkeys(image_ids))
    adding = [TagMark(name, tag, moment) for tag in dict.fromkeys(map(tag_name, add)) for name in names]
    taken = {(name, tag) for tag in map(tag_name, remove) for name in names}
    return _change(data_dir, adding, lambda mark: (mark.image_id, mark.tag) in taken)


def apply_change(data_dir: Path, change: TagsChange) -> TagsChange:
    """Make a change, as `TagsChange.undo` says it; what really changed.

    A mark that somebody else removed, and gave anew since, is theirs and stays.

    Raises
    ------
    DatasetError
        When ``tags.csv`` cannot be read or written.
    """
    removed = set(change.removed)
    return _change(data_dir, change.added, lambda mark: mark in removed)


def tagged(gallery: Gallery, tags: Iterable[str]) -> MaskArray:
    """Pictures of a gallery that have any of some tags: ndarray of shape (N,), bool.

    Raises
    ------
    DatasetError
        When ``tags.csv`` cannot be read. What cannot be a tag is one that no picture has.
    """
    fits = np.zeros(len(gallery), dtype=np.bool_)
    pictures = read_tags(gallery.data_dir).pictures
    for tag in map(uniform, tags):
        rows = (gallery.rows_by_id.get(image_id) for image_id in pictures.get(tag, ()))
        fits[[row for row in rows if row is not None]] = True
    return fits


def now() -> str:
    """This moment as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _keep(data_dir: Path, stamp: str, tags: Tags) -> Tags:
    """Keep one state of the file for the searches and pages that ask for it; changes read the file itself."""
    with _keeping:
        _kept.pop(Path(data_dir), None)
        _kept[Path(data_dir)] = (stamp, tags)
        while len(_kept) > MOST_KEPT:
            del _kept[next(iter(_kept))]
    return tags


def _change(data_dir: Path, adding: Sequence[TagMark], goes: Callable[[TagMark], bool]) -> TagsChange:
    with held(tags_path(data_dir)):
        before = read_tag_marks(data_dir)
        stay = [mark for mark in before if not goes(mark)]
        removed = tuple(mark for mark in before if goes(mark))
        known = {(mark.image_id, mark.tag) for mark in stay}
        added = tuple(mark for mark in adding if (mark.image_id, mark.tag) not in known)
        for mark in added:
            check_picture_name(mark.image_id)
        if added or removed:
            write_tag_marks(data_dir, (*stay, *added))
            _keep(data_dir, tags_stamp(data_dir), Tags((*stay, *added)))
    return TagsChange(added, removed)
