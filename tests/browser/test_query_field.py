"""The query field in a real browser: what it keeps of earlier queries, what it says, and what emptying it does."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.search_page import Visit, cards, field, ids, picture_bytes, place_of, search, set_top_k

HOSTILE = '<img src=x onerror="window.hurt=1"> **bold**'


NO_ROOM = """
const keep = Storage.prototype.setItem;
Storage.prototype.setItem = function (name, text) {
  if (name.startsWith("t2i recent")) throw new Error("no room");
  return keep.call(this, name, text);
};
"""


def recent(page: Page) -> list[str]:
    """What the list under the field offers, opened anew."""
    page.keyboard.press("Escape")
    field(page).blur()
    field(page).focus()
    expect(page.get_by_role("option").last).to_have_text("Forget these queries")
    return page.get_by_role("option").all_text_contents()[:-1]


def stored(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries(Object.entries(localStorage).filter(([name]) => name.startsWith('t2i recent')))"
    )
    return found


def clear(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Clear the query|Remove this from the query")).first.click()
    expect(page.locator(".card .rank:visible")).to_have_count(0)


def test_recent_queries_outlive_a_reload_and_are_few_and_unique(visit: Visit) -> None:
    page = visit()
    for number in range(12):
        search(page, f"query {number}")
    search(page, "query 9")
    clear(page)
    expected = ["query 9", "query 11", "query 10", *(f"query {number}" for number in range(8, 1, -1))]
    assert recent(page) == expected
    page.reload()
    expect(cards(page).first).to_be_visible()
    assert recent(page) == expected
    page.get_by_role("option", name="query 11").click()
    expect(field(page)).to_have_value("query 11")
    expect(page.locator(".card .rank")).to_have_count(24)


def test_a_picture_of_the_gallery_is_among_them_with_its_thumbnail_and_an_upload_is_not(visit: Visit) -> None:
    page = visit("/?q=a+mill")
    expect(page.locator(".card .rank")).to_have_count(24)
    liked = ids(page)[1]
    page.locator(".card .picture").nth(1).click()
    page.get_by_role("button", name="More like this").click()
    expect(page.locator(".chip-image")).to_contain_text("Like")
    expect(page.locator(".status")).to_contain_text(
        "24 of 29 other pictures, closest first; the query's own picture is left out"
    )
    assert liked not in ids(page)
    page.wait_for_function("Object.values(localStorage).some((text) => text.includes('data:image/jpeg'))")
    upload: FilePayload = {"name": "red.png", "mimeType": "image/png", "buffer": picture_bytes()}
    page.get_by_label("Choose a picture to search with").set_input_files(upload)
    expect(page.locator(".chip-image")).to_contain_text("red.png")
    clear(page)
    page.reload()
    expect(cards(page).first).to_be_visible()
    assert recent(page) == [liked, "a mill"]
    assert "red.png" not in json.dumps(stored(page))
    line = page.get_by_role("option").first
    expect(line.locator("img")).to_have_attribute("src", re.compile("^data:image/jpeg"))
    line.click()
    expect(page.locator(".chip-image")).to_contain_text("Like")
    page.wait_for_url("**/?like=*")


def test_each_dataset_has_its_own(visit: Visit) -> None:
    page = visit()
    search(page, "an old stone tower")
    page.goto(page.url.split("?")[0] + "?data=elsewhere&q=a+red+roof")
    expect(page.locator(".card .rank").first).to_be_visible()
    clear(page)
    assert recent(page) == ["a red roof"]
    assert len(stored(page)) == 2
    page.get_by_role("option", name="Forget these queries").click()
    expect(page.get_by_role("option")).to_have_count(0)
    assert len(stored(page)) == 1


def test_what_is_kept_is_text_and_nonsense_is_passed_over(visit: Visit) -> None:
    page = visit()
    search(page, HOSTILE)
    clear(page)
    assert recent(page) == [HOSTILE]
    (name,) = stored(page)
    entries = [
        {"key": "1", "kind": "text", "text": HOSTILE, "thumb": "javascript:hurt"},
        {"key": "2", "kind": "launch"}, {"key": "3", "kind": "like", "id": 7}, None, 5, "x",
        {"key": "4", "kind": "alike", "ids": []}, {"key": "5", "kind": "together", "texts": ["a", 3]},
        {"key": "6", "kind": "text", "text": "x" * 100_000},
        {"key": "7", "kind": "like", "id": "nobody.jpg", "label": "nobody.jpg", "thumb": "https://example.org/x.png"},
    ]  # fmt: skip
    page.evaluate("([name, text]) => localStorage.setItem(name, text)", [name, json.dumps({"at": 1, "list": entries})])
    page.reload()
    expect(cards(page).first).to_be_visible()
    assert recent(page) == [HOSTILE, "nobody.jpg"]
    expect(page.get_by_role("option").locator("img")).to_have_count(0)
    assert page.evaluate("window.hurt") is None
    page.get_by_role("option", name="nobody.jpg").click()
    expect(page.get_by_role("alert")).to_contain_text("No picture of this gallery is named 'nobody.jpg'")
    for broken in ("{", "[]", '{"list": 3}', "null"):
        page.evaluate("([name, text]) => localStorage.setItem(name, text)", [name, broken])
        page.goto(page.url.split("?")[0])
        expect(cards(page).first).to_be_visible()
        field(page).focus()
        expect(page.get_by_role("option")).to_have_count(0)


def test_a_browser_that_keeps_nothing_still_offers_this_visits(visit: Visit) -> None:
    page = visit(before=NO_ROOM)
    search(page, "an old stone tower")
    clear(page)
    assert recent(page) == ["an old stone tower"]


def test_the_message_of_an_empty_query_is_not_covered(visit: Visit) -> None:
    page = visit()
    search(page, "an old stone tower")
    clear(page)
    expect(page.get_by_role("option").first).to_be_visible()
    field(page).press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("A query needs at least one word")
    field(page).click()
    expect(page.get_by_role("option").first).to_be_visible()
    message, lines = place_of(alert), place_of(page.locator("ul.list"))
    assert lines["y"] >= message["y"] + message["height"]


@pytest.mark.parametrize("way", ["keys", "select all"])
def test_emptying_the_field_takes_hits_count_and_link_away(visit: Visit, way: str) -> None:
    page = visit()
    search(page, "a mill")
    if way == "keys":
        for _ in "a mill":
            field(page).press("Backspace")
    else:
        field(page).press("ControlOrMeta+a")
        field(page).press("Delete")
    expect(page.locator(".card .rank:visible")).to_have_count(0)
    expect(page.locator(".status")).to_contain_text("a varied choice")
    page.wait_for_function("!location.search.includes('q=')")
    expect(page.get_by_role("spinbutton", name="How many pictures, typed")).to_have_count(0)
    expect(field(page)).to_be_focused()
    field(page).press_sequentially("a castle", delay=15)
    expect(page.locator(".card .rank")).to_have_count(24)


def test_a_number_of_pictures_that_cannot_be_is_put_right(visit: Visit) -> None:
    page = visit("/?q=a+mill")
    expect(page.locator(".card .rank")).to_have_count(24)
    box = page.get_by_role("spinbutton", name="How many pictures, typed")
    for typed, shown, said in (
        ("999", 30, "This gallery has 30 pictures, so all of them are shown instead of 999."),
        ("0", 1, "At least one picture is shown, so 1 is shown instead of 0."),
    ):
        box.fill(typed)
        box.press("Enter")
        expect(page.locator(".card .rank")).to_have_count(shown)
        expect(page.get_by_text(said)).to_be_visible()
        expect(box).to_have_value(str(shown))
    set_top_k(page, 7)
    expect(page.get_by_text("instead of")).to_have_count(0)


def test_a_bar_says_what_it_means(visit: Visit) -> None:
    page = visit("/?q=qwxz+vbnk")
    expect(page.locator(".card .rank")).to_have_count(24)
    title = page.locator(".card .meta").first.get_attribute("title") or ""
    assert "The bar begins at" in title
    assert "a good score here" in title
    page.locator(".card .picture").first.click()
    expect(page.locator("dialog.detail .score-line")).to_have_attribute("title", title)
