"""Everything wrong with a dataset folder, said at once and the fatal first."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from t2i_core.dataset import validate
from tests.core.small_galleries import save_original, save_ours, save_pictures


def test_a_healthy_dataset_has_no_problems(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    assert validate(tmp_path / "data", tmp_path / "images") == []


def test_an_unreadable_dataset_is_fatal(tmp_path: Path) -> None:
    (problem,) = validate(tmp_path / "nowhere", tmp_path)
    assert str(problem).startswith("fatal: The dataset folder must exist, got ")


def test_captions_are_looked_at_even_without_embeddings(tmp_path: Path) -> None:
    (tmp_path / "captions_tokenized.csv").write_text("image,caption\nx/..,dog\na.jpg,cat\n", encoding="utf-8")
    assert [(problem.severity, problem.code) for problem in validate(tmp_path, tmp_path)] == [
        ("fatal", "dataset_unusable"),
        ("warning", "captions_bad_names"),
    ]
    (tmp_path / "captions_tokenized.csv").write_text("file,text\n", encoding="utf-8")
    assert [problem.code for problem in validate(tmp_path, tmp_path)] == ["dataset_unusable", "captions_unusable"]


def test_broken_captions_are_named_once(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    (folder / "captions_tokenized.csv").write_text("file,text\n", encoding="utf-8")
    assert [problem.code for problem in validate(folder, tmp_path / "images")] == ["dataset_unusable"]


def test_pictures_are_opened_and_counted(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    (tmp_path / "images" / "meadow.png").write_bytes(b"")
    save_pictures(tmp_path / "images", {"new/one.png": (1, 2, 3)})
    broken, extra = validate(tmp_path / "data", tmp_path / "images")
    assert str(broken) == (
        "warning: 1 picture of 4 cannot be opened. First: A picture must hold data, got an empty file: meadow.png. "
        "Copy it again or remove it."
    )
    assert str(extra) == (
        f"note: 1 picture in {tmp_path / 'images'} cannot be found by a search, having no embeddings: 'new/one.png'. "
        f"Add them: python -m t2i_core build --images {tmp_path / 'images'} --data {tmp_path / 'data'}"
    )


def test_a_linked_picture_that_is_none_is_broken(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    (tmp_path / "elsewhere.png").write_bytes((tmp_path / "images" / "meadow.png").read_bytes())
    (tmp_path / "images" / "meadow.png").unlink()
    (tmp_path / "images" / "meadow.png").symlink_to(tmp_path / "elsewhere.png")
    assert validate(tmp_path / "data", tmp_path / "images") == []
    (tmp_path / "elsewhere.png").write_text("a secret")
    (problem,) = validate(tmp_path / "data", tmp_path / "images")
    assert problem.code == "pictures_broken"
    assert "got something else: meadow.png" in problem.message


def test_pictures_without_captions_are_a_note(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    path = tmp_path / "data" / "captions_tokenized.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\nmeadow.png,\n", encoding="utf-8")
    messages = [str(problem) for problem in validate(tmp_path / "data", tmp_path / "images")]
    assert messages[-1] == "note: 1 picture of 4 has no caption: 'meadow.png'."


def test_problems_come_by_severity(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data", text=np.ones((2, 8), dtype=np.float32))
    severities = [problem.severity for problem in validate(folder, tmp_path / "images")]
    assert severities == ["warning", "note"]
