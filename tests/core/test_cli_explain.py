"""explain on the command line: what is told, drawn and refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from t2i_core.cli import main
from t2i_core.commands.console import Console
from t2i_core.dataset import write_dataset
from t2i_core.encoder import mini_adapter, open_encoder
from tests.core.clip_weights import pictures
from tests.core.mini_weights import save_tiny_mini

pytestmark = pytest.mark.slow

NAMES = tuple(f"{number}.png" for number in range(6))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Model, pictures, and a dataset with captions made by it."""
    root = tmp_path_factory.mktemp("explain")
    save_tiny_mini(root / "tiny.safetensors")
    (root / "images").mkdir()
    batch = pictures(*((80 + 10 * number, 60) for number in range(len(NAMES))))
    for name, picture in zip(NAMES, batch, strict=True):
        picture.save(root / "images" / name)
    encoder = open_encoder(str(root / "tiny.safetensors"), device="cpu")
    captions = pd.DataFrame({"image": NAMES, "caption": [f"picture \x1b number {name}" for name in NAMES]})
    facts: dict[str, Any] = {
        "image_ids": NAMES,
        "image_embeddings": encoder.encode_image(batch),
        "image_sizes": np.array([picture.size for picture in batch]),
        "encoder_id": encoder.model_id,
        "weights_sha256": encoder.weights_sha256,
        "preprocessing": encoder.preprocessing,
        "images_dir": root / "images",
    }
    texts = encoder.encode_text(captions["caption"].tolist())
    write_dataset(root / "data", captions=captions, text_embeddings=texts, **facts)
    return root


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("T2I_DATA", "T2I_IMAGES", "T2I_MODEL_DIR", "T2I_MAX_PIXELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("T2I_MODEL", str(folder / "tiny.safetensors"))
    monkeypatch.setenv("T2I_DEVICE", "cpu")
    monkeypatch.chdir(folder)


def explain(*arguments: str) -> int:
    return main(["explain", "--data", "data", "--picture", "2.png", *arguments])


def test_everything_is_told_and_the_heat_is_drawn(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "heat.png"
    assert explain("a dog on a beach", "--out", str(out)) == 0
    told, remarks = capsys.readouterr()
    lines = told.splitlines()
    assert lines[0].startswith("Rank ") and "of 6 pictures" in lines[0]
    assert "without the word, the score falls by" in lines
    assert [line.split()[1] for line in lines[lines.index("without the word, the score falls by") + 1 :]][:5] == [
        "a", "dog", "on", "a", "beach",
    ]  # fmt: skip
    assert "\x1b" not in told
    assert "note: The map is coarse and shows likeness only" in remarks
    with Image.open(out) as drawn:
        assert drawn.size == (100, 60)


def test_a_narrow_terminal_cuts_no_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert explain("a dog on a beach") == 0
    wide = capsys.readouterr().out
    monkeypatch.setattr(Console, "width", 40)
    assert explain("a dog on a beach") == 0
    narrow = capsys.readouterr().out
    assert max(map(len, narrow.splitlines())) <= 40 < max(map(len, wide.splitlines()))
    assert narrow.split() == wide.split()


def test_json_holds_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("--terms", '"a dog" - 0.5*beach + 0.5*[4.png]', "--format", "json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["image_id"] == "2.png" and record["images"] == 6 and 1 <= record["rank"] <= 6
    whole, *terms = record["heat"]
    assert whole["share"] is None and [one["of"] for one in terms] == ["a dog", "beach", "4.png"]
    assert sum(one["share"] for one in terms) == pytest.approx(record["score"], abs=1e-3)
    assert np.shape(whole["values"]) == (3, 3) and whole["seen"] == [0, 0, 1, 1]
    assert [(one["term"], one["word"]) for one in record["words"]] == [(0, "a"), (0, "dog")]
    assert all(one["rank"] < record["rank"] for one in record["raising"])
    assert all(one["rank"] > record["rank"] for one in record["lowering"])
    assert len(record["told"]) >= 2


def test_one_word_can_be_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mini_adapter, "SCALE", (-10.0, 10.0))  # random weights see nothing clearly
    for of, name in ((None, "whole.png"), ("beach", "beach.png")):
        assert explain("a dog on a beach", "--out", str(tmp_path / name), *(["--of", of] if of else [])) == 0
    assert (tmp_path / "whole.png").read_bytes() != (tmp_path / "beach.png").read_bytes()
    assert explain("a dog on a beach", "--out", str(tmp_path / "x.png"), "--of", "boat") == 1
    assert "--of must be a term of the query, or a telling word of it, got 'boat'." in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a dog", "--out", "heat.gif"), "--out must end with one of .png, .jpg, .jpeg, .webp, got heat.gif."),
        (("a dog", "--out", "nowhere/heat.png"), "--out must lie in a folder that is there, got nowhere/heat.png."),
        (("a dog", "--picture", "gone.png"), "No picture of this gallery is named 'gone.png'."),
    ],
)
def test_what_cannot_be_is_told_in_a_line(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(*arguments) == 1
    out, err = capsys.readouterr()
    assert out == "" and said in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("a dog", "--terms", "a dog")])
def test_one_question_is_asked(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        explain(*arguments)
    assert caught.value.code == 2
    assert "give one of SENTENCE and --terms QUERY" in capsys.readouterr().err
