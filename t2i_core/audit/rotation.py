"""Pictures that lie on their side or stand on their head, told by the dataset's own model.

Nobody has to say what is upright: most pictures of a dataset are. Some of them are turned and embedded again, and a line is
drawn in the embedding space between both. It orders all pictures at no cost. Those that look turned most are then tried in
each of the other three ways: a picture is told when one of them looks far more upright than it does as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
LEARN_FROM = 600
FOLDS = 4
RIDGE = 1.0
TRIED_SHARE, MOST_TRIED, FEWEST_TRIED = 0.15, 1_000, 20
TOLD_FROM = 0.5  # gain; between upright and turned lies 2
DECODED_SIDE = 512
BATCH = 16
TURNS = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
SAID = ("a quarter to the left", "upside down", "a quarter to the right")


def find_rotated(material: Material) -> list[Finding]:
    """Pictures that look upright when they are turned; ``value`` is by how much more, where 2 lies between the usual ones."""
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
        doubt = min(0.95, 0.5 + 0.25 * gain)
        findings.append(
            Finding(
                ROTATED,
                WARNING,
                material.gallery.image_ids[row],
                gain,
                float(places[row]),
                advice,
                doubt + 0.001 * gain,
            )
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
    turned = _embedded(material, encoder, sample, lambda at: [TURNS[at % 3]], done=0, total=total)
    usable = np.isfinite(turned[:, 0, 0])
    sample, after = sample[usable], turned[usable, 0]
    lines = [
        _line(embeddings[sample[part]], after[part])
        for part in (np.arange(len(sample)) % FOLDS != fold for fold in range(FOLDS))
    ]
    # A picture that a line was drawn with lies on its right side, whatever it shows: the line without it judges it.
    fold_of = np.full(count, FOLDS)
    fold_of[sample] = np.arange(len(sample)) % FOLDS
    lines.append(_mean_line(lines))
    oddness = np.full(count, np.nan, dtype=np.float32)
    for fold, (direction, middle) in enumerate(lines):
        own = rows[fold_of[rows] == fold]
        oddness[own] = (embeddings[own] - middle) @ direction
    order = rows[np.argsort(-oddness[rows], kind="stable")][:tried]
    ways = _embedded(material, encoder, order, lambda at: TURNS, done=len(sample), total=total)
    gain, turn = np.full(count, np.nan, dtype=np.float32), np.zeros(count, dtype=np.int8)
    for at, row in enumerate(order.tolist()):
        direction, middle = lines[int(fold_of[row])]
        scores = (ways[at] - middle) @ direction
        if np.isfinite(scores).all():
            best = int(np.argmin(scores))
            gain[row], turn[row] = float(oddness[row]) - float(scores[best]), best + 1
    return Turns(oddness, gain, turn)


Line = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


def _line(upright: FloatArray, turned: FloatArray) -> Line:
    """Direction and middle of a regularised least-squares fit: upright pictures near -1, turned ones near 1."""
    both = np.concatenate([upright, turned]).astype(np.float64)
    wanted = np.concatenate([-np.ones(len(upright)), np.ones(len(turned))])
    middle = both.mean(axis=0)
    centred = both - middle
    direction = np.linalg.solve(centred.T @ centred + RIDGE * np.eye(both.shape[1]), centred.T @ wanted)
    return direction.astype(np.float32), middle.astype(np.float32)


def _mean_line(lines: Sequence[Line]) -> Line:
    directions, middles = zip(*lines, strict=True)
    return np.mean(directions, axis=0), np.mean(middles, axis=0)


def _embedded(
    material: Material,
    encoder: Encoder,
    rows: RowArray,
    turns_of: Callable[[int], Sequence[Image.Transpose]],
    *,
    done: int,
    total: int,
) -> FloatArray:
    """Pictures turned and embedded: ndarray of shape (K, turns, D), float32; NaN where one cannot be decoded."""
    many = len(turns_of(0))
    result = np.full((len(rows), many, material.gallery.dimension), np.nan, dtype=np.float32)
    for start in range(0, len(rows), BATCH):
        batch: list[Image.Image] = []
        places: list[tuple[int, int]] = []
        for at in range(start, min(start + BATCH, len(rows))):
            image = _decoded(material, int(rows[at]))
            for way, turn in enumerate(turns_of(at) if image is not None else ()):
                batch.append(image.transpose(turn))  # type: ignore[union-attr]
                places.append((at, way))
        if batch:
            embedded = encoder.encode_image(batch)
            for (at, way), row in zip(places, embedded, strict=True):
                result[at, way] = row
        material.tell("turned pictures", done + min(start + BATCH, len(rows)), total)
    return result


def _decoded(material: Material, row: int) -> Image.Image | None:
    image_id = material.gallery.image_ids[row]
    try:
        path = picture_path(material.gallery.images_dir, image_id)
        return read_image(path, max_pixels=material.max_pixels, draft_side=DECODED_SIDE, name=image_id).image
    except ImageError:
        return None
