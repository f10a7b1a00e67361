"""The Captions page in a real browser: words while typing, filters, the histogram, keys, the way to Search, the link."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.map_page import Place
from tests.browser.search_page import Visit, expect_no_sideways_scroll, place_of
from tests.browser.served_app import HOSTILE_CAPTION, App

FIRST_ROWS_MS = 120_000  # the first visit to a fresh server waits for the model's libraries, too


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Words in captions")


def rows(page: Page) -> Locator:
    return page.locator("tr.row")


def summary(page: Page) -> Locator:
    return page.locator(".said-line .sum")


def fits(page: Page) -> list[float]:
    texts = page.locator('td[data-key="similarity"] .value').all_inner_texts()
    return [float(text.replace("\u2212", "-")) for text in texts]


def holding(app: App, word: str) -> int:
    return int(app.captions["caption"].str.contains(rf"\b{word}\b", case=False).sum())


@pytest.fixture
def table(visit: Visit) -> Page:
    """The page with all captions, once their fit is known."""
    page = visit("/captions")
    expect(rows(page)).to_have_count(50, timeout=FIRST_ROWS_MS)
    expect(page.locator(".plot rect").first).to_be_attached()
    expect(page.locator("button.word").first).to_be_visible()
    return page


def test_words_are_found_while_typing(table: Page, app: App) -> None:
    assert fits(table) == sorted(fits(table))
    table.locator("body").press("/")
    expect(field(table)).to_be_focused()
    table.keyboard.type("water")
    expect(summary(table)).to_have_text(f"{holding(app, 'water')} of {len(app.captions)} captions, worst fit first")
    expect(rows(table)).to_have_count(holding(app, "water"))
    marked = {text.lower() for text in table.locator(".sentence b").all_inner_texts()}
    assert marked == {"water"}
    table.keyboard.press("Enter")
    table.wait_for_url(re.compile("find=water"))
    field(table).fill("zzzz")
    expect(table.get_by_text("No caption matches")).to_be_visible()
    table.get_by_role("button", name="Clear the words").last.click()
    expect(rows(table)).to_have_count(50)
    expect(field(table)).to_have_value("")


def test_a_link_reproduces_the_view(table: Page, visit: Visit, app: App) -> None:
    table.get_by_role("button", name="Filters").click()
    table.get_by_label("Words, at least").fill("9")
    table.get_by_label("Words, at least").press("Enter")
    expect(table.locator(".filter-chip")).to_have_text("Words from 9×")
    table.get_by_label("Sort by").select_option("length")
    table.get_by_role("button", name="lowest first").click()
    expect(table.get_by_role("button", name="highest first")).to_be_visible()
    table.get_by_label("Rows on a page").select_option("25")
    expect(rows(table)).to_have_count(25)
    table.get_by_role("button", name="Next").click()
    table.wait_for_url(re.compile("page=2"))
    expect(table.get_by_label("Page", exact=True)).to_have_value("2")
    sentences = table.locator(".sentence").all_inner_texts()
    other = visit("/captions?" + table.url.partition("?")[2])
    expect(other.get_by_label("Page", exact=True)).to_have_value("2", timeout=FIRST_ROWS_MS)
    expect(other.locator(".filter-chip")).to_have_text("Words from 9×")
    assert other.locator(".sentence").all_inner_texts() == sentences
    other.locator(".filter-chip").click()
    expect(other.locator(".filter-chip")).to_have_count(0)
    expect(summary(other)).to_have_text(f"{len(app.captions)} captions")


def test_a_range_of_the_histogram_keeps_its_captions(table: Page) -> None:
    box = place_of(table.locator(".plot"))
    table.mouse.move(box["x"] + 2, box["y"] + 40)
    table.mouse.down()
    table.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 40, steps=4)
    table.mouse.up()
    chip = table.locator(".filter-chip")
    expect(chip).to_have_text(re.compile(r"Similarity up to"))
    highest = float(chip.inner_text().split()[-1].rstrip("×"))
    expect(summary(table)).to_have_text(re.compile(r"^\d+ of "))
    expect(rows(table)).not_to_have_count(0)
    assert max(fits(table)) <= highest
    chip.click()
    expect(rows(table)).to_have_count(50)


def test_a_word_is_clicked_on_and_off(table: Page, app: App) -> None:
    word = table.locator("button.word").first
    count = word.locator(".times").inner_text()
    name = word.inner_text().removesuffix(count).strip()
    assert int(count) == holding(app, name)
    word.click()
    expect(field(table)).to_have_value(name)
    expect(rows(table)).to_have_count(min(50, int(count)))
    table.locator(".word[aria-pressed=true]").click()
    expect(field(table)).to_have_value("")
    expect(rows(table)).to_have_count(50)


def test_arrows_enter_and_escape(table: Page) -> None:
    field(table).focus()
    table.keyboard.press("ArrowDown")
    expect(rows(table).nth(0)).to_be_focused()
    table.keyboard.press("ArrowDown")
    expect(rows(table).nth(1)).to_be_focused()
    table.keyboard.press("Enter")
    dialog = table.locator("dialog.detail")
    expect(dialog).to_be_visible()
    name = rows(table).nth(1).locator(".file").inner_text()
    expect(dialog).to_have_attribute("aria-label", f"Picture {name}")
    expect(dialog.locator(".caption-row.best .text")).to_have_text(rows(table).nth(1).locator(".sentence").inner_text())
    expect(dialog.locator(".facts dd").first).to_have_text(name)
    table.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(rows(table).nth(1)).to_be_focused()
    table.keyboard.press("End")
    expect(rows(table).nth(49)).to_be_focused()
    table.keyboard.press("ArrowDown")
    expect(table.get_by_label("Page", exact=True)).to_have_value("2")
    expect(rows(table).nth(0)).to_be_focused()


def test_a_caption_and_a_selection_are_searched(table: Page) -> None:
    caption = rows(table).nth(2).locator(".sentence").inner_text()
    rows(table).nth(2).get_by_role("button", name="Search pictures with this caption").click()
    expect(table.get_by_role("combobox", name="What the pictures should show")).to_have_value(caption)
    expect(table.locator(".card .rank")).to_have_count(24)
    table.get_by_role("link", name="Captions").click()
    expect(rows(table)).to_have_count(50)
    box = place_of(rows(table).nth(3).get_by_role("checkbox"))
    table.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    table.mouse.down()
    rows(table).nth(0).get_by_role("checkbox").evaluate("box => box.click()")
    table.wait_for_timeout(300)  # the answer, which draws all rows anew, comes before the press becomes a click
    table.mouse.up()
    expect(table.locator(".picked .count")).to_have_text("2 captions selected")
    table.get_by_role("button", name="Search with all").click()
    expect(table.locator(".chip-image .label")).to_have_text(re.compile("^2 captions: "))
    expect(table.locator(".card .rank")).to_have_count(24)
    table.wait_for_url(re.compile("together="))


def test_captions_of_a_picture_from_search(visit: Visit) -> None:
    page = visit("/?q=a+mill")
    expect(page.locator(".card .rank")).to_have_count(24)
    name = page.locator(".card").first.get_attribute("data-id")
    page.locator(".card .picture").first.click()
    page.get_by_role("button", name="Open in Captions").click()
    expect(rows(page)).not_to_have_count(0)
    assert set(page.locator("tr.row .file").all_inner_texts()) == {name}


def test_markup_in_captions_stays_text(visit: Visit) -> None:
    page = visit("/captions?data=elsewhere&sort=order")
    expect(rows(page).first.locator(".sentence")).to_have_text(HOSTILE_CAPTION, timeout=FIRST_ROWS_MS)
    expect(rows(page).first.locator("img")).to_have_js_property("complete", True)
    field(page).fill("onerror")
    expect(rows(page)).to_have_count(1)
    assert page.evaluate("window.hurt") is None
    assert page.locator("tr.row .sentence img, tr.row .sentence a").count() == 0


def test_csv_of_what_is_filtered(table: Page, app: App) -> None:
    field(table).fill("water")
    field(table).press("Enter")
    table.wait_for_url(re.compile("find=water"))
    expect(rows(table)).to_have_count(holding(app, "water"))
    table.get_by_role("button", name="Share").click()
    with table.expect_download() as waiting:
        table.get_by_role("button", name="CSV").click()
    assert waiting.value.failure() is None
    content = waiting.value.path().read_text("utf-8-sig")
    assert content.count("\n") == 1 + holding(app, "water")


def test_narrow_and_dark(visit: Visit) -> None:
    page = visit("/captions", width=390, height=844, dark=True)
    expect(rows(page)).to_have_count(50, timeout=FIRST_ROWS_MS)
    expect_no_sideways_scroll(page)


@pytest.mark.parametrize("dark", [False, True])
def test_the_histogram_says_its_scale_and_is_grey_outside_the_range(visit: Visit, demo: Place, dark: bool) -> None:
    page = visit(f"/captions{demo.query}", dark=dark)
    expect(page.locator(".plot rect.these").first).to_be_attached(timeout=FIRST_ROWS_MS)
    expect(page.locator(".chart .scale")).to_have_text(re.compile(r"^Square-root scale, tallest bar \d+ captions$"))
    expect(page.locator(".plot rect.outside")).to_have_count(0)
    box = place_of(page.locator(".plot"))

    def colours() -> list[tuple[float, bool]]:
        """Where the topmost bar of each bin ends, as a share of the width, and whether it has a colour."""
        told = page.locator(".plot svg").evaluate(
            """svg => [...svg.querySelectorAll('rect')].map((one) => {
              const [red, green, blue] = getComputedStyle(one).fill.match(/[\\d.]+/g).map(Number);
              const scale = getComputedStyle(one).fill.startsWith('color') ? 255 : 1;
              const [x, width] = ['x', 'width'].map((name) => Number(one.getAttribute(name)));
              const most = Math.max(red, green, blue) - Math.min(red, green, blue);
              return [(x + width / 2) / svg.viewBox.baseVal.width, most * scale > 25];
            })"""
        )
        return sorted(dict(map(tuple, told)).items())

    assert all(on for _, on in colours())
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 40, steps=4)
    during = colours()
    page.mouse.up()
    expect(page.locator(".filter-chip")).to_have_count(1)
    page.mouse.move(5, 5)
    for told in (during, colours()):
        assert {on for place, on in told if place < 0.27 or place > 0.64} == {False}
        assert {on for place, on in told if 0.33 < place < 0.57} == {True}
    page.locator(".filter-chip").click()
    expect(page.locator(".filter-chip")).to_have_count(0)
    expect(page.locator(".plot rect.outside")).to_have_count(0)
    assert all(on for _, on in colours())


def test_a_filter_says_that_there_are_more_choices_than_it_lists(visit: Visit, demo: Place) -> None:
    page = visit(f"/captions{demo.query}")
    expect(rows(page)).to_have_count(50, timeout=FIRST_ROWS_MS)
    page.get_by_role("button", name="Filters").click()
    folders = page.get_by_role("group", name="Folder").last
    expect(folders.locator("label:visible")).to_have_count(6)
    more = folders.get_by_role("button", name="and 4 more")
    more.click()
    expect(folders.locator("label:visible")).to_have_count(10)
    last = folders.locator("label").last
    expect(last).to_be_in_viewport()
    last.get_by_role("checkbox").check()
    expect(page.locator(".filter-chip")).to_have_count(1)
    folders.get_by_role("button", name="Show fewer").click()
    expect(folders.locator("label:visible")).to_have_count(7)  # what is chosen stays in sight
    expect(folders.get_by_role("button", name="and 3 more")).to_be_visible()
    last.get_by_role("checkbox").uncheck()
    expect(folders.locator("label:visible")).to_have_count(6)


def test_the_dialog_says_which_caption_and_which_score_it_means(visit: Visit, demo: Place) -> None:
    page = visit(f"/captions{demo.query}")
    expect(page.locator('td[data-key="rank"] .value').first).to_be_visible(timeout=FIRST_ROWS_MS)
    row = rows(page).nth(1)
    row.locator(".sentence").click()
    dialog = page.locator("dialog.detail")
    expect(dialog.locator(".score-line .what").last).to_have_text("Fit of this caption")
    expect(dialog.locator(".score-line .score")).to_have_text(
        row.locator('td[data-key="similarity"] .value').inner_text()
    )
    expect(dialog.locator(".caption-row .tag")).to_have_text("the row in the table")
    expect(dialog.locator(".caption-row:has(.tag) .text")).to_have_text(row.locator(".sentence").inner_text())

    search = visit(f"/{demo.query}&q=a+mill")
    expect(search.locator(".card .rank").first).to_be_visible()
    search.locator(".card .picture").first.click()
    dialog = search.locator("dialog.detail")
    expect(dialog.locator(".caption-row .tag")).to_have_text("fits the query best")
    expect(dialog.locator(".score-line .what")).to_have_text(["Rank", "Score for the query"])

    unasked = visit(f"/{demo.query}")
    unasked.locator(".card .picture").first.click()
    expect(unasked.locator("dialog.detail .facts dt").nth(1)).to_be_visible()
    expect(unasked.locator("dialog.detail .caption-row")).not_to_have_count(0)
    expect(unasked.locator("dialog.detail .caption-row :is(.tag, .best)")).to_have_count(0)
    expect(unasked.locator("dialog.detail .caption-row.best")).to_have_count(0)
