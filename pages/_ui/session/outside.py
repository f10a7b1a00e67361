"""The picture from outside that a visit asks with, opened: it stays in the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages._ui.session.visit import visit
from t2i_core.errors import QueryError
from t2i_core.pictures import images
from t2i_core.query import Query

if TYPE_CHECKING:
    from PIL import Image

    from t2i_core.config import Settings


def outside_pictures(query: Query, settings: Settings) -> dict[str, Image.Image]:
    """The pictures from outside that a query names, by their SHA-256.

    Raises
    ------
    QueryError
        When the upload is no longer here.
    ImageError
        When it cannot be used.
    """
    asked = query.outside
    if asked is None:
        return {}
    upload = visit().asked.upload
    if upload is None or upload.sha256 != asked.sha256:
        raise QueryError("The uploaded picture is no longer here. Choose it again.")
    return {asked.sha256: images.open_image(upload.content, max_pixels=settings.max_pixels, name=upload.name)}
