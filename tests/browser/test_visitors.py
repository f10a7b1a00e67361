"""Nothing that somebody leaves in a browser reaches who comes next, though both have the same context."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.served_app import App
from tests.browser.visitors import Visitors, visits

# Whatever a page can leave behind, and whatever it was given; and the same looked at.
LEAVE = """async () => {
  document.cookie = "left=1";
  localStorage.setItem("left", "1");
  sessionStorage.setItem("left", "1");
  window.name = "left";
  await (await caches.open("left")).put("/left", new Response("left"));
  await new Promise((done, failed) => {
    const asked = indexedDB.open("left");
    asked.onsuccess = done;
    asked.onerror = failed;
  });
  await (await navigator.storage.getDirectory()).getFileHandle("left", { create: true });
}"""
FOUND = """async () => ({
  cookie: document.cookie.includes("left=1"),  // the app sets one of its own
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  name: window.name,
  caches: await caches.keys(),
  databases: (await indexedDB.databases()).map((one) => one.name),
  files: await Array.fromAsync((await navigator.storage.getDirectory()).keys()),
  location: (await navigator.permissions.query({ name: "geolocation" })).state,
  dark: matchMedia("(prefers-color-scheme: dark)").matches,
  printed: matchMedia("print").matches,
  size: [innerWidth, innerHeight],
  first: window.first ?? null,
  history: history.length,
})"""
NOTHING = {
    "cookie": False, "local": [], "session": [], "name": "", "caches": [], "databases": [], "files": [], "location": "prompt",
    "dark": False, "printed": False, "size": [1280, 900], "first": None,
}  # fmt: skip
# Of the same address as the app, and without what the app itself keeps.
EMPTY = "/_stcore/health"


@pytest.fixture
def visitors(chromium: Browser) -> Iterator[Visitors]:
    people = Visitors(chromium)
    yield people
    people.close()


def found(page: Page) -> dict[str, object]:
    told: dict[str, object] = page.evaluate(FOUND)
    return told


def test_the_next_visitor_finds_nothing(visitors: Visitors, app: App) -> None:
    for visit in visits(visitors, app.url):
        page = visit(EMPTY, width=640, height=480, dark=True, before="window.first = 1")
        fresh = found(page)
        assert (fresh["size"], fresh["dark"], fresh["first"]) == ([640, 480], True, 1)
        page.evaluate(LEAVE)
        page.emulate_media(media="print", color_scheme="dark")
        page.context.grant_permissions(["geolocation"], origin=app.url)
        page.goto(app.url + EMPTY + "?again")
        left = found(page)
        assert all(left[name] != NOTHING[name] for name in NOTHING), left  # or the test could not fail
    for visit in visits(visitors, app.url):
        told = found(visit(EMPTY))
        assert told | NOTHING == told
        assert told["history"] == 2  # the empty page and this one


def test_two_visitors_of_one_test_share_nothing(visitors: Visitors, app: App) -> None:
    for visit in visits(visitors, app.url):
        page = visit(EMPTY)
        page.evaluate(LEAVE)
        other = visit(EMPTY)
        assert other.context is not page.context
        told = found(other)
        assert told | NOTHING == told
        assert found(page)["local"] == ["left"]  # who is there first keeps what is theirs


def test_what_was_written_while_a_page_closes_is_gone_too(visitors: Visitors, app: App) -> None:
    write = "addEventListener('pagehide', () => localStorage.setItem('left', '1'))"
    for visit in visits(visitors, app.url):
        visit(EMPTY).evaluate(f"() => {{ {write} }}")
    for visit in visits(visitors, app.url):
        assert found(visit(EMPTY))["local"] == []


def test_all_pages_are_closed(visitors: Visitors, app: App) -> None:
    for visit in visits(visitors, app.url):
        page = visit(EMPTY)
        with page.expect_popup():
            page.evaluate("() => { window.open(location.href); }")
        context = page.context
    assert context.pages == []


def test_faults_of_any_page_fail_their_own_test_alone(visitors: Visitors, app: App) -> None:
    with pytest.raises(AssertionError, match="script error: left"):
        for visit in visits(visitors, app.url):
            page = visit(EMPTY)
            page.evaluate("() => { setTimeout(() => { throw new Error('left'); }); }")
            page.wait_for_timeout(100)
    for visit in visits(visitors, app.url):
        visit(EMPTY)
