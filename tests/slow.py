"""Which tests `make check` leaves out: those that open a browser, the app, a server, a process or a large model, or take seconds.

A test is slow when it stands in one of `FOLDERS`, asks for one of `FIXTURES`, or says so: ``@pytest.mark.slow``, or
``pytestmark = pytest.mark.slow`` for a whole file. All others are quick, and `make check` runs them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

FOLDERS = ("tests/browser/", "tests/serving/", "tests/golden/")
FIXTURES = frozenset({"open_app", "milvus_server"})
LEFT_OUT = pytest.StashKey[Counter[str]]()
IN_WORKER = "tests left out"


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = Counter()


def pytest_itemcollected(item: pytest.Item) -> None:
    if item.nodeid.startswith(FOLDERS) or FIXTURES & set(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.slow)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("slow"):
            item.config.stash[LEFT_OUT]["/".join(item.nodeid.split("/")[:2])] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        left_out = session.config.stash[LEFT_OUT]
        session.config.workeroutput[IN_WORKER] = dict(left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """All processes leave out the same."""
    node.config.stash[LEFT_OUT] = Counter(getattr(node, "workeroutput", {}).get(IN_WORKER, {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out = terminalreporter.config.stash[LEFT_OUT]
    if left_out:
        where = ", ".join(f"{count:,} in {folder}" for folder, count in left_out.most_common())
        terminalreporter.write_line(
            f"Left out {left_out.total():,} tests that open a browser, the app, a server, a process or a model, or take "
            f"seconds: {where}. `make test` runs them."
        )
