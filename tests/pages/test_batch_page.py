"""Many at once: a file of requests on the Saved page, its faults by line, the table, stopping, and waiting for another's."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.jobs import batches
from pages._ui.saved import batch_part
from pages._ui.session.widgets import BATCH_FILE, SAVED_PART
from t2i_core.marks.batches import COLUMNS, NamedRequest
from t2i_core.query import SearchRequest
from tests.pages.page_parts import texts
from tests.pages.visits import visit

OpenApp = Callable[..., AppTest]
SECONDS = 300.0


def batch_page(open_app: OpenApp, data: Path) -> AppTest:
    app = open_app(data, page="pages/saved.py")
    app.session_state[SAVED_PART] = "Many at once"
    app.run()
    assert not app.exception
    return app


def choose(app: AppTest, name: str, text: str) -> AppTest:
    app.file_uploader(key=BATCH_FILE).set_value((name, text.encode("utf-8"), "text/plain")).run()
    assert not app.exception
    return app


def ended(app: AppTest) -> AppTest:
    job = visit(app).batch.job
    assert job is not None
    job.future.exception(timeout=SECONDS)
    app.run()
    assert not app.exception
    return app


def test_a_file_becomes_a_table_and_faults_are_told_by_line(open_app: OpenApp, datasets: Path) -> None:
    app = batch_page(open_app, datasets)
    assert "a row for each picture of each request" in texts(app)
    choose(app, "asked.csv", "name,query,top_k\nmills,an old mill,2\nbad,a mill,x\ntoo many,a mill,99\n,=castle,1\n")
    assert "1 request of the file cannot be asked." in texts(app)
    assert "Line 3: top_k must be a whole number, got 'x'" in texts(app)
    app.button(key="batch_start").click().run()
    ended(app)
    assert "asked.csv: 3 rows of 2 requests." in texts(app)
    assert "2 requests could not be asked:" in texts(app)
    assert "Line 4: top_k must be in 1..12, got 99" in texts(app)
    table = visit(app).kept.files["batch.csv"][1].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["search"], row["rank"]) for row in rows] == [("mills", "1"), ("mills", "2"), ("4", "1")]
    assert SearchRequest.from_json(rows[0]["request"]) == SearchRequest.of("an old mill", top_k=2)
    app.button(key="batch_away").click().run()
    assert "asked.csv: 3 rows" not in texts(app)


def test_a_file_that_holds_no_requests_is_refused(
    open_app: OpenApp, datasets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = choose(batch_page(open_app, datasets), "asked.csv", "image,words\na.png,a dog\n")
    assert "A CSV of requests has a column query" in texts(app)
    monkeypatch.setattr(batch_part, "MOST_REQUESTS", 1)
    choose(app, "asked.jsonl", '{"query": [{"words": "a"}]}\n{"query": [{"words": "b"}]}\n')
    assert "at most 1 request, got 2" in texts(app)
    assert not [one for one in app.button if one.key == "batch_start"]


class Slow:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.gallery = SimpleNamespace(name="slow", manifest=None)
        self.images, self.asked, self.go = 1, threading.Event(), threading.Event()

    def search(self, request: SearchRequest) -> Any:
        self.asked.set()
        assert self.go.wait(SECONDS)
        return SimpleNamespace(hits=[SimpleNamespace(rank=1, image_id="a.png", score=0.5, caption=None)])


def order(engine: Any, count: int = 3) -> batches.BatchOrder:
    requests = [NamedRequest(f"{number}", SearchRequest.of(f"{number}"), f"line {number}") for number in range(count)]
    return batches.BatchOrder("asked.jsonl", "here", requests, engine)


def test_what_is_stopped_keeps_what_is_done_and_another_waits_until_then() -> None:
    slow, quick = Slow(), Slow()
    quick.go.set()
    first = batches.start(order(slow))
    assert slow.asked.wait(SECONDS)
    second, third = batches.start(order(quick)), batches.start(order(quick))
    assert str(second.progress) == "Waiting for another file to be done"
    third.stop()
    assert third.future.exception(SECONDS) is not None
    assert (third.outcome, third.error) == (None, None)
    first.stop()
    slow.go.set()
    found = first.future.result(SECONDS)
    assert (len(found.rows), found.answered, found.done, found.of) == (1, 1, 1, 3)
    assert second.future.result(SECONDS).done == 3


def test_a_table_that_grows_too_large_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_ROWS", 2)
    quick = Slow()
    quick.go.set()
    found = batches.start(order(quick)).future.result(SECONDS)
    assert (len(found.rows), found.answered, found.done, found.of) == (2, 2, 2, 3)
    [(place, told)] = found.faults
    assert place == "line 2"
    assert "at most 2 rows" in told
