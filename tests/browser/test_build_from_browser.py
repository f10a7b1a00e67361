"""Building a dataset from the browser, and opening it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.served_app import App


def test_build_a_folder_and_search_it(visit: Callable[..., Page], app: App, tmp_path: Path) -> None:
    photos = tmp_path / "holiday"
    photos.mkdir()
    for name, colour in (("sea", (20, 80, 200)), ("sand", (220, 190, 120)), ("leaf", (40, 140, 60))):
        Image.new("RGB", (120, 90), colour).save(photos / f"{name}.jpg")
    (photos / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0 torn")
    page = visit("/build")
    page.get_by_role("textbox", name="Folder of pictures").fill(str(photos))
    page.get_by_role("textbox", name="Folder of pictures").press("Enter")
    expect(page.get_by_text("4 pictures there")).to_be_visible()
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="A checkpoint file").click()
    page.get_by_role("textbox", name="Checkpoint file").fill(str(app.checkpoint))
    page.get_by_role("textbox", name="Checkpoint file").press("Enter")
    page.get_by_role("textbox", name="Folder of the dataset").fill(str(app.data_dir / "holiday"))
    page.get_by_role("textbox", name="Folder of the dataset").press("Enter")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("3 pictures encoded, 1 left out")).to_be_visible()
    page.get_by_role("button", name="Open in Search").click()
    expect(page.locator(".card.seen")).to_have_count(3)
    page.wait_for_url("**data=holiday**")
    assert (app.data_dir / "holiday" / "manifest.json").is_file()
