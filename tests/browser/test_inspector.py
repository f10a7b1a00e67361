"""An open picture stands beside the page, which stays in use; where there is no room it lies over the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import violations
from tests.browser.map_page import Place, of_map
from tests.browser.search_page import (
    Visit,
    expect_no_sideways_scroll,
    field,
    ids,
    place_of,
    search,
)

FIRST_ROWS_MS = 60_000


def hits(visit: Visit, path: str = "/?q=a+mill", **manner: object) -> Page:
    page = visit(path, **manner)  # type: ignore[arg-type]
    expect(page.locator(".card .rank")).to_have_count(24)
    expect(page.locator("html[data-page-keys]")).to_be_attached()
    return page


def panel(page: Page) -> Locator:
    return page.locator("dialog.detail[open]")


def card(page: Page, picture: str) -> Locator:
    return page.locator(f'.card[data-id="{picture}"]')


def expect_shown(page: Page, picture: str) -> None:
    """It is the one in the panel and the one that is marked among the cards."""
    expect(panel(page).locator(".facts dd").first).to_have_text(picture)
    expect(page.locator(".card.opened")).to_have_count(1)
    expect(card(page, picture)).to_have_class(re.compile(r"\bopened\b"))
    expect(card(page, picture).locator(".picture")).to_have_attribute("aria-current", "true")


def is_modal(page: Page) -> bool:
    return bool(panel(page).evaluate("dialog => dialog.matches(':modal')"))


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_page_makes_room_and_stays_in_use(visit: Visit, width: int) -> None:
    page = hits(visit, width=width)
    order = ids(page)
    grid = page.locator(".area").first
    wide = place_of(grid)["width"]
    card(page, order[3]).locator(".picture").click()
    expect_shown(page, order[3])
    assert not is_modal(page)
    box = place_of(panel(page))
    assert (round(box["x"] + box["width"]), round(box["y"]), round(box["height"])) == (width, 0, 900)
    assert 320 < box["width"] <= 420
    area = place_of(grid)
    assert abs(wide - area["width"] - box["width"]) < 2
    for one in page.locator(".card").all():
        there = place_of(one)
        assert there["x"] + there["width"] <= box["x"]  # nothing is hidden behind it
    expect(card(page, order[3]).locator(".picture")).to_be_focused()  # a click moves no focus
    card(page, order[6]).locator(".picture").click()
    expect_shown(page, order[6])
    page.keyboard.press("ArrowLeft")
    expect_shown(page, order[5])
    expect(card(page, order[5]).locator(".picture")).to_be_focused()
    panel(page).get_by_role("button", name="Next picture").click()
    expect_shown(page, order[6])
    page.wait_for_url(lambda address: f"picture={order[6].replace('/', '%2F')}" in address)
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(page.locator(".card.opened")).to_have_count(0)
    expect(card(page, order[6]).locator(".picture")).to_be_focused()
    assert place_of(grid)["width"] == wide
    page.wait_for_url(lambda address: "picture=" not in address)


def test_the_opened_card_stays_where_it_is(visit: Visit) -> None:
    page = hits(visit, width=1440)
    order = ids(page)
    last = card(page, order[15])
    last.scroll_into_view_if_needed()
    page.mouse.wheel(0, 120)
    before = place_of(last)["y"]
    last.locator(".picture").click()
    expect_shown(page, order[15])
    assert abs(place_of(last)["y"] - before) < 2
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(last.locator(".picture")).to_be_focused()
    expect(last.locator(".picture")).to_be_in_viewport()


def test_i_opens_the_first_picture_or_the_focused_one_and_closes_it(visit: Visit) -> None:
    page = hits(visit)
    order = ids(page)
    page.mouse.move(2, 2)
    page.keyboard.press("i")
    expect_shown(page, order[0])
    expect(page.locator(".detail-body")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect_shown(page, order[1])
    page.keyboard.press("i")
    expect(panel(page)).to_have_count(0)
    expect(card(page, order[1]).locator(".picture")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("i")
    expect_shown(page, order[2])
    page.keyboard.press("/")  # the page's keys are still the page's
    expect(field(page)).to_be_focused()
    field(page).press("i")  # and a letter is one where somebody types
    expect_shown(page, order[2])
    expect(page.get_by_role("dialog", name=f"Picture {order[2]}")).to_be_visible()


def test_it_stays_open_for_what_is_asked_next(visit: Visit) -> None:
    page = hits(visit)
    first = ids(page)[0]
    card(page, first).locator(".picture").click()
    expect_shown(page, first)
    search(page, "an old tower by the water")
    expect_shown(page, ids(page)[0])
    expect(panel(page).locator(".score-line .rank")).to_have_text("1")
    page.wait_for_url("**picture=**")
    panel(page).get_by_role("button", name="More like this").click()
    expect(page.locator(".chip-image")).to_be_visible()
    expect(page.locator(".status")).to_contain_text("24 of 29 other pictures, closest first")
    expect_shown(page, ids(page)[0])
    page.keyboard.press("c")  # it goes along to the captions, and back
    page.wait_for_url("**/captions**picture=**")
    expect(page.locator("tr.row").first).to_be_visible(timeout=FIRST_ROWS_MS)
    expect(panel(page).locator(".caption-row").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    page.go_back()
    expect(page.locator(".card .rank").first).to_be_visible()


def test_escape_closes_the_picture_before_it_selects_nothing(visit: Visit) -> None:
    page = hits(visit)
    order = ids(page)
    card(page, order[2]).locator(".picture").click()
    page.keyboard.press("x")
    expect(page.locator(".card.selected")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    expect(page.locator(".card.selected")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(page.locator(".card.selected")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator(".card.selected")).to_have_count(0)


def test_keys_in_the_panel_mean_its_picture(visit: Visit) -> None:
    page = hits(visit)
    order = ids(page)
    card(page, order[1]).locator(".picture").press("Enter")
    expect(page.locator(".detail-body")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect_shown(page, order[2])
    page.keyboard.press("x")
    expect(page.locator(".card.selected")).to_have_attribute("data-id", order[2])
    page.keyboard.press("l")
    expect(panel(page).get_by_role("button", name="Like", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")  # large, over the page
    expect(panel(page).get_by_role("button", name="Beside the page again")).to_have_attribute("aria-pressed", "true")
    assert is_modal(page)
    assert place_of(panel(page))["width"] > 1000
    assert not violations(page)
    page.keyboard.press("Escape")
    expect(panel(page).get_by_role("button", name="Larger")).to_have_attribute("aria-pressed", "false")
    assert not is_modal(page)
    expect_shown(page, order[2])
    panel(page).locator(".stage img").click()
    expect(panel(page).get_by_role("button", name="Beside the page again")).to_be_visible()
    panel(page).get_by_role("button", name="Close").click()
    expect(panel(page)).to_have_count(0)


def test_without_room_it_lies_over_the_page(visit: Visit) -> None:
    page = hits(visit, width=1200)
    order = ids(page)
    card(page, order[1]).locator(".picture").click()
    expect_shown(page, order[1])
    page.set_viewport_size({"width": 960, "height": 900})
    expect(page.locator(".card.opened")).to_have_count(0)
    assert is_modal(page)
    expect(page.locator("html[data-inspector]")).to_have_count(0)
    page.set_viewport_size({"width": 1200, "height": 900})
    expect_shown(page, order[1])
    assert not is_modal(page)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("html[data-inspector]")).to_have_count(0)
    box = place_of(panel(page))
    assert (round(box["x"]), round(box["y"]), round(box["width"])) == (0, 0, 390)
    expect_no_sideways_scroll(page)
    expect(panel(page).get_by_role("button", name="Larger")).to_have_count(0)
    panel(page).get_by_role("button", name="More like this").click()
    expect(page.locator(".chip-image")).to_be_visible()  # nothing lies over what was found
    expect(page.locator(".status")).to_contain_text("24 of 29 other pictures, closest first")
    expect(panel(page)).to_have_count(0)
    page.wait_for_url(lambda address: "like=" in address and "picture=" not in address)


def test_rows_of_captions_are_looked_at_so_too(visit: Visit) -> None:
    page = visit("/captions")
    rows = page.locator("tr.row")
    expect(rows).to_have_count(50, timeout=FIRST_ROWS_MS)
    names = rows.locator(".file").all_inner_texts()
    rows.nth(2).locator(".sentence").click()
    fact = panel(page).locator(".facts dd").first
    expect(fact).to_have_text(names[2])
    assert not is_modal(page)
    rows.nth(2).focus()
    other = next(at for at in range(3, 50) if names[at] != names[2])
    for _ in range(2, other):
        page.keyboard.press("ArrowDown")
    expect(rows.nth(other)).to_be_focused()
    expect(fact).to_have_text(names[other])
    marked = page.locator("tr.row[aria-current]")
    expect(marked).to_have_count(names.count(names[other]))
    expect(panel(page).locator(".caption-row.best .text")).to_have_text(
        rows.nth(other).locator(".sentence").inner_text()
    )
    assert (
        place_of(panel(page).locator(".caption-row.best .text"))["width"] > 100
    )  # to be read, however dense the rows are
    page.mouse.move(2, 2)
    assert not violations(page)
    page.keyboard.press("i")
    expect(panel(page)).to_have_count(0)
    expect(marked).to_have_count(0)
    expect(rows.nth(other)).to_be_focused()


def test_the_map_shows_all_of_itself_in_the_room_that_is_left(open_map: Callable[..., Page], demo: Place) -> None:
    page = open_map(query=f"{demo.query}&q=fish", width=1440)
    expect(page.locator(".card .rank").first).to_be_visible()
    wide = place_of(page.locator(".t2i-map"))["width"]
    page.mouse.move(2, 2)
    page.keyboard.press("i")
    first = ids(page)[0]
    expect_shown(page, first)
    assert not is_modal(page)
    page.wait_for_function(f"document.querySelector('.t2i-map').embeddingMap.viewport.width < {wide - 100}")
    page.wait_for_function(
        """() => {
            const { viewport } = document.querySelector('.t2i-map').embeddingMap;
            const [now, whole] = [viewport.view, viewport.whole()];
            return Object.keys(whole).every(edge => Math.abs(now[edge] - whole[edge]) < 0.01 * (whole.x1 - whole.x0));
        }"""
    )
    of_map(
        page, "map.card.pin({ row: map.data.hits[2].row, x: map.data.hits[2].x, y: map.data.hits[2].y, text: null })"
    )
    page.get_by_role("dialog", name="Pinned picture").get_by_role("button", name="Open").click()
    expect_shown(page, demo.image_ids[of_map(page, "map.data.hits[2].row")])
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
