"""The Build page as browsers on this computer and on others get it, from a server that is open to both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from pages._ui.serving.hosts import is_loopback
from tests.app_server import Served, other_addresses, served
from tests.browser.served_app import App


@pytest.fixture(scope="module")
def opened(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("open")
    with served(folder, {"T2I_DATA": str(app.data_dir)}, host="0.0.0.0") as running:
        yield running


def test_only_on_the_same_computer(opened: Served, chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_default_timeout(120_000)
    for address in ("localhost", "127.0.0.1"):
        page.goto(f"http://{address}:{opened.port}/build")
        expect(page.get_by_role("button", name="Start")).to_be_visible()
        expect(page.get_by_role("link", name="Build")).to_be_visible()
    for address in other_addresses():
        if not is_loopback(address) and ":" not in address:  # from there it looks like any other computer's browser
            page.goto(f"http://{address}:{opened.port}/build")
            expect(page.get_by_text("made by a browser on the computer this app runs on")).to_be_visible()
            page.locator(".st-key-dataset_open button").click()
            expect(page.get_by_text("Search only")).to_be_visible()
            expect(page.get_by_role("button", name="Start")).to_have_count(0)
            expect(page.get_by_role("link", name="Build")).to_have_count(0)
            page.get_by_role("link", name="Search").click()
            expect(page.locator(".card.seen").first).to_be_visible()
    page.close()
