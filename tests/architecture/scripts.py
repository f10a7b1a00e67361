"""The components' scripts and styles, read for tests of the house: what each imports, and whether what is served is made of them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
COMPONENTS = ROOT / "pages" / "_ui" / "components"
SERVED = COMPONENTS / "served"
SHARED = "shared"
# import ... from "x", import "x", import("x") in scripts and in their comments on types, @import "x" in styles
IMPORTED = re.compile(r"""(?:\bfrom|\bimport|@import)\s*\(?\s*["']([^"']+)["']""")
# What would let a text from data become markup or code.
UNSAFE = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function\b)")


@dataclass(frozen=True)
class Script:
    """One file; ``path`` is relative to the components' folder, with forward slashes."""

    path: str
    text: str

    @property
    def component(self) -> str:
        """The folder it is in, whose doors are its own."""
        return self.path.partition("/")[0]

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and path of everything imported; what is no file of ours keeps its name."""
        for number, line in enumerate(self.text.splitlines(), start=1):
            for name in IMPORTED.findall(line):
                yield number, _resolved(PurePosixPath(self.path).parent, name)


def _resolved(folder: PurePosixPath, name: str) -> str:
    if not name.startswith("."):
        return name
    parts: list[str] = []
    for part in (folder / name).parts:
        if part != "..":
            parts.append(part)
        elif parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def scripts() -> list[Script]:
    """Every script, style and type of the components, but for what is served."""
    files = [file for kind in ("js", "css", "d.ts") for file in COMPONENTS.glob(f"*/**/*.{kind}")]
    return [
        Script(file.relative_to(COMPONENTS).as_posix(), file.read_text(encoding="utf-8"))
        for file in sorted(files)
        if SERVED not in file.parents
    ]


def door_breaches(found: list[Script]) -> list[str]:
    """``file:line import`` for whatever is neither in a component's own folder nor in ``shared/``, which opens on nothing else."""
    return [
        f"{script.path}:{line} {name}"
        for script in found
        for line, name in script.imports()
        if name.partition("/")[0] not in {script.component, SHARED} or "/" not in name
    ]


def stale() -> list[str]:
    """What of the served files is not made of the sources as they are; nothing when all is fresh. Needs no Node."""
    record = json.loads((SERVED / "record.json").read_text(encoding="utf-8"))
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]["esbuild"]
    faults = [] if record["made_by"] == f"esbuild {wanted}" else [f"made by {record['made_by']}, not by {wanted}"]
    for folder, hashes in ((COMPONENTS, record["sources"]), (SERVED, record["served"])):
        faults += [f"{folder.name}/{name}" for name, told in hashes.items() if _hash_of(folder / name) != told]
    sources = {script.path for script in scripts() if not script.path.endswith(".d.ts")}
    faults += [f"{name} is part of no component" for name in sorted(sources - set(record["sources"]))]
    there = {file.name for file in SERVED.iterdir()} - {"record.json"}
    return faults + [f"served/{name} is made of nothing" for name in sorted(there - set(record["served"]))]


def _hash_of(file: Path) -> str:
    """Whatever a checkout makes of line ends; "" for a file that is not there."""
    if not file.is_file():
        return ""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
