"""Datasets that live in Milvus: pushed there from a folder, and opened from there as a gallery of a stated sample."""

from t2i_core.remote.pushing import PushReport, push
from t2i_core.remote.reading import CollectionGallery, collection_key, open_collection
from t2i_core.remote.source import CollectionSource

__all__ = [
    "CollectionGallery",
    "CollectionSource",
    "PushReport",
    "collection_key",
    "open_collection",
    "push",
]
