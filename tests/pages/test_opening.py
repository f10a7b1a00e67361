"""While a dataset is being opened every page has its final layout already, and is drawn again once it is open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.frame import frame, redraw
from t2i_core import dataset
from t2i_core.errors import DatasetError
from tests.pages.page_parts import bar, component, grid, settle, texts

SECONDS = 60.0
OpenApp = Callable[..., AppTest]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Datasets are read once this is set."""
    may_read, read = threading.Event(), dataset.read_gallery

    def slow(folder: Path, images_dir: Path | None = None) -> object:
        assert may_read.wait(SECONDS)
        return read(folder, images_dir)

    monkeypatch.setattr(dataset, "read_gallery", slow)
    monkeypatch.setattr(frame, "OPENING_WAIT_S", 0.01)
    yield may_read
    may_read.set()


def test_search_has_its_bar_and_empty_cards(
    open_app: OpenApp, datasets: Path, held: threading.Event, waits: list[redraw.Run]
) -> None:
    app = open_app(datasets, settled=False)
    assert not app.exception
    assert "The dataset is being opened" in texts(app)
    assert bar(app)["waiting"]
    assert (grid(app)["loading"], grid(app)["scored"]) == (36, False)
    assert [len(run.waits) for run in waits[-1:]] == [1]
    held.set()
    assert waits[-1].waits[0].over(0.0) or _soon(waits[-1].waits[0])
    app.run()
    assert len(grid(app)["pictures"]) == 12
    assert bar(app)["examples"]


def _soon(wait: redraw.Wait) -> bool:
    pause, deadline = threading.Event(), SECONDS
    while not wait.over(0.0) and deadline > 0:
        pause.wait(0.01)
        deadline -= 0.01
    return wait.over(0.0)


def test_a_query_of_the_link_waits_for_scored_cards(open_app: OpenApp, datasets: Path, held: threading.Event) -> None:
    app = open_app(datasets, settled=False, q="a dog", k="7")
    assert not app.exception
    assert bar(app)["text"] == "a dog"
    assert not bar(app)["waiting"]
    assert (grid(app)["loading"], grid(app)["scored"]) == (7, True)
    assert dict(app.query_params) == {"q": "a dog", "k": "7"}  # the link is as it was


def test_map_and_captions_have_theirs(open_app: OpenApp, datasets: Path, held: threading.Event) -> None:
    app = open_app(datasets, settled=False, page="pages/embedding_map.py")
    assert not app.exception
    assert grid(app)["loading"] == 18
    assert not bar(app)["waiting"]
    app.switch_page("pages/captions.py").run()
    assert not app.exception
    assert component(app, "t2i_caption_table")["loading"]
    app.switch_page("pages/build.py").run()
    assert app.button(key="build_start").label == "Start"


@pytest.mark.parametrize("late_s", [0.0, 0.5])
def test_an_error_is_told_once_and_the_next_visit_tries_again(
    open_app: OpenApp, datasets: Path, begun: list[Future[object]], monkeypatch: pytest.MonkeyPatch, late_s: float
) -> None:
    read, tries = dataset.read_gallery, []

    def fails_once(folder: Path, images_dir: Path | None = None) -> object:
        tries.append(folder)
        if len(tries) == 1:
            time.sleep(late_s)  # while the page waits for it, or before
            raise DatasetError("The disk is away.")
        return read(folder, images_dir)

    monkeypatch.setattr(dataset, "read_gallery", fails_once)
    app = open_app(datasets, settled=False)
    assert "The disk is away." in texts(app)
    app.run()
    assert "The disk is away." not in texts(app)
    settle(app, begun)
    assert len(grid(app)["pictures"]) == 12
