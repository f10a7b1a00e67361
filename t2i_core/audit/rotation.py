"""Pictures that lie on their side or stand on their head, told by the bundled model (`t2i_core.encoder.upright`).

Every picture is scored as it is, and those that look least upright in the other three ways as well: a picture is told when the
chances are that one of them is upright. Of few pictures all are turned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from t2i_core.audit.findings import ROTATED, WARNING, Finding, percentiles
from t2i_core.audit.material import Material
from t2i_core.dataset.turns_file import WAYS, read_turns, write_turns
from t2i_core.errors import ImageError
from t2i_core.pictures.folder import picture_path
from t2i_core.pictures.images import read_image
from t2i_core.types import FloatArray, RowArray

if TYPE_CHECKING:
    from t2i_core.encoder.upright import UprightReader

MOST_TURNED = 2_000  # of all pictures, those that look least upright
USUAL = 3.0  # one picture in twenty is turned: that many logits less than where turned ones were as many
TOLD_FROM = USUAL  # then it is likelier turned than not
DECODED_SIDE = 512
TOGETHER = 16
SAID = ("a quarter to the left", "upside down", "a quarter to the right")


def find_rotated(material: Material) -> list[Finding]:
    """Pictures that look upright when they are turned; ``value`` is by how much more, in logits of the chances."""
    facts = material.facts
    if facts is None:
        return []
    rows = np.flatnonzero(facts.decoded)
    scores = read_turns(material.gallery, facts.stamps)
    if material.may_open_models:
        _complete(material, facts.stamps, rows, scores)
    seen = np.flatnonzero(np.isfinite(scores).all(axis=1))
    if not len(seen):
        return []
    known = np.flatnonzero(np.isfinite(scores[:, 0]))
    places = np.zeros(len(scores))
    places[known] = percentiles(-scores[known, 0].astype(np.float64))
    findings = []
    for row, gain in zip(seen.tolist(), gains(scores[seen]).tolist(), strict=True):
        if gain < TOLD_FROM:
            continue
        turn = int(np.argmax(scores[row, 1:]))
        advice = f"It looks upright when it is turned {SAID[turn]}. Look, and turn its file."
        doubt = 1.0 / (1.0 + float(np.exp(USUAL - gain)))
        name = material.gallery.image_ids[row]
        findings.append(Finding(ROTATED, WARNING, name, gain, float(places[row]), advice, doubt))
    return findings


def gains(scores: FloatArray) -> npt.NDArray[np.float64]:
    """How much likelier it is that one of the turned ways is upright than that the picture is: (B, 4) to (B,).

    Examples
    --------
    >>> gains(np.array([[0.0, 3.0, 0.0, 0.0]])).round(2).tolist()
    [3.09]
    """
    odds: npt.NDArray[np.float64] = np.logaddexp.reduce(scores[:, 1:].astype(np.float64), axis=1) - scores[:, 0]
    return odds


def open_reader() -> UprightReader:
    """The bundled reader; torch is loaded here, not when this module is."""
    from t2i_core.encoder.upright import open_upright

    return open_upright()


def _complete(material: Material, stamps: npt.NDArray[np.int64], rows: RowArray, scores: FloatArray) -> None:
    """Score what was not looked at yet; what is scored is kept, also when the work is ended."""
    fresh = rows[~np.isfinite(scores[rows, 0])]
    turned = min(MOST_TURNED, len(rows))
    total = len(fresh) + turned
    try:
        if len(fresh):
            _look(material, fresh, scores, slice(0, 1), done=0, total=total)
        order = rows[np.argsort(scores[rows, 0], kind="stable")][:turned]
        left = order[~np.isfinite(scores[order, 1:]).all(axis=1)]
        if len(left):
            _look(material, left, scores, slice(1, WAYS), done=total - len(left), total=total)
    finally:
        write_turns(material.gallery, stamps, scores)


def _look(material: Material, rows: RowArray, scores: FloatArray, ways: slice, *, done: int, total: int) -> None:
    """Score pictures in some of the four ways, some pictures on each core at a time."""
    from t2i_core.encoder.upright import workers

    reader, turns, crew = open_reader(), range(*ways.indices(WAYS)), workers()

    def work(part: RowArray) -> FloatArray:
        found = np.full((len(part), len(turns)), np.nan, dtype=np.float32)
        for at, row in enumerate(part.tolist()):
            views = _views(material, row, turns)
            if views is not None:
                found[at] = reader.scores(views)
        return found

    step = TOGETHER * crew.count
    for start in range(0, len(rows), step):
        parts = [part for part in np.array_split(rows[start : start + step], crew.count) if len(part)]
        for part, found in zip(parts, crew.map(work, parts), strict=True):
            scores[part, ways] = found
        material.tell("turned pictures", done + min(start + step, len(rows)), total)


def _views(material: Material, row: int, turns: range) -> npt.NDArray[np.uint8] | None:
    """A picture turned to the left by some numbers of quarters, as the reader looks at it; None where it cannot be decoded."""
    from t2i_core.encoder.upright import square

    image_id = material.gallery.image_ids[row]
    try:
        path = picture_path(material.gallery.images_dir, image_id)
        image = read_image(path, max_pixels=material.max_pixels, draft_side=DECODED_SIDE, name=image_id).image
    except ImageError:
        return None
    seen = square(image)
    return np.stack([np.rot90(seen, turn) for turn in turns])
