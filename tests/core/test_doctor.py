"""doctor: what is there, what is missing, and that each line has a way out."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

from t2i_core import doctor
from t2i_core.cli import main
from t2i_core.config import Settings
from t2i_core.doctor import BAD, GOOD, OPTIONAL, Finding, examine
from t2i_core.encoder.processor import Processor
from tests.architecture.source_tree import ROOT
from tests.core.small_galleries import save_ours

PLAIN = Processor(version="2.13.0+cpu", built_for="", gpu="", instructions="AVX512", bfloat16=True)


@pytest.fixture(autouse=True)
def _known_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("T2I_DATA", "T2I_MODEL_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("t2i_core.encoder.processor.describe_processor", lambda: PLAIN)


def look(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(settings)}


def test_a_healthy_computer_is_told_so(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    found = look(Settings(data_dir=tmp_path / "data"))
    assert [one for one in found.values() if one.kind == BAD and one.what not in {"memory", "disk"}] == []
    assert found["datasets"].told == f"1 in {tmp_path / 'data'}"
    assert found["model mini"].kind == GOOD
    assert found["processor"].told == "AVX512; bfloat16 is native."
    assert found["pymilvus"].kind == GOOD


def test_what_is_missing_comes_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MINI_PATH", tmp_path / "none")
    monkeypatch.setattr(doctor, "version", _nothing_installed)
    monkeypatch.setattr(doctor, "find_spec", lambda _name: None)
    monkeypatch.setattr(doctor, "_free_memory", lambda: 10**8)
    monkeypatch.setattr("shutil.disk_usage", lambda _place: SimpleNamespace(free=10**6))
    monkeypatch.setattr(sys, "platform", "linux")
    built_for_cuda = replace(PLAIN, built_for="12.8", bfloat16=False)
    monkeypatch.setattr("t2i_core.encoder.processor.describe_processor", lambda: built_for_cuda)
    found = look(Settings(data_dir=tmp_path / "nowhere" / "deep"))
    assert {what for what, one in found.items() if one.kind == BAD} == {
        "memory", "disk", "model mini", *doctor.NEEDED_PACKAGES,
    }  # fmt: skip
    assert "whl/cpu" in found["GPU"].fix
    assert "no such GPU is seen" in found["GPU"].told
    assert found["mcp"].kind == OPTIONAL
    assert "build --images" in found["datasets"].fix
    assert all(one.fix for one in found.values() if one.kind == BAD)


def test_a_python_nobody_has_wheels_for_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    oldest, newest = doctor.OLDEST_PYTHON, doctor.NEWEST_PYTHON
    for version, kind in (((3, oldest[1] - 1), BAD), (oldest, GOOD), (newest, GOOD), ((3, newest[1] + 1), OPTIONAL)):
        monkeypatch.setattr(sys, "version_info", (*version, 0))
        found = doctor._python()
        assert found.kind == kind
        assert bool(found.fix) == (kind != GOOD)
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert [f'"3.{minor}"' in workflow for minor in (oldest[1] - 1, oldest[1], newest[1], newest[1] + 1)] == [
        False, True, True, False,
    ]  # fmt: skip


def _nothing_installed(name: str) -> str:
    raise PackageNotFoundError(name)


def test_a_broken_pytorch_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Processor:
        raise OSError("libtorch.so: cannot open")

    monkeypatch.setattr("t2i_core.encoder.processor.describe_processor", broken)
    assert look(Settings(data_dir=tmp_path))["PyTorch"].kind == BAD


def test_a_server_that_is_away_is_told_within_seconds() -> None:
    found = look(Settings(data_dir=Path("milvus+http://127.0.0.1:9/photos")))
    assert found["Milvus"].kind == BAD
    assert "Is it running" in found["Milvus"].fix


def test_install_lines_name_the_versions_of_the_extras() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for _, install in doctor.OPTIONAL_PACKAGES.values():
        named = install.rpartition(" ")[2]
        assert "==" not in named or f'"{named}"' in text


def test_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_free_memory", lambda: 8 * 2**30)
    assert main(["doctor", "--data", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 10
    assert all(line.split()[0] in {GOOD, OPTIONAL} for line in lines)
    monkeypatch.setattr(doctor, "MINI_PATH", tmp_path / "none")
    assert main(["doctor", "--data", str(tmp_path), "--format", "json"]) == 1
    assert {one["kind"] for one in json.loads(capsys.readouterr().out)} >= {GOOD, BAD}
