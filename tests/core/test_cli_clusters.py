"""The command clusters, and who reads the names that are given: map, lab, notebook, and the maps of rebuilt datasets."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from t2i_core.api import Dataset
from t2i_core.cli import main
from t2i_core.dataset import read_gallery, write_dataset
from t2i_core.dataset.cluster_names_file import cluster_names_path, read_cluster_names
from t2i_core.lab.picture_parts import picture_parts, stamp_of_parts
from t2i_core.projection import (
    PROJECTION_NAME,
    make_projection,
    read_made,
    read_projection,
    rename_cluster,
    write_projection,
)
from t2i_core.types import Gallery
from tests.core.small_maps import grouped_rows


def build(data: Path, images: int, *, seed: int = 0) -> Gallery:
    """A dataset of pictures in two groups, which is mapped without umap."""
    rows = grouped_rows(images, groups=2, seed=seed)
    order = np.argsort(np.arange(images) % 2, kind="stable")  # even numbers are of the one group, odd ones of the other
    write_dataset(
        data, image_ids=[f"{row:03d}.jpg" for row in range(images)], image_embeddings=rows[np.argsort(order)],
        image_sizes=np.full((images, 2), 6), captions=None, text_embeddings=None, encoder_id="none", weights_sha256="0" * 64,
        preprocessing="none", images_dir=data.parent / "images",
    )  # fmt: skip
    (data.parent / "images").mkdir(exist_ok=True)
    return read_gallery(data)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    write_projection(make_projection(build(folder, 13)), folder)
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> str:
    capsys.readouterr()
    assert main([*map(str, arguments)]) == code
    out, err = capsys.readouterr()
    return out if code == 0 else err


def test_everybody_who_reads_the_map_reads_the_names(data: Path) -> None:
    gallery = read_gallery(data)
    made = read_made(gallery)
    assert made is not None
    rename_cluster(gallery, made, 1, "Odd ones")
    stored = read_projection(gallery)
    assert stored is not None
    assert stored.cluster_names == (made.cluster_names[0], "Odd ones")
    values = {value: mask for kind, value, mask in picture_parts(gallery).parts if kind == "cluster"}
    assert values["Odd ones"].tolist() == (made.cluster_labels == 1).tolist()
    table = Dataset(gallery).project().to_pandas()
    assert set(table["cluster"]) == {made.cluster_names[0], "Odd ones"}
    # What is written is what was made, so that a name can be taken back whatever happened to the map.
    write_projection(stored, data)
    again = read_made(gallery)
    assert again is not None
    assert again.cluster_names == made.cluster_names


def test_the_lab_looks_again_once_a_name_changed(data: Path) -> None:
    gallery = read_gallery(data)
    made = read_made(gallery)
    assert made is not None
    before = stamp_of_parts(gallery)
    rename_cluster(gallery, made, 0, "Even ones")
    assert stamp_of_parts(gallery) != before


def test_clusters_are_listed_and_renamed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "clusters", "--data", data) == "   1          7  group 1\n   2          6  group 2\n"
    assert told(
        capsys, "clusters", "--data", data, "--rename", "Group 1", " Even   ones", "--rename", "2", "Odd = 1"
    ) == ("'group 1' is 'Even ones' now.\n'group 2' is 'Odd = 1' now.\n")
    assert told(capsys, "clusters", "--data", data).splitlines() == [
        "   1          7  Even ones  (made: group 1)",
        "   2          6  Odd = 1  (made: group 2)",
    ]
    assert told(capsys, "clusters", "--data", data, "--rename", "odd = 1", "") == "'Odd = 1' is 'group 2' now.\n"
    assert told(capsys, "clusters", "--data", data, "--rename", "group 2", "") == "'group 2' is called so already.\n"
    out = told(capsys, "clusters", "--data", data, "--rename", "2", "Two", "--format", "json")
    assert json.loads(out) == {"cluster": 2, "before": "group 2", "name": "Two"}
    records = [json.loads(line) for line in told(capsys, "clusters", "--data", data, "--format", "json").splitlines()]
    assert records == [
        {"cluster": 1, "name": "Even ones", "made": "group 1", "pictures": 7},
        {"cluster": 2, "name": "Two", "made": "group 2", "pictures": 6},
    ]


def test_what_cannot_be_renamed_is_told_in_a_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for cluster, name, why in (
        ("fish", "x", "got 'fish'. There are 2: 'group 1', 'group 2'"),
        ("3", "x", "by its name or its number, got '3'"),
        ("0", "x", "got '0'"),
        ("9" * 100, "x", "by its name or its number"),
        ("1", "GROUP 2", "'group 2' is that of another, of 6 pictures"),
        ("1", "y" * 61, "1 to 60 characters, got 61"),
    ):
        assert why in told(capsys, "clusters", "--data", data, "--rename", cluster, name, code=1)
    assert not cluster_names_path(data).exists()
    cluster_names_path(data).write_text("{", encoding="ascii")
    assert "must be JSON" in told(capsys, "clusters", "--data", data, code=1)


def test_without_a_map_there_are_no_clusters(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / PROJECTION_NAME).unlink()
    assert f"not made yet. Make it: python -m t2i_core project --data {data}" in told(
        capsys, "clusters", "--data", data, code=1
    )


def test_a_name_survives_build_and_project(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "clusters", "--data", data, "--rename", "2", "Odd ones")
    before = cluster_names_path(data).read_bytes()
    build(data, 17)
    assert cluster_names_path(data).read_bytes() == before
    record = json.loads(told(capsys, "project", "--data", data, "--format", "json"))
    assert record["clusters"] == ["group 1", "Odd ones"]
    [given] = read_cluster_names(data)
    assert set(given.pictures) == {f"{row:03d}.jpg" for row in range(1, 17, 2)}  # tied to the cluster as it is now
    build(data, 17, seed=3)
    assert "Odd ones" in json.loads(told(capsys, "project", "--data", data, "--refit", "--format", "json"))["clusters"]


def test_a_map_is_made_whatever_the_file_of_names_holds(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cluster_names_path(data).write_text("{", encoding="ascii")
    assert main(["project", "--data", str(data)]) == 0
    assert "warning: clusters have the names that were made for them." in capsys.readouterr().err
    assert cluster_names_path(data).read_text(encoding="ascii") == "{"
