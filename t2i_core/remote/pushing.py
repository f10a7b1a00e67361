"""push: a dataset folder's rows, names, captions and columns into Milvus; batched, resumable, verified."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from t2i_core.arrays import NO_PICTURE, spread_rows
from t2i_core.dataset import FEW_WORDS, PICTURES, Balance, read_balance
from t2i_core.errors import DatasetError, count_of
from t2i_core.index.milvus import LONGEST_TEXT, MilvusCollection
from t2i_core.types import Gallery

_BATCH_BYTES = 2_000_000
_MOST_AT_ONCE = 1_000
_VERIFIED = 64
# Where a picture's nearness lies in its record, for each balance that a collection can be ranked by.
NEARNESS = {PICTURES: "near_sentences", FEW_WORDS: "near_words"}


@dataclass(frozen=True)
class PushReport:
    """What a push did: how many records there are, how many of them were written now, how many were compared."""

    collection: str
    uri: str
    images: int
    captions: int
    written: int
    verified: int
    index_type: str


def push(
    gallery: Gallery, collection: MilvusCollection, *, index_type: str = "FLAT", replace: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> PushReport:  # fmt: skip
    """Write a gallery; what a push that was cut short has written already is not written again.

    Raises
    ------
    DatasetError
        When the collection holds another dataset (and ``replace`` is not set), the gallery does not name its model, a
        text is too long, the server stays away, or what was read back differs from what was written.
    """
    balances = balances_of(gallery)
    facts = collection_facts(gallery, balances)
    there = collection.facts()
    if there is not None and (there.get("key") != gallery.key or there.get("index_type") != index_type):
        if not replace:
            raise DatasetError(
                f"The collection {collection.pictures} must be new or hold this dataset ({facts['model_id']}, "
                f"{count_of(facts['images'], 'picture')}, {index_type}), and it holds {there.get('name')!r} ({there.get('model_id')}, "
                f"{count_of(int(there.get('images') or 0), 'picture')}, {there.get('index_type')}). Name another with --collection, "
                "or give --replace to write over it."
            )
        collection.drop()
        there = None
    if there is not None and there.get("balances", {}) != facts["balances"]:
        if not replace:
            raise DatasetError(
                f"The collection {collection.pictures} holds this dataset as it was before balanced ranking was measured for it "
                "anew. Give --replace to write it again, and it can be ranked so."
            )
        collection.drop()
        there = None
    if there is None:
        numbers = [NEARNESS[of] for of in balances]
        collection.create(facts, dimension=gallery.dimension, index_type=index_type, numbers=numbers)
    total = len(gallery) + len(gallery.captions)
    done = written = 0
    for name, batches in (
        (collection.pictures, _pictures(gallery, balances)),
        (collection.captions, _captions(gallery)),
    ):
        first_field = "row" if name == collection.pictures else "position"
        for start, end, make in batches:
            if collection.count(name, f"{first_field} >= {start} and {first_field} < {end}") != end - start:
                collection.write(name, make())
                written += end - start
            done += end - start
            if on_progress is not None:
                on_progress(done, total)
    verified = _verify(gallery, collection)
    return PushReport(
        collection.pictures, collection.address.uri, len(gallery), len(gallery.captions), written, verified, index_type
    )


def balances_of(gallery: Gallery) -> dict[str, Balance]:
    """The balances of pictures that surely help a dataset, by what they are of."""
    found = {}
    for of in NEARNESS:
        with contextlib.suppress(DatasetError):
            found[of] = read_balance(gallery, of)
    return {of: balance for of, balance in found.items() if balance.offered}


def collection_facts(gallery: Gallery, balances: Mapping[str, Balance]) -> dict[str, Any]:
    """What travels with a gallery, as JSON: the manifest, the key of its content, its name and picture folder, its balances."""
    if gallery.manifest is None:
        raise DatasetError(
            f"A dataset must name the model that made it to be pushed, and {gallery.data_dir} does not. "
            f"Rebuild it: python -m t2i_core build --images {gallery.images_dir} --data {gallery.data_dir}"
        )
    return {
        **asdict(gallery.manifest),
        "images": len(gallery),
        "captions": len(gallery.captions),
        "key": gallery.key,
        "name": gallery.name,
        "images_dir": str(gallery.images_dir.resolve()),
        "text": gallery.text_embeddings is not None,
        "columns": list(gallery.caption_columns),
        "balances": {
            of: {
                "share": one.share,
                "gain": one.gain,
                "low": one.low,
                "high": one.high,
                "queries": one.queries,
                "range": [float(one.nearness.min()), float(one.nearness.max())],
            }
            for of, one in balances.items()
        },
    }


Batches = Iterator[tuple[int, int, Callable[[], list[dict[str, Any]]]]]


def _pictures(gallery: Gallery, balances: Mapping[str, Balance]) -> Batches:
    def make(start: int, end: int) -> list[dict[str, Any]]:
        return [
            {
                "row": row,
                "name": _fits(gallery.image_ids[row]),
                "width": int(gallery.image_sizes[row][0]),
                "height": int(gallery.image_sizes[row][1]),
                "vector": gallery.image_embeddings[row].tolist(),
                **{NEARNESS[of]: float(balance.nearness[row]) for of, balance in balances.items()},
            }
            for row in range(start, end)
        ]

    yield from _batches(len(gallery), gallery.dimension, make)


def _captions(gallery: Gallery) -> Batches:
    columns = {name: list(values) for name, values in gallery.caption_columns.items()}
    texts = gallery.text_embeddings
    none = np.zeros(gallery.dimension, dtype=np.float32)

    def cells(position: int) -> list[Any]:
        own = [_plain(values[position]) for values in columns.values()]
        # Behind the columns, where whoever does not know of it does not look: what the file calls a missing picture.
        return own if position not in gallery.missing_pictures else [*own, gallery.missing_pictures[position]]

    def row_of(position: int) -> int:
        row = gallery.picture_of(position)
        return NO_PICTURE if row is None else row

    def make(start: int, end: int) -> list[dict[str, Any]]:
        return [
            {
                "position": position,
                "row": row_of(position),
                "caption": _fits(gallery.captions[position]),
                "columns": _fits(json.dumps(cells(position))),
                "vector": (none if texts is None else texts[position]).tolist(),
            }
            for position in range(start, end)
        ]

    yield from _batches(len(gallery.captions), gallery.dimension, make)


def _batches(count: int, dimension: int, make: Callable[[int, int], list[dict[str, Any]]]) -> Batches:
    size = max(1, min(_MOST_AT_ONCE, _BATCH_BYTES // (4 * dimension)))
    for start in range(0, count, size):
        end = min(start + size, count)
        yield start, end, lambda start=start, end=end: make(start, end)  # type: ignore[misc]


def _plain(value: Any) -> Any:
    """A cell of a column as JSON can hold it; an empty one (NaN) is null."""
    value = value.item() if isinstance(value, np.generic) else value
    if value is None or value != value:
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)


def _fits(text: str) -> str:
    if len(text.encode("utf-8")) > LONGEST_TEXT:
        raise DatasetError(
            f"A text in Milvus may have at most {LONGEST_TEXT:,} bytes, got {len(text.encode('utf-8')):,}: {text[:60]!r}… "
            "Shorten it in the captions file and build again."
        )
    return text


def _verify(gallery: Gallery, collection: MilvusCollection) -> int:
    """Count everything and read a sample back; how many records were compared."""
    collection.keep()
    collection.check_whole(pictures=len(gallery), captions=len(gallery.captions))
    rows = spread_rows(len(gallery), _VERIFIED)
    found = {
        record["row"]: record for record in collection.fetch_rows(collection.pictures, rows, ("row", "name", "vector"))
    }
    for row in rows.tolist():
        record = found.get(row)
        same = (
            record is not None
            and record["name"] == gallery.image_ids[row]
            and np.array_equal(np.float32(record["vector"]), gallery.image_embeddings[row])
        )
        if not same:
            raise DatasetError(
                f"Row {row} of the collection {collection.pictures} must be {gallery.image_ids[row]!r} as it was written, "
                "and reads back otherwise. Push again with --replace."
            )
    return len(rows)
