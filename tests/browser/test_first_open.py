"""The first visit to a slow dataset on a cold server: the layout is there at once, nothing moves, and quick clicks do no harm."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pages._ui.registry import PAGES
from tests.app_session import AppSession
from tests.browser.search_page import Visit, cards
from tests.browser.served_app import App, serve

SLOW = str(Path(__file__).with_name("slow_app.py"))
# Everything that moved by itself: how far the browser thinks it moved, and what it was.
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) {
    if (one.hadRecentInput) continue;
    const what = one.sources.map(({ node, previousRect, currentRect }) =>
      `${node && (node.className || node.nodeName)} ${previousRect.y} to ${currentRect.y}`);
    window.shifts.push({ value: one.value, what });
  }
}).observe({ type: "layout-shift", buffered: true });
"""
MOST_SHIFTED = 0.01
OPENING = "The dataset is being opened"
LINKS = '[data-testid="stSidebar"] .st-key-pages a'


@pytest.fixture(scope="module")
def slow_app(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    log = tmp_path_factory.mktemp("slow") / "server.log"
    with serve(app.data_dir, log, model=app.checkpoint, command=(SLOW,)) as running:
        yield running


@pytest.fixture
def slow_server(slow_app: tuple[str, int]) -> str:
    """A server on which nothing is open, nor will be before it is told."""
    url, process = slow_app
    os.kill(process, signal.SIGUSR1)
    return url


@pytest.fixture
def cold_server(app: App, tmp_path: Path) -> Iterator[str]:
    """A slow server of its own, which has imported nothing yet."""
    with serve(app.data_dir, tmp_path / "server.log", model=app.checkpoint, command=(SLOW,)) as (url, _):
        yield url


def moved(page: Page) -> str:
    shifts = page.evaluate("window.shifts")
    return "\n".join(map(str, shifts)) if sum(one["value"] for one in shifts) > MOST_SHIFTED else ""


@pytest.mark.parametrize(
    ("path", "skeleton", "content"),
    [
        ("/", ".grid-root.loading .card", ".card.seen"),
        ("/?q=a+mill+on+a+hill&k=12", ".grid-root.loading .card", ".card .rank"),
        ("/embedding_map", ".st-key-map_to_come", "text=No map of these pictures yet"),
        ("/captions", "tr.skeleton", "tr.row"),
        ("/build", "input", "input"),
    ],
)
def test_the_layout_is_there_at_once_and_nothing_moves(
    visit: Visit, slow_app: tuple[str, int], slow_server: str, path: str, skeleton: str, content: str
) -> None:
    page = visit(path, before=SHIFTS, home=slow_server)
    expect(page.get_by_text(OPENING)).to_be_visible()
    expect(page.locator(skeleton).first).to_be_visible()
    page.wait_for_timeout(500)  # Streamlit's own first frames: its sidebar comes after its main part
    assert page.get_by_text(OPENING).is_visible()  # the layout came first
    page.evaluate("window.shifts.length = 0")
    os.kill(slow_app[1], signal.SIGUSR2)
    expect(page.locator(content).first).to_be_visible()
    page.wait_for_function("() => !/being opened|is loading/.test(document.body.innerText)")
    page.wait_for_timeout(500)
    assert moved(page) == ""


def test_quick_clicks_while_everything_loads_end_on_the_last_page(visit: Visit, cold_server: str) -> None:
    """No page asks by itself: the browser sends what somebody did, and nothing else."""
    page = visit("/_stcore/health", home=cold_server)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.goto(cold_server)
    expect(page.locator(LINKS)).to_have_count(len(PAGES))
    visit.sent.clear()
    order = (1, 2, 0, 5, 3, 2, 4, 1, 0, 2, 5, 3, 1, 4, 2, 0)
    for number in order:
        page.evaluate("([links, at]) => document.querySelectorAll(links)[at].click()", [LINKS, number])
        page.wait_for_timeout(60 if number % 2 else 350)
    page.wait_for_function("() => !/being opened|is loading/.test(document.body.innerText)")
    expect(cards(page).first).to_be_visible()
    assert page.url.rstrip("/") == cold_server
    assert page.locator('[data-testid="stDialog"], [data-testid="stException"]').count() == 0
    assert not [one for one in told if "404" not in one], told
    assert len(visit.sent) <= len(order) + 2


def test_no_page_lets_the_browser_ask_by_itself_or_keep_a_message(slow_app: tuple[str, int], slow_server: str) -> None:
    """Both are how a page died that was switched while the model loaded: see pages/_ui/frame/redraw.py."""
    os.kill(slow_app[1], signal.SIGUSR2)  # some seconds from the first question on

    async def look_around() -> Counter[str]:
        async with AppSession(slow_server) as tab:
            for address in ("embedding_map", "captions", "build", ""):
                await tab.visit(address)
            assert (
                len(await tab.search("a mill on a hill")) == 24
            )  # the server drew the page again once the model was there
            return tab.heard

    with ThreadPoolExecutor(1) as pool:  # Playwright's own loop runs in this thread
        heard = pool.submit(lambda: asyncio.run(look_around())).result()
    assert heard["delta"] > 20
    assert (heard["auto_rerun"], heard["cacheable"], heard["ref_hash"]) == (0, 0, 0)
