"""Which browser tests and benchmarks take, and what is installed where there is none."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.ensure_chromium import find_chromium, install


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of the browsers there are."""
    names: set[str] = set()
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in names else None)
    return names


@pytest.mark.parametrize(
    ("names", "tests", "benchmarks"),
    [
        ({"chromium", "chromium-headless-shell"}, "chromium-headless-shell", "chromium"),
        ({"chromium-headless-shell"}, "chromium-headless-shell", "chromium-headless-shell"),
        ({"google-chrome"}, "google-chrome", "google-chrome"),
    ],
)
def test_which_is_taken(there: set[str], names: set[str], tests: str, benchmarks: str) -> None:
    there |= names
    assert find_chromium() == Path("/usr/bin") / tests
    assert find_chromium(with_windows=True) == Path("/usr/bin") / benchmarks


def test_there_is_none(there: set[str]) -> None:
    assert find_chromium() is None and find_chromium(with_windows=True) is None


@pytest.mark.parametrize(
    ("failing", "asked", "problem"),
    [
        ((), ["update", "chromium-headless-shell"], ""),
        (("chromium-headless-shell",), ["update", "chromium-headless-shell", "chromium"], ""),
        (
            ("chromium-headless-shell", "chromium"),
            ["update", "chromium-headless-shell", "chromium"],
            "apt-get install -y -qq --no-install-recommends chromium failed (no such package)",
        ),
        (("update",), ["update"], "apt-get update -qq failed (no such package)"),
    ],
)
def test_what_is_installed(
    monkeypatch: pytest.MonkeyPatch, failing: tuple[str, ...], asked: list[str], problem: str
) -> None:
    told: list[str] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        what = command[-1] if command[1] == "install" else command[1]
        told.append(what)
        return subprocess.CompletedProcess(
            command, int(what in failing), "", "no such package" if what in failing else ""
        )

    monkeypatch.setattr(subprocess, "run", run)
    assert (install() or "", told) == (problem, asked)
