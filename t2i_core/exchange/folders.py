"""Formats of one text file beside copies of the pictures: imagefolder, COCO, FiftyOne, open_clip."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from t2i_core import __version__
from t2i_core.exchange.entries import PictureEntry
from t2i_core.exchange.pictures import PictureCopies
from t2i_core.importers.entries import record_name
from t2i_core.types import Gallery

OPENCLIP_NAME = "captions.tsv"


def write_imagefolder(gallery: Gallery, entries: Iterator[PictureEntry], folder: Path, copies: PictureCopies) -> None:
    """Hugging Face's imagefolder: the pictures beside ``metadata.jsonl``, one record a picture, its captions as a list."""
    with _text(folder / "metadata.jsonl") as file:
        for entry in entries:
            copies.copy(entry, folder)
            file.write(_line({"file_name": entry.image_id, **entry.record()}))


def write_coco(gallery: Gallery, entries: Iterator[PictureEntry], folder: Path, copies: PictureCopies) -> None:
    """COCO captions: ``annotations/captions_export.json`` and ``images``."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for entry in entries:
        copies.copy(entry, folder / "images")
        number = entry.number + 1
        images.append({"id": number, "file_name": entry.image_id, "width": entry.width, "height": entry.height})
        for caption in entry.captions:
            annotations.append({"id": len(annotations) + 1, "image_id": number, "caption": caption})
    (folder / "annotations").mkdir()
    info = {"description": gallery.name, "version": __version__, "date_created": _today()}
    with _text(folder / "annotations" / "captions_export.json") as file:
        json.dump(
            {"info": info, "licenses": [], "images": images, "annotations": annotations}, file, ensure_ascii=False
        )


def write_openclip(gallery: Gallery, entries: Iterator[PictureEntry], folder: Path, copies: PictureCopies) -> None:
    """open_clip's table: ``filepath`` and ``title``, a tab between them, one caption a row, and the other columns."""
    names = list(gallery.caption_columns)
    with _text(folder / OPENCLIP_NAME) as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(["filepath", "title", *map(record_name, names)])
        for entry in entries:
            copies.copy(entry, folder)
            for place, caption in enumerate(entry.captions):
                table.writerow([entry.image_id, caption, *(entry.columns[name][place] for name in names)])


def write_fiftyone(gallery: Gallery, entries: Iterator[PictureEntry], folder: Path, copies: PictureCopies) -> None:
    """FiftyOne's own export: ``metadata.json``, ``samples.json`` and ``data``; columns are lists of one value a caption."""
    with _text(folder / "samples.json") as file:
        file.write('{"samples": [')
        for entry in entries:
            copies.copy(entry, folder / "data")
            digest = hashlib.sha256(entry.image_id.encode("utf-8", "surrogatepass")).hexdigest()
            sample = {
                "_id": {"$oid": digest[:24]},
                "filepath": f"data/{entry.image_id}",
                "tags": [],
                "_media_type": "image",
                "_rand": int(digest[:13], 16) / 16**13,  # by which FiftyOne takes samples
                "metadata": {"_cls": "ImageMetadata", "width": entry.width, "height": entry.height},
                **entry.record(),
                **{record_name(name): list(values) for name, values in entry.columns.items()},
                "embedding": [round(float(value), 8) for value in entry.embedding],
            }
            file.write(("," if entry.number else "") + "\n" + _line(sample).rstrip("\n"))
        file.write("\n]}\n")
    fields = [
        _field("id", "ObjectIdField", stored="_id"),
        _field("filepath", "StringField"),
        _field("tags", "ListField", inside="StringField"),
        _field("metadata", "EmbeddedDocumentField", document="fiftyone.core.metadata.ImageMetadata"),
        _field("created_at", "DateTimeField"),
        _field("last_modified_at", "DateTimeField"),
        _field("captions", "ListField", inside="StringField"),
        _field("embedding", "ListField", inside="FloatField"),
        _field("rank", "IntField"),
        _field("score", "FloatField"),
        *(_field(record_name(name), "ListField", inside="StringField") for name in gallery.caption_columns),
    ]
    record = {"name": gallery.name, "version": "1.0.0", "media_type": "image", "sample_fields": fields, "info": {}}
    with _text(folder / "metadata.json") as file:
        json.dump(record, file, ensure_ascii=False, indent=1)


def _field(
    name: str, kind: str, *, inside: str | None = None, document: str | None = None, stored: str | None = None
) -> dict[str, Any]:
    place = "fiftyone.core.fields."
    return {
        "name": name,
        "ftype": place + kind,
        "subfield": None if inside is None else place + inside,
        "embedded_doc_type": document,
        "db_field": stored or name,
    }


def _text(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="", errors="surrogatepass")


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
