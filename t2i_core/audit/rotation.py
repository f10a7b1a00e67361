"""Pictures that lie on their side or stand on their head, told by the bundled model (`t2i_core.encoder.upright`).

Every picture is looked at as it is, and those that seem likeliest to be turned in the other three ways as well: what the four
views say of one turn adds up. A picture is told when the chances are that it is turned. Of few pictures all are turned.
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

MOST_TURNED = 2_000  # of all pictures, those that seem likeliest to be turned
USUAL = 3.0  # one picture in twenty is turned: that many logits less than where turned ones were as many
TOLD_FROM = USUAL  # then it is likelier turned than not
DECODED_SIDE = 512
TOGETHER = 16  # as many views keep a core busy and stay near it
SAID = ("a quarter to the left", "upside down", "a quarter to the right")


def find_rotated(material: Material) -> list[Finding]:
    """Pictures that seem to be turned; ``value`` is by how much likelier that is than that they are not, in logits of the chances."""
    facts = material.facts
    if facts is None:
        return []
    rows = np.flatnonzero(facts.decoded)
    logits = read_turns(material.gallery, facts.stamps)
    if material.may_open_models:
        _complete(material, facts.stamps, rows, logits)
    seen = np.flatnonzero(np.isfinite(logits[:, :, 0]).all(axis=1))
    if not len(seen):
        return []
    known = np.flatnonzero(np.isfinite(logits[:, 0, 0]))
    places = np.zeros(len(logits))
    places[known] = percentiles(gains(logits[known, 0]))
    together = ways_together(logits[seen])
    findings = []
    for row, scores, gain in zip(seen.tolist(), together, gains(together).tolist(), strict=True):
        if gain < TOLD_FROM:
            continue
        # Who was turned to the left looks upright when it is turned by the rest of the circle.
        back = WAYS - 1 - int(np.argmax(scores[1:]))
        advice = f"It looks upright when it is turned {SAID[back - 1]}. Look, and turn its file."
        doubt = 1.0 / (1.0 + float(np.exp(USUAL - gain)))
        name = material.gallery.image_ids[row]
        findings.append(Finding(ROTATED, WARNING, name, gain, float(places[row]), advice, doubt))
    return findings


def ways_together(logits: FloatArray) -> npt.NDArray[np.float64]:
    """What the views of each picture say together of its being turned by 0 to 3 quarters: (B, 4, 4) to (B, 4).

    The view that is turned by ``j`` quarters more says of ``k + j`` quarters what the picture itself says of ``k``.

    Examples
    --------
    >>> ways_together(np.eye(4)[None] * 2.0).tolist()
    [[8.0, 0.0, 0.0, 0.0]]
    """
    views = np.arange(WAYS)
    said = [logits[:, view, (views + view) % WAYS] for view in range(WAYS)]
    together: npt.NDArray[np.float64] = np.sum(said, axis=0, dtype=np.float64)
    return together


def gains(scores: FloatArray | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How much likelier it is that a picture is turned, by whatever, than that it is upright: (B, 4) to (B,).

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


def _complete(material: Material, stamps: npt.NDArray[np.int64], rows: RowArray, logits: FloatArray) -> None:
    """Look at what was not looked at yet; what is seen is kept, also when the work is ended."""
    fresh = rows[~np.isfinite(logits[rows, 0, 0])]
    turned = min(MOST_TURNED, len(rows))
    total = len(fresh) + turned
    try:
        if len(fresh):
            _look(material, fresh, logits, slice(0, 1), done=0, total=total)
        order = rows[np.argsort(-gains(logits[rows, 0]), kind="stable")][:turned]
        left = order[~np.isfinite(logits[order, :, 0]).all(axis=1)]
        if len(left):
            _look(material, left, logits, slice(1, WAYS), done=total - len(left), total=total)
    finally:
        write_turns(material.gallery, stamps, logits)


def _look(material: Material, rows: RowArray, logits: FloatArray, ways: slice, *, done: int, total: int) -> None:
    """Look at pictures in some of the four ways, some pictures on each core at a time."""
    from t2i_core.encoder.upright import workers

    reader, turns, crew = open_reader(), range(*ways.indices(WAYS)), workers()

    def work(part: RowArray) -> FloatArray:
        found = np.full((len(part), len(turns), WAYS), np.nan, dtype=np.float32)
        shown = [
            (at, views) for at, row in enumerate(part.tolist()) if (views := _views(material, row, turns)) is not None
        ]
        if shown:
            squares = np.concatenate([views for _, views in shown])
            told = [reader.logits(squares[start : start + TOGETHER]) for start in range(0, len(squares), TOGETHER)]
            found[[at for at, _ in shown]] = np.concatenate(told).reshape(len(shown), len(turns), WAYS)
        return found

    step = TOGETHER * crew.count
    for start in range(0, len(rows), step):
        parts = [part for part in np.array_split(rows[start : start + step], crew.count) if len(part)]
        for part, found in zip(parts, crew.map(work, parts), strict=True):
            logits[part, ways] = found
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
