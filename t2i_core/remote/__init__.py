"""Datasets that live in Milvus: pushed there from a folder, and opened from there as a gallery of a stated sample."""

from t2i_core.remote.pushing import PushReport, push
from t2i_core.remote.reading import Collection, collection_key, collection_of, open_collection
from t2i_core.remote.source import CollectionSource, source_of

__all__ = [
    "Collection",
    "CollectionSource",
    "PushReport",
    "collection_key",
    "collection_of",
    "open_collection",
    "push",
    "source_of",
]
