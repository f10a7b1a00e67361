"""Captions in JSON: one record a line, a list of records, a list under a name, COCO's two lists, or Karpathy's splits."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from t2i_core.dataset.csv_rows import CAPTION_NAMES, IMAGE_NAMES, MOST_COLUMNS, TableRows, names_picture
from t2i_core.dataset.picture_names import list_some
from t2i_core.dataset.text_decoding import text_lines
from t2i_core.errors import DatasetError, count_of
from t2i_core.types import Problem

_RECORDS = ("sentences", "captions", "texts", "descriptions", *CAPTION_NAMES)  # where a record keeps its captions
_PLAIN = (str, int, float)
_LISTS = ("images", "data", "annotations", "rows", "items", "captions")
_EXPECTED = 'one record a line, for instance {"file_name": "1.jpg", "text": "a dog"}'


@dataclass(eq=False)
class CaptionRecords:
    """Captions of a JSON file: picture, text and the other values of each, with what was left out."""

    images: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    others: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, image: str, texts: Sequence[str], others: dict[str, str], line: int) -> None:
        for text in texts:
            self.images.append(image)
            self.captions.append(text)
            self.others.append(others)
            self.lines.append(line)


def holds_records(text: str) -> bool:
    """Whether a text is JSON rather than a table."""
    start = text.lstrip()[:200]
    if not start.startswith(("{", "[")):
        return False
    return start[1:].lstrip()[:1] in {"{", "[", '"', "]", "}", ""}


def record_rows(text: str, path: Path) -> TableRows:
    """The captions of a JSON file as rows of a table; see `read_records`."""
    records = read_records(text, path)
    names: dict[str, None] = {}
    for other in records.others:
        names |= dict.fromkeys(other)
    if len(names) > MOST_COLUMNS:
        raise DatasetError(
            f"Records of captions may have at most {MOST_COLUMNS:,} different names, got {len(names):,} in {path}. "
            "Keep the picture, its caption, and what to filter by."
        )
    rows = [
        [image, caption, *(other.get(name, "") for name in names)]
        for image, caption, other in zip(records.images, records.captions, records.others, strict=True)
    ]
    # A name of ours that a record has besides the one that was read.
    own = [f"{name} (file)" if name in {"image", "caption", "clean_caption"} else name for name in names]
    return TableRows(["image", "caption", *own], rows, records.lines, ",", records.problems)


def read_records(text: str, path: Path) -> CaptionRecords:
    """Captions of JSON text. Null captions, and records without a picture or caption, are left out and counted.

    Raises
    ------
    DatasetError
        When it is no JSON, or nothing in it is a picture with a caption.
    """
    records = CaptionRecords()
    try:
        whole = json.loads(text)
    except RecursionError as error:
        raise _refused(path, "lists nested too deep") from error
    except ValueError:
        numbered, bad = _by_line(text)
        if not numbered:
            raise _refused(path, "text that is no JSON") from None
        if bad:
            message = f"{count_of(len(bad), 'line')} of {path.name} ({'line' if len(bad) == 1 else 'lines'} {list_some(bad)}) "
            message += f"{'is' if len(bad) == 1 else 'are'} no JSON record. Left out."
            records.problems.append(Problem("warning", "captions_bad_records", message, "Mend those lines."))
        _take(records, numbered, path)
        return records
    return records_of(whole, path)


def records_of(whole: Any, path: Path) -> CaptionRecords:
    """As `read_records`, of JSON that was parsed already."""
    records = CaptionRecords()
    if isinstance(whole, dict) and isinstance(whole.get("images"), list) and isinstance(whole.get("annotations"), list):
        _take_coco(records, whole["images"], whole["annotations"], path)
    else:
        _take(records, _listed(whole, path), path)
    return records


def _by_line(text: str) -> tuple[list[tuple[int, Any]], list[int]]:
    numbered, bad = [], []
    for number, line in enumerate(text_lines(text), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.strip().rstrip(","))
        except (ValueError, RecursionError):
            bad.append(number)
            continue
        if isinstance(record, dict):
            numbered.append((number, record))
        else:
            bad.append(number)
    return numbered, bad


def _listed(whole: Any, path: Path) -> list[tuple[int, Any]]:
    """The records of a list, of a list under a name, or of a mapping of pictures to captions."""
    if isinstance(whole, dict) and not _image_of(whole):
        lists = [whole[name] for name in _LISTS if isinstance(whole.get(name), list)]
        if lists:
            whole = lists[0]
        elif any(names_picture(name) for name in whole):
            whole = [{"image": name, "captions": value} for name, value in whole.items()]
    if isinstance(whole, dict):
        whole = [whole]
    if not isinstance(whole, list) or not all(isinstance(record, dict) for record in whole):
        kinds = {"dict": "an object", "list": "a list of other things", "str": "a text"}
        raise _refused(path, kinds.get(type(whole).__name__, "a single value"))
    return [(number, record) for number, record in enumerate(whole, start=1)]


def described(record: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """The captions a record keeps under the first of ``names`` that holds any."""
    return next((texts for name in names if (texts := list(_texts(record.get(name))))), [])


def _take(records: CaptionRecords, numbered: Sequence[tuple[int, Any]], path: Path) -> None:
    without_picture: list[int] = []
    without_caption: list[int] = []
    for number, record in numbered:
        image = _image_of(record)
        key = next((name for name in _RECORDS if name in record), None)
        texts = list(_texts(record[key])) if key is not None else []
        if not image:
            without_picture.append(number)
        elif not texts:
            without_caption.append(number)
        else:
            used = {key, *IMAGE_NAMES}
            others = {
                str(name): str(value)
                for name, value in record.items()
                if name not in used and isinstance(value, _PLAIN)
            }
            records.add(image, texts, others, number)
    if numbered and not records.images and len(without_picture) + len(without_caption) == len(numbered):
        keys = list_some([str(name)[:40] for name in numbered[0][1]], limit=6)
        if without_picture or not any(name in record for _, record in numbered for name in _RECORDS):
            raise _refused(path, f"records of {keys or 'nothing'}")
    for numbers, what in ((without_picture, "no picture"), (without_caption, "no caption")):
        if numbers:
            message = f"{count_of(len(numbers), 'record')} of {path.name} ({list_some(numbers)}) with {what}. Left out."
            records.problems.append(Problem("warning", "captions_empty_records", message))


def _take_coco(records: CaptionRecords, images: Sequence[Any], notes: Sequence[Any], path: Path) -> None:
    """COCO's two lists; annotations of pictures that the file does not list are left out."""
    try:
        names = {image["id"]: _image_of(image) for image in images if image.get("id") is not None}
        lacking = [note for note in notes if "caption" not in note or "image_id" not in note]
        if notes and len(lacking) == len(notes):
            raise KeyError("caption" if "caption" not in lacking[0] else "image_id")
        if images and not any(names.values()):
            raise KeyError("file_name" if names else "id")
        null = unlisted = 0
        for number, note in enumerate(notes, start=1):
            texts = list(_texts(note.get("caption")))
            image = names.get(note.get("image_id"), "")
            null += not texts
            unlisted += bool(texts) and not image
            if texts and image:
                records.add(image, texts, {}, number)
    except (KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{path} must give each image id and file_name and each annotation image_id and caption, one lacks {error}. "
            "Name a captions_*.json; instances_*.json and person_keypoints_*.json hold no captions."
        ) from error
    for count, code, why in (
        (null, "captions_empty_records", "no text"),
        (unlisted, "captions_unlisted_pictures", "a picture that its list of images lacks"),
    ):
        if count:
            message = f"{count_of(count, 'annotation')} of {path.name} with {why}. Left out."
            records.problems.append(Problem("warning", code, message))


def _image_of(record: Mapping[str, Any]) -> str:
    """The picture a record names; Karpathy's files keep its folder apart."""
    for key in IMAGE_NAMES:
        name = record.get(key)
        if isinstance(name, dict):  # Hugging Face: {"image": {"path": …}}
            name = name.get("path")
        if isinstance(name, str) and name.strip():
            folder = record.get("filepath")
            return f"{folder}/{name}" if key == "filename" and isinstance(folder, str) and folder.strip() else name
    return ""


def _texts(value: Any) -> Iterator[str]:
    """Captions in a value: a text, a number, a record that holds one, or a list of such."""
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, (int, float)):
        if math.isfinite(value):
            yield str(value)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        key = next((name for name in ("raw", *CAPTION_NAMES) if name in value), None)
        if key is not None:
            yield from _texts(value[key])


def _refused(path: Path, received: str) -> DatasetError:
    return DatasetError(
        f"A JSON file of captions must hold {_EXPECTED}, got {received} in {path}. "
        "Name another file, or write a CSV with image,caption."
    )
