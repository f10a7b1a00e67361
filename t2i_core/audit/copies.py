"""Copies, near-copies and look-alikes of pictures, and those that stand on both sides of a split.

A copy has nearly the same coarse pattern: its perceptual hash differs in at most 8 of 64 bits, and so do its greys.
That finds what was halved or saved again. Mirrors are found by the hash of the mirror image, crops by the model.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from t2i_core.audit.findings import COPY, LEAKAGE, LOOK_ALIKE, NOTE, WARNING, Finding
from t2i_core.audit.material import Material
from t2i_core.audit.splits import split_of_pictures
from t2i_core.facets.copies import BITS, Pairs, copy_pairs, joined, keepers, mirror_pairs, pairs_of

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
    """Pictures the model finds more alike than 99.999 of 100 pairs, and mirror images; copies are left to `find_copies`."""
    pairs = look_alikes_of(material)
    kept_first = keepers(material.gallery, material.facts)
    all_pairs = max(1.0, len(material.gallery) * (len(material.gallery) - 1) / 2)
    findings, told = [], set()
    order = np.lexsort((-pairs.cosines, ~pairs.mirrored))
    for at in order.tolist():
        left, right = int(pairs.left[at]), int(pairs.right[at])
        row, other = (left, right) if kept_first[left] < kept_first[right] else (right, left)
        if row in told:
            continue
        told.add(row)
        name, kept = material.gallery.image_ids[row], material.gallery.image_ids[other]
        if pairs.mirrored[at]:
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
            severity = WARNING if pairs is copies or pairs.mirrored[at] else NOTE
            findings[row] = Finding(
                LEAKAGE, severity, material.gallery.image_ids[row], value, place, advice, sure, other=name
            )
    return list(findings.values())


def copies_of(material: Material) -> Pairs:
    """Pairs of pictures that are copies: by their files where these are here, and by equal embeddings."""
    return material.once(_find_copy_pairs)


def look_alikes_of(material: Material) -> Pairs:
    """Pairs of pictures that are no copies and that the model finds alike, or of which one is the mirror image of the other."""
    return material.once(_find_alike_pairs)


def _find_copy_pairs(material: Material) -> Pairs:
    return copy_pairs(material.gallery, material.facts)


def _find_alike_pairs(material: Material) -> Pairs:
    copies = copies_of(material)
    known = set(zip(copies.left.tolist(), copies.right.tolist(), strict=True))
    facts = material.facts
    found = []
    if facts is not None:
        found.append(mirror_pairs(material.gallery, facts))
    found.append(_most_alike(material))
    pairs = joined(*found)
    fresh = [pair not in known for pair in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)]
    return pairs.only(np.array(fresh, dtype=np.bool_))


def _most_alike(material: Material) -> Pairs:
    """Pairs with a cosine above the dataset's own 99.999 % quantile."""
    count = len(material.gallery)
    if count < 3:
        return pairs_of(material.gallery, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    similarities, neighbours = material.neighbours
    k = neighbours.shape[1]
    here, there = np.repeat(np.arange(count), k), neighbours.reshape(-1).astype(np.int64)
    left, right = np.minimum(here, there), np.maximum(here, there)
    _, first = np.unique(left * count + right, return_index=True)
    cosines = similarities.reshape(-1)[first]
    every = count * (count - 1) // 2
    if every >= FEWEST_PAIRS:
        most = max(1, int((1.0 - QUANTILE) * every))
        above = np.argsort(-cosines, kind="stable")[:most]
    else:
        above = np.flatnonzero(cosines > _normal_limit(material))
    chosen = first[above]
    return pairs_of(material.gallery, left[chosen], right[chosen])


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
