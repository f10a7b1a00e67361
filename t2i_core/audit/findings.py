"""Finding: one thing that may be wrong with a dataset, and the kinds there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CAPTION_MISMATCH, CAPTION_TEXT = "caption_mismatch", "caption_text"
COPY, LOOK_ALIKE, LEAKAGE = "copy", "look_alike", "leakage"
DARK, LIGHT, BLURRED, LOW_INFORMATION = "dark", "light", "blurred", "low_information"
ODD_SHAPE, ODD_SIZE, DAMAGED, ROTATED = "odd_shape", "odd_size", "damaged", "rotated"
OUTLIER, GAP = "outlier", "gap"
# Of two findings that are equally likely wrong, that of the earlier kind comes first.
KINDS = (
    DAMAGED, LEAKAGE, COPY, CAPTION_TEXT, CAPTION_MISMATCH, ROTATED, DARK, LIGHT, BLURRED, LOW_INFORMATION, ODD_SHAPE, ODD_SIZE,
    LOOK_ALIKE, OUTLIER, GAP,
)  # fmt: skip
CAPTION_KINDS = (CAPTION_MISMATCH, CAPTION_TEXT)
FATAL, WARNING, NOTE = "fatal", "warning", "note"  # as of `t2i_core.types.Problem`

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """One thing that may be wrong.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    severity : str
        ``"fatal"`` (cannot be used), ``"warning"`` (likely a fault) or ``"note"`` (worth a look).
    image_id : str
        The picture it is about, or whose caption it is about.
    value : float
        What was measured; the kind says what that is.
    percentile : float
        Place of the value among those of all pictures or captions, 0 (the smallest) to 100.
    advice : str
        Why, and what to do.
    doubt : float
        How likely something is wrong, 0 to 1: what findings of several kinds are put in order by.
    caption : str or None
        The caption that is meant, where it is one.
    position : int or None
        Of that caption in the gallery; None also where the gallery leaves it out.
    other : str
        Name of the other picture, where two are meant.
    """

    kind: str
    severity: str
    image_id: str
    value: float
    percentile: float
    advice: str
    doubt: float
    caption: str | None = None
    position: int | None = None
    other: str = ""

    @property
    def subject(self) -> tuple[str, str, str]:
        """What it is known by, however often the dataset is audited: kind, picture, and caption or other picture."""
        return self.kind, self.image_id, self.other if self.caption is None else self.caption

    def to_record(self) -> dict[str, object]:
        """The finding as JSON; ``caption`` only where one is meant."""
        record: dict[str, object] = {"kind": self.kind, "severity": self.severity, "image_id": self.image_id}
        if self.caption is not None:
            record["caption"] = self.caption
        numbers = {"value": round(self.value, 6), "percentile": round(self.percentile, 4)}
        return record | numbers | {"advice": self.advice}


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings with what is most likely wrong first; equal ones by kind, then in the order they were found."""
    places = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(findings, key=lambda finding: (-finding.doubt, places[finding.kind]))


def percentiles(values: np.ndarray) -> Floats:
    """Place of each value among all of them: ndarray of shape (K,), float64, 0 to 100; equal values share theirs.

    Examples
    --------
    >>> percentiles(np.array([3.0, 1.0, 2.0, 2.0])).tolist()
    [87.5, 12.5, 50.0, 50.0]
    """
    ordered = np.sort(values)
    below, up_to = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    places: Floats = 50.0 * (below + up_to) / max(1, len(values))
    return places


def shares_below(values: np.ndarray) -> Floats:
    """How unusually low each value is, 0 to 1: a smooth step at four deviations below the median, rank kept everywhere.

    Median and deviation are the robust ones, which a few faults among the values do not move.
    """
    if not len(values):
        return np.empty(0)
    middle = np.median(values)
    spread = 1.4826 * float(np.median(np.abs(values - middle))) or float(np.std(values)) or 1.0
    lower = (middle - np.asarray(values, dtype=np.float64)) / spread
    doubts: Floats = 1.0 / (1.0 + np.exp(4.0 - lower))
    return doubts
