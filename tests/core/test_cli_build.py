"""build on the command line: what it asks the build for, shows and says; the build itself is a stand-in here."""

from __future__ import annotations

import json
import signal
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from t2i_core.cli import main
from t2i_core.commands import build as build_command
from t2i_core.errors import BuildError
from t2i_core.pictures.left_out import LeftOut
from t2i_core.types import Manifest


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("T2I_DATA", "T2I_IMAGES", "T2I_MODEL", "T2I_MODEL_DIR", "T2I_MAX_PIXELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("T2I_DEVICE", "cpu")
    monkeypatch.chdir(tmp_path)


@dataclass(frozen=True)
class _Facts:
    """Any of the build's records, by keyword."""

    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.values[name]


def facts(**values: Any) -> Any:
    return _Facts(values)


MANIFEST = Manifest(1, "mini", "ab" * 32, 4, 1_234, 5, "squash", "cd" * 32, "2026-01-01", "0.1.0")
REPORT = facts(
    manifest=MANIFEST,
    encoded=1_200,
    reused=34,
    removed=2,
    skipped=(facts(image_id="bad.png", reason="A picture must be whole."),),
    seconds=125.4,
    rate=9.57,
    notes=("2 captions were cut.",),
    left_out=(LeftOut("videos", 2, ("a.mp4", "b.mov")),),
)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C interrupts, as at a prompt: a shell that started the tests behind itself may have it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """A build that tells of two batches, then does what ``outcome`` says; ``options`` are what it was asked."""
    seen = types.SimpleNamespace(options=None, should_stop=None, outcome=lambda: REPORT)

    def build(options: Any, *, on_progress: Any, should_stop: Any) -> Any:
        seen.options, seen.should_stop = options, should_stop
        for done in (32, 64):
            on_progress(facts(stage="pictures", done=done, total=1_234, rate=9.5, seconds_left=3_700.0, skipped=1))
        return seen.outcome()

    module = types.ModuleType("t2i_core.building")
    module.build = build  # type: ignore[attr-defined]  # a stand-in
    module.BuildOptions = lambda **values: facts(**values)  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "t2i_core.building", module)
    return seen


def test_build_options(stand_in: types.SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    given = ["--images", "p", "--captions", "c.csv", "--data", "d", "--model", "RN50", "--batch-size", "8"]
    assert main(["build", *given, "--device", "auto"]) == 0
    assert stand_in.options.values == {
        "images_dir": Path("p"),
        "data_dir": Path("d"),
        "captions": Path("c.csv"),
        "model": "RN50",
        "model_dir": None,
        "device": "auto",
        "batch_size": 8,
        "max_pixels": 100_000_000,
        "captions_may_miss": False,
    }
    monkeypatch.setenv("T2I_MODEL", "ViT-B/32")
    assert main(["build"]) == 0
    options = stand_in.options
    assert (options.data_dir, options.captions, options.batch_size) == (Path("data"), None, None)
    assert (options.model, options.device) == ("ViT-B/32", "cpu")
    assert options.images_dir == Path("static/images")


def test_build_report(stand_in: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build"]) == 0
    out, err = capsys.readouterr()
    assert out == (
        "1,234 pictures and 5 captions ready, encoded with mini in 2 min 05 s: "
        "1,200 new or changed (9.6 a second), 34 reused, 2 removed, 1 skipped.\n"
    )
    assert err == (
        "pictures: 32 of 1,234, 9.5 a second, 1 h 01 min left, 1 skipped\n"  # the second comes too soon after it
        "2 videos left out: a.mp4, b.mov.\n"
        "skipped bad.png: A picture must be whole.\n"
        "note: 2 captions were cut.\n"
    )


def test_build_report_as_json(stand_in: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "images": 1_234,
        "captions": 5,
        "model": "mini",
        "encoded": 1_200,
        "reused": 34,
        "removed": 2,
        "skipped": [{"image_id": "bad.png", "reason": "A picture must be whole."}],
        "left_out": [{"kind": "videos", "count": 2, "examples": ["a.mp4", "b.mov"], "advice": ""}],
        "seconds": 125.4,
        "rate": 9.57,
    }


@pytest.mark.usefixtures("ctrl_c")
def test_interrupt_stops_between_batches(stand_in: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> Any:
        assert not stand_in.should_stop()
        signal.raise_signal(signal.SIGINT)
        assert stand_in.should_stop()
        return facts(
            **REPORT.values | {"manifest": None, "skipped": (), "left_out": (), "notes": ("Stopped with 64 ready.",)}
        )

    stand_in.outcome = interrupted
    assert main(["build", "--format", "json"]) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "note: Stopped with 64 ready."
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("ctrl_c")
def test_second_interrupt_stops_at_once(stand_in: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("should have been interrupted")

    stand_in.outcome = interrupted
    assert main(["build"]) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == (
        "stopped at 64 of 1,234 pictures; finished batches are kept. Run the same command again to go on from there."
    )
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_failed_build(stand_in: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise BuildError("Another build is at work in data. Wait for it.")

    stand_in.outcome = fail
    assert main(["build"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "error: Another build is at work in data. Wait for it."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min 00 s"), (3_599.9, "1 h 00 min"), (7_325, "2 h 02 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert build_command.duration(seconds) == text
