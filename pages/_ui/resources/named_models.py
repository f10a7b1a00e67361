"""Model files that a person named to this server: only these are opened when a dataset's manifest asks for them."""

from __future__ import annotations

from t2i_core.config import Settings
from t2i_core.encoder import MINI_NAME, model_to_open
from t2i_core.types import Gallery


class NamedModels:
    """Files named since the server started, by a click that shows the file or for a build."""

    def __init__(self) -> None:
        self._named: set[str] = set()

    def add(self, model: str | None) -> None:
        """Remember a model that a person named."""
        if model:
            self._named.add(model)

    def wanted(self, gallery: Gallery, settings: Settings) -> str:
        """The model a gallery was built with; the configured one, else the bundled one, when it does not say.

        Raises
        ------
        UnvouchedModelError
            When the gallery's manifest names a file and no person did.
        """
        built_with = gallery.manifest.model_id if gallery.manifest is not None else None
        return model_to_open(built_with, configured=settings.model, vouched=self._named) or MINI_NAME
