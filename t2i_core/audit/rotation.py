"""Pictures that lie on their side or stand on their head, told by the model."""

from __future__ import annotations

from t2i_core.audit.findings import Finding
from t2i_core.audit.material import Material


def find_rotated(material: Material) -> list[Finding]:
    """Pictures that the model finds more usual when they are turned."""
    return []
