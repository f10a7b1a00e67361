"""How the tests are dealt out to the processes that run them: whole files, the longest first.

A file that takes minutes and comes last keeps one process busy while the others are done. `seconds.json` says how long
each file took; a file it does not name counts as short. Write it anew on a quiet machine: make seconds
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.milvus_server import SERVER

SECONDS_FILE = Path(__file__).with_name("seconds.json")
SECONDS_OF_A_NEW_FILE = 5.0
SECONDS_WORTH_A_LINE = 0.5
# The tests of the Milvus server make one part, so that one process alone starts it.
MILVUS, WITH_SERVER = "milvus", "milvus_server"
# And those of the house, so that one process alone parses all of the project.
HOUSE = "tests/architecture/"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-seconds", action="store_true", help=f"write {SECONDS_FILE.name}: how long each file took")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False  # as they come, and not the files of most tests first
    if config.getoption("--write-seconds") and not _in_a_worker():
        config.pluginmanager.register(_Stopwatch(config.rootpath), "stopwatch")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Longest part first, where several processes share them; one process alone runs them as they stand."""
    if not _in_a_worker():
        return
    seconds = _seconds()
    longest: dict[str, float] = defaultdict(float)
    for file in {item.nodeid.partition("::")[0] for item in items}:
        longest[part_of(config.rootpath, file)] += seconds.get(file, SECONDS_OF_A_NEW_FILE)
    items.sort(key=lambda item: -longest[part_of(config.rootpath, item.nodeid)])


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End the Milvus server with its part, after all else: unasked it would go on taking time of a processor, and memory.

    Only where the parts come one after the other: a process that runs all files as they stand would have to start it again.
    """
    if not _in_a_worker() or SERVER not in item.config.stash:
        return
    root = item.config.rootpath
    if part_of(root, item.nodeid) == MILVUS and (nextitem is None or part_of(root, nextitem.nodeid) != MILVUS):
        item.config.stash[SERVER].stop()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist names no types
        def _split_scope(self, nodeid: str) -> str:
            return part_of(config.rootpath, nodeid)

    return Scheduling(config, log)


def part_of(root: Path, nodeid: str) -> str:
    """What a test is dealt out with: its file's name, or all that need the Milvus server, or all that read the project."""
    file = nodeid.partition("::")[0]
    if file.startswith(HOUSE):
        return HOUSE
    return MILVUS if _needs_server(root / file) else file


@cache
def _needs_server(file: Path) -> bool:
    return WITH_SERVER in file.read_text(encoding="utf-8")


def _in_a_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def _seconds() -> dict[str, float]:
    return dict(json.loads(SECONDS_FILE.read_text(encoding="utf-8"))) if SECONDS_FILE.exists() else {}


class _Stopwatch:
    """Adds up what each file took, set-up included, and writes it down at the end; files that did not run keep theirs."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._taken: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._taken[report.nodeid.partition("::")[0]] += report.duration

    def pytest_sessionfinish(self) -> None:
        known = _seconds() | {file: round(taken, 1) for file, taken in self._taken.items()}
        kept = {
            file: taken
            for file, taken in sorted(known.items())
            if taken >= SECONDS_WORTH_A_LINE and (self._root / file).is_file()
        }
        SECONDS_FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
