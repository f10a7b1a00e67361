"""The score strip in a real browser: the verdict's line, the handle by mouse and keys, and the link of a cutoff."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import Evidence, evidence_path, read_gallery, write_evidence
from tests.browser.accessibility import violations
from tests.browser.search_page import Visit, cards, expect_no_sideways_scroll, place_of
from tests.browser.served_app import App

ASKED = "/?q=a+white+mill+on+a+hill"
CUT = re.compile(r"[?&]cut=best-0\.\d{3}")


@pytest.fixture(scope="module", autouse=True)
def judged(app: App) -> Iterator[None]:
    """Evidence by which every sentence is weak."""
    gallery = read_gallery(app.data_dir)
    rows = l2_normalize(np.random.default_rng(0).normal(size=(30, gallery.dimension)))
    reaches, none = np.linspace(0, 0.01, 20, dtype=np.float32), np.empty(0, dtype=np.int64)
    assert write_evidence(gallery, Evidence(rows, none, 1, (2, 3), (2, 3), 0.9, 0.9, 100, 100, reaches))
    yield
    evidence_path(gallery).unlink()


def line(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("evidence|pictures? from"))


def handle(page: Page) -> Locator:
    return page.get_by_role("slider", name="Cutoff: pictures with lower scores are left out")


def shown(page: Page) -> int:
    return cards(page).count()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_line_says_the_verdict_and_opens_to_a_handle_that_cuts(visit: Visit, width: int, dark: bool) -> None:
    page = visit(ASKED, width=width, dark=dark)
    expect(line(page)).to_have_text("Weak evidence: the nearest pictures are shown")
    expect(handle(page)).to_be_hidden()
    expect(page.locator(".card .rank")).to_have_count(24)
    line(page).click()
    expect(handle(page)).to_be_visible()
    expect(handle(page)).to_have_attribute("aria-valuetext", "No cutoff")
    band = place_of(page.locator(".band"))
    middle = band["y"] + band["height"] / 2
    page.mouse.move(band["x"] + 0.3 * band["width"], middle)
    page.mouse.down()
    page.mouse.move(band["x"] + 0.8 * band["width"], middle, steps=4)
    page.mouse.up()
    page.wait_for_url(CUT)
    expect(page.locator(".card .rank")).not_to_have_count(24)
    least = float(handle(page).get_attribute("aria-valuenow") or "nan")
    scores = [float(text) for text in page.locator(".card .score").all_text_contents()]
    assert scores and min(scores) >= least - 0.001
    few, at = len(scores), page.url
    handle(page).press("PageDown")
    page.wait_for_url(lambda url: url != at)
    expect(page.locator(".card .rank")).not_to_have_count(few)
    page.locator(".sentence").click(button="middle")  # out of the handle
    at = page.url
    page.keyboard.press("]")
    page.wait_for_url(lambda url: url != at)
    assert violations(page) == []
    expect_no_sideways_scroll(page)
    page.get_by_role("button", name="No cutoff").click()
    page.wait_for_url(lambda url: "cut=" not in url)
    expect(page.locator(".card .rank")).to_have_count(24)
    expect(handle(page)).to_have_attribute("aria-valuetext", "No cutoff")


def test_the_link_of_a_cutoff_brings_it_back(visit: Visit) -> None:
    page = visit(ASKED)
    page.get_by_text("By score", exact=True).click()
    page.wait_for_url(re.compile(r"[?&]cut=drop"))
    expect(page.locator(".sentence")).to_contain_text("left out")
    expect(page.locator(".card .rank")).not_to_have_count(24)
    count, sentence = shown(page), page.locator(".sentence").text_content() or ""
    line(page).click()
    other = visit("/?" + page.url.partition("?")[2])
    expect(other.locator(".sentence")).to_have_text(sentence)
    assert shown(other) == count
    page.reload()
    expect(page.get_by_role("button", name="Largest drop")).to_have_attribute(
        "aria-pressed", "true"
    )  # it is still open
    expect(page.get_by_label("By score", exact=True)).to_be_checked()
