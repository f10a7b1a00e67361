"""What holds for the files of tests themselves."""

from __future__ import annotations

import ast
import re
from collections import Counter

from tests.architecture.source_tree import Source, below, import_breaches
from tests.dealing import WITH_SERVER
from tests.slow import FOLDERS

SLOW = re.compile(r"pytest\.mark\.slow")
# Starts a process; the doors' test looks into fresh processes that load next to nothing.
STARTS_A_PROCESS = re.compile(r"subprocess\.(run|Popen)\(")
TAKE_A_SECOND = ("sklearn", "scipy", "transformers", "open_clip", "umap", "faiss", "efficientnet_lite_pytorch")
QUICK = ("tests/architecture/test_doors.py",)


def test_no_two_files_have_one_name() -> None:
    """pytest takes them for one module, and runs neither."""
    names = Counter(source.path.rpartition("/")[2] for source in below("tests/"))
    assert [name for name, count in names.items() if count > 1 and name.startswith("test_")] == []


def test_what_tests_share_is_imported_by_its_full_name() -> None:
    """``tests.core.small_galleries``: under a bare name mypy would not find it, and take all that it gives for Any."""
    bare = {source.path.rpartition("/")[2].removesuffix(".py") for source in below("tests/")}
    assert import_breaches(below("tests/", "benchmarks/"), tuple(sorted(bare))) == []


def test_what_takes_a_second_to_import_is_imported_where_it_is_used() -> None:
    """Every process of the tests imports every file, whichever of them it runs."""
    found = [
        breach
        for source in below("tests/")
        for node in source.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for breach in import_breaches([Source(source.path, "", ast.Module([node], []))], TAKE_A_SECOND)
    ]
    assert found == []


def test_files_that_start_processes_or_servers_say_that_they_are_slow() -> None:
    unsaid = [
        source.path
        for source in below("tests/")
        if source.path.rpartition("/")[2].startswith("test_")
        and not source.path.startswith((*FOLDERS, *QUICK))
        and source.path != "tests/architecture/test_tests.py"
        and (STARTS_A_PROCESS.search(source.text) or f'getfixturevalue("{WITH_SERVER}")' in source.text)
        and not SLOW.search(source.text)
    ]
    assert unsaid == []
