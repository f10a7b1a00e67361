"""audit: a gallery goes in, findings come out, what is most likely wrong first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from t2i_core.audit import caption_fit, caption_text, copies, gaps, outliers, pictures, rotation
from t2i_core.audit.findings import (
    BLURRED,
    CAPTION_MISMATCH,
    CAPTION_TEXT,
    COPY,
    DAMAGED,
    DARK,
    GAP,
    KINDS,
    LEAKAGE,
    LIGHT,
    LOOK_ALIKE,
    LOW_INFORMATION,
    NOTE,
    ODD_SHAPE,
    ODD_SIZE,
    OUTLIER,
    ROTATED,
    Finding,
    in_order,
)  # fmt: skip
from t2i_core.audit.material import Material
from t2i_core.errors import QueryError
from t2i_core.facets.measuring import OnProgress, nothing_told
from t2i_core.types import Encoder, Gallery


@dataclass(frozen=True)
class Check:
    """One look at a dataset: which kinds of findings it makes, and what makes them."""

    kinds: tuple[str, ...]
    find: Callable[[Material], list[Finding]]


# Quick ones first: whoever stops the audit of a large dataset has waited for what takes longest.
CHECKS = (
    Check((CAPTION_MISMATCH,), caption_fit.find_mismatches),
    Check((CAPTION_TEXT,), caption_text.find_faulty_texts),
    Check((DARK, LIGHT, BLURRED, LOW_INFORMATION, ODD_SHAPE, ODD_SIZE), pictures.find_faulty_pictures),
    Check((DAMAGED,), pictures.find_damaged),
    Check((COPY,), copies.find_copies),
    Check((LOOK_ALIKE,), copies.find_look_alikes),
    Check((LEAKAGE,), copies.find_leakage),
    Check((OUTLIER,), outliers.find_outliers),
    Check((GAP,), gaps.find_gaps),
    Check((ROTATED,), rotation.find_rotated),
)


# Of all captions, the least fitting that are worth a look where none stands out.
SHARE_LOOKED_AT, LEAST_LOOKED_AT = 0.01, 10


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes
    ----------
    key : str
        Of the gallery.
    kinds : tuple of str
        What was looked for.
    findings : tuple of Finding
        What is most likely wrong first.
    remarks : tuple of str
        What could not be looked at, and why.
    """

    key: str
    kinds: tuple[str, ...]
    findings: tuple[Finding, ...]
    remarks: tuple[str, ...] = ()

    def of_kind(self, kind: str) -> tuple[Finding, ...]:
        """The findings of one kind, in order."""
        return tuple(finding for finding in self.findings if finding.kind == kind)

    @cached_property
    def cases(self) -> tuple[Finding, ...]:
        """The findings somebody should look at, in order: of captions that fit more or less, the least fitting only."""
        mismatches = self.of_kind(CAPTION_MISMATCH)
        most = max(LEAST_LOOKED_AT, round(SHARE_LOOKED_AT * len(mismatches)))
        fitting = {id(finding) for finding in mismatches[most:] if finding.severity == NOTE}
        return tuple(finding for finding in self.findings if id(finding) not in fitting)


def check_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """Kinds that were asked for, each once; all of them where none was.

    Raises
    ------
    QueryError
        When one is unknown.
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise QueryError(f"A kind of finding must be one of {', '.join(KINDS)}, got {unknown[0]!r}. Name one of them.")
    return tuple(dict.fromkeys(kinds)) or KINDS


def audit(
    gallery: Gallery,
    kinds: Collection[str] = KINDS,
    *,
    max_pixels: int,
    open_encoder: Callable[[], Encoder] | None = None,
    on_progress: OnProgress = nothing_told,
) -> Audit:
    """Look for what is wrong with a dataset.

    What is measured of pictures is kept beside it, so that the next audit measures only what is new.

    Parameters
    ----------
    gallery : Gallery
    kinds : collection of str
        What to look for.
    max_pixels : int
        Pictures with more pixels are not decoded.
    open_encoder : callable, optional
        Opens the gallery's model, for captions that are too long. Without it no model is used, not even the bundled one, which
        looks for turned pictures.
    on_progress : callable, optional
        Called with a stage, how many are done and how many there are. An exception it raises ends the audit; what was
        measured until then is kept.

    Raises
    ------
    QueryError
        When a kind is unknown.
    """
    wanted = check_kinds(tuple(kinds))
    material = Material(gallery, max_pixels=max_pixels, open_encoder=open_encoder, on_progress=on_progress)
    found: list[Finding] = []
    for check in CHECKS:
        if set(check.kinds) & set(wanted):
            found += (finding for finding in check.find(material) if finding.kind in wanted)
    return Audit(gallery.key, wanted, tuple(in_order(found)), tuple(dict.fromkeys(material.remarks)))
