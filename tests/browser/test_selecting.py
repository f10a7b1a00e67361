"""Selecting and tagging in a real browser: by mouse and keys, taken back, and by two browsers at once."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from t2i_core.dataset.tags_file import tags_path
from t2i_core.errors import count_of
from t2i_core.marks import read_tags
from tests.browser.accessibility import violations
from tests.browser.search_page import Visit, expect_no_sideways_scroll, ids
from tests.browser.served_app import App

FIRST_ROWS_MS = 120_000  # the first visit to a fresh server waits for the model's libraries, too


@pytest.fixture
def data(app: App) -> Iterator[Path]:
    """The dataset's folder, without tags before and after."""
    yield app.data_dir
    tags_path(app.data_dir).unlink(missing_ok=True)


def opened(visit: Visit, **manner: object) -> Page:
    page = visit("/?q=a+mill", **manner)  # type: ignore[arg-type]
    expect(page.locator(".card .rank")).to_have_count(24)
    return page


def card(page: Page, picture: str) -> Locator:
    return page.locator(f'.card[data-id="{picture}"]')


def tray(page: Page) -> Locator:
    return page.get_by_role("group", name="Selected pictures")


def tag(page: Page, name: str) -> None:
    tray(page).get_by_role("textbox").fill(name)
    tray(page).get_by_role("textbox").press("Enter")


def test_cards_are_selected_tagged_and_tags_taken_back(visit: Visit, data: Path) -> None:
    page = opened(visit)
    shown = ids(page)
    expect(tray(page)).to_be_hidden()
    card(page, shown[1]).click(modifiers=["ControlOrMeta"])
    card(page, shown[4]).click(modifiers=["Shift"])
    expect(tray(page)).to_contain_text("4 selected")
    expect(tray(page)).to_be_in_viewport()
    expect(page.locator("dialog.detail")).to_be_hidden()  # selecting opens nothing
    card(page, shown[2]).click(modifiers=["ControlOrMeta"])
    expect(page.locator(".card.selected")).to_have_count(3)
    tag(page, "for the cover")
    expect(tray(page).get_by_role("status").last).to_have_text("“for the cover”: 3 pictures tagged")
    assert set(read_tags(data).pictures["for the cover"]) == {shown[1], shown[3], shown[4]}
    expect(page.locator(".card .dot")).to_have_count(3)
    assert "Tagged for the cover. Open" in str(card(page, shown[3]).locator(".picture").get_attribute("aria-label"))
    page.mouse.move(
        2, 2
    )  # a card that the mouse is on shows its file's name, which axe wants in the name of the button
    assert not violations(page)
    page.keyboard.press("Escape")  # the field has the focus: the key is its own
    page.locator(".card .picture").first.focus()
    page.keyboard.press("Escape")
    expect(tray(page)).to_be_hidden()

    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+X")
    expect(tray(page)).to_contain_text("2 selected")
    page.keyboard.press("1")
    expect(tray(page).get_by_role("status").last).to_have_text("“for the cover”: 1 picture tagged")
    page.keyboard.press("1")  # all have it: it is taken
    expect(tray(page).get_by_role("status").last).to_have_text("“for the cover”: taken from 2 pictures")
    expect(page.locator(".card .dot")).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(page.locator(".card .dot")).to_have_count(4)
    tray(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".card .dot")).to_have_count(3)
    assert set(read_tags(data).pictures["for the cover"]) == {shown[1], shown[3], shown[4]}
    tray(page).get_by_role("button", name="Export").click()
    for name, ending in (("Contact sheet", ".html"), ("ZIP", ".zip")):
        with page.expect_download() as download:
            tray(page).get_by_role("button", name=name).click()
        assert download.value.suggested_filename == f"selected{ending}"
    with zipfile.ZipFile(download.value.path()) as packed:
        assert packed.namelist() == ["about.json", "pictures.csv", f"pictures/{shown[0]}", f"pictures/{shown[1]}"]
    tray(page).get_by_role("button", name="Like").click()
    expect(page.locator(".status .summary")).to_contain_text("ranked with 2 likes")
    tray(page).get_by_role("button", name="Clear").click()
    expect(tray(page)).to_be_hidden()


def test_rows_of_captions_have_the_same_tray(visit: Visit, data: Path) -> None:
    page = visit("/captions")
    rows = page.locator("tr.row")
    expect(rows).to_have_count(50, timeout=FIRST_ROWS_MS)
    names = rows.locator(".file").all_inner_texts()
    chosen = set(names[:4])
    rows.nth(0).locator(".sentence").click(modifiers=["ControlOrMeta"])
    rows.nth(3).locator(".sentence").click(modifiers=["Shift"])
    expect(tray(page)).to_contain_text(f"{count_of(len(chosen), 'picture')} selected")
    expect(tray(page)).to_be_in_viewport()
    expect(page.locator("dialog.detail")).to_be_hidden()  # selecting opens nothing
    expect(tray(page).get_by_role("button", name="Like")).to_be_hidden()  # nothing is ranked here
    dots, said = page.locator("tr.row .dot"), tray(page).get_by_role("status").last
    tag(page, "look again")
    expect(said).to_have_text(f"“look again”: {count_of(len(chosen), 'picture')} tagged")
    expect(dots).to_have_count(sum(name in chosen for name in names))
    assert set(read_tags(data).pictures["look again"]) == chosen
    assert "Tagged look again. Enter" in str(rows.nth(0).get_attribute("aria-label"))
    assert not violations(page)
    rows.nth(0).focus()
    page.keyboard.press("1")  # all have it: it is taken
    expect(said).to_have_text(f"“look again”: taken from {count_of(len(chosen), 'picture')}")
    expect(dots).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(dots).to_have_count(sum(name in chosen for name in names))
    tray(page).get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        tray(page).get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename == "selected.csv"
    rows.nth(0).focus()
    page.keyboard.press("Escape")
    expect(tray(page)).to_be_hidden()
    rows.nth(0).press("x")
    tray(page).get_by_role("button", name="Ask with these").click()
    expect(page.locator(".card .rank")).to_have_count(24)
    page.wait_for_url(re.compile("like="))
    expect(tray(page)).to_be_hidden()


def test_a_key_leads_to_the_tag_and_back_to_the_picture(visit: Visit, data: Path) -> None:
    page = opened(visit)
    shown = ids(page)
    first = card(page, shown[0]).locator(".picture")
    first.focus()
    page.keyboard.press("t")  # nothing is selected: this picture is
    expect(tray(page)).to_contain_text("1 selected")
    expect(tray(page).get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_be_focused()
    expect(tray(page)).to_contain_text("1 selected")  # one step back, and no further
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.keyboard.press("t")
    page.keyboard.type("by keys")  # letters that open pages and like pictures elsewhere
    page.keyboard.press("Enter")
    expect(tray(page).get_by_role("status").last).to_have_text("“by keys”: 2 pictures tagged")
    expect(card(page, shown[1]).locator(".picture")).to_be_focused()
    assert set(read_tags(data).pictures["by keys"]) == set(shown[:2])


def test_two_browsers_tag_at_once_and_lose_nothing(visit: Visit, data: Path) -> None:
    pages = [opened(visit), opened(visit)]
    shown = ids(pages[0])
    for page, (first, last) in zip(pages, ((0, 11), (6, 17)), strict=True):
        card(page, shown[first]).click(modifiers=["ControlOrMeta"])
        card(page, shown[last]).click(modifiers=["Shift"])
        expect(tray(page)).to_contain_text("12 selected")
    for name in ("one", "two", "three"):  # without waiting for any answer
        for number, page in enumerate(pages):
            tag(page, f"{name} of {number}")
    for number, page in enumerate(pages):
        expect(tray(page).get_by_role("status").last).to_have_text(f"“three of {number}”: 12 pictures tagged")
    found = read_tags(data).pictures
    assert {name: set(pictures) for name, pictures in found.items()} == {
        f"{name} of {number}": set(shown[6 * number : 6 * number + 12])
        for name in ("one", "two", "three")
        for number in range(2)
    }


def test_the_tray_fits_a_narrow_dark_window(visit: Visit, data: Path) -> None:
    page = opened(visit, width=390, height=700, dark=True)
    card(page, ids(page)[0]).click(modifiers=["ControlOrMeta"])
    tag(page, "a name of a tag that is rather long for a narrow window")
    expect(page.locator(".card .dot")).to_have_count(1)
    expect(tray(page)).to_be_in_viewport()
    expect_no_sideways_scroll(page)
    page.mouse.move(2, 2)
    assert not violations(page)
