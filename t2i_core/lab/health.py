"""Health of the space that pictures and captions share: its gap, its hubs, how right and wrong pairs score, how alike captions are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.arrays import spread_rows
from t2i_core.lab.overlap import first_places
from t2i_core.projection.gap import ModalityGap, modality_gap
from t2i_core.types import FloatArray, Gallery, RowArray

ASKED = 10_000  # captions whose first ten pictures are counted
HUB_K = 10
HUBS = 10
PAIRS = 20_000
BINS = 60


@dataclass(frozen=True)
class Hub:
    """A picture that stands among the first ten of many captions; ``own`` of them are its own."""

    row: int
    image_id: str
    captions: int
    own: int


@dataclass(frozen=True)
class ScoreBins:
    """How many right and wrong pairs score how much: counts between ``edges``, one more than counts."""

    edges: tuple[float, ...]
    right: tuple[int, ...]
    wrong: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Health:
    """What was measured of the space.

    Attributes
    ----------
    gap : ModalityGap
        How far captions lie from pictures.
    hubness : float
        Skewness of N10, how often each picture is among the first ten of a caption.
    hubs : tuple of Hub
        The pictures with the highest.
    never : float
        Share of the pictures that are among nobody's first ten.
    asked : int
        Captions it was counted over.
    bins : ScoreBins
    separation : float
        How often a right pair scores more than a wrong one.
    siblings, strangers : float or None
        Mean cosine of two captions of one picture, and of two of different ones; None where no picture has two.
    """

    gap: ModalityGap
    hubness: float
    hubs: tuple[Hub, ...]
    never: float
    asked: int
    bins: ScoreBins
    separation: float
    siblings: float | None
    strangers: float | None

    def sentences(self) -> dict[str, str]:
        """What each number means and what to do, by the name of the number."""
        told = {
            "gap": (
                f"Captions lie {self.gap.distance:.2f} from the pictures, so a right pair scores only "
                f"{self.gap.matched:.2f} on average: compare scores of one query with each other, never with 1."
            ),
            "hubness": _of_hubness(self.hubness),
            "separation": (
                f"A right pair scores more than a wrong one in {self.separation:.1%} of cases: "
                + (
                    "the model fits these pictures."
                    if self.separation > 0.95
                    else "try a larger model, or train on these captions."
                )
            ),
        }
        if self.siblings is not None and self.strangers is not None:
            alike = self.siblings - self.strangers
            told["captions"] = (
                f"Two captions of one picture have cosine {self.siblings:.2f}, of two pictures {self.strangers:.2f}: "
                + (
                    "they agree on what the picture shows."
                    if alike > 0.15
                    else "they hardly agree on what the picture shows; look for captions that do not fit."
                )
            )
        return told

    def as_dict(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "modality_gap": {"distance": self.gap.distance, "right": self.gap.matched, "wrong": self.gap.unmatched},
            "hubness": {
                "skewness": self.hubness,
                "never_found": self.never,
                "captions_asked": self.asked,
                "hubs": [{"image": hub.image_id, "captions": hub.captions, "own": hub.own} for hub in self.hubs],
            },
            "scores": {
                "edges": list(self.bins.edges),
                "right": list(self.bins.right),
                "wrong": list(self.bins.wrong),
                "separation": self.separation,
            },
            "captions": {"of_one_picture": self.siblings, "of_two_pictures": self.strangers},
            "meaning": self.sentences(),
        }


def _of_hubness(skewness: float) -> str:
    if skewness > 1.0:
        advice = "some pictures crowd into answers they do not belong in; balanced ranking helps against that."
    elif skewness > 0.5:
        advice = "some pictures come up more often than they should; see whether balanced ranking is offered."
    else:
        advice = "no picture crowds out the others; nothing needs to be done."
    return f"How often pictures come up has skewness {skewness:.2f}: {advice}"


def health_of(gallery: Gallery, texts: FloatArray, *, seed: int = 0) -> Health:
    """Measure a gallery's space.

    Parameters
    ----------
    gallery : Gallery
        With captions of its pictures and their embeddings.
    texts : ndarray of shape (M, D), float32
        Embeddings of its captions.
    seed : int
        Draws wrong pairs.
    """
    gap = modality_gap(gallery)
    assert gap is not None  # asked only where captions have embeddings
    rng = np.random.default_rng(seed)
    captions = gallery.paired_captions
    captions = captions[spread_rows(len(captions), ASKED)]
    rows = gallery.rows_of(captions)
    depth = min(HUB_K, len(gallery))
    first = first_places(gallery.image_embeddings, texts[captions], depth)
    times = np.bincount(first.ravel(), minlength=len(gallery))
    own = np.bincount(rows[(first == rows[:, None]).any(axis=1)], minlength=len(gallery))
    most = np.lexsort((np.arange(len(times)), -times))[:HUBS]
    hubs = tuple(
        Hub(row, gallery.image_ids[row], int(times[row]), int(own[row])) for row in most.tolist() if times[row] > 0
    )
    right, wrong = _scores(gallery, texts, rng)
    siblings, strangers = _likeness(gallery, texts, rng)
    return Health(
        gap, _skewness(times), hubs, float(np.mean(times == 0)), len(captions), _bins(right, wrong),
        _separation(right, wrong), siblings, strangers,
    )  # fmt: skip


def _skewness(counts: RowArray) -> float:
    centred = counts - counts.mean()
    spread = float(np.sqrt(np.mean(centred**2)))
    return float(np.mean(centred**3)) / spread**3 if spread > 0 else 0.0


def _scores(gallery: Gallery, texts: FloatArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Cosines of captions with their own picture, and with another one drawn for each."""
    captions = gallery.paired_captions
    captions = captions[spread_rows(len(captions), PAIRS)]
    rows = gallery.rows_of(captions)
    asked = texts[captions]
    right = np.einsum("cd,cd->c", asked, gallery.image_embeddings[rows])
    if len(gallery) < 2:
        return right, right[:0]
    others = (rows + rng.integers(1, len(gallery), len(rows))) % len(gallery)
    return right, np.einsum("cd,cd->c", asked, gallery.image_embeddings[others])


def _bins(right: FloatArray, wrong: FloatArray) -> ScoreBins:
    both = np.concatenate([right, wrong])
    edges = np.linspace(float(both.min()), max(float(both.max()), float(both.min()) + 1e-6), BINS + 1)
    counts = [tuple(np.histogram(one, edges)[0].tolist()) for one in (right, wrong)]
    return ScoreBins(tuple(edges.tolist()), *counts)


def _separation(right: FloatArray, wrong: FloatArray) -> float:
    """The share of pairs of a right and a wrong one in which the right one scores more; level ones count half."""
    if not len(wrong):
        return 1.0
    ordered = np.sort(wrong)
    below = np.searchsorted(ordered, right, side="left") + np.searchsorted(ordered, right, side="right")
    return float(below.mean() / (2 * len(wrong)))


def _likeness(gallery: Gallery, texts: FloatArray, rng: np.random.Generator) -> tuple[float | None, float | None]:
    """Mean cosine of two captions of the same picture and of two pictures: of as many as `PAIRS` each."""
    captions = gallery.paired_captions
    rows = gallery.rows_of(captions)
    order = np.argsort(rows, kind="stable")
    beside = np.flatnonzero(rows[order][1:] == rows[order][:-1])
    if not len(beside):
        return None, None
    beside = beside[spread_rows(len(beside), PAIRS)]
    one, next_one = captions[order[beside]], captions[order[beside + 1]]
    siblings = float(np.einsum("cd,cd->c", texts[one], texts[next_one]).mean())
    others = captions[rng.integers(0, len(captions), len(one))]
    apart = gallery.rows_of(others) != gallery.rows_of(one)
    if not apart.any():
        return siblings, None
    return siblings, float(np.einsum("cd,cd->c", texts[one[apart]], texts[others[apart]]).mean())
