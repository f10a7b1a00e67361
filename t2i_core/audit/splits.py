"""Which pictures are trained on and which are measured with, where a column or the folders say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from t2i_core.types import Gallery

SPLITS = {
    "train": "train", "training": "train", "tr": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val", "restval": "train",
    "test": "test", "testing": "test", "eval": "test", "evaluation": "test", "te": "test", "holdout": "test",
}  # fmt: skip
COLUMNS = ("split", "set", "subset", "fold", "partition", "usage")


def split_of_pictures(gallery: Gallery) -> list[str] | None:
    """Split of each picture (``train``, ``val`` or ``test``, or empty); None where nothing says so, or all are in one."""
    names = sorted(gallery.caption_columns, key=lambda name: (name.strip().lower() not in COLUMNS, name))
    for name in names:
        values = [_split(value) for value in gallery.caption_columns[name]]
        named = sum(value != "" for value in values)
        if values and named >= 0.9 * len(values) and len(set(values) - {""}) > 1:
            return _by_picture(gallery, values)
    folders = [
        next((split for part in image_id.split("/")[:-1] if (split := _split(part))), "")
        for image_id in gallery.image_ids
    ]
    return folders if len(set(folders) - {""}) > 1 else None


def _by_picture(gallery: Gallery, values: Sequence[str]) -> list[str]:
    splits = []
    for row in range(len(gallery)):
        told = Counter(values[position] for position in gallery.captions_of(row) if values[position])
        splits.append(told.most_common(1)[0][0] if told else "")
    return splits


def _split(value: object) -> str:
    return SPLITS.get(str(value).strip().lower().rstrip("0123456789_-"), "")
