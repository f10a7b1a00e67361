"""A model file is opened when a person named it; a dataset's manifest alone cannot choose one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from t2i_core import cli
from t2i_core.encoder import model_to_open
from t2i_core.encoder.names import MINI_NAME, OPENAI_MODELS
from t2i_core.errors import UnvouchedModelError
from tests.core.small_galleries import save_ours


@pytest.mark.parametrize("built_with", [MINI_NAME, *OPENAI_MODELS])
@pytest.mark.parametrize("configured", [None, "mine.pt", "RN50"])
def test_models_with_a_name_need_nobody(built_with: str, configured: str | None) -> None:
    assert model_to_open(built_with, configured=configured) == built_with


@pytest.mark.parametrize(
    ("built_with", "configured", "vouched", "opened"),
    [
        (None, None, (), None),
        (None, "mine.pt", (), "mine.pt"),
        ("mine.pt", "mine.pt", (), "mine.pt"),
        ("runs/mine.pt", "/elsewhere/mine.pt", (), "/elsewhere/mine.pt"),  # it has moved, and the person says where
        ("mine.pt", None, ("mine.pt",), "mine.pt"),
    ],
)
def test_a_file_that_a_person_named(
    built_with: str | None, configured: str | None, vouched: tuple[str, ...], opened: str | None
) -> None:
    assert model_to_open(built_with, configured=configured, vouched=vouched) == opened


@pytest.mark.parametrize("built_with", ["mine.pt", "/etc/passwd", "mini ", "MINI", "ViT-B/32.pt", "~root/x", ""])
@pytest.mark.parametrize("configured", [None, "other.pt", "mini", "RN50"])
def test_a_file_that_only_the_manifest_names(built_with: str, configured: str | None) -> None:
    with pytest.raises(UnvouchedModelError) as caught:
        model_to_open(built_with, configured=configured, vouched=["others.pt"])
    assert str(caught.value) == (
        f"A model file that a dataset's manifest names is opened only when you name it too, got {built_with!r}. "
        "If it is yours, name it: --model PATH, or T2I_MODEL=PATH."
    )
    assert caught.value.model == built_with


@pytest.mark.parametrize(
    "command",
    [
        ["search", "a dog"],
        ["validate", "--encode"],
        ["build", "--images", "IMAGES"],
        ["build", "--images", "IMAGES", "--shard", "1/2"],
    ],
)
def test_commands_do_not_open_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    monkeypatch.delenv("T2I_MODEL", raising=False)
    save_ours(tmp_path / "data")
    theirs = tmp_path / "theirs.pt"
    theirs.write_bytes(b"no model")
    manifest = json.loads((tmp_path / "data" / "manifest.json").read_text())
    (tmp_path / "data" / "manifest.json").write_text(json.dumps(manifest | {"model_id": str(theirs)}))
    words = [str(tmp_path / "images") if word == "IMAGES" else word for word in command]
    assert cli.main([*words, "--data", str(tmp_path / "data")]) == 1
    assert f"opened only when you name it too, got '{theirs}'" in capsys.readouterr().err
    assert cli.main([*words, "--data", str(tmp_path / "data"), "--model", str(theirs)]) == 1
    assert "cannot be read as any of them" in capsys.readouterr().err
    monkeypatch.setenv("T2I_MODEL", str(theirs))
    assert cli.main([*words, "--data", str(tmp_path / "data")]) == 1
    assert "cannot be read as any of them" in capsys.readouterr().err
