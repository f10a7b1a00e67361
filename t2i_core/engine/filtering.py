"""Which rows of a gallery a request's conditions keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from t2i_core.errors import QueryError
from t2i_core.marks import TAG, tagged
from t2i_core.query import Condition
from t2i_core.types import Gallery, MaskArray

COLUMN = "column:"


def rows_that_fit(gallery: Gallery, where: Sequence[Condition]) -> MaskArray | None:
    """The pictures that fit every condition: ndarray of shape (N,), bool; None where there is no condition.

    ``folder`` is the folder a picture lies in, and holds for those below it; ``picture`` is its name; ``column:NAME`` is
    what the captions file says in that column, and holds where any of the picture's captions has it. ``tag`` is what people
    tagged it with, as it stands in ``tags.csv`` at the moment.

    Raises
    ------
    QueryError
        When a condition looks at something this gallery does not have.
    DatasetError
        When it looks at tags, and ``tags.csv`` cannot be read.
    """
    if not where:
        return None
    kept = np.ones(len(gallery), dtype=np.bool_)
    for condition in where:
        kept &= _fitting(gallery, condition) ^ condition.negated
    return kept


def _fitting(gallery: Gallery, condition: Condition) -> MaskArray:
    fits = _in_range(condition) if not condition.values else _is_one_of(condition)
    if condition.field == "folder":
        folders = tuple(f"{folder.strip('/')}/" for folder in condition.values)
        return _mask(gallery.image_ids, lambda name: name.startswith(folders))
    if condition.field == "picture":
        return _mask(gallery.image_ids, fits)
    if condition.field == TAG:
        if not condition.values:
            raise QueryError(
                'A tag is a name, got a range of numbers. Write it like this: {"field": "tag", "values": ["keep"]}'
            )
        return tagged(gallery, condition.values)
    column = condition.field.removeprefix(COLUMN)
    if condition.field.startswith(COLUMN) and column in gallery.caption_columns:
        positions = gallery.paired_captions
        values = gallery.caption_columns[column]
        fitting = _mask([values[position] for position in positions.tolist()], fits)
        kept = np.zeros(len(gallery), dtype=np.bool_)
        kept[gallery.rows_of(positions[fitting])] = True
        return kept
    offered = ["folder", "picture", TAG, *(f"{COLUMN}{name}" for name in gallery.caption_columns)]
    raise QueryError(
        f"A condition looks at one of {', '.join(offered[:12])} in this dataset, got {condition.field!r:.80}. Name one of these."
    )


def _mask(values: Sequence[object], fits: Callable[..., bool]) -> MaskArray:
    return np.fromiter((fits(value) for value in values), dtype=np.bool_, count=len(values))


def _is_one_of(condition: Condition) -> Callable[[object], bool]:
    wanted = frozenset(condition.values)
    return lambda value: value is not None and str(value) in wanted


def _in_range(condition: Condition) -> Callable[[object], bool]:
    low = -np.inf if condition.at_least is None else condition.at_least
    high = np.inf if condition.at_most is None else condition.at_most

    def fits(value: object) -> bool:
        try:
            return low <= float(str(value)) <= high
        except ValueError:
            return False  # no number, so in no range

    return fits
