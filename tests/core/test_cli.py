"""The command line as a whole: help, exit codes, and the commands other than search."""

from __future__ import annotations

import argparse
import importlib
import io
import json
import sys
import types
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from t2i_core import cli
from t2i_core.cli import COMMANDS, main
from t2i_core.commands.console import Console
from t2i_core.dataset import write_dataset
from t2i_core.encoder import open_encoder
from tests.core.clip_weights import pictures
from tests.core.mini_weights import save_tiny_mini

NAMES = ("a.png", "b.png", "c.png")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cli")
    save_tiny_mini(root / "tiny.safetensors")
    (root / "images").mkdir()
    batch = pictures((80, 60), (60, 80), (64, 64))
    for name, picture in zip(NAMES, batch, strict=True):
        picture.save(root / "images" / name)
    encoder = open_encoder(str(root / "tiny.safetensors"), device="cpu")
    images = encoder.encode_image(batch)
    # Random weights send everything to nearly one place, so an evaluation needs rows that are apart.
    for name, rows in (("data", images), ("apart", np.eye(len(NAMES), encoder.dimension, dtype=np.float32))):
        write_dataset(
            root / name,
            image_ids=NAMES,
            image_embeddings=rows,
            image_sizes=np.array([picture.size for picture in batch]),
            captions=pd.DataFrame({"image": NAMES, "caption": ["one", "two", "three"]}),
            text_embeddings=rows,  # every caption finds its picture
            encoder_id=encoder.model_id,
            weights_sha256=encoder.weights_sha256,
            preprocessing=encoder.preprocessing,
            images_dir=root / "images",
        )
    return root


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("T2I_DATA", "T2I_IMAGES", "T2I_MODEL", "T2I_MODEL_DIR", "T2I_MAX_PIXELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("T2I_DEVICE", "cpu")
    monkeypatch.setenv("T2I_MODEL", str(folder / "tiny.safetensors"))  # vouches for the file that the manifest names
    monkeypatch.chdir(folder)


# Help and usage


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    commands = (
        "search",
        "searches",
        "batch",
        "tag",
        "explain",
        "build",
        "merge",
        "index",
        "push",
        "project",
        "clusters",
        "evaluate",
        "validate",
        "audit",
        "fix",
        "import",
        "export",
        "train",
        "serve",
        "mcp",
        "run",
        "doctor",
    )
    for command in commands:
        assert f"\n    {command}" in out
    assert len(COMMANDS) == len(commands)


@pytest.mark.parametrize("command", ["search", "explain", "build", "project", "evaluate", "validate", "import"])
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith(f"usage: python -m t2i_core {command}")
    assert "--data DIR" in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == "t2i_core 0.1.0\n"


@pytest.mark.parametrize(
    "arguments",
    [[], ["fly"], ["import", "flickr9k", "x"], ["import", "coco"], ["build", "--batch-size", "0"], ["build", "extra"]],
)
def test_wrong_usage_is_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().out == ""


def test_bad_settings_are_one_message(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T2I_DEVICE", "tpu")
    assert main(["search", "x", "--data", "data"]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("error: T2I_DEVICE must be auto, cpu or cuda, got 'tpu'.")


# evaluate and validate


def test_evaluate_json(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["evaluate", "--data", "apart", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    perfect = {"recall@1": 1.0, "recall@5": 1.0, "recall@10": 1.0, "median_rank": 1.0}
    assert json.loads(out) == {
        "text_to_image": perfect,
        "image_to_text": perfect,
        "images": 3,
        "captions": 3,
        "model": str(folder / "tiny.safetensors"),
    }
    assert err == ""


def test_evaluate_table(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["evaluate", "--data", "apart"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "                 recall@1   recall@5  recall@10  median rank",
        "text → image       100.0%     100.0%     100.0%            1",
        "image → text       100.0%     100.0%     100.0%            1",
        f"3 pictures, 3 captions, model {folder / 'tiny.safetensors'}",
    ]


def test_evaluate_with_a_model_encodes_the_captions_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--data", "apart", "--model", "tiny.safetensors", "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["model"] == "tiny.safetensors"
    assert record["text_to_image"]["recall@1"] < 1.0  # random weights know nothing of these words


def test_validate_a_healthy_dataset(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--data", "data", "--images", "images"]) == 0
    assert capsys.readouterr() == ("", "no problems found in data\n")


def test_validate_lists_problems_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--data", "nowhere"]) == 1
    out, err = capsys.readouterr()
    assert out == (
        "fatal: The dataset folder must exist, got nowhere. "
        "Make it: python -m t2i_core build --images DIR --data nowhere\n"
    )
    assert err == ""


def test_validate_warnings_are_no_failure(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(Path("images/a.png").read_bytes())
    assert main(["validate", "--data", "data", "--images", str(tmp_path), "--format", "json"]) == 0
    problems = json.loads(capsys.readouterr().out)
    assert [problem["code"] for problem in problems] == ["pictures_missing"]
    assert set(problems[0]) == {"severity", "code", "message", "fix"}


def test_validate_can_encode_a_sample_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--data", "data", "--encode"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert out.startswith("warning: The text rows were not made by the model")


# import


def test_import(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in ("x.png", "y.png"):
        (tmp_path / name).write_bytes(Path("images/a.png").read_bytes())
        (tmp_path / name).with_suffix(".txt").write_text("A dog.\n")
    assert main(["import", "folder", str(tmp_path), "--data", str(tmp_path / "new")]) == 0
    out, _ = capsys.readouterr()
    first, second = out.splitlines()
    assert first == f"2 pictures and 2 captions taken over into {tmp_path / 'new'}. Next:"
    assert second.startswith(f"  python -m t2i_core build --images {tmp_path}")
    assert (tmp_path / "new" / "captions_tokenized.csv").is_file()


def test_import_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "coco", "nowhere.json", "--data", "new"]) == 1
    assert capsys.readouterr() == (
        "",
        "error: The source of an import must exist, got nowhere.json. Name the folder or file to import.\n",
    )


# Interrupts and streams


def test_interrupt_anywhere_is_130(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("t2i_core.commands.options.open_gallery", stop)
    assert main(["evaluate"]) == 130
    assert capsys.readouterr() == ("", "stopped\n")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal_is_one_line_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    err = _Terminal()
    console = Console(io.StringIO(), err)
    console.progress("1 of 3")
    console.progress("2 of 3, a long line")
    console.say("skipped x")
    console.progress("3 of 3", last=True)
    assert err.getvalue() == "\r\x1b[K1 of 3\r\x1b[K2 of 3, a l\r\x1b[Kskipped x\n\r\x1b[K3 of 3\n"


def test_progress_in_a_log_is_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 6.0, 7.0])
    monkeypatch.setattr("t2i_core.commands.console.time.monotonic", lambda: next(clock))
    err = io.StringIO()
    console = Console(io.StringIO(), err)
    for number in (1, 2, 3):
        console.progress(f"{number} of 4")
    console.progress("4 of 4", last=True)
    assert err.getvalue() == "1 of 4\n3 of 4\n4 of 4\n"


def test_nobody_listening_to_messages_stops_nothing() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    Console(io.StringIO(), Closed()).say("hello")


def test_train_is_left_to_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    module = types.ModuleType("t2i_core.training.command")
    module.add_arguments = lambda parser: parser.add_argument("--out")  # type: ignore[attr-defined]  # a stand-in

    def run(arguments: argparse.Namespace) -> int:
        asked.append(arguments.out)
        return 1

    module.run = run  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "t2i_core.training.command", module)
    monkeypatch.setattr(importlib.import_module("t2i_core.training"), "command", module, raising=False)
    assert cli.main(["train", "--out", "x"]) == 1
    assert asked == ["x"]
