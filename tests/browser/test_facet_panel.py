"""The filters on Search: opened by their key, chosen together, taken out by their crosses, in the link and in Back and Forward."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import violations
from tests.browser.search_page import Visit, cards, expect_no_sideways_scroll, ids, press_for, search


def where(address: str) -> list[dict[str, object]]:
    """The conditions in an address."""
    found: list[dict[str, object]] = json.loads(parse_qs(urlsplit(address).query).get("where", ["[]"])[0])
    return found


def open_by_key(page: Page) -> None:
    press_for(page, "f", "filter")
    expect(page.locator(".facet-root .values label").first).to_be_visible()


def test_filters_are_chosen_by_keys_and_taken_out_by_their_crosses(visit: Visit) -> None:
    page = visit("/")
    expect(cards(page).first).to_be_visible()
    search(page, "a mill on a hill")
    page.locator(".card .picture").first.focus()
    open_by_key(page)
    focused = "() => document.activeElement?.shadowRoot?.activeElement?.className ?? ''"
    page.wait_for_function(f"{focused.replace('() => ', '() => (')}).includes('facet-root')")
    box = page.get_by_role("checkbox", name="landmarks,")
    box.focus()
    page.keyboard.press("Space")
    page.wait_for_url(lambda url: where(url) == [{"field": "folder", "values": ["landmarks"]}])
    told = page.get_by_text("Only pictures where folder is landmarks", exact=True)
    expect(told).to_be_visible()
    expect(box).to_be_checked()
    expect(box).to_be_focused()  # what is drawn anew leaves whoever uses keys where they are
    page.get_by_role("checkbox", name="landscape,").click()
    page.wait_for_url(lambda url: len(where(url)) == 2)
    expect(page.locator(".status")).to_contain_text("that fit")
    assert len(ids(page)) > 0
    assert all(one.startswith("landmarks/") for one in ids(page))
    page.get_by_role("button", name="not: Folder").click()
    page.wait_for_url(lambda url: where(url)[0].get("negated") is True)
    expect(page.locator('.card[data-id^="landmarks/"]')).to_have_count(0)
    page.get_by_role("button", name="Take out: folder is not landmarks").click()
    page.wait_for_url(lambda url: where(url) == [{"field": "orientation", "values": ["landscape"]}])
    expect(page.get_by_role("checkbox", name="landmarks,")).not_to_be_checked()
    page.evaluate("history.back()")
    page.wait_for_url(lambda url: len(where(url)) == 2)
    expect(page.get_by_text("Only pictures where folder is not landmarks")).to_be_visible()
    expect(page.get_by_role("checkbox", name="landmarks,")).to_be_checked()
    page.locator(".facet-root").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".facet-root")).to_have_count(0)


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False)], ids=lambda value: str(value))
def test_axe_finds_nothing_in_the_filters(visit: Visit, width: int, dark: bool) -> None:
    page = visit('/?q=a+mill&where=[{"field":"folder","values":["landmarks"]}]', width=width, dark=dark)
    expect(cards(page).first).to_be_visible()
    page.wait_for_function("() => !document.body.innerText.includes('is loading')")
    open_by_key(page)
    expect_no_sideways_scroll(page)
    assert violations(page) == []
