"""The frame of every page: the rail of pages, the dataset that is open, and the strip that stays in reach."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from pages._ui import registry
from tests.browser.accessibility import violations
from tests.browser.search_page import Visit, cards, expect_no_sideways_scroll, field, place_of

RAIL = 54
STRIP = 72  # how far down the strip reaches, at most


@pytest.mark.parametrize("dark", [False, True])
def test_pages_stand_in_a_rail_and_say_their_names(visit: Visit, dark: bool) -> None:
    page = visit("/", dark=dark)
    expect(cards(page).first).to_be_visible()
    rail = page.get_by_test_id("stSidebar")
    assert round(place_of(rail)["width"]) == RAIL
    links = rail.get_by_role("link")
    expect(links).to_have_count(len(registry.PAGES))
    for number, one in enumerate(registry.PAGES):
        expect(links.nth(number)).to_have_accessible_name(re.compile(rf"{one.title}$"))
        box = place_of(links.nth(number))
        assert box["x"] >= 0 and box["x"] + box["width"] <= RAIL
    name = links.nth(2).get_by_text(registry.PAGES[2].title)
    assert place_of(name)["width"] < 2  # to be heard, not seen
    links.nth(1).focus()
    page.keyboard.press("Tab")
    expect(links.nth(2)).to_be_focused()
    assert place_of(name)["x"] >= RAIL and place_of(name)["width"] > 40  # beside the rail, to whoever comes by keys
    assert not violations(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/captions")
    expect(rail.locator('a[aria-current="page"]')).to_have_accessible_name(re.compile("Captions$"))


def test_the_dataset_is_told_and_changed_above_the_page(visit: Visit) -> None:
    page = visit("/")
    expect(cards(page).first).to_be_visible()
    line, opener = page.locator(".st-key-status"), page.locator(".st-key-dataset_open button")
    expect(line).to_have_text(re.compile(r"^30 pictures, [\d,]+ captions$"))
    here, query = place_of(page.locator(".st-key-dataset")), place_of(field(page))
    assert here["x"] + here["width"] < query["x"]
    assert here["y"] - 2 <= query["y"] <= query["y"] + query["height"] <= here["y"] + here["height"] + 2
    opener.click()
    told = page.get_by_test_id("stPopoverBody")
    expect(told).to_contain_text("Model tiny.pt on the processor")
    assert not violations(page)
    told.get_by_role("combobox", name="Dataset").click()
    page.get_by_role("option", name="elsewhere").click()
    page.wait_for_url("**data=elsewhere**")
    expect(cards(page)).to_have_count(4)
    expect(line).to_have_text(re.compile(r"^4 pictures, [\d,]+ captions$"))
    expect(opener).to_contain_text("elsewhere")


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_strip_stays_in_reach_and_covers_no_card_that_has_the_focus(visit: Visit, width: int) -> None:
    page = visit("/?q=a+mill", width=width, height=700)
    expect(page.locator(".card .rank")).to_have_count(24)
    page.mouse.move(width / 2, 500)
    page.mouse.wheel(0, 700)
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 300")
    for one in (field(page), page.locator(".st-key-dataset_open button")):
        box = place_of(one)
        assert box["y"] >= 0 and box["y"] + box["height"] <= STRIP
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        on_top = "([x, y]) => document.elementFromPoint(x, y).closest('.st-key-dataset, .st-key-query_bar') !== null"
        assert page.evaluate(on_top, [x, y])
    page.locator(".card .picture").last.focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")
        focused = page.locator(".card .picture:focus")
        assert place_of(focused)["y"] >= STRIP - 2
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    page.keyboard.type("a mill by the sea")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=a+mill+by+the+sea**")


def test_a_narrow_window_folds_the_pages_away(visit: Visit) -> None:
    page = visit("/?q=a+mill", width=390, height=844)
    expect(page.locator(".card .rank")).to_have_count(24)
    expect_no_sideways_scroll(page)
    expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
    page.get_by_test_id("stExpandSidebarButton").click()
    link = page.locator(".st-key-pages a").nth(2)
    expect(link).to_be_in_viewport()
    assert place_of(link.get_by_text("Captions"))["width"] > 40
    link.click()
    page.wait_for_url("**/captions")
