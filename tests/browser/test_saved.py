"""A search saved in a real browser: it stays, is opened with all it asks, and says what a rebuild changed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import demo_dataset
from tests.browser.search_page import Visit, expect_no_sideways_scroll, field, ids
from tests.browser.served_app import App


@pytest.fixture
def rebuilt(app: App) -> Iterator[Path]:
    """A dataset more, which this test alone builds and builds again."""
    folder = app.data_dir / "rebuilt"
    demo_dataset.write_demo_dataset(folder, app.checkpoint, images=6)
    yield folder
    shutil.rmtree(folder)


def test_a_search_is_saved_opened_and_followed_through_a_rebuild(visit: Visit, app: App, rebuilt: Path) -> None:
    page = visit("/?data=rebuilt&q=a+mill&k=4", width=390)
    expect(page.locator(".card .rank")).to_have_count(4)
    before = ids(page)
    page.get_by_role("button", name="Save").click()
    name = page.get_by_role("textbox", name="Name")
    expect(name).to_have_value("a mill")
    name.fill("mills of old")
    name.press("Enter")
    expect(page.get_by_text("Saved as “mills of old”, with its first 4 pictures.")).to_be_visible()
    demo_dataset.write_demo_dataset(rebuilt, app.checkpoint, images=9)
    page.get_by_role("link", name="All saved searches").click()
    expect(page.get_by_role("heading", name="mills of old")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Since it was saved: .*went \(.*no longer in the dataset\)"))).to_be_visible()
    expect(page.locator("[class*=st-key-thumbnails_] img")).to_have_count(4)
    expect_no_sideways_scroll(page)
    page.locator("[class*=st-key-saved_open_] button").click()
    expect(field(page)).to_have_value("a mill")
    expect(page.locator(".card .rank")).to_have_count(4)
    assert ids(page) != before
    page.wait_for_url(re.compile(r"/\?.*q=a\+mill.*data=rebuilt"))
