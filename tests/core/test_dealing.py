"""The Milvus server ends with the tests that ask it, and not before."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import dealing
from tests.milvus_server import SERVER

ROOT = Path(__file__).resolve().parents[2]
ASKING, ASKING_TOO, OTHER = (
    "tests/core/test_milvus.py::a",
    "tests/core/test_cli_push.py::b",
    "tests/core/test_arrays.py::c",
)


@pytest.mark.parametrize(
    ("worker", "now", "after", "stops"),
    [
        (True, ASKING, OTHER, 1),
        (True, ASKING, None, 1),
        (True, ASKING, ASKING, 0),
        (True, ASKING, ASKING_TOO, 0),  # two files, one part
        (True, OTHER, ASKING, 0),
        (True, OTHER, OTHER, 0),
        (False, ASKING, OTHER, 0),  # a process alone may come to another file that asks
    ],
)
def test_the_server_ends_after_its_part(
    monkeypatch: pytest.MonkeyPatch, worker: bool, now: str, after: str | None, stops: int
) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    if worker:
        monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    stopped: list[int] = []
    stash: dict[Any, Any] = {}
    config = SimpleNamespace(rootpath=ROOT, stash=stash)
    item, nextitem = (one and SimpleNamespace(nodeid=one, config=config) for one in (now, after))
    dealing.pytest_runtest_teardown(item, nextitem)  # type: ignore[arg-type]
    assert not stopped  # none was started
    stash[SERVER] = SimpleNamespace(stop=lambda: stopped.append(1))
    dealing.pytest_runtest_teardown(item, nextitem)  # type: ignore[arg-type]
    assert len(stopped) == stops
