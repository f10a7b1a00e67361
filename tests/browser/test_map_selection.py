"""One selection and one hover for all pages in a real browser; pictures in place of points, and groups shown alone."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import violations
from tests.browser.map_page import Place, draw, of_map, ready
from tests.browser.search_page import place_of


def tray(page: Page) -> Locator:
    return page.get_by_role("group", name="Selected pictures")


def expect_selected(page: Page, rows: int) -> None:
    """On the map, and in the tray."""
    page.wait_for_function(
        "rows => (document.querySelector('.t2i-map').embeddingMap.selector.rows?.length ?? 0) === rows", arg=rows
    )
    expect(tray(page)).to_contain_text(f"{rows} selected")


def test_one_selection_and_one_hover_for_all_pages(open_map: Callable[..., Page], demo: Place) -> None:
    page = open_map(query=f"{demo.query}&q=fish")
    cards = page.locator(".card")
    expect(page.locator(".card .rank").first).to_be_visible()

    mark = page.locator(".t2i-map .pointed-mark")
    expect(mark).to_be_hidden()
    cards.nth(2).hover()
    expect(mark).to_be_visible()
    assert of_map(page, "map.pointed.row") == of_map(page, "map.data.hits[2].row")
    page.mouse.move(2, 2)
    expect(mark).to_be_hidden()
    of_map(
        page, "map.card.show({ row: map.data.hits[1].row, x: map.data.hits[1].x, y: map.data.hits[1].y, text: null })"
    )
    expect(page.locator(".card.pointed")).to_have_count(1)
    assert (
        page.locator(".card.pointed").get_attribute("data-id") == demo.image_ids[of_map(page, "map.data.hits[1].row")]
    )
    of_map(page, "map.card.leave()")
    expect(page.locator(".card.pointed")).to_have_count(0)

    cards.nth(0).click(modifiers=["ControlOrMeta"])
    cards.nth(2).click(modifiers=["Shift"])
    expect_selected(page, 3)
    expect(page.locator(".card .rank").first).to_be_visible()  # the hits stay listed
    page.keyboard.down("Shift")
    draw(page, "Lasso", [(0.6, 0.3), (0.95, 0.3), (0.95, 0.5), (0.6, 0.5)])
    page.keyboard.up("Shift")
    page.wait_for_function("document.querySelector('.t2i-map').embeddingMap.selector.rows.length > 10")
    many = of_map(page, "map.selector.rows.length")
    expect_selected(page, many)
    page.keyboard.down("Alt")
    draw(page, "Box", [(0.6, 0.3), (0.95, 0.5)])
    page.keyboard.up("Alt")
    expect_selected(page, 3)
    assert not violations(page)

    page.get_by_role("link", name="Captions").first.click()
    rows = page.locator("tr.row")
    expect(rows.first).to_be_visible()
    bar = page.locator(".picked")
    expect(bar).to_contain_text("3 pictures selected")
    assert 43 <= place_of(rows.nth(3))["height"] <= 46
    rows.nth(0).press("x")
    expect(bar).to_contain_text("4 pictures selected")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+X")
    chosen = page.evaluate("globalThis[Symbol.for('t2i chosen pictures')].ids.length")
    expect(bar).to_contain_text(f"{chosen} pictures selected")
    page.get_by_role("button", name="Comfortable").click()
    expect(rows.nth(3)).to_have_css("height", re.compile(r"^(8[1-9]|9\d|\d{3})"))
    page.get_by_role("link", name="Map").first.click()
    ready(page)
    expect_selected(page, chosen)
    page.keyboard.press("Escape")
    expect(tray(page)).to_be_hidden()
    page.wait_for_function("document.querySelector('.t2i-map').embeddingMap.selector.rows === null")


def test_pictures_take_the_place_of_points_and_a_group_is_shown_alone(
    open_map: Callable[..., Page], demo: Place
) -> None:
    page = open_map(query=f"{demo.query}&colour=cluster")
    assert of_map(page, "map.root.dataset.thumbnails") == "0"  # the whole map is points
    first, second = (page.locator(".t2i-map .group-sign").nth(at) for at in (0, 1))
    shown = "[...(map.cloud.alone)].length"
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    second.click(modifiers=["Shift"])
    assert of_map(page, shown) == 2
    second.click()
    expect(first).to_have_attribute("aria-pressed", "false")
    second.click()
    assert of_map(page, shown) == 0

    of_map(page, "map.lookAt([...map.data.clusters].map(({ x, y }) => [x, x, y, y])[0])")
    page.wait_for_function("Number(document.querySelector('.t2i-map').dataset.thumbnails) > 5")
    [row, left, top] = of_map(
        page,
        "(({ row, left, top }, box) => [row, box.left + left, box.top + top])([...map.thumbnails.drawn.values()]"
        ".find(({ left, top }) => { const box = map.root.getBoundingClientRect();"
        " return map.plot.contains(document.elementFromPoint(box.left + left, box.top + top)); }),"
        " map.root.getBoundingClientRect())",
    )
    page.mouse.move(left - 3, top)
    page.mouse.move(left, top, steps=3)
    expect(page.locator(".t2i-map .point.hover")).to_contain_text(demo.image_ids[row])
    page.locator(".t2i-map .thumbnails").click()
    page.wait_for_function("document.querySelector('.t2i-map').dataset.thumbnails === '0'")
    assert not violations(page)
