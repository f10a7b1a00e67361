"""The pictures of Search in a real browser: keys, shapes, markup, thumbnails, narrow and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.search_page import Visit, cards, expect_no_sideways_scroll, ids
from tests.browser.served_app import HOSTILE_CAPTION


def test_arrow_keys_walk_the_grid(visit: Visit) -> None:
    page = visit("/?q=a+mill")
    expect(page.locator(".card .rank")).to_have_count(24)
    order = ids(page)

    def button(place: int) -> Locator:
        return page.locator(f'.card[data-id="{order[place]}"] .picture')

    button(0).focus()
    page.keyboard.press("ArrowRight")
    expect(button(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(button(1)).not_to_be_focused()
    # Both places in one look: the page may be scrolling.
    below = page.locator(".card .picture:focus").evaluate(
        "now => now.getBoundingClientRect().top"
        " >= now.getRootNode().querySelector('.card .picture').getBoundingClientRect().bottom"
    )
    assert below
    page.keyboard.press("End")
    expect(button(23)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog.detail")).to_be_visible()


def test_rows_have_equal_heights_and_true_shapes(visit: Visit) -> None:
    page = visit("/?q=a+mill")
    expect(page.locator(".card .rank")).to_have_count(24)
    expect(page.locator(".card.seen").nth(5)).to_be_visible()
    boxes = page.eval_on_selector_all(
        ".card",
        """cards => cards.map((card) => {
            const box = card.querySelector('.picture').getBoundingClientRect();
            const image = card.querySelector('img');
            return { top: box.top, right: box.right, width: box.width, height: box.height,
                     shape: image.naturalWidth ? image.naturalWidth / image.naturalHeight : null };
        })""",
    )
    rows: dict[int, list[dict[str, float]]] = {}
    for box in boxes:
        rows.setdefault(round(box["top"]), []).append(box)
    assert len(rows) > 2
    for row in rows.values():
        assert max(box["height"] for box in row) - min(box["height"] for box in row) < 1.5
    rights = {round(row[-1]["right"]) for row in list(rows.values())[:-1]}
    assert max(rights) - min(rights) <= 2
    shapes = [box for box in boxes if box["shape"] and 0.5 <= box["shape"] <= 3]
    assert shapes
    assert all(abs(box["width"] / box["height"] - box["shape"]) < 0.03 for box in shapes)


def test_markup_in_a_caption_stays_text(visit: Visit) -> None:
    page = visit("/?data=elsewhere")
    expect(cards(page)).to_have_count(4)
    expect(page.locator(".caption", has_text="<img src=x").first).to_have_text(HOSTILE_CAPTION)
    page.locator(".caption", has_text="<img src=x").first.click()
    expect(page.locator("dialog.detail .caption-row").first).to_have_text(HOSTILE_CAPTION)
    assert page.evaluate("window.hurt") is None


def test_pictures_elsewhere_are_served_as_thumbnails(visit: Visit) -> None:
    page = visit("/?data=elsewhere&q=a+mill")
    expect(page.locator(".card.seen")).to_have_count(4)
    sources = page.eval_on_selector_all(".card img", "images => images.map(image => image.currentSrc)")
    assert all("/app/static/thumbnails/" in source for source in sources)


@pytest.mark.parametrize("dark", [False, True])
def test_narrow_window_has_two_columns_and_no_sideways_scroll(visit: Visit, dark: bool) -> None:
    page = visit("/?q=a+mill", width=390, height=844, dark=dark)
    expect(page.locator(".card .rank")).to_have_count(24)
    expect_no_sideways_scroll(page)
    lefts = page.eval_on_selector_all(
        ".card", "cards => cards.map(card => Math.round(card.getBoundingClientRect().left))"
    )
    assert len(set(lefts)) == 2
    expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
    page.locator(".card .picture").first.click()
    expect(page.locator("dialog.detail .facts")).to_contain_text("Size")
    expect_no_sideways_scroll(page)


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_its_ground(visit: Visit, dark: bool) -> None:
    """WCAG AA: 4.5 to 1 for the small quiet text."""
    page = visit("/?q=a+mill", dark=dark)
    expect(page.locator(".card .rank")).to_have_count(24)
    for selector in (".card .score", ".card .caption", ".status .times"):
        ratio = page.locator(selector).first.evaluate(
            """(element) => {
                const numbers = (colour) => {
                    const canvas = document.createElement("canvas");
                    canvas.width = canvas.height = 1;
                    const pen = canvas.getContext("2d");
                    pen.fillStyle = colour;
                    pen.fillRect(0, 0, 1, 1);
                    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
                };
                const light = (colour) => {
                    const [r, g, b] = numbers(colour).map((value) => {
                        const part = value / 255;
                        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
                    });
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const ground = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor;
                const [one, two] = [light(getComputedStyle(element).color), light(ground)];
                return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
            }"""
        )
        assert ratio >= 4.5, (selector, ratio)
