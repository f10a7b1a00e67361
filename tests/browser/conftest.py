"""The app served over a small dataset, driven in a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests import demo_dataset
from tests.browser.chromium import launch
from tests.browser.ensure_chromium import LEFT_OUT, find_chromium, why_not_installable
from tests.browser.map_page import demo, large, open_map, place, projection  # noqa: F401 fixtures of every test of the map
from tests.browser.search_page import Visit
from tests.browser.served_app import HOSTILE_CAPTION, ROOT, App, serve
from tests.browser.visitors import DEFAULT_TIMEOUT_MS, Visitors, visits

IMAGES = 30


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    mine = [item for item in items if here in item.path.parents]
    for item in mine:
        item.add_marker(pytest.mark.browser)
    if mine and find_chromium() is None:
        items[:] = [item for item in items if item not in mine]
        config.hook.pytest_deselected(items=mine)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if find_chromium() is None:
        reason = why_not_installable() or "there is no Chromium; run tests/browser/ensure_chromium.py"
        terminalreporter.write_line(LEFT_OUT.format(reason=reason), yellow=True)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("browser")
    checkpoint = demo_dataset.write_checkpoint(folder / "tiny.pt")
    data_dir = folder / "gallery"
    captions = demo_dataset.write_demo_dataset(data_dir, checkpoint, images=IMAGES)
    # Pictures that lie outside static/ reach the browser another way; one of them has a hostile caption.
    elsewhere = folder / "pictures elsewhere"
    frame = demo_dataset.demo_captions(4)
    for name in frame["image"].unique():
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "static" / "images" / name, elsewhere / name)
    demo_dataset.write_demo_dataset(
        data_dir / "elsewhere", checkpoint, images=4, images_dir=elsewhere, first_caption=HOSTILE_CAPTION
    )
    with serve(data_dir, folder / "server.log", model=checkpoint) as (url, process):
        yield App(url, process, data_dir, captions, checkpoint)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=DEFAULT_TIMEOUT_MS)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright, timeout_ms=DEFAULT_TIMEOUT_MS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def chromium_with_webgl(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright, webgl=True, light=True, timeout_ms=DEFAULT_TIMEOUT_MS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def visitors(chromium: Browser) -> Iterator[Visitors]:
    people = Visitors(chromium)
    yield people
    people.close()


@pytest.fixture(scope="session")
def visitors_with_webgl(chromium_with_webgl: Browser) -> Iterator[Visitors]:
    people = Visitors(chromium_with_webgl)
    yield people
    people.close()


@pytest.fixture
def visit(visitors: Visitors, app: App) -> Iterator[Visit]:
    """Open a page of the app in a browser that remembers nothing of other visits; errors of its scripts fail the test."""
    yield from visits(visitors, app.url)


@pytest.fixture
def visit_with_webgl(visitors_with_webgl: Visitors, app: App) -> Iterator[Visit]:
    """The same in a browser that can draw the map's points."""
    yield from visits(visitors_with_webgl, app.url)
