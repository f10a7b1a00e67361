"""Parquet: Hugging Face's table with the pictures in it, Embedding Atlas's with the map, clip-retrieval's with rows apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from t2i_core.dataset.npy_file import write_npy
from t2i_core.errors import ExtraMissingError, ProjectionError
from t2i_core.exchange.entries import PictureEntry
from t2i_core.exchange.pictures import PictureCopies
from t2i_core.importers.entries import record_name
from t2i_core.types import Gallery

if TYPE_CHECKING:
    import pyarrow

ROWS_A_GROUP = 100  # pictures are rows


def write_parquet(gallery: Gallery, entries: Iterator[PictureEntry], folder: Path, copies: PictureCopies) -> None:
    """``data/train-00000-of-00001.parquet`` as `datasets.load_dataset` reads it, pictures and embeddings included."""
    (folder / "data").mkdir()
    _write(gallery, entries, folder / "data" / "train-00000-of-00001.parquet", copies, {})


def write_atlas(gallery: Gallery, entries: Iterator[PictureEntry], folder: Path, copies: PictureCopies) -> None:
    """``atlas.parquet`` for Embedding Atlas: also ``projection_x``, ``projection_y`` and ``neighbors`` of the stored map."""
    from t2i_core.projection import read_projection

    try:
        stored = read_projection(gallery)
    except ProjectionError:
        stored = None  # of other embeddings: none is better
    more = {}
    if stored is not None:
        more = {
            "projection_x": lambda entry: float(stored.coordinates[entry.row, 0]),
            "projection_y": lambda entry: float(stored.coordinates[entry.row, 1]),
            # Of hits alone most neighbours are not in the table.
            "neighbors": lambda entry: (
                {
                    "ids": stored.neighbours[entry.row].tolist(),
                    "distances": (1.0 - stored.similarities[entry.row]).tolist(),
                }
                if entry.rank is None
                else None
            ),
        }
    _write(gallery, entries, folder / "atlas.parquet", copies, {"id": lambda entry: entry.row, **more})


def write_clip_retrieval(
    gallery: Gallery, entries: Iterator[PictureEntry], folder: Path, copies: PictureCopies
) -> None:
    """``img_emb/img_emb_0.npy`` and ``metadata/metadata_0.parquet``, one row a caption; ``text_emb`` where captions have rows.

    A picture without captions is one row with an empty one. The pictures are copied beside them.
    """
    pyarrow, parquet = _arrow()
    for name in ("img_emb", "metadata", "text_emb"):
        (folder / name).mkdir()
    names: list[str] = []
    captions: list[str] = []
    image: list[np.ndarray] = []
    text: list[np.ndarray] = []
    texts = gallery.text_embeddings
    for entry in entries:
        copies.copy(entry, folder / "images")
        positions = gallery.captions_of(entry.row)
        for place in range(max(1, len(positions))):
            names.append(entry.image_id)
            captions.append(entry.captions[place] if positions else "")
            image.append(entry.embedding)
            if texts is not None:
                text.append(texts[positions[place]] if positions else np.zeros(gallery.dimension, dtype=np.float32))
    write_npy(folder / "img_emb" / "img_emb_0.npy", np.stack(image))
    if text and all(captions):
        write_npy(folder / "text_emb" / "text_emb_0.npy", np.stack(text))
    else:
        (folder / "text_emb").rmdir()
    table = pyarrow.table({"image_path": names, "caption": captions})
    parquet.write_table(table, folder / "metadata" / "metadata_0.parquet", compression="zstd")


def _write(
    gallery: Gallery, entries: Iterator[PictureEntry], path: Path, copies: PictureCopies, more: dict[str, Any]
) -> None:
    pyarrow, parquet = _arrow()
    schema = _schema(pyarrow, gallery, more)
    with parquet.ParquetWriter(path, schema, compression="zstd") as file:
        while rows := [_row(entry, copies, schema, more) for entry in islice(entries, ROWS_A_GROUP)]:
            file.write_table(pyarrow.Table.from_pylist(rows, schema=schema))


def _row(entry: PictureEntry, copies: PictureCopies, schema: pyarrow.Schema, more: dict[str, Any]) -> dict[str, Any]:
    row = {
        "image": {"bytes": copies.read(entry), "path": entry.image_id},
        "image_id": entry.image_id,
        "captions": list(entry.captions),
        "width": entry.width or None,
        "height": entry.height or None,
        "embedding": entry.embedding.tolist(),
        "rank": entry.rank,
        "score": entry.score,
    }
    for name, values in entry.columns.items():
        row[record_name(name)] = list(values)
    row |= {name: make(entry) for name, make in more.items()}
    return {name: row.get(name) for name in schema.names}


def _schema(pyarrow: Any, gallery: Gallery, more: dict[str, Any]) -> Any:
    texts = pyarrow.list_(pyarrow.string())
    fields = {
        "image": pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())]),
        "image_id": pyarrow.string(),
        "captions": texts,
        "width": pyarrow.int32(),
        "height": pyarrow.int32(),
        "embedding": pyarrow.list_(pyarrow.float32(), gallery.dimension),
        "rank": pyarrow.int32(),
        "score": pyarrow.float64(),
    }
    fields |= {record_name(name): texts for name in gallery.caption_columns}
    kinds = {
        "id": pyarrow.int64(),
        "projection_x": pyarrow.float32(),
        "projection_y": pyarrow.float32(),
        "neighbors": pyarrow.struct(
            [("ids", pyarrow.list_(pyarrow.int64())), ("distances", pyarrow.list_(pyarrow.float32()))]
        ),
    }
    fields |= {name: kinds[name] for name in more}
    features: dict[str, Any] = {name: _feature(kind) for name, kind in fields.items()}
    features["image"] = {"_type": "Image"}
    told = {"info": {"features": features}}
    return pyarrow.schema(list(fields.items()), metadata={"huggingface": json.dumps(told)})


def _feature(kind: Any) -> Any:
    """A type in `datasets`' words."""
    if hasattr(kind, "fields"):
        return {field.name: _feature(field.type) for field in kind}
    if hasattr(kind, "value_type"):
        return {"feature": _feature(kind.value_type), "length": getattr(kind, "list_size", -1), "_type": "Sequence"}
    names = {"float": "float32", "double": "float64"}
    return {"dtype": names.get(str(kind), str(kind)), "_type": "Value"}


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise ExtraMissingError(
            "Parquet files need pyarrow, which is not installed. Install it: python -m pip install pyarrow"
        ) from error
    return pyarrow, parquet
