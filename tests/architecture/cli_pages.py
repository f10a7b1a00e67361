"""docs/cli.md: what ``--help`` prints, as a page. Run it to write the page anew: python -m tests.architecture.cli_pages"""

from __future__ import annotations

import argparse
import os
from unittest import mock

from t2i_core.cli import build_parser
from tests.architecture.source_tree import ROOT

PAGE = ROOT / "docs" / "cli.md"
WIDTH = 100
HEAD = """\
# The command line

Made from `--help` by `python -m tests.architecture.cli_pages`; a test compares both. `python` is `.venv/bin/python`.
"""


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command by its name, with what it declares late."""
    [action] = [action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    for parser in action.choices.values():
        late = getattr(parser, "declare_late", None)
        if late is not None:
            parser.declare_late = None
            late(parser)
    return dict(action.choices)


def cli_page() -> str:
    """The page as the parsers are now."""
    with mock.patch.dict(os.environ, {"COLUMNS": str(WIDTH), "NO_COLOR": "1"}):  # where argparse looks
        parts = [HEAD, block("python -m t2i_core", build_parser())]
        parts += [block(f"python -m t2i_core {name}", parser) for name, parser in sorted(parsers().items())]
    return "\n".join(parts)


def block(title: str, parser: argparse.ArgumentParser) -> str:
    return f"## {title}\n\n```text\n{parser.format_help().strip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(cli_page(), encoding="utf-8")
