"""evaluate of rows that nobody vouches for: figures where one model made both kinds, else the reason why there are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from t2i_core.cli import main
from t2i_core.encoder import open_encoder
from tests.core.clip_weights import pictures
from tests.core.mini_weights import save_tiny_mini

CAPTIONS = ("a dog", "a boat at sea", "an old mill", "two people", "green hills")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset as the original project leaves it: no manifest, one row a caption."""
    root = tmp_path_factory.mktemp("evaluate")
    save_tiny_mini(root / "tiny.safetensors")
    encoder = open_encoder(str(root / "tiny.safetensors"), device="cpu")
    (root / "images").mkdir()
    batch = pictures(*((64 + 8 * number, 80) for number in range(len(CAPTIONS))))
    names = [f"{number}.png" for number in range(len(CAPTIONS))]
    for name, picture in zip(names, batch, strict=True):
        picture.save(root / "images" / name)
    rows = {"image": encoder.encode_image(batch), "text": encoder.encode_text(CAPTIONS)}
    foreign = np.random.default_rng(3).standard_normal(rows["text"].shape).astype(np.float32)
    for name, changed in (
        ("one_model", {}),
        ("language_model", {"text": foreign}),
        ("other_pictures", {"image": foreign}),
        ("both_foreign", {"image": foreign, "text": foreign}),
        ("other_dimension", {"image": foreign[:, :24], "text": foreign[:, :24]}),
    ):
        (root / name).mkdir()
        arrays: dict[str, Any] = rows | changed
        np.savez(root / name / "aligned_embeddings.npz", **arrays)
        pd.DataFrame({"image": names, "caption": CAPTIONS}).to_csv(root / name / "captions_tokenized.csv", index=False)
    return root


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("T2I_DATA", "T2I_IMAGES", "T2I_MODEL_DIR", "T2I_MAX_PIXELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("T2I_MODEL", str(folder / "tiny.safetensors"))
    monkeypatch.setenv("T2I_DEVICE", "cpu")
    monkeypatch.chdir(folder)


def test_rows_of_one_model_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--data", "one_model", "--images", "images", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["captions"] == len(CAPTIONS)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("language_model", "text rows were not made by the model"),
        ("other_pictures", "image rows were not made by the model"),
        ("both_foreign", "image rows were not made by the model"),
        ("other_dimension", "24 numbers per picture"),
    ],
)
@pytest.mark.parametrize("form", ["table", "json"])
def test_other_rows_are_refused_with_the_reason(
    capsys: pytest.CaptureFixture[str], data: str, said: str, form: str
) -> None:
    assert main(["evaluate", "--data", data, "--images", "images", "--format", form]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "captions and pictures that one model encoded" in err
    assert said in err
    assert "--model" in err  # the way out


def test_captions_are_encoded_again_where_only_their_rows_are_foreign(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["evaluate", "--data", "language_model", "--images", "images", "--model", "tiny.safetensors"]
    assert main([*command, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "tiny.safetensors"
