"""What is installed: requirements files, `constraints.txt` and the project's metadata say the same."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.constraints import LEFT_OUT, PAGE, installed, required
from tests.architecture.source_tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
# Named in requirements.txt for those who try the core's tests with nothing else; the package does not need it.
RUNNER = "pytest"
# The file is made with the oldest Python there is support for, on Linux.
MADE_HERE = sys.platform == "linux" and sys.version_info[:2] == (3, 11)


def pins(told: Iterable[Requirement | str]) -> set[str]:
    """``name==version`` of each, and which machines it is for."""
    found = (Requirement(str(one)) for one in told)
    return {f"{canonicalize_name(one.name)}{one.specifier} {one.marker or ''}".strip() for one in found}


def constrained() -> dict[str, str]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_every_requirement_is_pinned() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        for one in required(file):
            assert re.fullmatch(r"==[\w.]+", str(one.specifier)), f"{file}: {one} names no one version"


def test_the_metadata_names_what_the_requirements_files_do() -> None:
    run, dev = pins(required("requirements.txt")), pins(required("requirements-dev.txt"))
    runner = {one for one in run if one.startswith(f"{RUNNER}==")}
    assert pins(PROJECT["dependencies"]) == run - runner
    own = {one for one in EXTRAS["dev"] if one.startswith("t2i[")}
    assert own == {"t2i[heic,mcp,milvus]"}
    assert (
        pins({*EXTRAS["dev"]} - own) | pins(EXTRAS["heic"]) | pins(EXTRAS["mcp"]) | pins(EXTRAS["milvus"])
        == dev | runner
    )


def test_everything_installed_is_constrained_to_what_is_installed() -> None:
    """Other systems and versions of Python need a few packages more, which stay as they come."""
    told = constrained()
    here = {name: version for name, version in installed().items() if MADE_HERE or name in told}
    assert {name: told.get(name) for name in here} == here, (
        "constraints.txt is not what is installed: python -m tests.architecture.constraints"
    )
    assert not [name for name in told if name.startswith(LEFT_OUT)]
    assert all("+" not in version for version in told.values())


def test_make_installs_by_the_constraints() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = re.findall(r"pip install .*-r (\S+)", makefile)
    assert installs == ["requirements.txt", "requirements-dev.txt"]
    assert len(re.findall(r"pip install .*-c constraints\.txt -r ", makefile)) == len(installs)
