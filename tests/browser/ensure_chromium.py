"""Sees to a Chromium for the browser tests: takes an installed one, or installs Debian's where that is possible.

Run by ``make test`` before the tests. Without a Chromium it says plainly what is left out, and the
tests in this folder are deselected.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Chromium without windows, which draws pages as the other does and takes a third less of the processor's time for it.
SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
LEFT_OUT = "The tests in tests/browser are left out: {reason}. Install Chromium, or name one in CHROMIUM, to run them."


def find_chromium(*, with_windows: bool = False) -> Path | None:
    """The browser that CHROMIUM names, else an installed one: without windows where there is one, or ``with_windows``."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named) if os.access(named, os.X_OK) else None
    names = (*NAMES, SHELL) if with_windows else (SHELL, *NAMES)
    found = next((path for name in names if (path := shutil.which(name))), None)
    return Path(found) if found else None


def why_not_installable() -> str | None:
    """Why Debian's packages cannot be installed here, or None when it can."""
    if os.environ.get("CHROMIUM"):
        return f"CHROMIUM names {os.environ['CHROMIUM']}, which cannot be run"
    if not sys.platform.startswith("linux") or not Path("/etc/debian_version").exists() or not shutil.which("apt-get"):
        return "there is no Chromium, and this is no Debian system to install it on"
    if os.geteuid() != 0:
        return "there is no Chromium, and installing Debian's needs root"
    return None


def install() -> str | None:
    """Install Debian's Chromium without windows, or the whole one where there is no such package; what went wrong, or None."""
    problem = _apt_get("update", "-qq")
    for package in (SHELL, "chromium") if problem is None else ():
        problem = _apt_get("install", "-y", "-qq", "--no-install-recommends", package)
        if problem is None:
            break
    return problem


def _apt_get(*command: str) -> str | None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *command], env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
    return f"apt-get {' '.join(command)} failed ({' '.join(last) or done.returncode})"


def main() -> int:
    """Say which browser is used, or what is left out; never an error, for the other tests still count."""
    chromium = find_chromium()
    if chromium is None:
        reason = why_not_installable()
        if reason is None:
            sys.stdout.write("Installing Debian's chromium for the browser tests\n")
            reason = install()
        chromium = find_chromium()
        if chromium is None:
            sys.stdout.write(LEFT_OUT.format(reason=reason or "Chromium cannot be found after installing it") + "\n")
            return 0
    sys.stdout.write(f"The browser tests use {chromium}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
