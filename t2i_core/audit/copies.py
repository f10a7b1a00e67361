"""Copies, near-copies and look-alikes of pictures, and those that stand on both sides of a split.

A copy has nearly the same coarse pattern: its perceptual hash differs in at most 8 of 64 bits, and so do its greys.
That finds what was halved or saved again. Mirrors are found by the hash of the mirror image; crops are looked for among what the
model finds near, and proved on the files. They are look-alikes: a crop shows less than its picture, so nobody may lose one for a copy.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from t2i_core.audit.findings import COPY, LEAKAGE, LOOK_ALIKE, NOTE, WARNING, Finding
from t2i_core.audit.material import Material
from t2i_core.audit.splits import split_of_pictures
from t2i_core.facets.copies import BITS, Pairs, copy_pairs, joined, keepers, mirror_pairs, pairs_of
from t2i_core.facets.crops import crop_pairs
from t2i_core.types import MaskArray

QUANTILE = 0.99999
FEWEST_PAIRS = 100_000  # for such a quantile to be one of the pairs
NORMAL_QUANTILE = 4.265
SAMPLED_PAIRS = 200_000


def find_copies(material: Material) -> list[Finding]:
    """Copies, one finding for every picture of a group of them but the best: the largest, best kept, oldest."""
    pairs = copies_of(material)
    if not len(pairs):
        return []
    best = _best_of_groups(pairs, keepers(material.gallery, material.facts))
    all_pairs = len(material.gallery) * (len(material.gallery) - 1) / 2
    findings = []
    for row, (bits, other) in best.items():
        name, kept = material.gallery.image_ids[row], material.gallery.image_ids[other]
        said = "the same pattern" if bits == 0 else f"nearly the same pattern ({bits} of {BITS} bits differ)"
        advice = f"It has {said} as {kept}, which is larger, better kept or came first. Leave this one out."
        place = 100.0 * np.count_nonzero(pairs.bits <= bits) / all_pairs
        findings.append(
            Finding(COPY, WARNING, name, float(bits), min(100.0, place), advice, 0.95 - 0.02 * bits, other=kept)
        )
    return findings


def find_look_alikes(material: Material) -> list[Finding]:
    """Pictures the model finds more alike than 99.999 of 100 pairs, mirror images and crops; copies are left to `find_copies`."""
    pairs, cut = look_alikes_of(material), _cut_out(material)
    kept_first = keepers(material.gallery, material.facts)
    all_pairs = max(1.0, len(material.gallery) * (len(material.gallery) - 1) / 2)
    findings, told = [], set()
    order = np.lexsort((-pairs.cosines, ~cut, ~pairs.mirrored))
    for at in order.tolist():
        left, right = int(pairs.left[at]), int(pairs.right[at])
        row, other = (left, right) if kept_first[left] < kept_first[right] else (right, left)
        if row in told:
            continue
        told.add(row)
        name, kept = material.gallery.image_ids[row], material.gallery.image_ids[other]
        if cut[at]:
            mirrored = " and mirrored" if pairs.mirrored[at] else ""
            advice, doubt = f"It and {kept} are cut out of one picture{mirrored}. Leave one of them out.", 0.8
        elif pairs.mirrored[at]:
            advice, doubt = f"It is the mirror image of {kept}. Leave one of them out.", 0.8
        else:
            advice = f"It is more like {kept} than 99,999 of 100,000 pairs are. Look whether it is cut out of it, or of one moment."
            doubt = 0.4
        value = float(pairs.cosines[at])
        place = 100.0 * (1.0 - np.count_nonzero(pairs.cosines > value) / all_pairs)
        findings.append(
            Finding(LOOK_ALIKE, NOTE, name, value, place, advice, doubt + 0.1 * max(0.0, value), other=kept)
        )
    return findings


def find_leakage(material: Material) -> list[Finding]:
    """Copies and look-alikes of which one is trained on and the other measured with, told of the former."""
    splits = split_of_pictures(material.gallery)
    if splits is None:
        return []
    copies, alike = copies_of(material), look_alikes_of(material)
    certain = alike.mirrored | _cut_out(material)
    findings: dict[int, Finding] = {}
    for pairs, doubt, said in ((copies, 0.97, "a copy of"), (alike, 0.6, "very like")):
        for at in np.argsort(-pairs.cosines, kind="stable").tolist():
            left, right = int(pairs.left[at]), int(pairs.right[at])
            if not splits[left] or not splits[right] or splits[left] == splits[right]:
                continue
            row, other = (left, right) if splits[left] == "train" or splits[right] != "train" else (right, left)
            if row in findings:
                continue
            name = material.gallery.image_ids[other]
            advice = (
                f"It is in {splits[row]} and {said} {name}, which is in {splits[other]}: what is measured there is partly remembered. "
                f"Leave it out of {splits[row]}."
            )
            value = float(pairs.cosines[at])
            sure = doubt + 0.02 * max(0.0, value)
            place = 100.0 * QUANTILE
            severity = WARNING if pairs is copies or certain[at] else NOTE
            findings[row] = Finding(
                LEAKAGE, severity, material.gallery.image_ids[row], value, place, advice, sure, other=name
            )
    return list(findings.values())


def copies_of(material: Material) -> Pairs:
    """Pairs of pictures that are copies: by their files where these are here, and by equal embeddings."""
    return material.once(_find_copy_pairs)


def look_alikes_of(material: Material) -> Pairs:
    """Pairs of pictures that are no copies: mirror images, crops, and what the model finds alike."""
    return material.once(_find_alike_pairs)


def mirrors_of(material: Material) -> Pairs:
    """Pairs of pictures of which one is the mirror image of the other."""
    return material.once(_find_mirror_pairs)


def crops_of(material: Material) -> Pairs:
    """Pairs of neighbours of which one is cut out of the other, or of its mirror image; none without the files."""
    return material.once(_find_crop_pairs)


def _find_copy_pairs(material: Material) -> Pairs:
    return copy_pairs(material.gallery, material.facts)


def _find_alike_pairs(material: Material) -> Pairs:
    copies = copies_of(material)
    pairs = joined(mirrors_of(material), crops_of(material), _most_alike(material))
    return pairs.only(~_among(pairs, copies))


def _find_mirror_pairs(material: Material) -> Pairs:
    facts = material.facts
    return _no_pairs(material) if facts is None else mirror_pairs(material.gallery, facts)


def _find_crop_pairs(material: Material) -> Pairs:
    facts = material.facts
    if facts is None:
        return _no_pairs(material)
    near = material.once(_near_pairs)
    known = joined(copies_of(material), mirrors_of(material))
    fresh = near.only(~_among(near, known))
    return crop_pairs(
        material.gallery, facts, fresh.left, fresh.right, max_pixels=material.max_pixels, on_progress=material.tell
    )


def _cut_out(material: Material) -> MaskArray:
    """Which of the look-alikes are crops."""
    return _among(look_alikes_of(material), crops_of(material))


def _among(pairs: Pairs, others: Pairs) -> MaskArray:
    """Which pairs are among others: ndarray of shape (P,), bool."""
    own, known = ((side.left << 32) + side.right for side in (pairs, others))
    return np.isin(own, known)


def _no_pairs(material: Material) -> Pairs:
    return pairs_of(material.gallery, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def _near_pairs(material: Material) -> Pairs:
    """Each picture and its closest others, each pair once."""
    count = len(material.gallery)
    if count < 2:
        return _no_pairs(material)
    similarities, neighbours = material.neighbours
    here, there = np.repeat(np.arange(count), neighbours.shape[1]), neighbours.reshape(-1).astype(np.int64)
    left, right = np.minimum(here, there), np.maximum(here, there)
    _, first = np.unique(left * count + right, return_index=True)
    cosines = similarities.reshape(-1)[first].astype(np.float64)
    unknown = np.full(len(first), -1, dtype=np.int64)
    return Pairs(left[first], right[first], unknown, cosines, np.zeros(len(first), dtype=np.bool_))


def _most_alike(material: Material) -> Pairs:
    """Pairs with a cosine above the dataset's own 99.999 % quantile."""
    count = len(material.gallery)
    if count < 3:
        return _no_pairs(material)
    near = material.once(_near_pairs)
    every = count * (count - 1) // 2
    if every >= FEWEST_PAIRS:
        most = max(1, int((1.0 - QUANTILE) * every))
        chosen = np.argsort(-near.cosines, kind="stable")[:most]
    else:
        chosen = np.flatnonzero(near.cosines > _normal_limit(material))
    return pairs_of(material.gallery, near.left[chosen], near.right[chosen])


def _normal_limit(material: Material) -> float:
    """What that quantile would be of as many pairs as it needs: by mean and deviation of the pairs there are."""
    count = len(material.gallery)
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, count, (2, min(SAMPLED_PAIRS, 40 * count)))
    different = left != right
    rows = material.gallery.image_embeddings
    cosines = np.einsum("pd,pd->p", rows[left[different]], rows[right[different]])
    return float(cosines.mean() + NORMAL_QUANTILE * cosines.std())


def _best_of_groups(pairs: Pairs, keepers: npt.NDArray[np.float64]) -> dict[int, tuple[int, int]]:
    """For each picture of a group but its best: bits to the nearest better one, and which that is, nearest first."""
    best: dict[int, tuple[int, int]] = {}
    for left, right, bits in zip(pairs.left.tolist(), pairs.right.tolist(), pairs.bits.tolist(), strict=True):
        row, other = (left, right) if keepers[left] < keepers[right] else (right, left)
        if row not in best or (bits, -keepers[other]) < (best[row][0], -keepers[best[row][1]]):
            best[row] = (bits, other)
    return dict(sorted(best.items(), key=lambda item: (item[1][0], item[0])))
