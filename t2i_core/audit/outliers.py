"""Pictures unlike all others: how far each is from the ten closest to it."""

from __future__ import annotations

import numpy as np

from t2i_core.audit.findings import NOTE, OUTLIER, Finding, percentiles
from t2i_core.audit.material import Material

FEWEST_PICTURES = 20
LISTED_FROM = 99.0  # percentile; below it every dataset has pictures that are merely rare
ADVICE = "It is unlike all others here. Look whether it belongs to this dataset; a picture that does may need company."


def find_outliers(material: Material) -> list[Finding]:
    """The hundredth of the pictures that is farthest from the others; ``value`` is the mean distance (1 - cosine) to ten."""
    count = len(material.gallery)
    if count < FEWEST_PICTURES:
        return []
    similarities, _ = material.neighbours
    distances = 1.0 - similarities.astype(np.float64).mean(axis=1)
    places = percentiles(distances)
    listed = np.flatnonzero(places >= min(LISTED_FROM, places.max()))
    return [
        Finding(OUTLIER, NOTE, material.gallery.image_ids[row], float(distances[row]), float(places[row]), ADVICE,
                0.3 * float(places[row]) / 100.0 + 0.05 * float(distances[row]))
        for row in listed.tolist()
    ]  # fmt: skip
