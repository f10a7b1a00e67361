"""Scripts count things as Python does."""

from __future__ import annotations

from playwright.sync_api import Browser

from t2i_core.errors import count_of
from tests.browser.served_app import ROOT

COUNTING = ROOT / "pages" / "_ui" / "components" / "shared" / "counting.js"
COUNTS = (0, 1, 2, 1_234_567)


def test_one_is_one_in_scripts_too(chromium: Browser) -> None:
    page = chromium.new_page()
    counted = page.evaluate(
        """async ([script, counts]) => {
          const { countOf } = await import(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
          return counts.map((count) => countOf(count, 'caption'));
        }""",
        [COUNTING.read_text(encoding="utf-8"), list(COUNTS)],
    )
    page.close()
    assert counted == [count_of(number, "caption") for number in COUNTS]
