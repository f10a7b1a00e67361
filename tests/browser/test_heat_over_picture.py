"""Why this picture, in an open picture: the key, the heat over the picture, words that are pointed at, suggestions."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.search_page import Visit, cards, expect_no_sideways_scroll

QUERY = "/?q=a+white+mill+by+the+sea"
# How much of the picture heat hides, over the whole of it.
HIDDEN = """canvas => {
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.reduce((sum, value, at) => at % 4 === 3 ? sum + value : sum, 0);
}"""
BOXES = """stage => [...stage.querySelectorAll('img, canvas')].map(one => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return [left, top, width, height].map(Math.round).join(' ');
})"""

ABOVE = """stage => {
  const canvas = stage.querySelector('canvas');
  canvas.style.pointerEvents = 'auto';
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return stage.getRootNode().elementFromPoint(left + width / 2, top + height / 2) === canvas;
}"""


def open_first(page: Page) -> None:
    cards(page).first.locator("button.picture").click()
    expect(page.locator(".why-button")).to_be_visible()


def hidden(page: Page) -> Callable[[], int]:
    return lambda: int(page.locator(".stage canvas").evaluate(HIDDEN))


def test_a_key_lays_heat_over_the_picture_and_takes_it_away(visit: Visit) -> None:
    page = visit(QUERY)
    open_first(page)
    expect(page.locator(".stage.heated")).to_have_count(0)
    expect(page.locator(".why .where")).to_be_empty()
    page.keyboard.press("e")
    expect(page.locator(".stage.heated")).to_have_count(1)
    expect(page.locator(".why-button")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status").filter(has_text="“a white mill by the sea”:")).to_be_visible()
    expect(page.locator(".misleads")).to_contain_text("does not count")
    assert len(set(page.locator(".stage").evaluate(BOXES))) == 1  # the heat lies just on the picture
    page.keyboard.press("e")
    expect(page.locator(".stage.heated")).to_have_count(0)
    expect(page.locator(".misleads")).to_have_count(0)


def test_words_are_pointed_at_and_suggestions_asked(visit: Visit) -> None:
    page = visit(QUERY)
    open_first(page)
    page.locator(".why-button").click()
    words = page.locator(".weighed .word")
    expect(words).to_have_text(["a", "white", "mill", "by", "the", "sea"])
    expect(page.locator(".why .key")).to_contain_text("how far the score falls without the word; farthest without “")
    expect(page.get_by_role("img", name="Scores of all pictures")).to_be_visible()
    whole = hidden(page)()
    page.locator("button.word", has_text="sea").focus()
    expect(page.locator(".why .where")).to_contain_text("“sea”:")
    of_word = hidden(page)()
    assert of_word != whole
    page.locator(".why-button").focus()
    expect(page.locator(".why .where")).to_contain_text("“a white mill by the sea”:")
    assert hidden(page)() == whole
    suggestion = page.locator(".why .chip").first
    word = suggestion.evaluate("chip => chip.firstChild.textContent")
    suggestion.click()
    page.wait_for_url(lambda address: word in address)
    # The first of what is found now, as soon as that is there.
    page.wait_for_function(
        "document.querySelector('dialog[open] .facts dd')?.textContent === document.querySelector('.card[data-id]')?.dataset.id"
    )


def test_the_next_picture_is_explained_too(visit: Visit) -> None:
    page = visit(QUERY)
    open_first(page)
    page.keyboard.press("e")
    expect(page.locator(".why .crowd")).to_be_visible()
    first = page.locator(".why .crowd").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".place")).to_contain_text("2 of")
    expect(page.locator(".why .crowd")).to_contain_text("Rank 2 of")
    assert page.locator(".why .crowd").inner_text() != first
    page.keyboard.press("Escape")
    open_first(page)
    expect(page.locator(".why-button")).to_have_attribute("aria-pressed", "false")  # quiet until asked again


def test_heat_lies_on_the_picture_in_a_narrow_window(visit: Visit) -> None:
    page = visit(QUERY, width=390, height=844, dark=True)
    open_first(page)
    page.locator(".why-button").click()
    expect(page.locator(".stage.heated")).to_have_count(1)
    assert len(set(page.locator(".stage").evaluate(BOXES))) == 1
    assert page.locator(".stage").evaluate(ABOVE)  # above the picture, not below it
    expect_no_sideways_scroll(page)


def test_nothing_asked_is_not_explained(visit: Visit) -> None:
    page = visit("/")
    cards(page).first.locator("button.picture").click()
    expect(page.locator("dialog .facts dd").first).to_be_visible()
    expect(page.locator(".why")).to_be_hidden()
    page.keyboard.press("e")
    expect(page.locator(".stage.heated")).to_have_count(0)
