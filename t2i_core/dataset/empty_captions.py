"""Rows of a captions file that name a picture and say nothing of it: reading a dataset leaves them out."""

from __future__ import annotations

from pathlib import Path

from t2i_core.dataset.captions_file import NO_CAPTIONS, read_table
from t2i_core.dataset.csv_rows import CAPTION_COLUMNS
from t2i_core.dataset.picture_names import match_pictures, uniform_picture_name
from t2i_core.dataset.stored_files import CAPTIONS_NAME
from t2i_core.dataset.switch_record import read_current
from t2i_core.dataset.text_decoding import decode_text
from t2i_core.errors import DatasetError
from t2i_core.types import Gallery


def pictures_of_empty_captions(gallery: Gallery) -> list[str]:
    """Name of the picture of each row without a caption, in file order, as the gallery calls it where it holds it."""
    path = gallery.data_dir / CAPTIONS_NAME
    try:
        text, _ = decode_text(read_current(path, Path.read_bytes), path)
        table = read_table(text, path)
    except (OSError, DatasetError):
        return []  # a gallery without captions; one that is unreadable was told of when it was read
    image = table.columns.index("image")
    caption = next(table.columns.index(name) for name in CAPTION_COLUMNS if name in table.columns)
    names = [uniform_picture_name(row[image]) for row in table.rows if row[caption].strip() in NO_CAPTIONS]
    named = [name for name in names if name]
    found = match_pictures(named, tuple(gallery.image_ids)).found if named else {}
    return [found.get(name) or name for name in named]
