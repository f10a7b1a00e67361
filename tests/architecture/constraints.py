"""constraints.txt: the version of everything `make` installs. Write it anew: python -m tests.architecture.constraints

Made from what is installed: what the requirements files name, what that needs, and so on. What only some machines need
(CUDA's libraries, Windows' helpers) is left out; their versions are told by what needs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.source_tree import ROOT

PAGE = ROOT / "constraints.txt"
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
# Of builds of torch for CUDA: only on Linux, only in some builds, and torch itself names their exact versions.
LEFT_OUT = ("nvidia-", "cuda-", "triton")
HEAD = """\
# The version of everything that `make` installs, also of what is needed only by something else. Not a list of what to
# install: pip reads it with -c. Made from a fresh installation by `python -m tests.architecture.constraints`.
"""


def required(file: str) -> Iterator[Requirement]:
    """What a requirements file names, without what it includes from another."""
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        named = line.partition("#")[0].strip()
        if named and not named.startswith("-"):
            yield Requirement(named)


def _wanted(one: Requirement, extra: str = "") -> bool:
    """Whether this machine needs it, as it is or for an extra."""
    return one.marker is None or one.marker.evaluate({"extra": extra}) or one.marker.evaluate({"extra": ""})


def installed() -> dict[str, str]:
    """Name and public version of everything the requirements lead to on this machine; ``+cpu`` and the like are dropped.

    Raises
    ------
    LookupError
        When something they name is not installed.
    """
    found: dict[str, str] = {}
    waiting = [one for file in REQUIREMENTS for one in required(file) if _wanted(one)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        for extra in one.extras or {""}:
            if (name, extra) in seen or name.startswith(LEFT_OUT):
                continue
            seen.add((name, extra))
            try:
                here = distribution(name)
            except PackageNotFoundError as error:
                raise LookupError(
                    f"Everything the requirements lead to must be installed; {name} is not. Run: make lint"
                ) from error
            found[name] = Version(here.version).public
            needs = (Requirement(text) for text in here.requires or ())
            waiting += [need for need in needs if _wanted(need, extra)]
    return found


def constraints_page() -> str:
    """The file as the installation is now."""
    return HEAD + "".join(f"{name}=={version}\n" for name, version in sorted(installed().items()))


if __name__ == "__main__":
    PAGE.write_text(constraints_page(), encoding="utf-8")
