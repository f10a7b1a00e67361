"""Terms in a real browser: chips by keys, drag and typing, mute, remove and add; rewrites, links and recent queries."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import violations
from tests.browser.search_page import Visit, cards, expect_no_sideways_scroll, field, ids, place_of, search, settled

TERMS = "/?terms=a+white+mill+-+snow"


def chip(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=True)


def wait_for_terms(page: Page, terms: str) -> None:
    page.wait_for_function(
        "(terms) => new URLSearchParams(location.search).get('terms') === terms",
        arg=terms,
    )
    settled(page)


def test_terms_are_typed_weighed_muted_and_removed_by_keys_alone(visit: Visit) -> None:
    page = visit()
    field(page).fill("a white mill - snow")
    field(page).press("Enter")
    wait_for_terms(page, "a white mill - snow")
    expect(field(page)).to_have_value("")
    mill, snow = chip(page, "a white mill"), chip(page, "snow")
    expect(snow).to_have_attribute("aria-valuenow", "-1")
    expect(page.locator(".card .of-terms .part")).to_have_count(48)
    assert re.search(r"a white mill [+−]\d", page.locator(".card .of-terms").first.get_attribute("title") or "")
    mill.focus()
    mill.press("ArrowRight")
    mill.press("ArrowRight")
    wait_for_terms(page, "1.5*a white mill - snow")
    expect(mill).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(snow).to_be_focused()
    page.keyboard.type("-.3")
    page.keyboard.press("Enter")
    wait_for_terms(page, "1.5*a white mill - 0.3*snow")
    snow.press("Enter")
    wait_for_terms(page, "1.5*a white mill + 0*snow")
    expect(snow).to_have_attribute("aria-valuetext", "muted")
    snow.press("Enter")
    wait_for_terms(page, "1.5*a white mill - 0.3*snow")
    snow.press("Backspace")
    page.wait_for_function("new URLSearchParams(location.search).get('q') === 'a white mill'")
    expect(field(page)).to_have_value("a white mill")
    expect(field(page)).to_be_focused()
    expect(page.locator(".terms")).to_be_hidden()


def test_a_drag_sideways_weighs_and_a_click_mutes(visit: Visit) -> None:
    page = visit(TERMS)
    mill = chip(page, "a white mill")
    box = place_of(mill)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 30, y, steps=3)
    page.mouse.move(x - 84, y, steps=3)
    page.mouse.up()
    wait_for_terms(page, "- 0.5*a white mill - snow")
    page.mouse.move(x, y)
    mill.click()
    wait_for_terms(page, "0*a white mill - snow")
    mill.click()
    wait_for_terms(page, "- 0.5*a white mill - snow")


def test_words_and_a_picture_are_added_and_back_undoes_it(visit: Visit) -> None:
    page = visit()
    search(page, "a white mill")
    before = ids(page)
    expect(page.locator(".terms")).to_be_hidden()
    page.get_by_role("button", name="Add a term to the query").click()
    expect(chip(page, "a white mill")).to_be_visible()
    expect(field(page)).to_be_focused()
    page.keyboard.type("- 0.5*snow")
    page.keyboard.press("Enter")
    wait_for_terms(page, "a white mill - 0.5*snow")
    page.locator(".card .picture").nth(1).click()
    added = ids(page)[1]
    expect(page.get_by_role("list", name=re.compile("What each term gave")).get_by_role("listitem")).to_have_count(2)
    page.get_by_role("button", name="Add to query").click()
    wait_for_terms(page, f"a white mill - 0.5*snow + [{added}]")
    expect(chip(page, f"Picture {added}")).to_be_visible()
    assert added not in ids(page)
    page.go_back()  # to the picture in detail
    wait_for_terms(page, "a white mill - 0.5*snow")
    expect(page.locator("dialog.detail")).to_be_visible()
    page.go_back()
    page.wait_for_function("!new URLSearchParams(location.search).has('picture')")
    expect(page.locator("dialog.detail")).to_be_hidden()
    expect(page.get_by_role("slider")).to_have_count(3)  # two terms, and top k
    page.go_back()
    page.wait_for_function("new URLSearchParams(location.search).get('q') === 'a white mill'")
    expect(field(page)).to_have_value("a white mill")
    expect(page.locator(".terms")).to_be_hidden()
    expect(page.locator(".card .of-terms")).to_have_count(0)
    assert ids(page) == before


def test_without_is_offered_rewritten_and_asked_by_one_click(visit: Visit) -> None:
    page = visit()
    search(page, "a mill without snow")
    expect(page.locator(".terms")).to_be_hidden()
    page.get_by_role("button", name="Ask: a mill − ½ snow").click()
    wait_for_terms(page, "a mill - 0.5*snow")
    expect(chip(page, "snow")).to_have_attribute("aria-valuenow", "-0.5")
    expect(page.locator(".rewrite")).to_be_hidden()
    expect(field(page)).to_be_focused()  # what was pressed is gone, and keys go on from here
    page.get_by_role("button", name="Clear the query").click()
    expect(page.locator(".card .rank:visible")).to_have_count(0)
    expect(page.locator(".terms")).to_be_hidden()
    field(page).blur()
    field(page).focus()
    page.get_by_role("option", name="a mill - 0.5*snow").click()
    wait_for_terms(page, "a mill - 0.5*snow")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (1280, True), (390, True)])
def test_chips_are_for_everybody(visit: Visit, width: int, dark: bool) -> None:
    page = visit(TERMS + "+%2B+0*rain+%2B+1.5*a+very+long+sentence+of+many+words+about+a+house", width=width, dark=dark)
    expect(cards(page).first).to_be_visible()
    expect(page.locator(".card .of-terms").first).to_be_visible()
    expect(page.get_by_role("slider", name="rain")).to_have_attribute("aria-valuetext", "muted")
    assert violations(page) == []
    expect_no_sideways_scroll(page)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("open Captions")
    expect(keys).to_contain_text("type its weight")
    assert violations(page) == []
    page.keyboard.press("m")  # no key of the page behind it
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    assert "/embedding_map" not in page.url
