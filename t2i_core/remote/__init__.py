"""Datasets that live in Milvus: pushed there from a folder, and opened from there as a gallery of a stated sample."""

from t2i_core.remote.engine import CollectionEngine, open_engine
from t2i_core.remote.pushing import PushReport, push
from t2i_core.remote.reading import CollectionGallery, collection_key, open_collection

__all__ = [
    "CollectionEngine",
    "CollectionGallery",
    "PushReport",
    "collection_key",
    "open_collection",
    "open_engine",
    "push",
]
