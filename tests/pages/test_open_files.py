"""The soft limit of open files is raised at start, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import resource
from pages._ui.serving import open_files
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
wanted = open_files.ENOUGH if hard == resource.RLIM_INFINITY else min(open_files.ENOUGH, hard)
assert open_files.raise_limit() == wanted
assert resource.getrlimit(resource.RLIMIT_NOFILE) == (wanted, hard)
assert open_files.raise_limit() == wanted
"""


@pytest.mark.slow
def test_soft_limit_is_raised() -> None:
    if sys.platform == "win32":  # it has no such limit
        return
    subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, check=True)
