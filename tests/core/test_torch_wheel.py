"""PyTorch's CPU build: asked for by its version alone, found by pip itself, and hinted at before gigabytes are fetched."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
import zipfile
from pathlib import Path

import pytest

import torch_wheel
from tests.architecture.source_tree import ROOT


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Linux computer without PyTorch and without a GPU."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr(torch_wheel, "installed", lambda _package: "")
    monkeypatch.setattr(torch_wheel, "NVIDIA", tmp_path / "none")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)  # no other index, wherever this runs
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)


def save_index(folder: Path, *versions: str) -> str:
    """An index of wheels that hold nothing, as pip reads it; its address."""
    for name in torch_wheel.PACKAGES:
        place = folder / name
        place.mkdir(parents=True)
        links = []
        for version in versions:
            info = f"{name}-{version}.dist-info"
            parts = {
                f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
                f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            }
            record = "".join(
                f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
                for path, text in parts.items()
            )
            file = f"{name}-{version}-py3-none-any.whl"
            with zipfile.ZipFile(place / file, "w") as wheel:
                for path, text in {**parts, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
                    wheel.writestr(path, text)
            links.append(f'<a href="{file.replace("+", "%2B")}">{file}</a>')
        (place / "index.html").write_text("<html><body>" + "".join(links) + "</body></html>", encoding="utf-8")
    return folder.as_uri()


def pinned() -> list[str]:
    return [
        one.partition("==")[2] for one in torch_wheel.cpu_builds(torch_wheel.REQUIREMENTS.read_text(encoding="utf-8"))
    ]


def installed_below(folder: Path) -> set[str]:
    return {path.name.removesuffix(".dist-info") for path in folder.glob("*.dist-info")}


@pytest.mark.slow
@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("named_by", ["argument", "settings"])
def test_pip_takes_the_cpu_build_and_no_other(named_by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = pinned()
    usual = [version.removesuffix("+cpu") for version in versions]
    address = save_index(tmp_path / "index", *versions, *usual)
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "site"))
    monkeypatch.setenv("PIP_INDEX_URL", address)
    asked = ["--build", "cpu", *(["--index", address] if named_by == "argument" else [])]
    assert torch_wheel.main(asked) == 0
    assert installed_below(tmp_path / "site") == {
        f"{name}-{version}" for name, version in zip(torch_wheel.PACKAGES, versions, strict=True)
    }


@pytest.mark.slow
@pytest.mark.usefixtures("bare")
def test_an_index_without_the_cpu_build_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """CUDA's build of the same version is not taken in its place."""
    address = save_index(tmp_path / "index", *(version.removesuffix("+cpu") for version in pinned()))
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "site"))
    assert torch_wheel.main(["--build", "cpu", "--index", address]) == 1
    assert f"is not in {address}" in capfd.readouterr().err
    assert installed_below(tmp_path / "site") == set()


@pytest.mark.usefixtures("bare")
def test_one_line_tells_of_gigabytes_to_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert torch_wheel.main([]) == 0
    told = capsys.readouterr()
    assert told.err == f"{torch_wheel.HINT}\n"
    assert told.out == ""
    assert torch_wheel.main(["--index", "file:///x"]) == 1
    assert "say TORCH=cpu" in capsys.readouterr().err
    for name, value in (("version", "2.13.0+cpu"), ("version", "2.13.0"), ("platform", "darwin"), ("gpu", "there")):
        with monkeypatch.context() as here:
            if name == "version":
                here.setattr(torch_wheel, "installed", lambda _package, value=value: value)
            elif name == "platform":
                here.setattr(sys, "platform", value)
            else:
                here.setattr(torch_wheel, "NVIDIA", tmp_path)
            assert torch_wheel.main([]) == 0
            assert capsys.readouterr().err == "", (name, value)


@pytest.mark.usefixtures("bare")
def test_where_the_usual_build_is_the_cpus_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", None)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert torch_wheel.main(["--build", "cpu"]) == 0
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(torch_wheel, "installed", lambda _package: "2.13.0+cpu")
    assert torch_wheel.main(["--build", "cpu"]) == 0


def test_make_asks_before_it_installs() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for ready in ("RUN_READY", "DEV_READY"):
        recipe = makefile.partition(f"$({ready}):")[2].partition("\n\n")[0]
        assert 0 < recipe.index("$(CHOOSE_TORCH)") < recipe.index("pip install")
