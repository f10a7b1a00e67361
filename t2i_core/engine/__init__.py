"""From a request to its result: `SearchEngine.search` is the one flow every page, command and interface goes through."""

from t2i_core.engine.embedding import MAX_QUERY_CHARACTERS, MAX_QUERY_TEXTS
from t2i_core.engine.engine import SearchEngine
from t2i_core.engine.source import FolderSource, Found, FoundPicture, Source

__all__ = [
    "MAX_QUERY_CHARACTERS",
    "MAX_QUERY_TEXTS",
    "FolderSource",
    "Found",
    "FoundPicture",
    "SearchEngine",
    "Source",
]
