"""The commands one after another, over real pictures and the bundled model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from t2i_core import cli

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CAPTIONS = {"energy/log-windmill.jpg": "a wooden windmill", "fish/golden-goldfish.jpg": "an orange fish",
            "objects/baseball.jpg": "a white ball"}  # fmt: skip


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    code = cli.main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    return captured.out


def test_build_search_evaluate_and_validate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pictures, data = tmp_path / "pictures", tmp_path / "data"
    for image_id in CAPTIONS:
        (pictures / image_id).parent.mkdir(parents=True)
        shutil.copy(ROOT / "static" / "images" / image_id, pictures / image_id)
    (pictures / "broken.jpg").write_bytes(b"not a picture")
    captions = tmp_path / "captions.csv"
    captions.write_text("image,caption\n" + "".join(f"{name},{text}\n" for name, text in CAPTIONS.items()))

    built = json.loads(
        run(capsys, "build", "--images", pictures, "--captions", captions, "--data", data, "--format", "json")
    )
    assert (built["images"], built["captions"], built["encoded"], built["model"]) == (3, 3, 3, "mini")
    assert [skipped["image_id"] for skipped in built["skipped"]] == ["broken.jpg"]

    found = json.loads(run(capsys, "search", "a wooden windmill", "--data", data, "--top-k", 3, "--format", "json"))
    assert found["query"] == "a wooden windmill"
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    assert found["hits"][0]["image_id"] == "energy/log-windmill.jpg"
    assert found["hits"][0]["caption"] == "a wooden windmill"

    alike = json.loads(
        run(capsys, "search", "--image", pictures / "objects/baseball.jpg", "--data", data, "--format", "json")
    )
    assert alike["hits"][0]["image_id"] == "objects/baseball.jpg"
    assert alike["hits"][0]["score"] > 0.99

    measured = json.loads(run(capsys, "evaluate", "--data", data, "--format", "json"))
    assert measured["images"] == measured["captions"] == 3
    assert measured["text_to_image"]["recall@5"] == measured["image_to_text"]["recall@5"] == 1.0

    run(capsys, "validate", "--data", data, "--images", pictures)
    again = json.loads(run(capsys, "build", "--images", pictures, "--data", data, "--format", "json"))
    assert (again["encoded"], again["reused"]) == (0, 3)
