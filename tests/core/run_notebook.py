"""Runs a notebook's cells as Jupyter does, without Jupyter: python -m tests.core.run_notebook FILE

The last line printed is JSON: how many cells ended with something to show, and how many pictures were shown.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any


def run_notebook(path: Path) -> dict[str, int]:
    """Run every code cell in one namespace; whatever a cell raises ends it, with the cell's number."""
    names: dict[str, Any] = {"__name__": "__main__"}
    told = {"cells": 0, "shown": 0, "pictures": 0}
    for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        assert not cell["outputs"], f"cell {number} is committed with outputs: clear them"
        told["cells"] += 1
        value = _run(ast.parse("".join(cell["source"]), filename=f"cell {number}"), names, f"cell {number}")
        shown = value._repr_html_() if hasattr(value, "_repr_html_") else ""
        told["shown"] += value is not None
        told["pictures"] += shown.count("data:image/")
    return told


def _run(tree: ast.Module, names: dict[str, Any], name: str) -> Any:
    """The value of the last expression; None when the cell ends otherwise."""
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), name, "eval"), names)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_notebook(Path(sys.argv[1]))) + "\n")
