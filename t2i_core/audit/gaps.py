"""Gaps: captions that no picture answers, regions that no caption reaches, regions whose pictures come from one source only."""

from __future__ import annotations

from collections import Counter

import numpy as np

from t2i_core.audit.findings import GAP, NOTE, Finding, percentiles
from t2i_core.audit.material import Material
from t2i_core.captions.fit import caption_similarities
from t2i_core.errors import count_of
from t2i_core.evaluation import BLOCK_SCORES
from t2i_core.projection.clusters import find_clusters
from t2i_core.types import Gallery, RowArray

WELL_ANSWERED = 0.05  # share of captions that fit their own picture less than the limit
FEWEST_CAPTIONS = 20
FEWEST_PICTURES = 12
REACHED = 0.1  # share of a region's pictures that have captions, for it to be reached
ONE_SOURCE, USUAL_SHARE = 0.95, 0.5
SOURCE_COLUMNS = ("source", "origin", "dataset", "collection", "provider", "site", "camera")


def find_gaps(material: Material) -> list[Finding]:
    """Gaps of all three sorts; ``value`` is a cosine for captions, and a share for regions."""
    return [*_unanswered(material), *_regions(material)]


def _unanswered(material: Material) -> list[Finding]:
    """Captions whose best picture of all fits less than the own one does for 95 of 100 captions."""
    gallery, texts = material.gallery, material.gallery.text_embeddings
    if texts is None or not material.one_space or len(gallery.paired_captions) < FEWEST_CAPTIONS:
        return []
    own = caption_similarities(gallery).astype(np.float64)
    limit = float(np.nanquantile(own, WELL_ANSWERED))
    # What fits its own picture well enough has an answer; only the others have to be compared with all pictures.
    asked = np.flatnonzero(~(own >= limit))
    best = np.empty(len(asked))
    step = max(1, BLOCK_SCORES // len(gallery))
    for start in range(0, len(asked), step):
        part = asked[start : start + step]
        best[start : start + step] = (np.asarray(texts[part]) @ gallery.image_embeddings.T).max(axis=1)
    everything = own.copy()
    everything[asked] = best
    places = percentiles(everything)
    advice = "No picture here shows what it says. Look whether it belongs to another dataset, or add pictures of that."
    return [
        Finding(GAP, NOTE, gallery.picture_name(position), float(best[at]), float(places[position]), advice,
                0.2 + 0.1 * min(1.0, max(0.0, limit - float(best[at]))), caption=gallery.captions[position], position=position)
        for at, position in enumerate(asked.tolist())
        if best[at] < limit
    ]  # fmt: skip


def _regions(material: Material) -> list[Finding]:
    """Clusters of pictures that hardly any caption reaches, and those from one source where there are several."""
    gallery = material.gallery
    clusters = find_clusters(np.ascontiguousarray(gallery.image_embeddings))
    captioned = gallery.caption_counts > 0
    sources = _sources(gallery)
    told = Counter(sources)
    findings = []
    for label in range(int(clusters.max(initial=-1)) + 1):
        rows = np.flatnonzero(clusters == label)
        if len(rows) < FEWEST_PICTURES:
            continue
        middle, place = _middle(gallery, rows), 100.0 * len(rows) / len(gallery)
        share = float(captioned[rows].mean())
        if captioned.any() and share < REACHED:
            advice = (
                f"{count_of(len(rows), 'picture')} like this one have hardly a caption ({share:.0%} have any), so that no word "
                "of the captions reaches them. Write some."
            )
            findings.append(Finding(GAP, NOTE, middle, share, place, advice, 0.19))
        if len(told) > 1:
            [(source, number)] = Counter(sources[row] for row in rows.tolist()).most_common(1)
            part = number / len(rows)
            if part >= ONE_SOURCE and told[source] < USUAL_SHARE * len(gallery):
                advice = (
                    f"{number:,} of {len(rows):,} pictures like this one come from {source or 'no source'}, as do {told[source]:,} of "
                    f"all {len(gallery):,}. A model may learn the source instead of what is shown; add such pictures from elsewhere."
                )
                findings.append(Finding(GAP, NOTE, middle, part, place, advice, 0.15))
    return findings


def _sources(gallery: Gallery) -> list[str]:
    """Where each picture comes from: by a column that says so, else by its first folder."""
    for name, values in gallery.caption_columns.items():
        if name.strip().lower() in SOURCE_COLUMNS:
            first = [next(iter(gallery.captions_of(row)), None) for row in range(len(gallery))]
            return ["" if at is None else str(values[at]) for at in first]
    return [image_id.partition("/")[0] if "/" in image_id else "" for image_id in gallery.image_ids]


def _middle(gallery: Gallery, rows: RowArray) -> str:
    """Name of the picture that is nearest to the middle of some."""
    own = gallery.image_embeddings[rows]
    return gallery.image_ids[int(rows[int(np.argmax(own @ own.mean(axis=0)))])]
