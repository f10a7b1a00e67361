"""The list of all keys: keys of pages come from the registry, and what scripts listen for is on it."""

from __future__ import annotations

import re

from pages._ui import registry
from pages._ui.frame import key_sheet
from tests.architecture.scripts import scripts

NAMES = {
    "ArrowDown": "↓", "ArrowUp": "↑", "ArrowLeft": "←", "ArrowRight": "→", "Escape": "Esc", " ": "Space", "Delete": "Backspace",
}  # fmt: skip


def listed() -> set[str]:
    return {name for group in key_sheet.sheet() for keys, _ in group["keys"] for name in keys.split()}  # type: ignore[attr-defined]


def test_pages_are_opened_by_the_keys_that_are_listed() -> None:
    first = key_sheet.sheet()[0]
    assert first["keys"] == [*([one.key, f"open {one.title}"] for one in registry.PAGES if one.key), ["?", "this list"]]


def test_every_key_that_a_script_names_is_listed() -> None:
    named = {
        NAMES.get(key, key)
        for script in scripts()
        if script.path.endswith(".js")
        for key in re.findall(r"\bevent\.key [!=]== \"([^\"]+)\"", script.text)
    }
    named.discard("Tab")  # the browser's own; a script asks who came to a choice by it
    assert named >= {"?", "e", "/", "Enter", "Esc", "Backspace", "↓"}
    assert sorted(named - listed()) == []
