"""The project command: what it writes, what it prints, and how it tells how far it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from t2i_core.cli import main
from t2i_core.dataset import read_gallery
from t2i_core.projection import JOINT_NAME, PROJECTION_NAME, read_projection
from tests.core.small_galleries import ColourEncoder, save_ours


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_ours(tmp_path / "data", ColourEncoder("colours"))
    return tmp_path / "data"


def project(folder: Path, *options: str) -> int:
    return main(["project", "--data", str(folder), "--images", str(folder.parent / "images"), *options])


def test_a_map_is_stored_beside_the_embeddings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project(folder) == 0
    out, err = capsys.readouterr()
    assert out.startswith("4 pictures mapped by PCA in ")
    assert str(folder / PROJECTION_NAME) in out
    assert "layout" not in out
    assert "closest pictures: 100%" in err
    projection = read_projection(read_gallery(folder, folder.parent / "images"))
    assert projection is not None
    assert len(projection) == 4
    assert not (folder / JOINT_NAME).exists()


def test_json_is_all_there_is_on_standard_output(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project(folder, "--format", "json", "--progress", "json") == 0
    out, err = capsys.readouterr()
    record = json.loads(out)
    assert record["pictures"] == 4
    assert record["placed"] == 0
    assert record["method"] == "pca"
    assert record["file"] == str(folder / PROJECTION_NAME)
    steps = [json.loads(line) for line in err.splitlines()]
    assert {"stage": "neighbours", "done": 1, "total": 1} in steps
    assert steps[-1] == {"stage": "clusters", "done": 1, "total": 1}


def test_captions_are_mapped_when_asked_for(folder: Path) -> None:
    assert project(folder, "--joint") == 0
    assert (folder / JOINT_NAME).is_file()


def test_clusters_get_numbers_where_no_model_can_name_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_ours(tmp_path / "plain", ColourEncoder("no such model"), captions=False)
    assert project(tmp_path / "plain", "--format", "json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["clusters"] == []  # four pictures are too few to group
    assert "error" not in err


def test_there_must_be_a_dataset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project(tmp_path / "nowhere") == 1
    assert "The dataset folder must exist" in capsys.readouterr().err
