"""How long files and functions are. Long ones are listed as warnings: a reason to look, not to fail."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_tree import ROOMS, ROOT, Source, sources

MAX_LINES = 350
MAX_FUNCTION_LINES = 60
# Made by a program, or by others.
LEFT_OUT = ("pages/_ui/components/served/", "static/vendor/")


def scripts() -> Iterator[Path]:
    """Every JavaScript file that is written here."""
    for room in (*ROOMS, "static"):
        for file in sorted((ROOT / room).rglob("*.js")) + sorted((ROOT / room).rglob("*.mjs")):
            place = file.relative_to(ROOT).as_posix()
            if not place.startswith(LEFT_OUT) and "node_modules" not in place:
                yield file


def long_files() -> list[str]:
    """``lines file`` of every file that is too long, the longest first."""
    lengths = {source.path: len(source.text.splitlines()) for source in sources()}
    lengths |= {
        file.relative_to(ROOT).as_posix(): len(file.read_text(encoding="utf-8").splitlines()) for file in scripts()
    }
    found = sorted(((lines, path) for path, lines in lengths.items() if lines > MAX_LINES), reverse=True)
    return [f"{lines} {path}" for lines, path in found]


def long_functions(source: Source) -> Iterator[tuple[int, str]]:
    """Lines and place of every function of a file that is too long; its docstring does not count."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            told = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
            docstring = (told.end_lineno or told.lineno) - told.lineno + 1 if told else 0
            lines = (node.end_lineno or node.lineno) - node.lineno + 1 - docstring
            if lines > MAX_FUNCTION_LINES:
                yield lines, f"{source.path}:{node.lineno} {node.name}"


def test_long_files_are_listed() -> None:
    found = long_files()
    if found:
        warnings.warn(f"{len(found)} files of more than {MAX_LINES} lines, split them by nouns: {found}", stacklevel=1)


def test_long_functions_are_listed() -> None:
    found = sorted((one for source in sources() for one in long_functions(source)), reverse=True)
    if found:
        listed = [f"{lines} {place}" for lines, place in found]
        told = f"{len(found)} functions of more than {MAX_FUNCTION_LINES} lines, besides docstrings: {listed}"
        warnings.warn(told, stacklevel=1)


def test_lengths_are_counted() -> None:
    """The lists above could not be anything but empty if nothing was counted."""
    body = "\n".join(["    x = 1"] * MAX_FUNCTION_LINES)
    text = f'def short():\n    """Told\n\n    at length.\n    """\n{body[10:]}\nasync def long():\n{body}\n'
    assert list(long_functions(Source("x.py", text, ast.parse(text)))) == [
        (MAX_FUNCTION_LINES + 1, f"x.py:{5 + MAX_FUNCTION_LINES} long")
    ]
    assert len(list(scripts())) > 5
