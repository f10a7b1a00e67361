"""Tags as a colour of the map: one group a tag, and one for pictures that have several."""

from __future__ import annotations

from collections import Counter

import numpy as np

from pages._ui import resources
from t2i_core.errors import T2IError
from t2i_core.marks import read_tags
from t2i_core.types import Gallery

MIXED, NONE = "several or other tags", "no tag"


def is_offered(gallery: Gallery) -> bool:
    """Whether any picture here has a tag; a collection has no file for them."""
    return bool(_tags_by_row(gallery))


def groups(gallery: Gallery, *, most: int) -> tuple[np.ndarray, list[str]]:
    """A label of each picture, -1 where it has no tag, and the names of the labels; the commonest tags come first.

    A picture of several tags, or of one that is not among the ``most - 1`` commonest, is in a group of its own kind, the last one.
    """
    tags_by_row = _tags_by_row(gallery)
    counts = Counter(tag for tags in tags_by_row.values() for tag in tags)
    names = sorted(counts, key=lambda tag: (-counts[tag], tag.casefold(), tag))[: most - 1]
    label = {tag: place for place, tag in enumerate(names)}
    labels = np.full(len(gallery), -1, dtype=np.int32)
    for row, tags in tags_by_row.items():
        labels[row] = label.get(tags[0], len(names)) if len(tags) == 1 else len(names)
    return labels, [*names, MIXED] if bool((labels == len(names)).any()) else names


def _tags_by_row(gallery: Gallery) -> dict[int, tuple[str, ...]]:
    if gallery.address:
        return {}
    try:
        of_picture = read_tags(gallery.data_dir).of_picture
    except T2IError:
        return {}  # the cards say why
    rows = resources.rows_by_id(gallery) if of_picture else {}
    return {rows[name]: tags for name, tags in of_picture.items() if name in rows}
