"""Pairs of places in the code that share six or more equal lines in a row: what may be said once instead.

    python benchmarks/count_repeats.py [--lines 6] [--show 20] [FOLDER ...]

Lines are compared without their indentation and inner spaces; blank lines, comments, docstrings and imports do not
count, nor do rows of closing brackets alone. A run of equal lines counts once, however long it is; every two places are
a pair, so three copies are three pairs.
"""

from __future__ import annotations

import argparse
import ast
import io
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

FOLDERS = ("t2i_core", "pages")
LINES = 6


@dataclass(frozen=True)
class Line:
    """A line of code as it is compared, and where it stands."""

    file: str
    number: int
    text: str


@dataclass(frozen=True)
class Repeat:
    """Two places and how many lines they share."""

    first: Line
    second: Line
    lines: int


def code_lines(file: str, text: str) -> list[Line]:
    """The lines of a file that are compared."""
    left_out: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom) or _is_text_alone(node):
            left_out.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))  # type: ignore[attr-defined]  # both kinds have lines
    kept: dict[int, list[str]] = defaultdict(list)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in _NO_CODE:
            continue
        for at, part in enumerate(token.string.splitlines(), start=token.start[0]):
            kept[at].append(" ".join(part.split()))
    lines = [Line(file, number, " ".join(parts)) for number, parts in sorted(kept.items()) if number not in left_out]
    return [line for line in lines if any(letter.isalnum() for letter in line.text)]


_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def _is_text_alone(node: ast.AST) -> bool:
    """A docstring, also one below a constant."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def repeats(files: list[list[Line]], *, least: int = LINES) -> Iterator[Repeat]:
    """Every two places that share ``least`` or more lines in a row, each as long as it goes."""
    where: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for one, lines in enumerate(files):
        for at in range(len(lines) - least + 1):
            where[tuple(line.text for line in lines[at : at + least])].append((one, at))

    def same(file: int, at: int, other: int, there: int) -> bool:
        inside = 0 <= at < len(files[file]) and 0 <= there < len(files[other])
        return inside and files[file][at].text == files[other][there].text

    for places in where.values():
        for (one, at), (other, there) in combinations(places, 2):
            overlaps = one == other and there - at < least
            if overlaps or same(one, at - 1, other, there - 1):
                continue  # it is counted where the run of equal lines begins
            length = least
            while same(one, at + length, other, there + length) and not (one == other and at + length >= there):
                length += 1
            yield Repeat(files[one][at], files[other][there], length)


def read(folders: list[Path]) -> list[list[Line]]:
    found = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    return [code_lines(file.as_posix(), file.read_text(encoding="utf-8")) for file in found]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[Path(one) for one in FOLDERS])
    parser.add_argument("--lines", type=int, default=LINES, help="least lines in a row (6)")
    parser.add_argument("--show", type=int, default=20, help="how many pairs are listed (20)")
    asked = parser.parse_args()
    read_files = read(asked.folders)
    pairs = sorted(repeats(read_files, least=asked.lines), key=lambda one: -one.lines)
    for pair in pairs[: asked.show]:
        places = " and ".join(f"{place.file}:{place.number}" for place in (pair.first, pair.second))
        print(f"{pair.lines} lines: {places}")
    total = sum(len(lines) for lines in read_files)
    print(f"{len(pairs)} pairs of places share {asked.lines} or more lines ({total} lines of code)")
