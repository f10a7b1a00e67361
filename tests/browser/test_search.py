"""Search in a real browser: typing, suggestions, detail, pictures as queries, link and export."""

from __future__ import annotations

import base64
import codecs
import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect

from tests.browser.search_page import Visit, cards, field, ids, link_to, picture_bytes, place_of, search, set_top_k
from tests.browser.served_app import ROOT, App


def test_first_visit_shows_pictures_before_anything_is_asked(visit: Visit) -> None:
    page = visit()
    expect(cards(page)).to_have_count(30)
    expect(page.locator(".card.seen").first).to_be_visible()
    expect(page.locator(".chip").first).to_be_visible()
    expect(page).to_have_title("Text to image search")


def test_sentence_finds_its_picture_and_stands_in_the_link(visit: Visit, app: App) -> None:
    page = visit()
    caption, image = app.captions["caption"][5], app.captions["image"][5]
    search(page, caption)
    expect(page.locator(".card .rank")).to_have_count(24)
    assert image in ids(page)[:3]
    expect(page.locator(".card .score").first).to_have_text(re.compile(r"^\d\.\d{3}$"))
    expect(page.locator(".status")).to_contain_text("24 of 30 pictures, closest first")
    expect(page.locator(".status .times")).to_contain_text("encode")


def test_typing_searches_without_enter(visit: Visit) -> None:
    page = visit()
    field(page).press_sequentially("a mill on a hill", delay=15)
    expect(page.locator(".card .rank")).to_have_count(24)
    page.wait_for_url("**/?q=a+mill+on+a+hill")  # once the typing has stopped
    expect(field(page)).to_have_value("a mill on a hill")


def test_suggestions_from_captions_are_chosen_by_keys(visit: Visit, app: App) -> None:
    page = visit()
    words = app.captions["caption"][12].rstrip(".").split()
    typed = " ".join(words[:3])[:-1]
    field(page).press_sequentially(typed, delay=15)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    page.wait_for_url(link_to(typed))  # while letters still arrive the suggestions change
    field(page).press("ArrowDown")
    chosen = page.locator('[role="option"][aria-selected="true"] .text').text_content()
    field(page).press("Enter")
    expect(field(page)).to_have_value(chosen or "")
    expect(options.first).to_be_hidden()
    assert (chosen or "").rstrip(".") in {caption.rstrip(".") for caption in app.captions["caption"]}


def test_slash_focuses_and_escape_leaves(visit: Visit) -> None:
    page = visit()
    expect(cards(page).first).to_be_visible()
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("")
    page.keyboard.press("Escape")
    expect(field(page)).not_to_be_focused()


def test_recent_queries_are_offered(visit: Visit) -> None:
    page = visit()
    search(page, "an old stone tower")
    page.get_by_role("button", name="Clear the query").click()
    expect(page.get_by_role("option", name="an old stone tower")).to_be_visible()


def test_example_chip_searches(visit: Visit) -> None:
    page = visit()
    chip = page.locator(".chip").first
    text = chip.text_content() or ""
    chip.click()
    expect(field(page)).to_have_value(text)
    expect(page.locator(".card .rank")).to_have_count(24)
    expect(field(page)).to_be_focused()  # the examples are gone


def test_down_leads_from_the_field_into_what_was_found(visit: Visit) -> None:
    page = visit()
    search(page, "a white mill")
    expect(page.locator(".card .rank")).to_have_count(24)
    field(page).press("ArrowDown")
    expect(cards(page).first.get_by_role("button").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cards(page).nth(1).get_by_role("button").first).to_be_focused()


def test_empty_query_asks_for_a_word(visit: Visit) -> None:
    page = visit()
    expect(cards(page).first).to_be_visible()
    field(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("A query needs at least one word")


def test_top_k_grows_the_grid_in_place(visit: Visit) -> None:
    page = visit("/?q=a+mill")
    expect(page.locator(".card .rank")).to_have_count(24)
    before = ids(page)
    timings = page.locator(".status .times").text_content()
    page.locator(".card").first.evaluate("card => { card.dataset.mark = 'kept'; }")
    slider = page.get_by_role("slider", name="How many pictures")
    slider.press("ArrowLeft")
    expect(page.locator(".card .rank")).to_have_count(23)
    set_top_k(page, 30)
    assert ids(page)[:24] == before
    assert page.locator(".card").first.get_attribute("data-mark") == "kept"
    # The query was not encoded or scored again: the same times are shown.
    assert (page.locator(".status .times").text_content() or "").split("·")[:2] == (timings or "").split("·")[:2]
    page.wait_for_url("**/?q=a+mill&k=30")


def test_detail_steps_and_closes_by_keys(visit: Visit) -> None:
    page = visit("/?q=a+mill")
    expect(page.locator(".card .rank")).to_have_count(24)
    order = ids(page)
    page.locator(".card .picture").nth(1).click()
    dialog = page.locator("dialog.detail")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("2 of 24")
    expect(dialog.locator(".caption-row")).to_have_count(5)
    expect(dialog.locator(".facts")).to_contain_text(order[1])
    expect(dialog.locator(".facts")).to_contain_text("Licence")
    expect(dialog.locator(".thumb")).to_have_count(10)
    page.keyboard.press("ArrowRight")
    expect(dialog.locator(".facts")).to_contain_text(order[2])
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(f'.card[data-id="{order[2]}"] .picture')).to_be_focused()


def test_open_detail_is_part_of_the_link(visit: Visit) -> None:
    page = visit("/?q=a+mill")
    expect(page.locator(".card .rank")).to_have_count(24)
    page.locator(".card .picture").first.click()
    page.wait_for_url("**picture=**")
    other = visit("/" + page.url.split("/", 3)[3])
    expect(other.locator("dialog.detail")).to_be_visible()
    expect(other.locator("dialog.detail .facts")).to_contain_text(ids(page)[0])
    page.go_back()
    expect(page.locator("dialog.detail")).to_be_hidden()


def test_more_like_this_and_search_from_a_caption(visit: Visit) -> None:
    page = visit("/?q=a+mill")
    expect(page.locator(".card .rank")).to_have_count(24)
    image_id = ids(page)[2]
    page.locator(".card .picture").nth(2).click()
    page.get_by_role("button", name="More like this").click()
    expect(page.locator(".chip-image")).to_contain_text("Like")
    expect(page.locator(".status")).to_contain_text("24 of 29 other pictures, closest first")
    assert image_id not in ids(page)
    page.locator(".card .picture").first.click()
    expect(page.locator("dialog.detail .caption-row")).to_have_count(5)
    row = page.locator("dialog.detail .caption-row").first
    text = row.locator(".text").text_content() or ""
    row.click()
    expect(field(page)).to_have_value(text)
    expect(page.locator(".chip-image")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 900])
def test_a_step_that_was_not_told_yet_does_not_reopen_its_picture(visit: Visit, width: int) -> None:
    page = visit("/?q=a+mill", width=width)
    expect(page.locator(".card .rank")).to_have_count(24)
    order = ids(page)
    page.locator(".card .picture").first.click()
    dialog = page.locator("dialog.detail")
    expect(dialog.locator(".thumb")).to_have_count(10)
    # An arrow and a click faster than the server is told of steps.
    dialog.evaluate(
        """dialog => {
            dialog.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
            [...dialog.querySelectorAll("button")].find((one) => one.textContent === "More like this").click();
        }"""
    )
    page.wait_for_url("**/?like=*")
    expect(page.locator(".status")).to_contain_text("24 of 29 other pictures, closest first")
    assert order[1] not in ids(page)
    set_top_k(page, 9)
    page.wait_for_url("**k=9**")
    if width < 1000:  # nothing lies over what was found
        expect(dialog).to_be_hidden()
        assert "picture=" not in page.url
    else:  # beside the page the first of it is open
        expect(dialog.locator(".facts dd").first).to_have_text(ids(page)[0])
        assert parse_qs(urlsplit(page.url).query)["picture"] == [ids(page)[0]]


def test_find_its_captions(visit: Visit) -> None:
    page = visit("/?q=a+mill")
    expect(page.locator(".card .rank")).to_have_count(24)
    page.locator(".card .picture").first.click()
    page.get_by_role("button", name="Find its captions").click()
    related = page.locator("dialog.detail .related .caption-row")
    expect(related).to_have_count(8)
    expect(page.locator("dialog.detail .related .own").first).to_contain_text("its own")


@pytest.mark.parametrize("query", ["", "&data=elsewhere"])
def test_download_is_the_original_file(visit: Visit, app: App, query: str) -> None:
    page = visit(f"/?q=a+mill{query}")
    expect(page.locator(".card .rank").first).to_be_visible()
    image_id = ids(page)[0]
    page.locator(".card .picture").first.click()
    link = page.locator("dialog.detail a.action")
    expect(link).to_be_visible()
    with page.expect_download() as got:
        link.click()
    assert got.value.suggested_filename == Path(image_id).name
    assert Path(got.value.path()).read_bytes() == (ROOT / "static" / "images" / image_id).read_bytes()


def test_upload_a_picture(visit: Visit) -> None:
    page = visit()
    expect(cards(page).first).to_be_visible()
    picture: FilePayload = {"name": "red.png", "mimeType": "image/png", "buffer": picture_bytes()}
    field(page).press_sequentially("a mi")  # letters that are not sent yet give way to the picture
    page.get_by_label("Choose a picture to search with").set_input_files(picture)
    expect(page.locator(".chip-image")).to_contain_text("red.png")
    expect(page.locator(".card .rank")).to_have_count(24)
    page.get_by_role("button", name="Remove this from the query").click()
    expect(page.locator(".chip-image")).to_be_hidden()
    expect(page.locator(".card .rank:visible")).to_have_count(0)


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_paste_and_drop_a_picture(visit: Visit, way: str) -> None:
    page = visit()
    expect(cards(page).first).to_be_visible()
    expect(field(page)).to_be_visible()  # the page's parts come in any order, and this one listens
    page.evaluate(
        """([way, content]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
            const options = { bubbles: true, cancelable: true, composed: true };
            document.body.dispatchEvent(way === "paste"
                ? new ClipboardEvent("paste", { ...options, clipboardData: transfer })
                : new DragEvent("drop", { ...options, dataTransfer: transfer }));
        }""",
        [way, base64.b64encode(picture_bytes()).decode()],
    )
    expect(page.locator(".chip-image")).to_contain_text("pasted.png")
    expect(page.locator(".card .rank")).to_have_count(24)


def test_upload_that_is_no_picture_is_explained(visit: Visit) -> None:
    page = visit()
    expect(cards(page).first).to_be_visible()
    letter: FilePayload = {"name": "letter.png", "mimeType": "image/png", "buffer": b"%PDF-1.7 no picture at all"}
    page.get_by_label("Choose a picture to search with").set_input_files(letter)
    expect(page.get_by_role("alert")).to_contain_text("got something else: letter.png")
    expect(cards(page).first).to_be_visible()


def test_large_picture_travels_small(visit: Visit) -> None:
    import numpy as np

    page = visit()
    expect(cards(page).first).to_be_visible()
    content = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (1600, 1800, 3), dtype=np.uint8)
    Image.fromarray(noise).save(content, "PNG")
    assert len(content.getvalue()) > 6 * 1024**2
    picture: FilePayload = {"name": "noise.png", "mimeType": "image/png", "buffer": content.getvalue()}
    page.get_by_label("Choose a picture to search with").set_input_files(picture)
    expect(page.locator(".chip-image")).to_contain_text("noise.png")
    expect(page.locator(".card .rank")).to_have_count(24)
    assert 10_000 < max(visit.sent) < 4 * 1024**2


def test_link_reproduces_the_search_in_another_browser(visit: Visit) -> None:
    page = visit()
    search(page, "an old tower by the water")
    set_top_k(page, 17)
    page.get_by_role("radio", name="S").or_(page.get_by_role("button", name="S", exact=True)).first.click()
    page.wait_for_url("**size=S**")
    page.get_by_role("button", name="Share").click()
    link = page.locator("[data-testid='stCode'] code").first.text_content() or ""
    other = visit("/" + link.split("/", 3)[3])
    expect(other.locator(".card .rank")).to_have_count(17)
    assert ids(other) == ids(page)
    assert other.locator(".card .score").all_text_contents() == page.locator(".card .score").all_text_contents()
    box = place_of(other.locator(".card .picture").first)
    assert box["height"] < 190


def test_export_as_csv_and_json(visit: Visit) -> None:
    page = visit("/?q=a+mill&k=7")
    expect(page.locator(".card .rank")).to_have_count(7)
    page.get_by_role("button", name="Share").click()
    with page.expect_download() as got:
        page.get_by_role("button", name="CSV").click()
    assert Path(got.value.path()).read_bytes().startswith(codecs.BOM_UTF8)  # else Excel spoils every accent
    rows = list(csv.DictReader(io.StringIO(Path(got.value.path()).read_text(encoding="utf-8-sig"))))
    assert [row["image"] for row in rows] == ids(page)
    assert [row["rank"] for row in rows] == [str(rank) for rank in range(1, 8)]
    with page.expect_download() as got:
        page.get_by_role("button", name="JSON").click()
    record = json.loads(Path(got.value.path()).read_text(encoding="utf-8"))
    assert record["query"]["text"] == "a mill"
    assert [hit["image_id"] for hit in record["hits"]] == ids(page)
