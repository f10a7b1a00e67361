"""Check the components' scripts: whether what is served is fresh always, and with Node also logic, types and style.

`python -m tests.js.check` is part of `make lint` and `make test`; with `--bundle` it makes what is served (`make bundle`).
Where there is no Node, or npm cannot fetch the tools, it says what was left out and goes on.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.scripts import ROOT, stale

OLDEST_NODE = 20
MODULES = ROOT / "node_modules"
READY = MODULES / ".ready"
INSTALL_S = 300
BUNDLE = "pages/_ui/components/bundle.mjs"
# Folders are named, so that a tool never walks through the virtual environment, whatever its settings say.
FOLDERS = ("pages/_ui/components", "tests/js")
LONGEST_S = 600  # something that keeps Node waiting, a timer say, would keep it so for good
NEED_TOOLS = {
    "types": ("node_modules/typescript/bin/tsc", "-p", "tsconfig.json"),
    "types of the tests": ("node_modules/typescript/bin/tsc", "-p", "tests/js/tsconfig.json"),
    "style": ("node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", *FOLDERS),
    "what is served": (BUNDLE, "--check"),
}


def main(arguments: list[str]) -> int:
    """Run what can be run here; 1 when a check failed."""
    node = node_path()
    if arguments == ["--bundle"]:
        missing = "Node 20 or newer" if node is None else tools_problem()
        return fail(f"Making what is served needs {missing}") if missing else run(str(node), BUNDLE)
    old = stale()
    if old:
        return fail(
            f"Files that are served must be made of their sources as they are, not so: {', '.join(old)}. Run: make bundle"
        )
    if node is None:
        return say("Left out: logic, types and style of the scripts, because no Node 20 or newer was found.")
    failed = run(
        node, "--test", *(file.relative_to(ROOT).as_posix() for file in sorted(Path(__file__).parent.glob("*.test.js")))
    )
    problem = tools_problem()
    if problem:
        say(f"Left out: types and style of the scripts, because of {problem}.")
        return failed
    for check, command in NEED_TOOLS.items():
        if run(node, *command):
            failed = fail(f"Scripts: {check} failed.")
    return failed


def node_path() -> str | None:
    """Node, where it is new enough."""
    node = shutil.which("node")
    if node is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", told)
    return node if version and int(version[1]) >= OLDEST_NODE else None


def tools_problem() -> str:
    """Install the pinned tools where they are not there yet; why they are not there, or ""."""
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if READY.is_file() and READY.read_text(encoding="utf-8") == wanted:
        return ""
    npm = shutil.which("npm")
    if npm is None:
        return "a missing npm"
    command = [npm, "ci", "--loglevel=error", "--ignore-scripts", "--fetch-retries=1"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        return f"an npm that took longer than {INSTALL_S} s"
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        return f"an npm that could not install its tools ({lines[0]})"
    READY.write_text(wanted, encoding="utf-8")
    return ""


def run(node: str, *command: str) -> int:
    """1 when it failed; what it says goes where we say ours, of a test run only when it failed."""
    whole = [node, *command]
    try:
        done = subprocess.run(
            whole, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False, timeout=LONGEST_S
        )
    except subprocess.TimeoutExpired:
        return fail(f"A check of the scripts may take {LONGEST_S} s, and this one went on. Run: {' '.join(whole)}")
    if done.returncode:
        sys.stdout.write(done.stdout + done.stderr)
    return int(done.returncode != 0)


def say(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


def fail(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
