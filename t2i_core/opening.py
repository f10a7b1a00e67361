"""From where a dataset is to an engine over it: the one place that knows folders and collections apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from t2i_core.index.address import is_address
from t2i_core.types import Encoder, Gallery

if TYPE_CHECKING:
    from t2i_core.engine import SearchEngine, Source


def open_gallery(data: Path | str, images_dir: Path | None = None) -> Gallery:
    """The gallery in a folder, or of a collection by its address.

    Raises
    ------
    DatasetError
        When it cannot be read.

    Examples
    --------
    >>> gallery = open_gallery("data")
    >>> len(gallery), len(gallery.captions_of(0))
    (291, 5)
    """
    if is_address(data):
        from t2i_core.remote import open_collection

        return open_collection(data, images_dir)
    from t2i_core.dataset import read_gallery

    return read_gallery(Path(data), images_dir)


def open_source(gallery: Gallery) -> Source:
    """What finds a gallery's pictures: its own rows, or the whole collection it is a sample of."""
    from t2i_core.engine import FolderSource
    from t2i_core.remote import source_of

    return source_of(gallery) or FolderSource(gallery)


def open_engine(encoder: Encoder, gallery: Gallery) -> SearchEngine:
    """What answers requests with the pictures of a gallery.

    Raises
    ------
    ModelError
        When the gallery was built with another model than ``encoder``.

    Examples
    --------
    >>> from t2i_core.encoder import open_encoder
    >>> from t2i_core.query import SearchRequest
    >>> engine = open_engine(open_encoder("mini"), open_gallery("data"))
    >>> [hit.rank for hit in engine.search(SearchRequest.of("a dog", top_k=3)).hits]
    [1, 2, 3]
    """
    from t2i_core.engine import SearchEngine

    return SearchEngine(encoder, open_source(gallery))
