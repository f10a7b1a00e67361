"""Pictures that may be of no use: too dark, too light, blurred, empty, of an odd shape or size, damaged.

Measures and thresholds are those that cleanvision 0.3.7 publishes, so that both say the same of a picture. It calls only
what is blurred beyond recognition blurred, so a measure of our own tells the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from t2i_core.audit.findings import (
    BLURRED,
    DAMAGED,
    DARK,
    FATAL,
    LIGHT,
    LOW_INFORMATION,
    NOTE,
    ODD_SHAPE,
    ODD_SIZE,
    WARNING,
    Finding,
    Floats,
    percentiles,
)  # fmt: skip
from t2i_core.audit.material import Material
from t2i_core.dataset.facts_file import FactsTable
from t2i_core.dataset.manifest_file import read_manifest

DARK_BELOW, LIGHT_BELOW, BLURRED_BELOW, INFORMATION_BELOW, SHAPE_BELOW = 0.32, 0.05, 0.29, 0.3, 0.35
EDGES_SCALE, ENTROPY_SCALE = 0.01, 0.1
FLAT_ABOVE = 0.18  # a histogram that uneven is of a drawing or a plain surface, which is not blurred for lacking edges
SOFT_BELOW = 0.36  # sharp photos of six collections stay above .4, and below it when blurred by an 80th of their width
FLATTEST = 2.0  # grey levels: below that spread there is nothing that could be sharp
SIZE_SPANS = 3.0  # interquartile ranges beyond the quartiles


@dataclass(frozen=True)
class Limit:
    """A kind of fault that is told by one number which is too low."""

    kind: str
    below: float
    score: Callable[[FactsTable], Floats]
    advice: str


def dark_score(facts: FactsTable) -> Floats:
    """Brightness that 99 of 100 pixels stay below."""
    return facts.numbers[:, 1].astype(np.float64)


def light_score(facts: FactsTable) -> Floats:
    """How far the brightness that 5 of 100 pixels stay below is from white."""
    return 1.0 - facts.numbers[:, 0].astype(np.float64)


def blur_score(facts: FactsTable) -> Floats:
    """How sharp the edges are at 64 pixels, 0 to 1; more where few greys make up the picture."""
    edges, uneven = (1.0 - np.exp(-EDGES_SCALE * facts.numbers[:, at].astype(np.float64)) for at in (3, 4))
    return np.minimum(edges + np.where(uneven > FLAT_ABOVE, uneven, 0.0), 1.0)


def information_score(facts: FactsTable) -> Floats:
    """A tenth of the bits a sample holds."""
    return np.minimum(ENTROPY_SCALE * facts.numbers[:, 2].astype(np.float64), 1.0)


def shape_score(facts: FactsTable) -> Floats:
    """The shorter side in parts of the longer."""
    sizes = facts.sizes.astype(np.float64)
    shares: Floats = sizes.min(axis=1) / np.maximum(sizes.max(axis=1), 1.0)
    return shares


LIMITS = (
    Limit(DARK, DARK_BELOW, dark_score, "Nearly all of it is dark. Brighten it, or leave it out where nothing can be seen."),
    Limit(LIGHT, LIGHT_BELOW, light_score, "Nearly all of it is white. Leave it out where it is overexposed or empty."),
    Limit(LOW_INFORMATION, INFORMATION_BELOW, information_score, "It holds next to nothing. Leave out placeholders."),
    Limit(ODD_SHAPE, SHAPE_BELOW, shape_score, "It is a banner or a strip. The model sees little of it; cut it."),
)  # fmt: skip


def find_faulty_pictures(material: Material) -> list[Finding]:
    """Pictures below the limit of each kind, and those whose size is far from that of the others."""
    facts = material.facts
    if facts is None:
        return []
    rows = np.flatnonzero(facts.decoded)
    findings = []
    for limit in LIMITS:
        scores = limit.score(facts)[rows]
        places = percentiles(scores)
        for at in np.flatnonzero(scores < limit.below).tolist():
            name = material.gallery.image_ids[int(rows[at])]
            value = float(scores[at])
            doubt = 0.6 + 0.35 * (1.0 - value / limit.below)
            findings.append(Finding(limit.kind, WARNING, name, value, float(places[at]), limit.advice, doubt))
    return findings + _blurred(material, facts, rows) + _odd_sizes(material, facts, rows)


def _blurred(material: Material, facts: FactsTable, rows: np.ndarray) -> list[Finding]:
    """Pictures that cleanvision calls blurred, and those in which nothing is sharp; ``value`` is cleanvision's score."""
    scores, sharpness = blur_score(facts)[rows], facts.numbers[rows, 5].astype(np.float64)
    flat = facts.thumbs[rows].reshape(len(rows), -1).std(axis=1) < FLATTEST
    soft = (sharpness < SOFT_BELOW) & ~flat
    places = percentiles(scores)
    advice = "Nothing in it is sharp. Find a sharper one, or leave it out."
    findings = []
    for at in np.flatnonzero((scores < BLURRED_BELOW) | soft).tolist():
        name, value = material.gallery.image_ids[int(rows[at])], float(scores[at])
        doubt = (
            0.7 + 0.25 * (1.0 - float(sharpness[at]) / SOFT_BELOW)
            if soft[at]
            else 0.6 + 0.1 * (1.0 - value / BLURRED_BELOW)
        )
        findings.append(Finding(BLURRED, WARNING, name, value, float(places[at]), advice, doubt))
    return findings


def _odd_sizes(material: Material, facts: FactsTable, rows: np.ndarray) -> list[Finding]:
    if not len(rows):
        return []
    sides = np.sqrt(facts.sizes[rows].astype(np.float64).prod(axis=1))
    low, high = np.percentile(sides, (25, 75))
    span = SIZE_SPANS * (high - low)
    places = percentiles(sides)
    middle, reach = (low + high) / 2, (high - low) / 2 + span
    findings = []
    for at in np.flatnonzero((sides < low - span) | (sides > high + span)).tolist():
        name, side = material.gallery.image_ids[int(rows[at])], float(sides[at])
        said = "smaller" if side < middle else "larger"
        advice = f"It is far {said} than the others. Look whether it is a thumbnail, an icon or a scan, and find a better one."
        beyond = abs(side - middle) / max(reach, 1.0)
        findings.append(Finding(ODD_SIZE, NOTE, name, side, float(places[at]), advice, 0.7 - 0.3 / max(beyond, 1.0)))
    return findings


def find_damaged(material: Material) -> list[Finding]:
    """Pictures that cannot be decoded, or not to their end, and those the last build had to leave out."""
    facts = material.facts
    if facts is None:
        return []
    findings = []
    for row in np.flatnonzero(~facts.decoded).tolist():
        name = material.gallery.image_ids[row]
        findings.append(Finding(DAMAGED, FATAL, name, 1.0, 100.0, str(facts.reasons[row]), 1.0))
    for row in np.flatnonzero(facts.notes != "").tolist():
        advice = f"{facts.notes[row]}. Copy it again."
        findings.append(Finding(DAMAGED, WARNING, material.gallery.image_ids[row], 0.5, 100.0, advice, 0.97))
    stored, _ = read_manifest(material.gallery.data_dir)
    known = material.gallery.rows_by_id
    advice = "It could not be used when the dataset was built. Copy it again, or remove it; build then."
    lost = [] if stored is None else [name for name in stored.skipped if name not in known]
    return [*findings, *(Finding(DAMAGED, FATAL, name, 1.0, 100.0, advice, 1.0) for name in lost)]
