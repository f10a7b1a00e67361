"""The doors of the components' scripts, what is served of them, and that words fold in them as in Python."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from t2i_core.captions.words import words_of
from tests.architecture import scripts as read
from tests.architecture.scripts import COMPONENTS, SERVED, UNSAFE, Script, door_breaches, scripts, stale
from tests.js.folded_words import FILE


def test_every_script_is_read() -> None:
    """The other tests would pass over a folder that is no longer there."""
    paths = {script.path for script in scripts()}
    assert paths >= {"shared/mounting.js", "query_bar/index.js", "map/polygon.js", "shared/detail/detail.css"}
    assert not any(path.startswith("served/") for path in paths)


def test_a_component_knows_itself_and_what_is_shared() -> None:
    assert door_breaches(scripts()) == []


def test_what_is_served_is_made_of_the_scripts_as_they_are() -> None:
    assert stale() == [], "run `make bundle` and commit what it wrote"


def test_what_is_not_fresh_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "components"
    shutil.copytree(COMPONENTS, copy)
    monkeypatch.setattr(read, "COMPONENTS", copy)
    monkeypatch.setattr(read, "SERVED", copy / "served")
    source, served = copy / "map" / "polygon.js", copy / "served" / "query_bar.js"
    source.write_bytes(source.read_bytes().replace(b"\n", b"\r\n"))  # as a checkout on Windows has it
    assert stale() == []
    source.write_text("// another", encoding="utf-8")
    served.unlink()
    (copy / "shared" / "alone.js").write_text("", encoding="utf-8")
    (copy / "served" / "old.js").write_text("", encoding="utf-8")
    assert stale() == [
        "components/map/polygon.js",
        "served/query_bar.js",
        "shared/alone.js is part of no component",
        "served/old.js is made of nothing",
    ]


def test_each_component_is_served_whole() -> None:
    """A bundle imports nothing: what it needs is in it."""
    names = {script.component for script in scripts() if script.path.endswith("/index.js")}
    assert names == {file.stem for file in SERVED.glob("*.js")}
    assert [name for name in names if re.search(r"^import\b", (SERVED / f"{name}.js").read_text("utf-8"), re.M)] == []


def test_no_text_becomes_markup_or_code() -> None:
    found = [f"{script.path} {match[0]}" for script in scripts() for match in UNSAFE.finditer(script.text)]
    assert found == []


def test_words_fold_as_the_scripts_are_held_to() -> None:
    """`node --test` holds the scripts to the same cases; `python -m tests.js.folded_words` writes them anew."""
    cases: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))
    assert cases["Straße"] == cases["STRASSE"] == ["strasse"]
    assert {text: words_of(text) for text in cases} == cases


def test_breaches_are_found() -> None:
    """The tests above could not fail if the search for breaches found nothing."""
    text = """
      import { a } from "../shared/a.js";
      import { b } from './parts/b.js';
      import { c } from "../map/c.js";
      import d from "d";
      /** @import { E } from "../../../e.d.ts" */
      const f = await import("../other/f.js");
    """
    script = Script("grid/index.js", text)
    assert door_breaches([script]) == [
        "grid/index.js:4 map/c.js",
        "grid/index.js:5 d",
        "grid/index.js:6 ../../e.d.ts",
        "grid/index.js:7 other/f.js",
    ]
    assert door_breaches([Script("shared/a.js", 'import "../grid/b.js";')]) == ["shared/a.js:1 grid/b.js"]
    assert door_breaches([Script("grid/index.css", '@import "../map/map.css";')]) == ["grid/index.css:1 map/map.css"]
