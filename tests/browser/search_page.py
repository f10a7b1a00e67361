"""What the browser tests of the Search page share: where things are and how they are done."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page, expect


class Visit(Protocol):
    """Opens a page of the app in a browser context of its own.

    Attributes
    ----------
    sent : list of int
        How long each message is that the pages sent to the server.
    """

    sent: list[int]

    def __call__(
        self,
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        before: str = "",
        home: str = "",
    ) -> Page: ...


def place_of(locator: Locator) -> FloatRect:
    """Where something stands, once it does: what is just drawn anew stands nowhere for a moment."""
    while True:
        expect(locator).to_be_visible()
        box = locator.bounding_box()
        if box is not None:
            return box


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="What the pictures should show")


def press_for(page: Page, key: str, button: str) -> None:
    """Press a key that presses the button of that name, once both are there: a press before is nobody's."""
    expect(page.locator("html[data-page-keys]")).to_be_attached()
    expect(page.locator(f".st-key-{button} button:not(:disabled)").first).to_be_attached()
    page.keyboard.press(key)


def cards(page: Page) -> Locator:
    return page.locator(".card:not(:has(.picture:empty))")


def ids(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(".card[data-id]", "cards => cards.map(card => card.dataset.id)")
    return found


def link_to(text: str) -> Callable[[str], bool]:
    """Whether an address holds the search for ``text``."""
    return lambda address: parse_qs(urlsplit(address).query).get("q") == [text]


# The run is over, and two timers began and ended after it: what a run draws waits for one at most, so it is on the page.
_SETTLED = """async () => {
    const app = document.querySelector("[data-test-script-state]");
    for (let calm = 0; calm < 2; calm = app.dataset.testScriptState === "notRunning" ? calm + 1 : 0)
        await new Promise(resolve => setTimeout(resolve, 40));
}"""


def settled(page: Page) -> None:
    """Wait until what the last run drew is on the page: a link may be there before the cards that it is of."""
    page.evaluate(_SETTLED)


def search(page: Page, text: str) -> None:
    """Ask, and wait for the pictures and for the link."""
    field(page).fill(text)
    field(page).press("Enter")
    expect(page.locator(".status .times")).to_be_visible()
    page.wait_for_url(link_to(text))
    settled(page)


def set_top_k(page: Page, top_k: int) -> None:
    box = page.get_by_role("spinbutton", name="How many pictures, typed")
    box.fill(str(top_k))
    box.press("Enter")
    expect(page.locator(".card .rank")).to_have_count(top_k)


def picture_bytes(colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(content, "PNG")
    return content.getvalue()


def expect_no_sideways_scroll(page: Page) -> None:
    page.wait_for_function("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
