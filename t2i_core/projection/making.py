"""Making a map: neighbour graph, layout or placing, trust, clusters and their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from t2i_core.arrays import l2_normalize, read_only
from t2i_core.errors import ProjectionError
from t2i_core.neighbours.graph import nearest_neighbours, row_prints, unique_rows
from t2i_core.projection.clusters import find_clusters, name_clusters
from t2i_core.projection.layout import FEWEST_FOR_UMAP, NEIGHBOURS, pca_layout, umap_layout, umap_parameters
from t2i_core.projection.placing import place_by_neighbours
from t2i_core.projection.stored import JointMap, PrintArray, Projection, read_earlier
from t2i_core.projection.trust import neighbours_kept
from t2i_core.types import FloatArray, Gallery, RowArray

KNOWN_SHARE = 0.5  # with fewer pictures known a layout of its own is worth more than stillness
MOST_JOINT = 40_000


@dataclass(frozen=True)
class ProjectionProgress:
    """How far a map is: ``done`` of ``total`` steps of a stage (neighbours, layout, clusters, captions)."""

    stage: str
    done: int
    total: int


OnProgress = Callable[[ProjectionProgress], None]


def make_projection(
    gallery: Gallery,
    *,
    seed: int = 42,
    refit: bool = False,
    on_progress: OnProgress | None = None,
    words_near: Callable[[FloatArray], list[list[str]]] | None = None,
) -> Projection:
    """The map of a gallery's pictures.

    When the gallery's folder holds a map of most of these pictures, those keep their places and the others
    are put beside their neighbours; ``refit`` makes a new layout of all of them.

    Parameters
    ----------
    gallery : Gallery
    seed : int
        Same seed, same machine, same versions: same coordinates.
    refit : bool
    on_progress : callable, optional
        An exception it raises ends the work.
    words_near : callable, optional
        Words for directions (K, D) in the pictures' space, for galleries without captions.
    """

    embeddings = gallery.image_embeddings
    prints = row_prints(embeddings)
    first, belongs = unique_rows(prints)
    distinct = np.ascontiguousarray(embeddings[first])
    similarities, nearest = nearest_neighbours(
        distinct, min(NEIGHBOURS, len(first) - 1), on_block=_teller(on_progress, "neighbours")
    )
    earlier = None if refit else read_earlier(gallery)
    kept = _kept_places(earlier, prints) if earlier is not None else None
    if earlier is not None and kept is not None:
        coordinates, placed = _extended(embeddings, *kept)
        parameters = dict(earlier.parameters)
    else:
        parameters = umap_parameters(len(first), seed=seed)
        if len(first) < FEWEST_FOR_UMAP:
            layout = pca_layout(distinct)
        else:
            layout = umap_layout(
                distinct, similarities, nearest, parameters=parameters, on_epoch=_teller(on_progress, "layout")
            )
        coordinates, placed = layout[belongs], np.zeros(len(gallery), dtype=np.bool_)
    trust = neighbours_kept(coordinates[first], nearest)[belongs]
    told_clusters = _teller(on_progress, "clusters")
    told_clusters(0, 1)
    labels = find_clusters(embeddings, seed=seed)
    names = name_clusters(gallery, labels, words_near=words_near)
    told_clusters(1, 1)
    manifest = gallery.manifest
    return Projection(
        gallery_key=gallery.key,
        dataset_sha256=manifest.dataset_sha256 if manifest else "",
        coordinates=read_only(np.ascontiguousarray(coordinates, dtype=np.float32)),
        neighbours=read_only(first[nearest[belongs]].astype(np.int32)),
        similarities=read_only(np.ascontiguousarray(similarities[belongs])),
        trust=read_only(trust),
        placed=read_only(placed),
        row_prints=read_only(prints),
        cluster_labels=read_only(labels),
        cluster_names=names,
        parameters=parameters,
    )


def make_joint(gallery: Gallery, *, seed: int = 42, on_progress: OnProgress | None = None) -> JointMap:
    """Captions and pictures on one map, after each kind's own mean was taken away.

    Where there are many captions, one a picture is shown: the closest to it.

    Raises
    ------
    ProjectionError
        When the gallery has no captions with embeddings.
    """
    texts = gallery.text_embeddings
    positions = gallery.paired_captions
    if texts is None or len(positions) == 0:
        raise ProjectionError(
            f"A map of captions needs captions with embeddings, got none in {gallery.data_dir}. "
            "Build the dataset with a captions file: python -m t2i_core build --captions FILE"
        )

    if len(gallery) + len(positions) > MOST_JOINT:
        positions = closest_captions(gallery, texts)
    centred = l2_normalize(
        np.concatenate(
            [
                gallery.image_embeddings - gallery.image_embeddings.mean(axis=0),
                texts[positions] - texts[positions].mean(axis=0),
            ]
        )
    )
    first, belongs = unique_rows(row_prints(centred))
    distinct = np.ascontiguousarray(centred[first])
    if len(first) < FEWEST_FOR_UMAP:
        layout = pca_layout(distinct)
    else:
        parameters = umap_parameters(len(first), seed=seed)
        similarities, nearest = nearest_neighbours(
            distinct, min(NEIGHBOURS, len(first) - 1), on_block=_teller(on_progress, "neighbours")
        )
        layout = umap_layout(
            distinct, similarities, nearest, parameters=parameters, on_epoch=_teller(on_progress, "layout")
        )
    everything = layout[belongs]
    return JointMap(
        gallery_key=gallery.key,
        coordinates=read_only(np.ascontiguousarray(everything[: len(gallery)])),
        caption_coordinates=read_only(np.ascontiguousarray(everything[len(gallery) :])),
        caption_positions=read_only(positions.astype(np.int64)),
    )


def _teller(on_progress: OnProgress | None, stage: str) -> Callable[[int, int], None]:
    """Passes counts of one stage on."""

    def tell(done: int, total: int) -> None:
        if on_progress is not None:
            on_progress(ProjectionProgress(stage, done, total))

    return tell


def closest_captions(gallery: Gallery, texts: FloatArray) -> RowArray:
    """The caption closest to each picture that has any: ndarray of shape (≤ N,), int64, ascending."""
    positions = gallery.paired_captions
    rows = gallery.rows_of(positions)
    scores = np.einsum("ij,ij->i", texts[positions], gallery.image_embeddings[rows])
    order = np.lexsort((positions, -scores, rows))
    best = order[np.r_[True, rows[order][1:] != rows[order][:-1]]]
    return np.sort(positions[best]).astype(np.int64)


def _kept_places(earlier: Projection, prints: PrintArray) -> tuple[FloatArray, np.ndarray, np.ndarray] | None:
    """Coordinates of the pictures that were on the earlier map, which those are, and which of them were placed."""
    order = np.argsort(earlier.row_prints, kind="stable")
    ordered = earlier.row_prints[order]
    at = np.minimum(np.searchsorted(ordered, prints), max(0, len(ordered) - 1))
    known = ordered[at] == prints if len(ordered) else np.zeros(len(prints), dtype=np.bool_)
    if known.sum() < max(1, KNOWN_SHARE * len(prints)):
        return None
    return earlier.coordinates[order[at]], known, earlier.placed[order[at]] & known


def _extended(
    embeddings: FloatArray, coordinates: FloatArray, known: np.ndarray, placed: np.ndarray
) -> tuple[FloatArray, np.ndarray]:
    """Every known picture where it was, the others beside their neighbours."""
    extended = np.array(coordinates, dtype=np.float32)
    if not known.all():
        extended[~known] = place_by_neighbours(coordinates[known], embeddings[known], embeddings[~known])
    return extended, placed | ~known
