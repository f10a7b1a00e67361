"""The app served over a small dataset, driven in a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests import demo_dataset
from tests.browser.chromium import launch
from tests.browser.ensure_chromium import LEFT_OUT, find_chromium, why_not_installable
from tests.browser.map_page import demo, large, open_map, place, projection  # noqa: F401 fixtures of every test of the map
from tests.browser.search_page import Visit
from tests.browser.served_app import HOSTILE_CAPTION, ROOT, App, serve

IMAGES = 30
# A busy machine is no failure: these are for an app that hangs, not for one that is slow.
DEFAULT_TIMEOUT_MS = 240_000


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


@pytest.fixture
def visit(chromium: Browser, app: App) -> Iterator[Visit]:
    """Open a page of the app in a browser context of its own; errors of its scripts fail the test."""
    yield from _visits(chromium, app)


@pytest.fixture
def visit_with_webgl(chromium_with_webgl: Browser, app: App) -> Iterator[Visit]:
    """The same in a browser that can draw the map's points."""
    yield from _visits(chromium_with_webgl, app)


class _Opener:
    """The `Visit` of one test: opens pages, and notes what is wrong with any of them."""

    def __init__(self, browser: Browser, app: App) -> None:
        self.sent: list[int] = []
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        self._browser, self._app = browser, app

    def __call__(
        self,
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        before: str = "",
        home: str = "",
    ) -> Page:
        home = home or self._app.url
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", accept_downloads=True
        )
        self.contexts.append(context)
        context.set_default_timeout(DEFAULT_TIMEOUT_MS)
        if before:
            context.add_init_script(before)
        page = context.new_page()
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: self.sent.append(len(frame))))
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("request", lambda request: _note_foreign(request.url, home, self.faults))
        page.goto(home + path)
        return page


def _visits(browser: Browser, app: App) -> Iterator[Visit]:
    opener = _Opener(browser, app)
    yield opener
    for context in opener.contexts:
        context.close()
    assert not opener.faults, opener.faults


def _note_foreign(url: str, home: str, faults: list[str]) -> None:
    """The app works offline: nothing may be asked of any other server."""
    if not url.startswith((home, home.replace("http", "ws"), "data:", "blob:")):
        faults.append(f"request to another server: {url}")
