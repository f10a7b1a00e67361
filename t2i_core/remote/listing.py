"""All pictures of a collection by name, size and captions, without their vectors: what filters look at."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from t2i_core.arrays import read_only
from t2i_core.errors import DatasetError, QueryError
from t2i_core.remote.reading import Collection
from t2i_core.types import Gallery

MOST_LISTED = 1_000_000  # about 200 MB of texts


def listing_of(gallery: Gallery, whole: Collection) -> Gallery:
    """A gallery of all pictures of the collection that ``gallery`` is a sample of; its embeddings are zeros that take no memory.

    It is read in calls of some thousand records, and kept with the collection.

    Raises
    ------
    QueryError
        When it is too large to be kept here.
    DatasetError
        When another dataset is there by now, or records are missing.
    """
    if not gallery.sampled:
        return gallery
    if not whole.listings:
        whole.listings.append(_read(gallery, whole))
    return whole.listings[0]


def _read(gallery: Gallery, whole: Collection) -> Gallery:
    if whole.images + whole.captions > MOST_LISTED:
        raise QueryError(
            f"Filters of a collection look at a list of its pictures and captions, at most {MOST_LISTED:,} of them, and here are "
            f"{whole.images + whole.captions:,}. Filter the dataset folder itself with --data DIR."
        )
    collection = whole.index.collection
    facts = collection.facts()
    if facts is None:
        raise collection.missing()
    if facts.get("key") != whole.key:
        raise DatasetError(
            f"The collection {gallery.address} must be the one that was opened, and another dataset was pushed over it since. "
            "Load the page again in some seconds."
        )
    pictures = collection.fetch_all(collection.pictures, "row", whole.images, ("name", "width", "height"))
    captions = collection.fetch_all(collection.captions, "position", whole.captions, ("row", "caption", "columns"))
    cells = [json.loads(one["columns"]) for one in captions]
    return replace(
        gallery,
        image_ids=tuple(str(one["name"]) for one in pictures),
        image_embeddings=np.broadcast_to(np.zeros(1, dtype=np.float32), (whole.images, gallery.dimension)),
        image_sizes=read_only(np.array([(one["width"], one["height"]) for one in pictures], dtype=np.int64)),
        captions=tuple(str(one["caption"]) for one in captions),
        caption_rows=read_only(np.array([int(one["row"]) for one in captions], dtype=np.int64)),
        text_embeddings=None,
        caption_columns={name: [row[at] for row in cells] for at, name in enumerate(facts.get("columns", []))},
        missing_pictures={},
        key=f"{gallery.key} whole",
    )
