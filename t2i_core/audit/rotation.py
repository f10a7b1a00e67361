"""Pictures that lie on their side or stand on their head, told by the dataset's own model.

Nobody has to say what is upright: most pictures of a dataset are. Some of them are embedded in all four ways, and a direction in
the embedding space is drawn from upright to turned. It orders all pictures at no cost. Those that look turned most are then
embedded in the other three ways as well: a picture is told when in one of them it looks far more upright than as it is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from t2i_core.arrays import spread_rows
from t2i_core.audit.findings import ROTATED, WARNING, Finding, percentiles
from t2i_core.audit.material import Material
from t2i_core.dataset.turns_file import Turns, read_turns, write_turns
from t2i_core.errors import ImageError, ModelError
from t2i_core.pictures.folder import picture_path
from t2i_core.pictures.images import read_image
from t2i_core.types import Encoder, FloatArray, RowArray

FEWEST_PICTURES = 60  # to learn from
LEARN_FROM = 500
FOLDS = 4
WAYS = 4
RIDGE = 0.5
TRIED_SHARE, MOST_TRIED, FEWEST_TRIED = 0.2, 1_000, 20
TOLD_FROM = (
    0.3  # gain, where 2 lies between upright and turned: 94 of 100 turned pictures reach it, and 3 of 100 upright ones
)
DECODED_SIDE = 512
BATCH = 8
TURNS = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
SAID = ("a quarter to the left", "upside down", "a quarter to the right")


def find_rotated(material: Material) -> list[Finding]:
    """Pictures that look upright when they are turned; ``value`` is by how much more, where 2 is usual."""
    turns = _turns(material)
    if turns is None:
        return []
    known = np.isfinite(turns.oddness)
    places = np.zeros(len(turns.oddness))
    places[known] = percentiles(turns.oddness[known])
    findings = []
    for row in np.flatnonzero(turns.gain >= TOLD_FROM).tolist():
        advice = f"It looks upright when it is turned {SAID[int(turns.turn[row]) - 1]}. Look, and turn its file."
        gain = float(turns.gain[row])
        doubt = 1.0 - 0.5 / (1.0 + gain)
        findings.append(
            Finding(ROTATED, WARNING, material.gallery.image_ids[row], gain, float(places[row]), advice, doubt)
        )
    return findings


def _turns(material: Material) -> Turns | None:
    """What was kept, else what is found out now; None where it cannot be."""
    kept = read_turns(material.gallery)
    if kept is not None:
        return kept
    facts = material.facts
    rows = np.flatnonzero(facts.decoded) if facts is not None else np.empty(0, dtype=np.int64)
    if len(rows) < FEWEST_PICTURES:
        return None
    try:
        encoder = material.encoder
    except ModelError as error:
        material.remarks.append(f"Turned pictures are not looked for, which takes the dataset's model. {error}")
        return None
    if encoder is None:
        return None
    found = _find_turns(material, encoder, rows)
    write_turns(material.gallery, found)
    return found


def _find_turns(material: Material, encoder: Encoder, rows: RowArray) -> Turns:
    count = len(material.gallery)
    embeddings = material.gallery.image_embeddings
    sample = rows[spread_rows(len(rows), LEARN_FROM)]
    tried = min(MOST_TRIED, max(FEWEST_TRIED, round(TRIED_SHARE * len(rows))))
    total = len(sample) + tried
    views = _all_ways(material, encoder, sample, done=0, total=total)
    usable = np.isfinite(views[:, :, 0]).all(axis=1)
    sample, views = sample[usable], views[usable]
    folds = np.arange(len(sample)) % FOLDS
    lines = [_line(views[folds != fold]) for fold in range(FOLDS)]
    # A picture that took part in the drawing looks upright by that, whatever it shows: the line without it judges it.
    lines.append(Line(*(np.mean(parts, axis=0) for parts in zip(*lines, strict=True))))
    fold_of = np.full(count, FOLDS)
    fold_of[sample] = folds
    oddness = np.full(count, np.nan, dtype=np.float32)
    for fold, line in enumerate(lines):
        own = rows[fold_of[rows] == fold]
        oddness[own] = line.oddness(embeddings[own])
    order = rows[np.argsort(-oddness[rows], kind="stable")][:tried]
    ways = _all_ways(material, encoder, order, done=len(views), total=total)
    gain, turn = np.full(count, np.nan, dtype=np.float32), np.zeros(count, dtype=np.int8)
    for at, row in enumerate(order.tolist()):
        odd = lines[int(fold_of[row])].oddness(ways[at])
        if np.isfinite(odd).all():
            best = 1 + int(np.argmin(odd[1:]))
            gain[row], turn[row] = float(odd[0] - odd[best]), best
    return Turns(oddness, gain, turn)


class Line(NamedTuple):
    """What tells turned pictures from upright ones: direction (D,), the middle (D,) it is taken from, and the level there ()."""

    direction: npt.NDArray[np.float64]
    middle: npt.NDArray[np.float64]
    level: npt.NDArray[np.float64]

    def oddness(self, rows: FloatArray) -> npt.NDArray[np.float64]:
        """How much each row (B, D) looks like a turned picture: near -1 for upright ones, near 1 for turned ones, (B,)."""
        return np.asarray((rows - self.middle) @ self.direction + self.level)


def _line(views: FloatArray) -> Line:
    """Regularised least squares over views (K, 4, D) of upright pictures; the three turned ones weigh as much as the upright one."""
    rows = views.reshape(-1, views.shape[2]).astype(np.float64)
    wanted = np.tile([-1.0, 1.0, 1.0, 1.0], len(views))
    weights = np.tile([1.0, 1 / 3, 1 / 3, 1 / 3], len(views))
    middle, level = np.average(rows, axis=0, weights=weights), np.average(wanted, weights=weights)
    centred = rows - middle
    weighed = centred * weights[:, None]
    direction = np.linalg.solve(centred.T @ weighed + RIDGE * np.eye(rows.shape[1]), weighed.T @ (wanted - level))
    return Line(direction, middle, np.asarray(level))


def _all_ways(material: Material, encoder: Encoder, rows: RowArray, *, done: int, total: int) -> FloatArray:
    """Pictures in all four ways, as they are first: ndarray of shape (K, 4, D), float32; NaN where one cannot be decoded."""
    views = np.full((len(rows), WAYS, material.gallery.dimension), np.nan, dtype=np.float32)
    for start in range(0, len(rows), BATCH):
        batch: list[Image.Image] = []
        places: list[int] = []
        for at in range(start, min(start + BATCH, len(rows))):
            image = _decoded(material, int(rows[at]))
            if image is not None:
                batch += [image.transpose(turn) for turn in TURNS]
                places.append(at)
        if batch:
            views[places, 0] = material.gallery.image_embeddings[rows[places]]
            views[places, 1:] = encoder.encode_image(batch).reshape(len(places), len(TURNS), -1)
        material.tell("turned pictures", done + min(start + BATCH, len(rows)), total)
    return views


def _decoded(material: Material, row: int) -> Image.Image | None:
    image_id = material.gallery.image_ids[row]
    try:
        path = picture_path(material.gallery.images_dir, image_id)
        return read_image(path, max_pixels=material.max_pixels, draft_side=DECODED_SIDE, name=image_id).image
    except ImageError:
        return None
