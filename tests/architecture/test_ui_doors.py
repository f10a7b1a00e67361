"""The doors inside the pages: which room of `pages/_ui` may import which, and the same for the browser's scripts."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.architecture.source_tree import ROOT, Source, below

# A room imports only rooms of a smaller number. A new room gets its number here.
LEVELS = {
    "registry": 0,  # which pages there are
    "serving": 1,  # what stands before Streamlit; who may do what
    "session": 1,  # what one visit remembers
    "components": 2,  # what is drawn in the browser, and how it reports
    "jobs": 2,  # what goes on behind the pages
    "resources": 3,  # what sessions share
    "frame": 4,  # what is around every page
    "grid": 5,
    "asking": 6,
    "audit": 7,
    "lab": 7,
    "build": 7,
    "captions": 7,
    "saved": 7,
    "map": 8,
    "warming": 9,  # what a first visit needs
    "page": 10,  # pages/*.py and Home.py
}
# Doors that open upwards all the same, each with its reason: a file, and the module or the room it imports.
KNOWN = {
    ("pages/_ui/session/visit.py", "pages._ui.jobs"): "a visit knows the job it began; by its type alone",
    ("pages/_ui/serving/sign_in.py", "pages._ui.frame.plain_text"): "escapes Markdown, knows nothing of the frame",
}
UI = ("pages", "_ui")
# Outside any folder of a component: what all share, what is made of them, and the component's own name for itself.
SHARED, SERVED = "shared", "served"
IMPORTED = re.compile(r"""(?:^|[\s;}])(?:import|from)\s*\(?\s*["']([^"']+)["']""")


def room_of(module: str) -> str | None:
    """``pages._ui.map.map_view`` → ``map``, ``pages.search`` → ``page``, what is not of the pages → None."""
    parts = module.split(".")
    if parts == ["Home"] or (parts[0] == "pages" and tuple(parts[:2]) != UI):
        return "page"
    return parts[2] if tuple(parts[:2]) == UI and len(parts) > 2 else None


def modules() -> set[str]:
    return {source.module for source in below("pages/")}


def upward(source: Source, known_modules: set[str]) -> Iterator[tuple[int, str]]:
    """Line and module of everything a file imports from a room that is not below its own."""
    own = room_of(source.module)
    if own is None:
        return
    for line, name in source.imports():
        room = room_of(name)
        if room in {None, own, "page"}:
            continue  # that a page imports no page is tested with the other doors
        if LEVELS[str(room)] >= LEVELS[own]:
            yield line, name if name in known_modules else name.rpartition(".")[0]


def test_every_room_has_its_level() -> None:
    for source in below("pages/", "Home.py"):
        room = room_of(source.module)
        assert room is None or room in LEVELS, f"{room} is a new room: give it a level in {__name__}"


def test_rooms_of_the_pages_import_downwards_only() -> None:
    found = [
        (source.path, line, name) for source in below("pages/", "Home.py") for line, name in upward(source, modules())
    ]
    breaches = [f"{path}:{line} {name}" for path, line, name in found if not known(path, name)]
    assert breaches == [], "a room imports only rooms below it; see LEVELS and KNOWN"
    gone = KNOWN.keys() - {one for path, _, name in found for one in known(path, name)}
    if gone:
        warnings.warn(f"KNOWN names doors that are closed now, take them out: {sorted(gone)}", stacklevel=1)


def known(path: str, name: str) -> list[tuple[str, str]]:
    """Which of the doors in KNOWN an import goes through."""
    return [(file, module) for file, module in KNOWN if file == path and f"{name}.".startswith(f"{module}.")]


def test_breaches_are_found() -> None:
    """The test above could not fail if the search for breaches found nothing."""
    text = "from pages._ui.map import map_view\nfrom pages._ui.session.state import query\nimport pages._ui.jobs.jobs\n"
    source = Source("pages/_ui/jobs/x.py", text, ast.parse(text))
    assert list(upward(source, {"pages._ui.map.map_view"})) == [(1, "pages._ui.map.map_view")]
    page = Source("pages/search.py", text, ast.parse(text))
    assert list(upward(page, set())) == []


def script_breaches(path: str, text: str) -> Iterator[str]:
    """What a component's script imports from another component, or from another server."""
    home = PurePosixPath(path).parent
    component = home.parts[0]
    for number, line in enumerate(text.splitlines(), start=1):
        for name in IMPORTED.findall(line):
            if not name.startswith("."):
                yield f"{path}:{number} {name}"
                continue
            parts: list[str] = []
            for part in (home / name).parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            if not parts or parts[0] not in {component, SHARED} or len(parts) < 2:
                yield f"{path}:{number} {name}"


def test_a_component_imports_itself_and_what_all_share() -> None:
    folder = ROOT / "pages" / "_ui" / "components"
    breaches = [
        breach
        for file in sorted(folder.glob("*/**/*.js"))
        if (place := file.relative_to(folder)).parts[0] != SERVED and not file.stem.endswith(".test")
        for breach in script_breaches(place.as_posix(), file.read_text(encoding="utf-8"))
    ]
    assert breaches == []


def test_breaches_of_scripts_are_found() -> None:
    text = "\n".join(
        [
            'import { a } from "./part.js";',
            'import { b } from "../shared/mounting.js";',
            'import { c } from "../map/points.js";',
            'import "https://elsewhere.example/d.js";',
            "export { e } from '../__init__.py';",
            'const f = await import("../map/card.js");',
        ]
    )
    lines = [breach.split(" ")[0] for breach in script_breaches("query_bar/index.js", text)]
    assert lines == [f"query_bar/index.js:{number}" for number in (3, 4, 5, 6)]
    assert list(script_breaches("shared/detail/index.js", 'import { a } from "../keys.js";')) == []
    assert list(script_breaches("shared/keys.js", 'import { a } from "../map/points.js";')) != []
