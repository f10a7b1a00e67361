"""An audit in the browser: looked through, decided with keys, corrected, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from t2i_core.dataset.audit_file import AUDIT_NAME, read_decisions
from tests.browser.accessibility import violations
from tests.browser.search_page import Visit
from tests.browser.served_app import App


@pytest.fixture
def data(app: App) -> Iterator[Path]:
    yield app.data_dir
    (app.data_dir / AUDIT_NAME).unlink(missing_ok=True)


def case(page: Page, number: int) -> None:
    expect(page.get_by_text(f"Case {number} of")).to_be_visible()


def test_cases_are_decided_with_keys(visit: Visit, data: Path) -> None:
    page = visit("/")
    page.wait_for_selector('html[data-page-keys~="a"]', state="attached")
    page.keyboard.press("a")
    page.get_by_role("button", name="Look through it").click()
    case(page, 1)
    page.locator(".st-key-audit_kind button").filter(has_text="Captions that do not fit").click()
    expect(page.get_by_text("0 of 10 looked at")).to_be_visible()
    first = page.locator(".st-key-audit_case h3").inner_text()
    expect(page.locator(".st-key-audit_pictures img")).to_have_count(2)
    assert page.locator(".st-key-audit_pictures img").first.evaluate(
        "image => image.decode().then(() => image.naturalWidth > 0)"
    )
    page.keyboard.press("n")
    expect(page.get_by_text("1 of 10 looked at")).to_be_visible()
    case(page, 2)
    page.keyboard.press("ArrowRight")
    case(page, 3)
    page.keyboard.press("r")
    field = page.get_by_role("textbox", name="What the caption is to say")
    field.fill("a ynk better caption")  # keys belong to the field while somebody types
    field.press("Enter")
    expect(page.get_by_text("2 of 10 looked at")).to_be_visible()
    decided = [(one.decision, one.correction) for one in read_decisions(data)]
    assert decided == [("exclude", ""), ("correct", "a ynk better caption")]
    assert read_decisions(data)[0].about == first
    page.keyboard.press("u")
    expect(page.get_by_text("1 of 10 looked at")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("u")
    expect(page.get_by_text("0 of 10 looked at")).to_be_visible()
    expect(page.locator(".st-key-audit_case h3")).to_have_text(first)
    assert read_decisions(data) == ()
