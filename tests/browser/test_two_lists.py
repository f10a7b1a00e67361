"""Two requests side by side, and pictures below top k and below a cutoff, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import violations
from tests.browser.search_page import Visit, expect_no_sideways_scroll, ids, press_for

IMAGES = 30  # of the app that is served


def cards_of(page: Page, grid: str) -> Locator:
    return page.locator(f".st-key-{grid} .card[data-id]")


def names(cards: Locator) -> list[str]:
    found: list[str] = cards.evaluate_all("cards => cards.map(card => card.dataset.id)")
    return found


def test_pictures_go_on_below_top_k_and_faded_below_a_cutoff(visit: Visit) -> None:
    page = visit("/?q=a+mill")
    ranks, below = page.locator(".card .rank"), page.locator(".further")
    expect(ranks).to_have_count(24)
    expect(below).to_contain_text("Top k ends here, after 24 pictures")
    first = ids(page)
    assert not violations(page)
    page.mouse.move(640, 600)
    page.mouse.wheel(0, 30_000)
    expect(ranks).to_have_count(IMAGES)
    expect(page.locator(".rule")).to_have_text("Top k ends here, after 24 pictures")
    expect(below).to_be_hidden()  # these are all there are
    assert ids(page)[:24] == first
    assert len(set(ids(page))) == IMAGES
    page.locator(".card .picture").nth(23).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")  # what comes after is selected and opened like what comes before
    expect(page.locator(".card.selected")).to_have_attribute("data-id", ids(page)[24])
    page.keyboard.press("Enter")
    expect(page.locator("dialog.detail")).to_contain_text(ids(page)[24])
    page.keyboard.press("Escape")

    scores = [float(text.replace("\u2212", "-")) for text in page.locator(".card .score").all_text_contents()]
    page.goto(f"{page.url.partition('?')[0]}?q=a+mill&cut={(scores[2] + scores[3]) / 2}")
    expect(below).to_contain_text("21 pictures below the cutoff")
    expect(ranks).to_have_count(3)
    below.get_by_role("button", name="Show more").click()
    expect(ranks).to_have_count(IMAGES)
    expect(page.locator(".card.faded")).to_have_count(IMAGES - 3)
    expect(page.locator(".rule")).to_contain_text("Below the cutoff at")
    page.mouse.move(2, 2)
    assert not violations(page)


def test_two_requests_stand_side_by_side(visit: Visit) -> None:
    page = visit("/?q=a+mill&k=8", width=1440)
    first, second = cards_of(page, "picture_grid"), cards_of(page, "second_grid")
    expect(first.locator(".rank")).to_have_count(8)
    press_for(page, "b", "compare")
    expect(second.locator(".rank")).to_have_count(8)
    expect(page.get_by_text("Both find the same 8 pictures in the same order.")).to_be_visible()
    typed = page.get_by_role("textbox", name="The second query")
    typed.fill("a red boat at sea")
    typed.press("Enter")
    expect(page.get_by_text("Rank-biased overlap")).to_be_visible()
    page.wait_for_url("**b.q=a+red+boat+at+sea**")
    expect(first.locator(".rank")).to_have_count(8)
    before, after = names(first), names(second)
    new = second.filter(has=page.locator(".move", has_text="new"))
    assert set(names(new)) == set(after) - set(before)
    gone = first.filter(has=page.locator(".move", has_text="gone"))
    assert set(names(gone)) == set(before) - set(after)
    assert not violations(page)
    second.last.click()
    expect(page.locator("dialog.detail[open]")).to_contain_text(after[-1])
    page.keyboard.press("Escape")
    expect(page.locator("dialog.detail[open]")).to_have_count(0)

    own = page.locator(".st-key-second_filters label").first
    own.click()
    page.locator(".st-key-second_panel").get_by_role("checkbox", name="landmarks,").click()
    page.wait_for_url("**b.where=**")
    expect(page.get_by_text("where folder is landmarks")).to_be_visible()
    expect(page.locator('.st-key-second_grid .card[data-id]:not([data-id^="landmarks/"])')).to_have_count(0)
    expect(first.locator(".rank")).to_have_count(8)  # has no filter
    assert not violations(page)
    own.click()
    page.wait_for_url(lambda address: "b.where" not in address)
    expect(second.locator(".rank")).to_have_count(8)
    assert names(second) == after
    page.get_by_role("button", name="Close the filters (Esc)").click()
    expect(page.locator(".facet-root")).to_have_count(0)

    page.set_viewport_size({"width": 390, "height": 844})
    expect_no_sideways_scroll(page)
    above, below = first.last.bounding_box(), second.first.bounding_box()
    assert above is not None
    assert below is not None
    assert below["y"] > above["y"]
    page.wait_for_url(lambda address: "picture=" not in address)  # else what is loaded again has it open
    page.reload()
    expect(second.locator(".rank")).to_have_count(8)
    assert names(second) == after
    page.get_by_role("button", name="Close", exact=True).click()
    expect(second).to_have_count(0)
    expect(first.locator(".rank")).to_have_count(8)
    page.wait_for_url(lambda address: "b.q" not in address)
