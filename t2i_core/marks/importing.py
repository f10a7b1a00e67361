"""Tags out of other people's tables: a column of pictures and a column of tags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from t2i_core.dataset import match_pictures, uniform_picture_name
from t2i_core.dataset.csv_rows import IMAGE_NAMES
from t2i_core.dataset.tags_file import COLUMNS, TagMark, read_tag_marks, read_tag_table, tag_name, tags_path, unguarded
from t2i_core.errors import DatasetError
from t2i_core.marks.tagging import TagsChange, apply_change, now
from t2i_core.types import Gallery

TAG_NAMES = ("tag", "tags", "label", "keyword")
_FIX = "Write image,tag in its first line and one picture and tag a line below."


@dataclass(frozen=True)
class ImportedTags:
    """What an import did.

    Attributes
    ----------
    change : TagsChange
        Marks that were not there before.
    rows : int
        Rows of the table that name a picture and a tag.
    unknown : tuple of str
        Names that no picture of the dataset has, or several; nothing was tagged for them.
    """

    change: TagsChange
    rows: int
    unknown: tuple[str, ...]


def carry_tags(source: Path, data_dir: Path) -> TagsChange:
    """Give a dataset the tags that an export left beside its other files, in ``tags.csv``; names are those of the exported dataset.

    Parameters
    ----------
    source : Path
        The exported folder, or a file in it.
    data_dir : Path

    Raises
    ------
    DatasetError
        When the file is damaged, or that of ``data_dir`` cannot be written. A table of another kind is none of ours and passed over.
    """
    folder = source if source.is_dir() else source.parent
    path = tags_path(folder)
    if not path.is_file() or sorted(read_tag_table(path, what="A table of tags", fix=_FIX)[0]) != sorted(COLUMNS):
        return TagsChange()
    return apply_change(data_dir, TagsChange(added=read_tag_marks(folder)))


def import_tags(gallery: Gallery, path: Path) -> ImportedTags:
    """Give the pictures of a gallery the tags that a CSV names; a picture with several tags has a row for each.

    Pictures are matched as in a captions file (`match_pictures`). A column ``when`` is kept, where there is one.

    Raises
    ------
    DatasetError
        When the table cannot be read, lacks a column, or names a tag that cannot be one; nothing is tagged then.
    """
    header, rows = read_tag_table(path, what="A table of tags", fix=_FIX)
    image = next((header.index(name) for name in IMAGE_NAMES if name in header), None)
    tag = next((header.index(name) for name in TAG_NAMES if name in header), None)
    if image is None or tag is None:
        raise DatasetError(
            f"{path} must have a column of pictures and one of tags, got {', '.join(header)[:200] or 'none'}. {_FIX}"
        )
    at_when = header.index("when") if "when" in header else None
    moment = now()
    asked: list[TagMark] = []
    for number, row in enumerate(rows, start=2):
        cells = unguarded([*row, *[""] * (len(header) - len(row))])
        if not cells[image].strip() or not cells[tag].strip():
            continue
        try:
            name = tag_name(cells[tag])
        except DatasetError as error:
            raise DatasetError(f"{path}, row {number}: {error}") from error
        asked.append(TagMark(cells[image], name, (at_when is not None and cells[at_when].strip()[:40]) or moment))
    uniform = {mark.image_id: uniform_picture_name(mark.image_id) or "" for mark in asked}
    match = match_pictures((name for name in uniform.values() if name), gallery.image_ids)
    found = {name: match.found[plain] for name, plain in uniform.items() if plain in match.found}
    marks = (TagMark(found[mark.image_id], mark.tag, mark.when) for mark in asked if mark.image_id in found)
    first = {(mark.image_id, mark.tag): mark for mark in reversed(list(marks))}
    change = apply_change(gallery.data_dir, TagsChange(added=tuple(reversed(first.values()))))
    return ImportedTags(change, len(asked), tuple(name for name in uniform if name not in found))
