"""StoredMap: the maps of a gallery that are there, as far as they are wanted."""

from __future__ import annotations

from dataclasses import dataclass

from pages._ui import resources
from pages._ui.session.map import JOINT
from pages._ui.session.visit import visit
from t2i_core.errors import T2IError
from t2i_core.projection import JointMap, Projection
from t2i_core.types import Gallery


@dataclass(frozen=True)
class StoredMap:
    """The map of the pictures, and that of captions and pictures where it is chosen; ``refused`` says why one cannot be used."""

    projection: Projection | None = None
    joint: JointMap | None = None
    wants_joint: bool = False
    refused: T2IError | None = None

    @property
    def missing(self) -> bool:
        """Whether what is chosen cannot be drawn."""
        return self.projection is None or (self.wants_joint and self.joint is None)


def stored_map(gallery: Gallery) -> StoredMap:
    """What is stored for a gallery."""
    wants_joint = visit().map.view == JOINT
    projection = joint = refused = None
    try:
        projection = resources.projection(gallery)
        joint = resources.joint_map(gallery) if wants_joint else None
    except T2IError as error:
        refused = error
    return StoredMap(projection, joint, wants_joint, refused)
