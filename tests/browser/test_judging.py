"""Likes and dislikes in a real browser: by mouse and by keys, with moves, taken back, in the link, and passed on by it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import violations
from tests.browser.search_page import Visit, expect_no_sideways_scroll, ids, settled


def opened(visit: Visit, path: str = "/?q=a+mill", **manner: object) -> Page:
    page = visit(path, **manner)  # type: ignore[arg-type]
    expect(page.locator(".card .rank")).to_have_count(24)
    return page


def card(page: Page, picture: str) -> Locator:
    return page.locator(f'.card[data-id="{picture}"]')


def strip(page: Page) -> Locator:
    return page.get_by_role("group", name="Likes and dislikes")


def told(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def expect_order(page: Page, order: list[str]) -> None:
    page.wait_for_function(
        """(order) => {
          const roots = [...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean);
          const cards = roots.flatMap((root) => [...root.querySelectorAll('.card[data-id]')]);
          return JSON.stringify(cards.map((card) => card.dataset.id)) === JSON.stringify(order);
        }""",
        arg=order,
    )


def test_a_like_moves_the_ranking_is_taken_back_and_passed_on(visit: Visit) -> None:
    page = opened(visit)
    plain = ids(page)
    liked = plain[17]
    expect(strip(page)).to_be_hidden()
    card(page, liked).hover()
    card(page, liked).get_by_role("button", name="Like", exact=True).click()
    expect(strip(page)).to_be_visible()
    expect(card(page, liked).locator(".move")).to_contain_text("▲")
    expect(page.locator(".card .move", has_text="▼").first).to_be_visible()
    turned = ids(page)
    assert turned.index(liked) < 17
    expect(page.get_by_role("status").filter(has_text=f"Liked {liked}. ")).to_have_count(1)
    expect(page.locator("dialog.detail")).to_be_hidden()  # a verdict opens nothing
    page.wait_for_url(lambda _: told(page).get("liked") == [liked])
    link = page.url

    page.keyboard.press("Control+z")
    expect_order(page, plain)
    page.wait_for_url(lambda _: "liked" not in told(page))
    page.keyboard.press("Control+Shift+Z")
    expect_order(page, turned)

    fresh = visit(urlsplit(link)._replace(scheme="", netloc="").geturl())
    expect(fresh.locator(".card .rank")).to_have_count(24)
    expect_order(fresh, turned)
    expect(strip(fresh).get_by_role("button", name=f"{liked} is liked. Take it back")).to_be_visible()
    expect(fresh.locator(".card .move:visible")).to_have_count(0)  # a link moves nothing


def test_keys_judge_the_card_that_has_the_focus(visit: Visit) -> None:
    page = opened(visit)
    plain = ids(page)
    page.locator(".card .picture").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("d")
    expect(card(page, plain[1])).to_have_count(0)
    expect(page.locator(".status .summary")).to_contain_text("ranked with 1 dislike")
    # The focus stays where the card was, so that one can go on.
    expect(page.locator(".card .picture:focus")).to_have_count(1)
    focused = page.locator(".card:has(.picture:focus)")
    liked = str(focused.get_attribute("data-id"))
    page.keyboard.press("+")
    expect(card(page, liked).locator(".verdict").first).to_have_attribute("aria-pressed", "true")
    page.wait_for_url(lambda _: told(page).get("liked") == [liked] and told(page).get("disliked") == [plain[1]])
    expect(card(page, liked).locator(".picture")).to_be_focused()
    page.keyboard.press("l")  # once more takes it back
    page.wait_for_url(lambda _: "liked" not in told(page))
    strip(page).get_by_role("button", name=f"{plain[1]} is disliked. Take it back").click()
    expect_order(page, plain)
    # Whoever takes the mouse means the card that it is on, wherever the focus stayed.
    card(page, plain[2]).hover()
    card(page, plain[2]).get_by_role("button", name="Like", exact=True).click()
    page.wait_for_url(lambda _: told(page).get("liked") == [plain[2]])
    settled(page)
    other = ids(page)[4]
    card(page, other).hover()
    page.keyboard.press("d")
    page.wait_for_url(lambda _: told(page).get("disliked") == [other])


def test_space_shows_what_was_not_seen(visit: Visit) -> None:
    page = opened(visit)
    first = ids(page)
    page.locator(".card .picture").first.focus()
    page.keyboard.press(" ")
    expect(page.locator(".card .rank")).to_have_count(6)  # of 30
    assert not set(ids(page)) & set(first)
    expect(page.locator("dialog.detail")).to_be_hidden()
    expect(strip(page)).to_contain_text("24 pictures seen")
    expect(strip(page).get_by_role("button", name="Show what I have not seen")).to_be_disabled()
    strip(page).get_by_role("button", name="Show all again").click()
    expect_order(page, first)


def test_the_detail_judges_too(visit: Visit) -> None:
    page = opened(visit)
    first = ids(page)[0]
    card(page, first).locator(".picture").click()
    detail = page.locator("dialog.detail")
    detail.get_by_role("button", name="Like", exact=True).click()
    expect(detail.get_by_role("button", name="Like", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(strip(page)).to_be_attached()
    page.keyboard.press("d")
    expect(detail.get_by_role("button", name="Dislike")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda _: told(page).get("disliked") == [first])
    expect(card(page, first)).to_have_count(0)


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False), (390, False), (1280, True)])
def test_the_strip_is_for_everybody(visit: Visit, width: int, dark: bool) -> None:
    page = opened(visit, width=width, dark=dark)
    names = ids(page)
    path = f"/?q=a+mill&liked={names[3]}%0A{names[5]}&disliked={names[7]}"
    page = visit(path, width=width, dark=dark)
    expect(strip(page).get_by_role("button", name="is liked. Take it back")).to_have_count(2)
    card(page, names[3]).locator(".picture").focus()
    page.keyboard.press("+")
    expect(page.locator(".card .move:visible").first).to_be_visible()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    assert violations(page) == []
    expect_no_sideways_scroll(page)
