"""The project's Python files, read for tests of the house: what each imports and calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("Home.py", "pages", "t2i_core", "recipes", "benchmarks", "tests")


class Source:
    """One file; ``path`` is relative to the project, with forward slashes. It is parsed when somebody looks into it."""

    def __init__(self, path: str, text: str, tree: ast.Module | None = None) -> None:
        self.path, self.text, self._parsed = path, text, tree

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text) if self._parsed is None else self._parsed

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in the file, for the many that look through all of it."""
        return tuple(ast.walk(self.tree))

    @property
    def module(self) -> str:
        """Dotted name; a package's is its folder's."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def imports(self) -> tuple[tuple[int, str], ...]:
        """Line and full dotted name of everything imported, wherever in the file.

        ``from a import b`` gives ``a.b``: b may be a module, and what is inside a module is part of it.
        """
        return self._imports

    def attributes(self) -> tuple[tuple[int, str], ...]:
        """Line and dotted name of every attribute of a plain name: ``np.load``, ``st.cache_data``."""
        return self._attributes

    @cached_property
    def _imports(self) -> tuple[tuple[int, str], ...]:
        return tuple(self._find_imports())

    @cached_property
    def _attributes(self) -> tuple[tuple[int, str], ...]:
        return tuple(
            (node.lineno, f"{node.value.id}.{node.attr}")
            for node in self.nodes
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        )

    def _find_imports(self) -> Iterator[tuple[int, str]]:
        package = self.module if self.path.endswith("__init__.py") else self.module.rpartition(".")[0]
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                    base = ".".join([*parents, base] if base else parents)
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the project."""
    found: list[Source] = []
    for room in ROOMS:
        path = ROOT / room
        files = [path] if path.is_file() else sorted(path.rglob("*.py"))
        found += [Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files]
    return tuple(found)


def below(*places: str) -> list[Source]:
    """Files in these folders (ending in ``/``) or of these names."""
    return [source for source in sources() if source.path.startswith(places)]


def import_breaches(files: list[Source], packages: tuple[str, ...], *, allowed: tuple[str, ...] = ()) -> list[str]:
    """``file:line package`` for every import of these packages outside the allowed files."""
    return [
        f"{source.path}:{line} {name}"
        for source in files
        if not source.path.startswith(allowed or ("\0",))
        for line, name in source.imports()
        if any(name == package or name.startswith(package + ".") for package in packages)
    ]


def call_breaches(files: list[Source], names: tuple[str, ...], *, allowed: tuple[str, ...] = ()) -> list[str]:
    """``file:line name`` for every use of these dotted names outside the allowed files."""
    return [
        f"{source.path}:{line} {name}"
        for source in files
        if not source.path.startswith(allowed or ("\0",))
        for line, name in source.attributes()
        if name in names
    ]
