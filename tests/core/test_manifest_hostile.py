"""Manifests made to harm: the dataset opens all the same, and a sentence says what was not taken from them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from t2i_core import cli
from t2i_core.dataset import read_gallery, read_name, validate
from tests.core.bad_datasets import no_settings  # noqa: F401 - a fixture
from tests.core.small_galleries import save_ours

DEEP = 100_000


def changed(folder: Path, **fields: Any) -> Path:
    save_ours(folder)
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))
    return path


def problems(folder: Path) -> dict[str, str]:
    return {problem.code: problem.message for problem in read_gallery(folder).problems}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[" * DEEP, "manifest.json cannot be read (nested too deep), so the model is unknown."),
        (b'{"a":' * DEEP, "manifest.json cannot be read (nested too deep), so the model is unknown."),
        (b"{" + b" " * (5 * 2**20), "manifest.json cannot be read (5,242,881 bytes are no manifest), so the model is unknown."),
        (b"\xff\xfe", "manifest.json cannot be read ("),
        (b'{"format_version": ' + b"9" * 5000 + b"}", "manifest.json cannot be read (Exceeds the limit"),
        (b"null", "manifest.json lacks format_version, model_id"),
    ],
)  # fmt: skip
def test_what_is_no_manifest(tmp_path: Path, content: bytes, why: str) -> None:
    save_ours(tmp_path / "data")
    (tmp_path / "data" / "manifest.json").write_bytes(content)
    assert problems(tmp_path / "data")["manifest_stale"].startswith(why)
    assert read_name(tmp_path / "data") == "data"


def test_a_pipe_does_not_wait(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    (tmp_path / "data" / "manifest.json").unlink()
    os.mkfifo(tmp_path / "data" / "manifest.json")
    assert "no regular file" in problems(tmp_path / "data")["manifest_stale"]


@pytest.mark.parametrize("value", ["\ud800", "a\x00b", "a\nb", "x" * 5000])
@pytest.mark.parametrize("field", ["model_id", "preprocessing", "created"])
def test_text_that_nobody_can_show(tmp_path: Path, field: str, value: str) -> None:
    changed(tmp_path / "data", **{field: value})
    assert problems(tmp_path / "data")["manifest_stale"] == (
        f"manifest.json holds no plain text or number as {field}, so the model is unknown."
    )


@pytest.mark.parametrize("name", ["\ud800x", "a\x00b", 7, ["a"], "x" * 10_000])
def test_names_that_nobody_can_show(tmp_path: Path, name: object) -> None:
    changed(tmp_path / "data", name=name)
    read_name(tmp_path / "data").encode()
    assert len(read_gallery(tmp_path / "data").name) <= 60


@pytest.mark.parametrize("members", [{"\ud800": 1}, {"image": "x"}, {"image": [1]}, [], "x", {"a" * 9000: 3}])
def test_fingerprints_that_are_none(tmp_path: Path, members: object) -> None:
    changed(tmp_path / "data", members=members)
    str(problems(tmp_path / "data")).encode()


@pytest.mark.parametrize(
    "images_dir",
    [
        "/",
        "//",
        "/..",
        "../../../../../../../../../../../../..",
        "/proc/self/root",
        "\ud800",
        "a\x00b",
        "x" * 300,
        "x/" * 4000,
    ],
)
def test_picture_folders_that_are_none(tmp_path: Path, images_dir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(tmp_path / "data", images_dir=images_dir)
    monkeypatch.chdir(tmp_path)  # where there are no static/images
    gallery = read_gallery(tmp_path / "data")
    assert str(gallery.images_dir) in ("static/images", str(tmp_path / images_dir))
    assert validate(tmp_path / "data")
    assert cli.main(["validate", "--data", str(tmp_path / "data")]) == 0
    if len(images_dir) != 300:
        [refusal] = [problem for problem in gallery.problems if problem.code == "images_dir_refused"]
        assert str(refusal).endswith("Name the folder with --images.")
        str(refusal).encode()


def test_reading_looks_only_into_folders_that_pictures_are_named_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A manifest may name a folder that holds millions of files: nobody waits until all of it is looked through."""
    save_ours(tmp_path / "data")
    for name in ("usr/lib", "birds/deeper", ".hidden"):
        (tmp_path / "images" / name).mkdir(parents=True)
    looked: list[str] = []
    scandir = os.scandir

    def noted(path: Path) -> Any:
        looked.append(Path(path).relative_to(tmp_path / "images").as_posix())
        return scandir(path)

    monkeypatch.setattr("t2i_core.dataset.picture_names.os.scandir", noted)
    gallery = read_gallery(tmp_path / "data", tmp_path / "images")
    assert sorted(looked) == [".", "birds", "boats"]
    assert gallery.problems == ()
    (tmp_path / "images" / "boats" / "red.png").unlink()
    assert "boats/red.png" in problems(tmp_path / "data")["pictures_missing"]


def test_picture_names_of_thousands_of_letters(tmp_path: Path) -> None:
    import numpy as np

    save_ours(tmp_path / "data")
    path = tmp_path / "data" / "aligned_embeddings.npz"
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["image_ids"] = np.array(["a" * 5000 + ".png", "b" * 300 + ".png", "é" * 200 + ".png", "c/" * 3000 + "d.png"])
    np.savez(path, **arrays)
    gallery = read_gallery(tmp_path / "data", tmp_path / "images")
    assert gallery.image_ids == ("é" * 200 + ".png",)  # no name here, but one elsewhere
    assert {problem.code for problem in validate(tmp_path / "data", tmp_path / "images")} >= {"image_rows_unnamed"}


@pytest.mark.parametrize("model", ["~nobody/x", "~", "x" * 5000, "a\x00b", "/" * 5000])
def test_model_paths_that_are_none(tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]) -> None:
    save_ours(tmp_path / "data")
    assert cli.main(["search", "a dog", "--data", str(tmp_path / "data"), "--model", model]) == 1
    assert "error: A model must be mini, a name" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["x" * 5000, "a\x00b", "~nobody/x"])
@pytest.mark.parametrize("option", ["--data", "--images"])
def test_folders_that_are_none(tmp_path: Path, option: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    save_ours(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["validate", option, place, *(["--data", "data"] if option == "--images" else [])]) in (0, 1)
