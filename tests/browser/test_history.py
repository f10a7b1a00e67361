"""The browser's Back and Forward: they step through what a person did, once each, and show what was there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

from tests.browser.search_page import Visit, cards, ids, search, set_top_k
from tests.browser.search_page import field as query_field

FIRST_ROWS_MS = 120_000
SHOWN = """() => {
    // Our components draw inside shadow roots.
    const roots = [document];
    for (let at = 0; at < roots.length; at += 1)
        for (const one of roots[at].querySelectorAll('*')) if (one.shadowRoot) roots.push(one.shadowRoot);
    const all = (selector) => roots.flatMap(root => [...root.querySelectorAll(selector)]);
    return {
        address: location.pathname + location.search,
        query: all('.query-root input[role=combobox], input[role=combobox][aria-label^="What the"]')[0]?.value ?? null,
        cards: all('.card[data-id]').map(one => one.dataset.id),
        words: all('.find input')[0]?.value ?? null,
        rows: all('tr.row .sentence').map(one => one.textContent),
        picked: all('.picked:not([hidden]) .count')[0]?.textContent ?? '',
        ticked: all('tr.row.chosen').map(one => one.dataset.at),
        chips: all('.filter-chip').map(one => one.textContent),
        open: all('dialog[open]').length,
    };
}"""


@dataclass
class Walk:
    """What was there after each thing done; and whether Back and Forward show it again."""

    page: Page
    steps: list[Any] = field(default_factory=list)
    first: int = 0

    def begin(self) -> None:
        expect(query_field(self.page)).to_be_visible()  # each component draws when its module has come
        self.steps = [self.page.evaluate(SHOWN)]
        self.first = self.page.evaluate("history.length")

    def changed(self) -> None:
        """What was done belongs to the step that is there."""
        self.steps[-1] = self.page.evaluate(SHOWN)
        self.expect_entries()

    def step(self) -> None:
        self.steps.append(self.page.evaluate(SHOWN))
        self.expect_entries()

    def expect_entries(self) -> None:
        assert self.page.evaluate("history.length") - self.first == len(self.steps) - 1, self.steps

    def there_and_back(self) -> None:
        for shown in reversed(self.steps[:-1]):
            self.page.evaluate("history.back()")
            self.expect_shown(shown)
        for shown in self.steps[1:]:
            self.page.evaluate("history.forward()")
            self.expect_shown(shown)
        self.expect_entries()

    def expect_shown(self, shown: Any) -> None:
        try:
            self.page.wait_for_function(f"shown => JSON.stringify(({SHOWN})()) === JSON.stringify(shown)", arg=shown)
        except Exception as error:
            raise AssertionError(f"expected {shown},\n     got {self.page.evaluate(SHOWN)}") from error
        self.page.wait_for_timeout(400)  # long enough for what would come late and change it
        assert self.page.evaluate(SHOWN) == shown


def to_page(page: Page, name: str) -> None:
    page.get_by_test_id("stPageLink").filter(has_text=name).get_by_role("link").click()


def rows(page: Page) -> Locator:
    return page.locator("tr.row")


def address(pattern: str) -> Callable[[str], bool]:
    return lambda url: re.search(pattern, url) is not None


def test_every_step_comes_back_once(visit: Visit) -> None:
    page = visit("/")
    expect(cards(page).first).to_be_visible()
    expect(page.locator("html[data-page-keys]")).to_be_attached()
    page.set_default_timeout(20_000)
    walk = Walk(page)
    walk.begin()
    search(page, "a dog")
    walk.step()
    set_top_k(page, 7)
    page.wait_for_url(address("k=7"))
    walk.step()
    to_page(page, "Captions")
    expect(rows(page)).to_have_count(50, timeout=FIRST_ROWS_MS)
    page.wait_for_url(address("/captions$"))
    walk.step()
    rows(page).nth(1).get_by_role("checkbox").click()
    expect(page.locator(".picked .count")).to_have_text("1 caption selected")
    rows(page).nth(3).get_by_role("checkbox").click()
    expect(page.locator(".picked .count")).to_have_text("2 captions selected")
    page.wait_for_url(address(r"picked=\d+%2C\d+"))
    walk.changed()
    page.get_by_role("textbox", name="Words in captions").fill("water")
    page.get_by_role("textbox", name="Words in captions").press("Enter")
    page.wait_for_url(address("find=water"))
    expect(rows(page).first).to_contain_text(re.compile("water", re.I))
    walk.step()
    rows(page).first.get_by_role("button", name="Search pictures with this caption").click()
    page.wait_for_url(address(r"/\?q="))
    expect(cards(page)).to_have_count(7)
    expect(page.locator(".status .times")).to_be_visible()
    walk.step()
    cards(page).nth(2).click()
    page.wait_for_url(address("picture="))
    expect(page.locator("dialog[open]")).to_be_visible()
    walk.step()
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "picture=" not in url)
    walk.step()
    walk.there_and_back()


def test_ways_between_pages_are_one_step_each(visit: Visit) -> None:
    """Links of the sidebar, keys, and what leads to another page, with and without something asked."""
    page = visit("/")
    expect(cards(page).first).to_be_visible()
    page.set_default_timeout(20_000)
    walk = Walk(page)
    walk.begin()
    cards(page).nth(4).click()
    page.wait_for_url(address("picture="))
    expect(page.locator("dialog[open]")).to_be_visible()
    walk.step()
    page.locator("dialog").get_by_role("button", name="Open in Captions").click()
    page.wait_for_url(address("/captions.*f.file="))
    expect(page.locator(".filter-chip")).to_have_count(1)
    expect(rows(page).first).to_be_visible(timeout=FIRST_ROWS_MS)
    walk.step()
    to_page(page, "Search")
    page.wait_for_url(address(r":\d+/$"))
    expect(cards(page).first).to_be_visible()
    walk.step()
    search(page, "a cat")
    walk.step()
    page.locator("body").press("Escape")
    to_page(page, "Build")
    page.wait_for_url(address("/build$"))
    expect(page.get_by_role("heading", name="Build from your pictures")).to_be_visible()
    walk.step()
    to_page(page, "Captions")
    page.wait_for_url(address("/captions.*f.file="))
    expect(rows(page).first).to_be_visible()
    walk.step()
    to_page(page, "Search")
    page.wait_for_url(address(r"q=a\+cat"))
    expect(page.locator(".status .times")).to_be_visible()
    expect(query_field(page)).to_have_value("a cat")
    assert ids(page)
    walk.step()
    walk.there_and_back()


def test_taking_out_what_a_link_asks_is_one_step(visit: Visit) -> None:
    asked = urlencode({"q": "a dog", "where": '[{"field":"folder","values":["animals"]}]', "cut": "-0.5"})
    page = visit(f"/?{asked}")
    told = page.get_by_text("Only pictures where folder is animals")
    expect(told).to_be_visible()
    expect(page.locator(".status .times")).to_be_visible()
    page.set_default_timeout(20_000)
    assert all(one.startswith("animals/") for one in ids(page))
    walk = Walk(page)
    walk.begin()
    page.get_by_role("button", name="Take out").first.click()
    expect(told).to_have_count(0)
    page.wait_for_url(lambda url: "where=" not in url and "cut=-0.5" in url)
    expect(cards(page)).to_have_count(24)
    walk.step()
    page.get_by_role("button", name="Take out").click()
    page.wait_for_url(address(r"\?q=a\+dog$"))
    walk.step()
    walk.there_and_back()
