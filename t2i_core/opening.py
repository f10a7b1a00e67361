"""From where a dataset is to an engine over it: the one place that knows folders and collections apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from t2i_core.config import read_settings
from t2i_core.errors import DatasetError
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


def listed(gallery: Gallery) -> Gallery:
    """All pictures a search of a gallery looks at, by name, size and captions: more than its own where it is a sample.

    Raises
    ------
    QueryError
        When they are too many to be listed.
    DatasetError
        When the server that has them is away, or another dataset is there by now.

    Examples
    --------
    >>> gallery = open_gallery("data")
    >>> listed(gallery) is gallery
    True
    """
    from t2i_core.remote import source_of

    source = source_of(gallery)
    return gallery if source is None else source.listed


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


def open_model(gallery: Gallery, *, model: str | None = None, device: str | None = None) -> Encoder:
    """The model asked for, else the one the dataset was built with, else T2I_MODEL, else the bundled one.

    Raises
    ------
    ModelError
        When its weights cannot be had, or only the dataset's manifest names its file.
    """
    from t2i_core.encoder import model_to_open, open_encoder

    settings = read_settings()
    built_with = gallery.manifest.model_id if gallery.manifest else None
    return open_encoder(
        model or model_to_open(built_with, configured=settings.model),
        model_dir=settings.model_dir,
        device=device or settings.device,
    )


def checked_rows(gallery: Gallery, encoder: Encoder) -> Gallery:
    """The gallery, without caption embeddings where they were made by another model than ``encoder``.

    What was found stands in its ``problems``. Only a dataset without a manifest can hold such: the original project's
    captions were embedded by a model that knows no pictures. Takes as long as encoding 16 pictures and captions then.
    """
    if gallery.manifest is not None or encoder.dimension != gallery.dimension:
        return gallery
    from t2i_core.dataset import check_gallery

    return check_gallery(gallery, encoder, max_pixels=read_settings().max_pixels)


def check_one_space(gallery: Gallery, encoder: Encoder) -> None:
    """Refuse rows of which nobody knows that one model made both kinds: figures of them would mean nothing.

    Raises
    ------
    DatasetError
        With what encoding a sample again has shown.
    """
    from t2i_core.dataset import MISLEADING, UNUSABLE_TEXT, check_embeddings

    for problem in check_embeddings(gallery, encoder, max_pixels=read_settings().max_pixels):
        if problem.code in UNUSABLE_TEXT | MISLEADING or problem.severity == "fatal":
            raise DatasetError(
                f"Recall is measured between captions and pictures that one model encoded. {problem.message} {problem.fix}"
            )
