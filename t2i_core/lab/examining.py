"""Findings: everything the lab says of a dataset, made step by step or at once; the page and the command line share it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from t2i_core import __version__
from t2i_core.dataset import Mark
from t2i_core.lab.failures import Failure, worst_queries
from t2i_core.lab.health import Health, health_of
from t2i_core.lab.measuring import SHARES, Direction, Measured, draws_of, measure_direction, measured
from t2i_core.lab.resampling import Draws
from t2i_core.lab.right_pairs import RightPairs, check_measurable, right_pairs
from t2i_core.lab.slicing import Slices, slices_of
from t2i_core.ranks.counting import OnProgress
from t2i_core.types import FloatArray, Gallery


@dataclass(frozen=True, eq=False)
class Findings:
    """What follows from where right pictures and captions stand; each part is made when it is first asked for.

    Attributes
    ----------
    gallery : Gallery
    texts : ndarray of shape (M, D), float32
        Embeddings of its captions.
    pairs : RightPairs
    model : str
        What made the embeddings.
    """

    gallery: Gallery
    texts: FloatArray
    pairs: RightPairs
    model: str

    @cached_property
    def draws(self) -> Draws:
        """The resamples that all intervals share."""
        return draws_of(self.pairs)

    @cached_property
    def text_to_image(self) -> Direction:
        """Every caption asks for its pictures."""
        return measure_direction(self.pairs.text_to_image, self.draws)

    @cached_property
    def image_to_text(self) -> Direction:
        """Every picture asks for its captions."""
        return measure_direction(self.pairs.image_to_text, self.draws)

    @property
    def measured(self) -> Measured:
        """Both directions with intervals, and their curves."""
        return measured(self.pairs, self.text_to_image, self.image_to_text)

    @cached_property
    def slices(self) -> Slices:
        """Where it fails."""
        return slices_of(self.gallery, self.pairs, self.draws)

    @cached_property
    def worst(self) -> tuple[Failure, ...]:
        """The worst queries."""
        return worst_queries(self.gallery, self.texts, self.pairs)

    @cached_property
    def health(self) -> Health:
        """What the space looks like."""
        return health_of(self.gallery, self.texts)

    def as_dict(self) -> dict[str, object]:
        """Everything as JSON has it."""
        found = self.measured
        return {
            "images": found.images,
            "images_with_captions": found.pictures_asked,
            "captions": found.captions,
            "also_right": found.marked,
            "model": self.model,
            "text_to_image": direction_record(found.text_to_image),
            "image_to_text": direction_record(found.image_to_text),
            "slices": [one.as_dict() for one in self.slices.worst],
            "slices_left_out": self.slices.left_out,
            "slices_remarks": list(self.slices.remarks),
            "lowering_words": [one.as_dict() for one in self.slices.lowering],
            "worst_queries": [one.as_dict(self.gallery) for one in self.worst],
            "health": self.health.as_dict(),
        }


def examine(
    gallery: Gallery,
    marks: Iterable[Mark] = (),
    *,
    texts: FloatArray | None = None,
    model: str | None = None,
    on_progress: OnProgress | None = None,
) -> Findings:
    """Count the ranks of a gallery, or read those that are kept; everything else follows from them.

    Parameters
    ----------
    gallery : Gallery
    marks : iterable of pairs of str
        Captions and the names of pictures that are also right for them.
    texts : ndarray of shape (M, D), float32, optional
        Captions encoded again, in place of the gallery's own rows.
    model : str, optional
        What made them; the manifest's model when left out.
    on_progress : callable, optional
        Called with the share of the ranks that is counted; an exception it raises ends the work.

    Raises
    ------
    DatasetError
        When there are no captions of the pictures, or they have no embeddings.
    """
    pairs = right_pairs(gallery, marks, texts=texts, on_progress=on_progress)
    named = model or (gallery.manifest.model_id if gallery.manifest else "unknown")
    return Findings(gallery, check_measurable(gallery) if texts is None else texts, pairs, named)


def direction_record(direction: Direction) -> dict[str, object]:
    """One direction as JSON has it: its figures, its curve, and the k that finds a share of the queries."""
    curve = direction.curve
    return {
        "queries": direction.queries,
        "candidates": direction.candidates,
        "figures": {name: figure.as_dict() for name, figure in direction.figures.items()},
        "k_to_find": {f"{share:g}": curve.k_to_find(share) for share in SHARES},
        "curve": [
            {
                "k": k,
                "hit": hit.value, "hit_low": hit.low, "hit_high": hit.high,
                "recall": recall.value, "precision": precision.value,
            }
            for k, (hit, recall, precision) in enumerate(
                zip(curve.hits, curve.recall, curve.precision, strict=True), start=1
            )
        ],
    }  # fmt: skip


def provenance(gallery: Gallery, model: str, command: str, *, created: datetime | None = None) -> dict[str, object]:
    """What a report is of: dataset, model, hashes, date and command, as JSON has it."""
    manifest = gallery.manifest
    moment = (created or datetime.now(UTC)).astimezone(UTC)
    return {
        "dataset": gallery.name,
        "folder": gallery.address or str(gallery.data_dir),
        "dataset_sha256": manifest.dataset_sha256 if manifest else None,
        "gallery_key": gallery.key,
        "model": model,
        "weights_sha256": manifest.weights_sha256 if manifest else None,
        "created": moment.isoformat(timespec="seconds"),
        "command": command,
        "tool": f"t2i_core {__version__}",
    }
