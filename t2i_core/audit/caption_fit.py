"""Captions that do not fit: how far each is from the picture's other captions, or from the picture where it has only one."""

from __future__ import annotations

import numpy as np

from t2i_core.audit.findings import CAPTION_MISMATCH, NOTE, WARNING, Finding, Floats, percentiles, shares_below
from t2i_core.audit.material import Material
from t2i_core.errors import count_of
from t2i_core.types import FloatArray, RowArray

BLOCK_ROWS = 8192
WARNED_FROM = 0.5  # doubt: four robust deviations below the median

WITH_SIBLINGS = (
    "It is unlike the picture's other captions. Look whether it belongs to another picture; correct it or leave it out.",
    "It fits the picture's other captions.",
)
ALONE = (
    "It fits its picture less than captions here usually do. Look whether it belongs to another picture; correct it or leave it out.",
    "It fits its picture.",
)
OTHERS_SHARE, PICTURE_SHARE = 0.5, 0.15  # chosen on half of 875 pictures of Flickr8k, see benchmarks/bench_audit.py
USUAL = 0.05  # of the captions, the least fitting: what gets the first sentence


def find_mismatches(material: Material) -> list[Finding]:
    """Every caption that has a measure, the least fitting first.

    ``value`` is the mean cosine with the picture's other captions; where it has none, the cosine of caption and picture
    after the mean caption and the mean picture are taken away, which is what every caption and every picture scores anyhow.
    What puts captions in order is more than the value, see `standing_out`.
    """
    gallery, texts = material.gallery, material.gallery.text_embeddings
    if texts is None or not len(gallery.paired_captions):
        return []
    positions = gallery.paired_captions
    rows = gallery.rows_of(positions)
    corrected = corrected_fit(texts, gallery.image_embeddings, positions, rows) if material.one_space else None
    several = gallery.caption_counts[rows] > 1
    fit = sibling_fit(texts, positions[several], rows[several])
    lowness = standing_out(fit, rows[several], None if corrected is None else corrected[several])
    findings = _findings(material, positions[several], fit, lowness, WITH_SIBLINGS)
    if corrected is not None:
        findings += _findings(material, positions[~several], corrected[~several], corrected[~several], ALONE)
    elif not several.all():
        material.remarks.append(
            f"{count_of(int(np.count_nonzero(~several)), 'caption')} without another of the same picture cannot be compared with it, "
            "for nobody noted that one model made both. Build the dataset again."
        )
    return findings


def standing_out(fit: Floats, rows: RowArray, corrected: Floats | None) -> Floats:
    """How well captions fit, for their order: ndarray of shape (K,), float64, lower is worse.

    A caption among captions that are alike stands out more than one among captions that differ anyhow, so half of how alike the
    others are among themselves is taken off. A wrong caption lowers the fit of its siblings too, and this gives it back. What
    the picture itself says counts a little: it has more noise, but is another witness. Of two captions it alone can tell which
    is wrong, and counts as much as they do.

    Parameters
    ----------
    fit : ndarray of shape (K,), float64
        Of `sibling_fit`.
    rows : ndarray of shape (K,), int64
        The captions' pictures.
    corrected : ndarray of shape (K,), float64, optional
        Of `corrected_fit`.
    """
    _, at = np.unique(rows, return_inverse=True)
    number = np.bincount(at)[at]
    sums = fit * (number - 1)
    among_others = (np.bincount(at, sums)[at] - 2.0 * sums) / np.maximum((number - 1) * (number - 2), 1)
    low = fit - OTHERS_SHARE * np.where(number > 2, among_others, fit)
    if corrected is None or not len(fit):
        return low
    spread = float(low.std()) / max(float(corrected.std()), 1e-9)
    whole: Floats = low + np.where(number > 2, PICTURE_SHARE, 1.0) * spread * corrected
    return whole


def sibling_fit(texts: FloatArray, positions: RowArray, rows: RowArray) -> Floats:
    """Mean cosine of each caption with the other captions of its picture: ndarray of shape (K,), float64.

    Parameters
    ----------
    texts : ndarray of shape (M, D), float32, unit rows
    positions : ndarray of shape (K,), int64
        Of all captions of pictures that have two or more.
    rows : ndarray of shape (K,), int64
        Their pictures.
    """
    pictures, at = np.unique(rows, return_inverse=True)
    sums = np.zeros((len(pictures), texts.shape[1]), dtype=np.float32)
    blocks = [slice(start, start + BLOCK_ROWS) for start in range(0, len(positions), BLOCK_ROWS)]
    for block in blocks:
        np.add.at(sums, at[block], texts[positions[block]])
    fit = np.empty(len(positions))
    for block in blocks:
        own = np.asarray(texts[positions[block]])
        fit[block] = np.einsum("cd,cd->c", own, sums[at[block]]) - np.einsum("cd,cd->c", own, own)
    others: Floats = fit / np.maximum(np.bincount(at)[at] - 1, 1)
    return others


def corrected_fit(texts: FloatArray, images: FloatArray, positions: RowArray, rows: RowArray) -> Floats:
    """Cosine of captions and their pictures without what every caption and every picture has: ndarray of shape (K,), float64."""
    middle_text, middle_image = texts.mean(axis=0, dtype=np.float64), images.mean(axis=0, dtype=np.float64)
    fit = np.empty(len(positions))
    for start in range(0, len(positions), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        fit[block] = np.einsum("cd,cd->c", texts[positions[block]] - middle_text, images[rows[block]] - middle_image)
    return fit


def _findings(
    material: Material, positions: RowArray, fit: Floats, order: Floats, said: tuple[str, str]
) -> list[Finding]:
    gallery = material.gallery
    places, doubts = percentiles(fit), shares_below(order)
    unlike, like = said
    return [
        Finding(
            CAPTION_MISMATCH,
            WARNING if doubts[at] >= WARNED_FROM else NOTE,
            gallery.picture_name(position),
            float(fit[at]),
            float(places[at]),
            unlike if places[at] <= 100.0 * USUAL or doubts[at] >= WARNED_FROM else like,
            float(doubts[at]) * 0.9,
            caption=gallery.captions[position],
            position=position,
        )
        for at, position in enumerate(positions.tolist())
    ]
