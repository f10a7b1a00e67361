"""Entries: what other programs' records say of pictures, collected as rows of a captions file."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from t2i_core.dataset.csv_rows import CAPTION_NAMES, IMAGE_NAMES
from t2i_core.errors import count_of
from t2i_core.types import Problem

# Where a record keeps captions; the first that holds any is read.
CAPTION_KEYS = (
    "captions",
    "sentences",
    "caption",
    "clean_caption",
    "text",
    "texts",
    "txt",
    "description",
    "title",
    "prompt",
)
# Where it names its picture.
IMAGE_KEYS = ("image_id", "file_name", "filename", "image", "filepath", "image_path", "path", "file")
# Kept by exports of this program beside the captions, and made again from the dataset: no columns of a captions file.
DERIVED = frozenset(
    {"width", "height", "embedding", "neighbors", "projection_x", "projection_y", "rank", "score", "id", "metadata"}
)
RESERVED = frozenset({*IMAGE_KEYS, *IMAGE_NAMES, *DERIVED, *CAPTION_NAMES, "captions", "tags"}) - {
    "image", "caption", "clean_caption",
}  # fmt: skip
_MARK = " (file)"  # of a captions file's column whose name means something else in a record
_PLAIN = (str, int, float, bool, Decimal, date, time)  # a datetime is a date
_MOST_TOLD = 6  # names of columns in one message
_MOST_MILLISECONDS = 6 * 10**13  # from 1970 back to the year 69


class Entries:
    """Rows of a captions file as they are found, one a caption, with their other columns.

    Attributes
    ----------
    rows : list of (picture name, caption)
    problems : list of Problem
        What was left out, once `columns` was asked for.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []
        self.pictures = 0
        self._others: list[dict[str, object]] = []
        self._uncaptioned = self._unnamed = 0
        self._left_out: Counter[str] = Counter()

    def add(self, image_id: str, record: Mapping[str, Any], *, captions: Sequence[str] | None = None) -> None:
        """A picture and what a record says of it; ``captions`` where they do not stand in the record."""
        self.pictures += 1
        key, found = captions_in(record) if captions is None else ("", list(captions))
        if not found:
            self._uncaptioned += 1
            return
        columns = self._columns_of(record, key, len(found))
        for number, caption in enumerate(found):
            self.rows.append((image_id, caption))
            self._others.append({name: values[number] for name, values in columns.items() if values[number] != ""})

    def skip(self) -> None:
        """A record that has no picture."""
        self._unnamed += 1

    def columns(self) -> dict[str, list[object]]:
        """The other columns, one value a row; empty where a record says nothing."""
        names: dict[str, None] = {}
        for other in self._others:
            names |= dict.fromkeys(other)
        return {own_column(name): [other.get(name, "") for other in self._others] for name in names}

    @property
    def problems(self) -> list[Problem]:
        """What was not taken over."""
        told = []
        if self._unnamed:
            message = f"{count_of(self._unnamed, 'record')} neither held nor named a picture. Left out."
            told.append(Problem("warning", "import_no_picture", message))
        if self._uncaptioned:
            message = f"{count_of(self._uncaptioned, 'picture')} had no caption. They are pictures of the dataset without one."
            told.append(Problem("note", "import_no_caption", message))
        if self._left_out:
            told.append(
                Problem(
                    "note",
                    "import_left_out",
                    f"Values that are no text, number or date were left out: {counted(self._left_out)}.",
                )
            )
        return told

    def _columns_of(self, record: Mapping[str, Any], key: str, captions: int) -> dict[str, list[object]]:
        """A record's plain values for each caption; lists of as many as there are captions are one each."""
        columns: dict[str, list[object]] = {}
        for name, value in record.items():
            if name == key or name in IMAGE_KEYS or name in DERIVED or name.startswith("_") or value is None:
                continue
            value = _of_fiftyone(value)
            if isinstance(value, _PLAIN):
                columns[name] = [written(value)] * captions
            elif isinstance(value, list) and len(value) == captions and all(isinstance(one, _PLAIN) for one in value):
                columns[name] = [written(one) for one in value]
            elif isinstance(value, list) and value and all(isinstance(one, str) for one in value):
                columns[name] = [";".join(value)] * captions
            elif value not in ([], {}, ()):
                self._left_out[name] += 1
        return columns


def counted(left_out: Counter[str]) -> str:
    """What was left out, with how often, the most frequent first.

    Examples
    --------
    >>> counted(Counter(boxes=2, masks=1))
    'boxes (2), masks (1)'
    """
    told = [f"{name} ({count:,})" for name, count in left_out.most_common()]
    more = len(told) - _MOST_TOLD
    return ", ".join(told[:_MOST_TOLD]) + (f" and {more} more" if more > 0 else "")


def _of_fiftyone(value: Any) -> Any:
    """The label of a label, those of several, and the day of a date, as FiftyOne writes them; anything else as it is."""
    if not isinstance(value, Mapping):
        return value
    if isinstance(value.get("label"), str):
        return value["label"]
    if isinstance(several := value.get("classifications"), list):
        labels = [one["label"] for one in several if isinstance(one, Mapping) and isinstance(one.get("label"), str)]
        return ";".join(labels)
    moment = value.get("$date")
    if isinstance(moment, str):
        return moment
    if isinstance(moment, int) and abs(moment) < _MOST_MILLISECONDS:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)
    return value


def captions_in(record: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Where a record keeps its captions, and those that are not empty."""
    for key in CAPTION_KEYS:
        value = record.get(key)
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list):
            texts = [one.get("raw", "") if isinstance(one, Mapping) else one for one in value]
            found = [one for one in texts if isinstance(one, str) and one.strip()]
            if found:
                return key, found
    return "", []


def image_named(record: Mapping[str, Any]) -> str:
    """The picture a record names; empty where it names none."""
    return next((value for key in IMAGE_KEYS if isinstance(value := record.get(key), str) and value.strip()), "")


def own_column(name: str) -> str:
    """A record's name as a column of a captions file, where some names have a meaning; `record_name` taken back."""
    bare = name.removesuffix(_MARK)
    if bare in RESERVED:
        name = bare
    return f"{name}{_MARK}" if name in {"image", "caption", "clean_caption"} else name


def record_name(column: str) -> str:
    """What a column of a captions file is called in a record, where other names have a meaning."""
    return f"{column}{_MARK}" if column in RESERVED else column


def written(value: object) -> str:
    """A plain value as a captions file has it; whole numbers without a point, dates by ISO 8601, empty where there is none."""
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else ""
    return str(value)
