"""What is installed: the wheel holds the app, and `run` starts it from a checkout or from there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from t2i_core.cli import main
from t2i_core.commands import run_app
from t2i_core.errors import T2IError
from tests.architecture.source_tree import ROOT

BUILT_FROM = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "NOTICE", "Home.py")


@pytest.mark.slow
def test_a_wheel_holds_the_app_and_is_small(tmp_path: Path) -> None:
    """Built of copies, for a build leaves files behind; without the weights, which alone are thirty megabytes."""
    tree, out = tmp_path / "tree", tmp_path / "out"
    tree.mkdir()
    out.mkdir()
    without = shutil.ignore_patterns("__pycache__", "*.safetensors")
    for name in ("t2i_core", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, tree / name, ignore=without)
    for name in BUILT_FROM:
        shutil.copyfile(ROOT / name, tree / name)
    build = f"from setuptools import build_meta; print(build_meta.build_wheel({str(out)!r}))"
    done = subprocess.run([sys.executable, "-c", build], cwd=tree, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [wheel] = out.glob("t2i-*.whl")
    assert wheel.stat().st_size < 3_000_000
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    assert {"t2i_core/py.typed", "t2i_core/app/Home.py", "t2i_core/app/.streamlit/config.toml"} <= names
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").rglob("*.py")}
    served = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "pages" / "_ui" / "components" / "served").iterdir()
    }
    assert {f"t2i_core/app/{name}" for name in pages | served} <= names
    told = "from t2i_core.commands import run_app; print(run_app.app_folder(run_app.Path('copy')))"
    copied = subprocess.run(
        [sys.executable, "-c", told], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "installed")}, capture_output=True, text=True
    )  # fmt: skip
    assert copied.stdout.strip() == "copy", copied.stderr
    assert (tmp_path / "copy" / "pages" / "search.py").is_file()
    assert (tmp_path / "copy" / "static").is_dir()


def test_a_checkout_runs_as_it_is() -> None:
    assert run_app.app_folder() == ROOT


def test_without_the_app_it_is_told_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_app, "PACKAGE", tmp_path / "site" / "t2i_core")
    monkeypatch.setattr(run_app, "IN_THE_WHEEL", tmp_path / "site" / "t2i_core" / "app")
    with pytest.raises(T2IError, match="Install it again"):
        run_app.app_folder()


@pytest.mark.parametrize("becomes_another", [True, False])
def test_run_hands_streamlit_what_was_asked(
    becomes_another: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []

    class Server:
        def __init__(self, command: list[str], *, env: dict[str, str]) -> None:
            started.append((command, env))
            self._waited = 0

        def wait(self) -> int:
            self._waited += 1
            if self._waited == 1:
                raise KeyboardInterrupt  # the server gets it too, and is waited for
            return 3

    def become(program: str, command: list[str], environment: dict[str, str]) -> None:
        assert program == sys.executable
        started.append((command, environment))
        raise SystemExit(3)  # nothing of this process is left then

    monkeypatch.setattr(run_app, "BECOMES_ANOTHER", becomes_another)
    monkeypatch.setattr("subprocess.Popen", Server)
    monkeypatch.setattr("os.execve", become)
    asked = ["--data", "photos", "--images", "pictures", "--host", "0.0.0.0", "--port", "8600", "--no-browser"]
    if becomes_another:
        with pytest.raises(SystemExit, match="3"):
            main(["run", *asked])
    else:
        assert main(["run", *asked]) == 3
    [(command, environment)] = started
    assert command[1:5] == ["-m", "streamlit", "run", str(ROOT / "Home.py")]
    assert command[5:] == ["--server.address", "0.0.0.0", "--server.port", "8600", "--server.headless", "true"]
    assert (environment["T2I_DATA"], environment["T2I_IMAGES"]) == ("photos", "pictures")
    assert main(["run", "--port", "0"]) == 1
    assert "A port is 1 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize(("system", "variable"), [("linux", "XDG_CACHE_HOME"), ("win32", "LOCALAPPDATA")])
def test_each_system_has_its_place_for_caches(
    system: str, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setenv(variable, str(tmp_path))
    assert run_app.user_cache() == tmp_path / "t2i"
