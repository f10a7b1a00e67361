"""Galleries for tests of Milvus: with equal rows and near-ties, queries that meet them, and a model that fits."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import numpy as np

from t2i_core.arrays import l2_normalize
from t2i_core.index.milvus_index import MilvusIndex
from t2i_core.remote import collection_of
from t2i_core.types import Gallery, Manifest
from tests.core.small_galleries import ColourEncoder, make_gallery

ROWS, DIMENSION = 1_200, 32


def index_of(gallery: Gallery) -> MilvusIndex:
    """What searches the collection that a gallery is a sample of."""
    collection = collection_of(gallery)
    assert collection is not None
    return collection.index


def a_name() -> str:
    return "t" + uuid4().hex[:12]


def numbers(seed: int = 0, *, rows: int = ROWS, key: str = "numbers") -> Gallery:
    """Rows with many equal ones and near-ties, two captions a picture."""
    chance = np.random.default_rng(seed)
    embeddings = l2_normalize(chance.standard_normal((rows, DIMENSION)))
    embeddings[100:160] = embeddings[7]  # more equal rows than the spare ones asked for
    embeddings[200:220] = l2_normalize(embeddings[8] + 1e-7 * chance.standard_normal((20, DIMENSION)))
    owners = np.repeat(np.arange(rows), 2)
    texts = l2_normalize(chance.standard_normal((2 * rows, DIMENSION)))
    manifest = Manifest(1, "colours", "a" * 64, DIMENSION, rows, 2 * rows, "p", "d" * 64, "now", "0")
    gallery = make_gallery(embeddings, owners.tolist(), texts, manifest=manifest)
    return replace(gallery, key=key, caption_columns={"number": list(range(2 * rows))})


def queries(gallery: Gallery) -> np.ndarray:
    fresh = l2_normalize(np.random.default_rng(5).standard_normal((4, DIMENSION)))
    return np.concatenate([fresh, gallery.image_embeddings[[7, 8, 300]]])


class Rows(ColourEncoder):
    """A model that fits `numbers`."""

    def __init__(self, sha256: str = "a" * 64, dimension: int = DIMENSION) -> None:
        super().__init__(dimension=dimension)
        self.weights_sha256 = sha256
