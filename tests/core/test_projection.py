"""Maps: repeatable, true to their neighbours, still when pictures are added, and refused when they are of something else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from t2i_core.errors import ProjectionError
from t2i_core.neighbours.graph import nearest_neighbours, row_prints, unique_rows
from t2i_core.projection import PROJECTION_NAME, Projection, make_projection, read_projection, write_projection
from t2i_core.projection.making import make_joint
from t2i_core.projection.stored import read_joint, write_joint
from t2i_core.projection.trust import neighbours_kept
from t2i_core.types import Gallery
from tests.core.small_maps import grouped_gallery, grouped_rows

pytestmark = pytest.mark.slow

IMAGES = 90


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    rows = grouped_rows(IMAGES)
    rows[7] = rows[3]  # the same picture twice
    return grouped_gallery(rows, tmp_path_factory.mktemp("map"))


@pytest.fixture(scope="module")
def projection(gallery: Gallery) -> Projection:
    """One fit for all tests: umap compiles for seconds."""
    return make_projection(gallery)


def test_groups_lie_together_and_apart(gallery: Gallery, projection: Projection) -> None:
    from sklearn.manifold import trustworthiness  # takes a second, which every process of the tests would spend

    assert projection.parameters["method"] == "umap"
    assert projection.coordinates.shape == (IMAGES, 2)
    assert np.isfinite(projection.coordinates).all()
    assert np.abs(projection.coordinates).max() == pytest.approx(1.0, abs=1e-5)
    assert trustworthiness(gallery.image_embeddings, projection.coordinates, n_neighbors=10, metric="cosine") > 0.8
    group = np.arange(IMAGES) * 3 // IMAGES
    assert (group[projection.neighbours[:, :5]] == group[:, None]).mean() > 0.95
    nearest = np.argsort(np.hypot(*(projection.coordinates[:, None] - projection.coordinates[None]).transpose(2, 0, 1)))
    assert (group[nearest[:, 1:6]] == group[:, None]).mean() > 0.9


def test_same_seed_same_coordinates(gallery: Gallery, projection: Projection) -> None:
    again = make_projection(gallery, refit=True)
    np.testing.assert_array_equal(again.coordinates, projection.coordinates)
    np.testing.assert_array_equal(again.neighbours, projection.neighbours)
    assert again.cluster_names == projection.cluster_names
    other = make_projection(gallery, refit=True, seed=7)
    assert not np.array_equal(other.coordinates, projection.coordinates)


def test_equal_pictures_share_a_place_and_are_no_neighbours_of_each_other(projection: Projection) -> None:
    np.testing.assert_array_equal(projection.coordinates[7], projection.coordinates[3])
    assert not np.isin([3, 7], projection.neighbours[3]).any()


def test_the_neighbour_graph_is_exact() -> None:
    rows = grouped_rows(300, groups=5, seed=2)
    similarities, neighbours = nearest_neighbours(rows, 9)
    scores = rows.astype(np.float64) @ rows.T.astype(np.float64)
    np.fill_diagonal(scores, -np.inf)
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :9]
    np.testing.assert_array_equal(neighbours, expected)
    np.testing.assert_allclose(similarities, np.take_along_axis(scores, expected, axis=1), atol=1e-6)


def test_blocks_of_the_graph_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = grouped_rows(130, seed=4)
    whole = nearest_neighbours(rows, 6)
    monkeypatch.setattr("t2i_core.neighbours.graph.BLOCK", 32)
    told: list[tuple[int, int]] = []
    parts = nearest_neighbours(rows, 6, on_block=lambda done, total: told.append((done, total)))
    np.testing.assert_array_equal(parts[1], whole[1])
    assert told[-1] == (15, 15)  # five blocks a side, each pair once


def test_trust_is_the_share_of_neighbours_kept(gallery: Gallery, projection: Projection) -> None:
    first, _ = unique_rows(row_prints(gallery.image_embeddings))
    places = projection.coordinates[first].astype(np.float64)
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    k = projection.neighbours.shape[1]
    nearest = first[np.argsort(apart, axis=1)[:, :k]]
    shares = [np.isin(projection.neighbours[row], nearest[own]).mean() for own, row in enumerate(first)]
    np.testing.assert_allclose(projection.trust[first], shares, atol=1e-6)
    assert neighbours_kept(np.eye(2, dtype=np.float32), np.empty((2, 0), dtype=np.int32)).tolist() == [1.0, 1.0]


def test_added_pictures_land_by_their_neighbours_and_nothing_else_moves(
    gallery: Gallery, projection: Projection, tmp_path: Path
) -> None:
    write_projection(projection, tmp_path)
    near = gallery.image_embeddings[[10, 50, 80]] + 0.01 * np.random.default_rng(1).standard_normal((3, 16))
    rows = np.concatenate([gallery.image_embeddings, near / np.linalg.norm(near, axis=1, keepdims=True)])
    grown = grouped_gallery(rows.astype(np.float32), tmp_path, key="grown")
    extended = make_projection(grown)
    np.testing.assert_array_equal(extended.coordinates[:IMAGES], projection.coordinates)
    assert extended.placed.tolist() == [False] * IMAGES + [True] * 3
    for added, like in ((IMAGES, 10), (IMAGES + 1, 50), (IMAGES + 2, 80)):
        group = np.arange(IMAGES) * 3 // IMAGES
        own = projection.coordinates[group == group[like]]
        away = np.hypot(*(own - own.mean(axis=0)).T).max()
        assert np.hypot(*(extended.coordinates[added] - own.mean(axis=0))) <= away
    refitted = make_projection(grown, refit=True)
    assert not refitted.placed.any()
    write_projection(extended, tmp_path)
    assert make_projection(replace(grown, key="later")).placed.sum() == 3  # they stay what they are


def test_other_pictures_get_a_layout_of_their_own(projection: Projection, tmp_path: Path) -> None:
    write_projection(projection, tmp_path)
    other = make_projection(grouped_gallery(grouped_rows(12, seed=9), tmp_path, key="other"))
    assert not other.placed.any()
    assert other.parameters["method"] == "pca"


@pytest.mark.parametrize("images", [1, 2, 5, 15])
def test_few_pictures_are_laid_out_by_pca(images: int, tmp_path: Path) -> None:
    few = make_projection(grouped_gallery(grouped_rows(images, groups=min(3, images)), tmp_path))
    assert few.parameters["method"] == "pca"
    assert few.coordinates.shape == (images, 2)
    assert len(np.unique(few.coordinates, axis=0)) == images
    assert few.neighbours.shape == (images, images - 1)
    assert ((few.trust >= 0) & (few.trust <= 1)).all()
    assert few.neighbours.shape[1] == 0 or few.trust.tolist() == [1.0] * images  # all others are neighbours


def test_pictures_that_are_all_the_same(tmp_path: Path) -> None:
    same = make_projection(grouped_gallery(np.repeat(grouped_rows(1, groups=1), 20, axis=0), tmp_path))
    assert np.isfinite(same.coordinates).all()
    assert len(np.unique(same.coordinates, axis=0)) == 1


def test_a_stored_map_comes_back_as_it_was(gallery: Gallery, projection: Projection) -> None:
    write_projection(projection, gallery.data_dir)
    stored = read_projection(gallery)
    assert stored is not None
    for name in ("coordinates", "neighbours", "similarities", "trust", "placed", "row_prints", "cluster_labels"):
        np.testing.assert_array_equal(getattr(stored, name), getattr(projection, name))
        assert not getattr(stored, name).flags.writeable
    assert stored.cluster_names == projection.cluster_names
    assert dict(stored.parameters) == dict(projection.parameters)
    assert stored.seed == 42


def test_a_stale_map_is_refused_with_both_values_and_the_way_out(
    gallery: Gallery, projection: Projection, tmp_path: Path
) -> None:
    write_projection(projection, tmp_path)
    changed = replace(gallery, data_dir=tmp_path, key="0123456789abcdef")
    with pytest.raises(ProjectionError) as refused:
        read_projection(changed)
    assert "grouped" in str(refused.value)
    assert "0123456789ab" in str(refused.value)
    assert f"python -m t2i_core project --data {tmp_path}" in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
def test_a_foreign_file_is_refused(gallery: Gallery, tmp_path: Path, content: bytes) -> None:
    (tmp_path / PROJECTION_NAME).write_bytes(content)
    with pytest.raises(ProjectionError, match="must hold a map this program wrote"):
        read_projection(replace(gallery, data_dir=tmp_path))


def test_pickled_and_odd_arrays_are_refused(gallery: Gallery, projection: Projection, tmp_path: Path) -> None:
    here = replace(gallery, data_dir=tmp_path)
    path = write_projection(projection, tmp_path)
    with np.load(path) as stored:
        arrays = dict(stored)
    np.savez(path, **(arrays | {"trust": np.array([{}], dtype=object)}))
    with pytest.raises(ProjectionError):
        read_projection(here)
    np.savez(path, **(arrays | {"coordinates": np.full((IMAGES, 2), np.nan, dtype=np.float32)}))
    with pytest.raises(ProjectionError, match="no numbers"):
        read_projection(here)
    np.savez(path, **(arrays | {"coordinates": arrays["coordinates"][:-1]}))
    with pytest.raises(ProjectionError, match="arrays of different lengths"):
        read_projection(here)
    assert make_projection(here).coordinates.shape == (IMAGES, 2)  # a broken file is no reason to give up


def test_a_map_must_have_a_point_for_each_picture(gallery: Gallery, projection: Projection, tmp_path: Path) -> None:
    write_projection(projection, tmp_path)
    fewer = grouped_gallery(gallery.image_embeddings[:-1], tmp_path)  # by accident of the same key
    with pytest.raises(ProjectionError, match=f"{IMAGES} points for {IMAGES - 1} pictures"):
        read_projection(fewer)


def test_there_may_be_no_map_yet(gallery: Gallery, tmp_path: Path) -> None:
    assert read_projection(replace(gallery, data_dir=tmp_path)) is None
    assert read_joint(replace(gallery, data_dir=tmp_path)) is None


def test_captions_lie_with_their_pictures_once_both_are_centred(gallery: Gallery, tmp_path: Path) -> None:
    shifted = gallery.image_embeddings + 3 * np.eye(16, dtype=np.float32)[15]
    texts = shifted / np.linalg.norm(shifted, axis=1, keepdims=True)
    gap = replace(gallery, text_embeddings=texts.astype(np.float32), data_dir=tmp_path)
    joint = make_joint(gap)
    assert joint.caption_coordinates.shape == (IMAGES, 2)
    group = np.arange(IMAGES) * 3 // IMAGES
    apart = np.hypot(*(joint.caption_coordinates[:, None] - joint.coordinates[None]).transpose(2, 0, 1))
    assert (group[apart.argmin(axis=1)] == group).mean() > 0.9
    write_joint(joint, tmp_path)
    stored = read_joint(gap)
    assert stored is not None
    np.testing.assert_array_equal(stored.caption_positions, joint.caption_positions)
    with pytest.raises(ProjectionError, match="was made for grouped"):
        read_joint(replace(gap, key="changed"))


def test_a_map_of_captions_needs_captions(gallery: Gallery) -> None:
    with pytest.raises(ProjectionError, match="needs captions with embeddings"):
        make_joint(replace(gallery, text_embeddings=None))
