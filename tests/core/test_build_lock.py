"""One build at a time in a folder, on every system: the lock is the system's, and ends with whoever holds it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from t2i_core.building.workshop import open_workshop
from t2i_core.errors import BuildError

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HOLD = (
    "import sys; from pathlib import Path; from t2i_core.building.workshop import open_workshop\n"
    "with open_workshop(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)


def holder(data_dir: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, data_dir], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_a_killed_owner_frees_the_lock_and_another_has_it_whole(tmp_path: Path) -> None:
    for _ in range(2):
        owner = holder(tmp_path)
        for _ in range(2):  # asking twice takes nothing from the owner
            with pytest.raises(BuildError, match=f"process {owner.pid} is building there"), open_workshop(tmp_path):
                pass
        owner.kill()
        owner.communicate()
    with open_workshop(tmp_path) as workshop:
        assert (workshop / "owner").read_text() == f"{os.getpid()}\n"
        with pytest.raises(BuildError, match=f"process {os.getpid()} is building there"), open_workshop(tmp_path):
            pass
    with open_workshop(tmp_path):
        pass


def test_an_error_in_the_work_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), open_workshop(tmp_path):
        raise KeyboardInterrupt
    with open_workshop(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BuildError, match="A build must be able to write to"), open_workshop(tmp_path / "file"):
        pass


def is_tried(node: ast.Import, tree: ast.Module) -> bool:
    """Whether an import is all that a ``try`` tries, with something to do where the module is not there."""
    return any(
        isinstance(one, ast.Try)
        and one.body == [node]
        and any(isinstance(handler.type, ast.Name) and handler.type.id == "ImportError" for handler in one.handlers)
        for one in ast.walk(tree)
    )


def test_nothing_is_imported_that_only_some_systems_have() -> None:
    unix_only = {"fcntl", "termios", "pwd", "grp", "resource", "msvcrt", "winreg"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in ("t2i_core", "pages")
        for path in (ROOT / folder).rglob("*.py")
        for tree in [ast.parse(path.read_text(encoding="utf-8"))]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and not is_tried(node, tree)
        for name in node.names
        if name.name in unix_only
    ]
    assert found == []
