"""Every component under Streamlit's order of calls: none is destroyed by a late clean-up, none leaves anything behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from t2i_core.projection import PROJECTION_NAME
from tests import demo_maps
from tests.browser.mounted_components import BETWEEN, GATE, NAMES, PAGES, REPLAY, STORIES, WATCH, Given, read_given
from tests.browser.search_page import Visit
from tests.browser.served_app import App

# What shows that a component of this page has drawn what it was given.
DRAWN = {
    "/": ".card[data-id]",
    "/embedding_map": '.t2i-map[data-state="ready"]',
    "/captions": "tr.row",
    "/saved": ".st-key-saved_nothing",
    "/lab": ".row .told",
    "/build": "html[data-page-keys]",
}


@pytest.fixture(scope="module")
def mapped(app: App) -> Iterator[None]:
    """A map of the 30 pictures, so that the page Map has one to draw."""
    demo_maps.write_map(app.data_dir)
    yield
    (app.data_dir / PROJECTION_NAME).unlink()


@pytest.fixture(scope="module")
def given(app: App, chromium: Browser, mapped: None) -> Iterator[tuple[dict[str, Given], Callable[[], Page]]]:
    """What the app gives each component, and an empty page of the same address to replay it on."""
    context = chromium.new_context()
    context.set_default_timeout(240_000)
    context.add_init_script(BETWEEN)
    found: dict[str, Given] = {}
    for path in PAGES:
        page = context.new_page()
        page.goto(app.url + path)
        expect(page.locator(DRAWN[path.partition("?")[0]]).first).to_be_attached()
        if path == PAGES[0]:  # the filters are there once they are opened
            page.get_by_role("button", name="Filter", exact=True).click()
            expect(page.locator(".facet-root .values label").first).to_be_visible()
        found |= read_given(page)  # the page stays open: what it was lent can be fetched as long as it is

    def empty() -> Page:
        page = context.new_page()
        page.route("**/empty", lambda route: route.fulfill(content_type="text/html", body="<!doctype html><body>"))
        page.goto(app.url + "/empty")
        page.evaluate(f"() => {{ {WATCH} }}")
        return page

    yield found, empty
    context.close()


@pytest.mark.parametrize("name", NAMES)
def test_only_the_latest_calls_clean_up_ends_a_component(
    given: tuple[dict[str, Given], Callable[[], Page]], name: str
) -> None:
    found, empty = given
    assert name in found, f"no page of {PAGES} mounts {name}: name one that does"
    page = empty()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    told = page.evaluate(REPLAY, [name, vars(found[name]), STORIES])
    whole = told["one call"]["still"]
    assert whole["elements"] or whole["live"], "the component neither drew nor listened, so nothing was tried"
    nothing = {"elements": 0, "at_once": [], "later": []}
    assert {story: one["still"] for story, one in told.items()} == dict.fromkeys(STORIES, whole)
    assert {story: one["left"] for story, one in told.items()} == dict.fromkeys(STORIES, nothing)
    assert not faults
    page.close()


def closed(visit: Visit, path: str, **options: Any) -> tuple[Page, list[str]]:
    """A page none of whose components' modules has come yet, and the components' names as data for them comes."""
    page = visit("/build", before=GATE, **options)
    arrived: list[str] = []

    def note(frame: Any) -> None:
        content = frame if isinstance(frame, bytes) else str(frame).encode()
        arrived.extend(name for name in NAMES if name.encode() in content)

    page.on("websocket", lambda socket: socket.on("framereceived", note))
    page.goto(page.url.partition("/build")[0] + path)
    return page, arrived


def settled(page: Page) -> None:
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_attached()
    page.wait_for_timeout(300)


@pytest.mark.parametrize("path", ["/captions", "/?q=a+mill"])
def test_rows_come_when_new_data_overtakes_a_components_module(visit: Visit, path: str) -> None:
    page, arrived = closed(visit, path)
    name = "t2i_caption_table" if path == "/captions" else "t2i_picture_grid"
    wait_until(page, lambda: arrived.count(name) > 0)
    settled(page)
    before = arrived.count(name)
    page.locator(".st-key-dataset_open button").click()
    page.get_by_role("combobox", name=re.compile("Dataset")).click()
    page.get_by_role("option").filter(has_text=re.compile("elsewhere")).click()
    wait_until(page, lambda: arrived.count(name) > before)
    settled(page)
    page.evaluate("window.openGate()")
    expect(page.locator(DRAWN[path.partition("?")[0]])).not_to_have_count(0)
    page.wait_for_timeout(500)
    expect(page.locator(DRAWN[path.partition("?")[0]])).not_to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
def test_all_is_drawn_when_the_theme_changes_before_the_modules_come(visit: Visit, mapped: None, path: str) -> None:
    """A theme is told to every component like new data."""
    page, arrived = closed(visit, path)
    wait_until(page, lambda: len(arrived) > 0)
    settled(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    page.evaluate("window.openGate()")
    shown = page.locator(DRAWN[path.partition("?")[0]])
    expect(shown).not_to_have_count(0)
    page.wait_for_timeout(500)
    expect(shown).not_to_have_count(0)
    if path.partition("?")[0] in {"/", "/embedding_map"}:
        expect(page.get_by_role("combobox", name="What the pictures should show")).to_be_visible()


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Frames of the socket are told only while the browser is waited for."""
    for _ in range(2400):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing came for 240 s")
