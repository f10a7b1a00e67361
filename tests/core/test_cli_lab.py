"""What evaluate tells beyond recall: details, comparisons, own questions, and reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from t2i_core.cli import main
from t2i_core.dataset import read_gallery, write_relevance
from t2i_core.lab.examining import examine
from tests import demo_dataset


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lab")
    checkpoint = demo_dataset.write_checkpoint(root / "tiny.pt")
    demo_dataset.write_demo_dataset(root / "data", checkpoint, images=24)
    demo_dataset.write_demo_dataset(root / "half", checkpoint, images=12)
    demo_dataset.write_demo_dataset(root / "plain", checkpoint, images=3, with_captions=False)
    return root


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("T2I_DATA", "T2I_MODEL_DIR", "T2I_MAX_PIXELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("T2I_IMAGES", str(demo_dataset.ROOT / "static" / "images"))
    monkeypatch.setenv("T2I_MODEL", str(folder / "tiny.pt"))
    monkeypatch.setenv("T2I_DEVICE", "cpu")
    monkeypatch.chdir(folder)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["evaluate", "--data", "data", "--format", "json", *arguments]) == 0
    record: dict[str, object] = json.loads(capsys.readouterr().out)
    return record


def test_details_are_those_of_the_core(capsys: pytest.CaptureFixture[str]) -> None:
    plain = told(capsys)
    record = told(capsys, "--details")
    details = record.pop("details")
    assert record == plain  # and so what scripts read stays
    assert details == json.loads(json.dumps(examine(read_gallery(Path("data"))).as_dict()))


def test_details_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--data", "data", "--details"]) == 0
    out = capsys.readouterr().out
    assert main(["evaluate", "--data", "data"]) == 0
    assert out.startswith(capsys.readouterr().out)
    for said in ("median_rank", "To find 50 % take k = ", "Worst parts", "has skewness"):
        assert said in out


def test_marks_count_in_the_details_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    plain = told(capsys)
    gallery = read_gallery(Path("data"))
    try:
        write_relevance(Path("data"), [(gallery.captions[0], gallery.image_ids[-1])])
        record = told(capsys, "--details")
    finally:
        Path("data/relevance.csv").unlink()
    assert isinstance(record["details"], dict) and record["details"]["also_right"] == 1
    assert {name: record[name] for name in plain} == plain


def test_a_report_and_its_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["evaluate", "--data", "data", "--report", str(tmp_path / "mine.html"), "--compare", "half"]) == 0
    assert "mine.html and " in capsys.readouterr().err
    page = (tmp_path / "mine.html").read_text(encoding="utf-8")
    record = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
    manifest = read_gallery(Path("data")).manifest
    assert manifest is not None
    about = record["about"]
    assert (about["dataset_sha256"], about["weights_sha256"]) == (manifest.dataset_sha256, manifest.weights_sha256)
    assert about["command"].startswith("python -m t2i_core") and about["created"].startswith("20")
    assert manifest.dataset_sha256 in page and "Compared with" in page and "<script" not in page
    shared = set(read_gallery(Path("data")).image_ids) & set(read_gallery(Path("half")).image_ids)
    assert record["comparison"]["images"] == len(shared) > 1


def test_the_same_dataset_compares_as_equal(capsys: pytest.CaptureFixture[str]) -> None:
    compared = told(capsys, "--compare", "data")["comparison"]
    assert isinstance(compared, dict)
    assert {one["difference"]["value"] for one in compared["figures"].values()} == {0.0}
    assert compared["overlap"]["value"] == pytest.approx(1.0)
    assert main(["evaluate", "--data", "data", "--compare", "data"]) == 0
    assert "gained: 0 captions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "plain", "--details"], "Measuring needs captions of the pictures, got none in plain."),
        (["--data", "data", "--compare", "nowhere"], "The dataset folder must exist, got nowhere."),
        (["--data", "data", "--compare", "approximate"], "index --ann"),
        (["--data", "data", "--compare", "half", "--model", "tiny.pt"], "--compare takes the rows that datasets hold"),
        (["--data", "data", "--queries", "nowhere.csv"], "nowhere.csv must be a CSV with the columns query and image"),
    ],
)
def test_refusals_are_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert main(["evaluate", *arguments]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and said in err


def test_own_questions(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    gallery = read_gallery(Path("data"))
    asked = [(gallery.captions[position], gallery.picture_name(position)) for position in (0, 9, 30)]
    write_relevance(tmp_path, [*asked, ("something else", ""), ("a thing", "not-here.jpg")])
    record = told(capsys, "--queries", str(tmp_path / "relevance.csv"))
    assert (record["questions"], record["measured"]) == (5, 3)
    ranks = examine(gallery).pairs.picture_ranks
    answers = record["answers"]
    assert isinstance(answers, list)
    assert [one["ranks"] for one in answers] == [[ranks[0]], [ranks[9]], [ranks[30]], [], []]
    assert all(len(one["first"]) == 10 for one in answers)
    assert main(["evaluate", "--data", "data", "--queries", str(tmp_path / "relevance.csv")]) == 0
    out, err = capsys.readouterr()
    assert "3 questions with right pictures" in out and "not-here.jpg" in err
    assert main(["evaluate", "--data", "data", "--queries", str(tmp_path / "relevance.csv"), "--details"]) == 1
