"""Two lists side by side in a real browser: what is pointed at has a line to its place in the other list."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import violations
from tests.browser.search_page import Visit, place_of
from tests.browser.test_two_lists import cards_of, names

COMPARED = "/?q=a+mill&k=12&b.q=a+red+boat+at+sea"
LINE = ".pair-line"
# Whether the line begins at a card of A, where that is now. It is drawn beside the cards of B.
BEGINS_AT = """([card, other]) => {
  const end = other.getRootNode().querySelector('.pair-line circle'), box = card.querySelector('.picture').getBoundingClientRect();
  return end !== null && Math.abs(Number(end.getAttribute('cx')) - box.right) < 2
    && Math.abs(Number(end.getAttribute('cy')) - (box.top + box.bottom) / 2) < 2;
}"""


def both(page: Page) -> tuple[Locator, Locator]:
    first, second = cards_of(page, "picture_grid"), cards_of(page, "second_grid")
    expect(first.locator(".rank")).to_have_count(12)
    expect(second.locator(".rank")).to_have_count(12)
    expect(page.get_by_text("Rank-biased overlap")).to_be_visible()
    return first, second


def ends(page: Page) -> list[tuple[float, float]]:
    found: list[list[float]] = page.locator(f"{LINE} circle").evaluate_all(
        "ends => ends.map(end => [Number(end.getAttribute('cx')), Number(end.getAttribute('cy'))])"
    )
    return [(x, y) for x, y in found]


def expect_line(page: Page, one: Locator, other: Locator) -> None:
    """From the right side of a card of A to the left side of the card of B, or back."""
    left, right = sorted((place_of(card.locator(".picture")) for card in (one, other)), key=lambda box: box["x"])
    seen = sorted(ends(page))
    assert abs(seen[0][0] - (left["x"] + left["width"])) < 2
    assert abs(seen[1][0] - right["x"]) < 2
    assert abs(seen[0][1] - (left["y"] + left["height"] / 2)) < 2
    assert abs(seen[1][1] - (right["y"] + right["height"] / 2)) < 2


def of(cards: Locator, page: Page, name: str) -> Locator:
    return cards.and_(page.locator(f'[data-id="{name}"]'))


def test_what_is_pointed_at_has_a_line_to_its_place_in_the_other_list(visit: Visit) -> None:
    page = visit(COMPARED, width=1440, height=3000)
    first, second = both(page)
    shared = [name for name in names(first) if name in set(names(second))]
    gone = [name for name in names(first) if name not in set(names(second))]
    assert shared
    assert gone
    expect(page.locator(LINE)).to_have_count(0)
    one, other = of(first, page, shared[0]), of(second, page, shared[0])
    one.hover()
    expect(page.locator(LINE)).to_have_count(1)
    expect(page.locator(".card.pointed")).to_have_count(1)
    expect(page.locator(".st-key-second_grid .card.pointed")).to_have_attribute("data-id", shared[0])
    expect_line(page, one, other)
    page.mouse.move(2, 2)
    expect(page.locator(LINE)).to_have_count(0)
    expect(page.locator(".card.pointed")).to_have_count(0)
    other.hover()  # and the other way round
    expect(page.locator(".st-key-picture_grid .card.pointed")).to_have_attribute("data-id", shared[0])
    expect_line(page, one, other)
    of(first, page, gone[0]).hover()
    expect(page.locator(LINE)).to_have_count(0)
    expect(page.locator(".card.pointed")).to_have_count(0)


def test_keys_draw_it_too_and_it_goes_along_with_what_is_scrolled(visit: Visit) -> None:
    page = visit(COMPARED, width=1440, height=3000)
    first, second = both(page)
    shared = next(name for name in names(first) if name in set(names(second)))
    one, other = of(first, page, shared), of(second, page, shared)
    one.locator("button.picture").focus()
    expect(page.locator(LINE)).to_have_count(1)
    expect_line(page, one, other)
    # The name of its file stands over a card that is pointed at, with or without a line.
    assert [one for one in violations(page) if not one.startswith("label-content-name-mismatch")] == []
    started = ends(page)
    for block in ("start", "end"):
        page.set_viewport_size({"width": 1440, "height": 500})
        one.evaluate("(card, block) => card.scrollIntoView({ block })", block)
        page.wait_for_function(BEGINS_AT, arg=[one.element_handle(), other.element_handle()])
    assert ends(page)[0] != started[0]
    one.locator("button.picture").blur()
    expect(page.locator(LINE)).to_have_count(0)


def test_lists_below_each_other_are_marked_without_a_line(visit: Visit) -> None:
    page = visit(COMPARED, width=390, height=844)
    first, second = both(page)
    shared = next(name for name in names(first) if name in set(names(second)))
    of(first, page, shared).locator("button.picture").focus()
    expect(page.locator(".st-key-second_grid .card.pointed")).to_have_attribute("data-id", shared)
    expect(page.locator(LINE)).to_have_count(0)
