"""A collection opened as a gallery of a stated sample of its pictures, all of them where they are few."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from t2i_core.arrays import NO_PICTURE, read_only, spread_rows
from t2i_core.dataset import Balance
from t2i_core.errors import DatasetError
from t2i_core.index.address import parse_address
from t2i_core.index.milvus import MilvusCollection
from t2i_core.index.milvus_index import MilvusIndex
from t2i_core.remote.pushing import NEARNESS
from t2i_core.types import Gallery, Manifest, Problem, RowArray

SAMPLE = 20_000
_CAPTION_FIELDS = ("position", "row", "caption", "columns", "vector")


@dataclass(frozen=True, eq=False)
class Collection:
    """Implements `t2i_core.types.Whole`: the collection that a gallery is a sample of, and how it is searched.

    Attributes
    ----------
    index : MilvusIndex
        Over the whole collection; its rows are those of the dataset that was pushed.
    rows : ndarray of shape (S,), int64, read-only
        Row in the collection of each picture of the sample, ascending.
    captions : int
        Captions in the whole collection.
    key : str
        Of the gallery that was pushed; another one there now means other pictures.
    balances : mapping of str to Balance
        What balanced ranking goes by, with the nearness of the sample's pictures.
    ranges : mapping of str to tuple of float and float
        The least and the most nearness in the whole collection, for each balance.
    listings : list of Gallery
        All its pictures without their vectors, once something was filtered (`listing.py`).
    """

    index: MilvusIndex
    rows: RowArray
    captions: int
    key: str
    balances: Mapping[str, Balance] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    listings: list[Gallery] = field(default_factory=list, repr=False)

    @property
    def images(self) -> int:
        """Pictures in the whole collection."""
        return len(self.index)

    @property
    def searched_by(self) -> str:
        """``Milvus at localhost:19530 (exact)``."""
        kind = "exact" if self.index.exact else f"approximate, {self.index.index_type}"
        place = self.index.collection.address.uri.partition("://")
        return f"Milvus at {place[2] or place[0]} ({kind})"

    def row_in_sample(self, row: int) -> int | None:
        """Row in the sample of a row of the collection; None when it is not in the sample."""
        place = int(np.searchsorted(self.rows, row))
        return place if place < len(self.rows) and self.rows[place] == row else None


def collection_of(gallery: Gallery) -> Collection | None:
    """The collection a gallery is a sample of; None for a gallery of a folder."""
    return gallery.whole if isinstance(gallery.whole, Collection) else None


def open_collection(
    data: Path | str,
    images_dir: Path | None = None,
    *,
    sample: int = SAMPLE,
    collection: MilvusCollection | None = None,
) -> Gallery:
    """Open a collection by its address.

    Raises
    ------
    DatasetError
        When it is not there, was not pushed by this program or not to its end, or the server stays away.
    """
    address = parse_address(data)
    collection = collection or MilvusCollection(address)
    facts = collection.facts()
    if facts is None:
        raise collection.missing()
    manifest = _manifest(facts, collection)
    collection.check_whole(pictures=manifest.images, captions=manifest.captions)
    rows = spread_rows(manifest.images, sample)
    told = _balances(facts, collection)
    numbers = tuple(NEARNESS[of] for of in told)
    pictures = collection.fetch_rows(collection.pictures, rows, ("row", "name", "width", "height", "vector", *numbers))
    pictures.sort(key=lambda record: int(record["row"]))
    if len(pictures) != rows.size:
        raise DatasetError(
            f"The collection {collection.pictures} must hold the rows 0 to {manifest.images - 1:,}, and of {rows.size:,} "
            f"asked for {len(pictures):,} came. Push the dataset again with --replace."
        )
    captions = sorted(
        collection.fetch_rows(collection.captions, np.append(rows, NO_PICTURE), _CAPTION_FIELDS),
        key=lambda one: int(one["position"]),
    )
    vectors = np.array([one["vector"] for one in pictures], dtype=np.float32)
    texts = np.array([one["vector"] for one in captions], dtype=np.float32).reshape(-1, manifest.dimension)
    cells = [json.loads(one["columns"]) for one in captions]
    place = {int(row): position for position, row in enumerate(rows.tolist())}
    columns = facts.get("columns", [])
    folder = find_images(facts, images_dir)
    return Gallery(
        name=str(facts["name"]),
        data_dir=_cache_dir(str(address), facts["key"]),
        images_dir=folder,
        image_ids=tuple(str(one["name"]) for one in pictures),
        image_embeddings=read_only(vectors),
        captions=tuple(str(one["caption"]) for one in captions),
        caption_rows=read_only(np.array([place.get(int(one["row"]), NO_PICTURE) for one in captions], dtype=np.int64)),
        text_embeddings=read_only(texts) if facts.get("text") else None,
        image_sizes=read_only(np.array([(one["width"], one["height"]) for one in pictures], dtype=np.int64)),
        key=hashlib.sha256(f"{facts['key']} {address} {len(rows)}".encode()).hexdigest()[:32],
        manifest=manifest,
        problems=_problems(folder),
        caption_columns={name: [row[at] for row in cells] for at, name in enumerate(columns)},
        # A collection pushed by an earlier version has no cell behind its columns.
        missing_pictures={at: str(row[len(columns)]) for at, row in enumerate(cells) if len(row) > len(columns)},
        address=str(address),
        whole=Collection(
            MilvusIndex(
                collection, images=manifest.images, dimension=manifest.dimension, index_type=str(facts["index_type"])
            ),
            rows=read_only(rows),
            captions=manifest.captions,
            key=str(facts["key"]),
            balances={
                of: Balance(
                    read_only(np.array([picture[NEARNESS[of]] for picture in pictures], dtype=np.float32)),
                    float(one["share"]), float(one["gain"]), float(one["low"]), float(one["high"]), int(one["queries"]),
                )
                for of, one in told.items()
            },
            ranges={of: (float(one["range"][0]), float(one["range"][1])) for of, one in told.items()},
        ),
    )  # fmt: skip


def collection_key(data: Path | str) -> str:
    """Key of the gallery a collection holds at the moment; DatasetError where there is none."""
    collection = MilvusCollection(parse_address(data))
    facts = collection.facts()
    if facts is None:
        raise collection.missing()
    return str(facts["key"])


def find_images(facts: dict[str, Any], images_dir: Path | None) -> Path:
    """The picture folder: the argument, ``T2I_IMAGES``, else the one the dataset was pushed with."""
    if images_dir is not None:
        return images_dir
    return Path(os.environ.get("T2I_IMAGES") or str(facts.get("images_dir") or "static/images"))


def _manifest(facts: dict[str, Any], collection: MilvusCollection) -> Manifest:
    try:
        return Manifest(**{one.name: facts[one.name] for one in fields(Manifest)})
    except KeyError as error:
        raise DatasetError(
            f"The collection {collection.pictures} must say what made it, and {error} is missing. Push the dataset again "
            "with --replace."
        ) from error


def _balances(facts: dict[str, Any], collection: MilvusCollection) -> dict[str, Mapping[str, Any]]:
    """What a collection says of its balances; nothing where an earlier version pushed it, or one is of no kind known here."""
    told = facts.get("balances") or {}
    wanted = {"share", "gain", "low", "high", "queries", "range"}
    if not isinstance(told, dict) or not all(isinstance(one, dict) and wanted <= one.keys() for one in told.values()):
        raise DatasetError(
            f"The collection {collection.pictures} must say what its balanced ranking goes by, and does so in a way that is not "
            "known here. Push the dataset again with --replace."
        )
    return {of: one for of, one in told.items() if of in NEARNESS}


def _problems(images_dir: Path) -> tuple[Problem, ...]:
    if images_dir.is_dir():
        return ()
    message = f"The pictures are not on this machine: there is no folder {images_dir}, so cards show names only."
    return (
        Problem("warning", "images_dir_missing", message, "Copy or mount it, and name it with T2I_IMAGES or --images."),
    )


def _cache_dir(address: str, key: str) -> Path:
    """Where this machine keeps what it makes of a collection, the map above all."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "t2i_core"
    return base / hashlib.sha256(f"{address} {key}".encode()).hexdigest()[:20]
