"""Scripts count things as Python does."""

from __future__ import annotations

from typing import Any

from pages._ui import components
from t2i_core.errors import count_of

COUNTS = (0, 1, 2, 1_234_567)


def test_one_is_one_in_scripts_too(chromium: Any) -> None:
    page = chromium.new_page()
    counted = page.evaluate(
        f"() => {{ {components.asset('counting.js')}; return {list(COUNTS)}.map(n => countOf(n, 'caption')) }}"
    )
    page.close()
    assert counted == [count_of(number, "caption") for number in COUNTS]
