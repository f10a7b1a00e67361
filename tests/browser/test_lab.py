"""The lab in a browser: clicks on plots set k, list captions and open them; ways are compared, own questions asked."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.search_page import Visit, cards, field, place_of


def drawn(page: Page) -> None:
    expect(page.locator(".t2i-lab-plot[data-state=drawn]")).to_have_count(3)
    expect(page.locator(".row .told").first).to_be_visible()


def of_plot(page: Page, number: int) -> Locator:
    """Where one of the plots takes clicks."""
    return page.locator(".t2i-lab-plot").nth(number).locator(".nsewdrag")


def test_a_click_on_the_curve_sets_k_on_search(visit: Visit) -> None:
    page = visit("/lab")
    drawn(page)
    expect(page.get_by_text("Search shows k = 24")).to_be_visible()
    plot = page.locator(".t2i-lab-plot .nsewdrag").first
    box = place_of(plot)
    plot.hover(position={"x": box["width"] * 0.55, "y": box["height"] / 2})
    plot.click(position={"x": box["width"] * 0.55, "y": box["height"] / 2})
    told = page.get_by_text(re.compile(r"Search shows k = \d+"))
    expect(told).not_to_contain_text("k = 24")
    chosen = re.search(r"k = (\d+)", told.inner_text())
    assert chosen is not None and 1 < int(chosen.group(1)) < 24
    of_plot(page, 1).click(position={"x": 12, "y": 12})  # the row of the first bar
    behind = page.locator(".st-key-lab_part_captions button")
    expect(behind.first).to_be_visible()
    expect(page.get_by_role("combobox", name="What is behind a bar")).not_to_have_value("choose a part")
    scores = of_plot(page, 2)
    box = place_of(scores)
    scores.click(position={"x": box["width"] * 0.6, "y": box["height"] / 2})
    expect(page).to_have_url(re.compile(r"/captions\?f\.similarity="))
    expect(page.get_by_role("table")).to_be_visible()
    page.go_back()
    drawn(page)
    page.get_by_role("link", name="Open Search").click()
    field(page).fill("a mill on a hill")
    field(page).press("Enter")
    expect(cards(page)).to_have_count(int(chosen.group(1)))


def test_the_worst_query_is_asked_on_search(visit: Visit) -> None:
    page = visit("/lab", dark=True, width=390)
    drawn(page)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    row = page.locator(".row").first
    caption = row.locator(".sentence").inner_text()
    assert row.locator("img").evaluate_all("all => all.map(one => one.complete && one.naturalWidth > 0)") == [
        True,
        True,
    ]
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("Rank-biased overlap")).to_be_visible()
    asked = f'query,image\n"{caption}",\n'.encode()
    page.locator("input[type=file]").set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": asked})
    expect(page.get_by_text("1 question of mine.csv")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    row.get_by_role("button", name="Search", exact=True).click()
    expect(field(page)).to_have_value(caption)
    expect(cards(page).first).to_be_visible()
