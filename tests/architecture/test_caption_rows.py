"""Only the files that hold or store a gallery know how "no picture" is written; all others ask the gallery."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source_tree import Source, below

ATTRIBUTE = "caption_rows"
# What reads the array whole: the gallery itself. Everything else that names it gives it a value.
READERS = ("t2i_core/types.py",)


def readings(source: Source) -> Iterator[str]:
    """``file:line`` wherever a gallery's array of caption rows is read."""
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr == ATTRIBUTE and isinstance(node.ctx, ast.Load):
            yield f"{source.path}:{node.lineno}"
        if isinstance(node, ast.Call) and any(
            isinstance(one, ast.Constant) and one.value == ATTRIBUTE for one in node.args
        ):
            yield f"{source.path}:{node.lineno}"  # getattr, operator.attrgetter


def marks(source: Source) -> Iterator[str]:
    """``file:line`` wherever a variable named for caption rows is compared with -1 or 0."""
    for node in source.nodes:
        if not isinstance(node, ast.Compare):
            continue
        sides = [ast.unparse(one) for one in (node.left, *node.comparators)]
        if any(ATTRIBUTE in side for side in sides) and any(side in {"-1", "0", "NO_PICTURE"} for side in sides):
            yield f"{source.path}:{node.lineno}"


def test_the_array_of_caption_rows_is_read_in_one_place() -> None:
    files = [
        source
        for source in below("t2i_core/", "pages/", "recipes/", "benchmarks/", "Home.py")
        if source.path not in READERS
    ]
    assert len(files) > 100
    assert [found for source in files for found in (*readings(source), *marks(source))] == []


@pytest.mark.parametrize(
    "text",
    [
        "known = gallery.caption_rows >= 0",
        "row = int(gallery.caption_rows[at])",
        "for row in here.gallery.caption_rows.tolist(): pass",
        "rows = getattr(gallery, 'caption_rows')",
        "known = caption_rows != -1",
    ],
)
def test_breaches_are_found(text: str) -> None:
    source = Source("pages/x.py", text, ast.parse(text))
    assert [*readings(source), *marks(source)] != []


@pytest.mark.parametrize("text", ["Gallery(caption_rows=rows)", "def rank(caption_rows): return caption_rows[3]"])
def test_making_and_passing_rows_is_no_breach(text: str) -> None:
    source = Source("t2i_core/x.py", text, ast.parse(text))
    assert [*readings(source), *marks(source)] == []
