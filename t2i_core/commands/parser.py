"""CommandParser: the parser of one command, which may put off declaring its options until it is used."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any


class CommandParser(argparse.ArgumentParser):
    """Set ``declare_late`` where the options stand in a room too heavy to import for another command's sake."""

    declare_late: Callable[[argparse.ArgumentParser], None] | None = None

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """As argparse, once the options are declared."""
        if self.declare_late is not None:
            declare, self.declare_late = self.declare_late, None
            declare(self)
        return super().parse_known_args(args, namespace)
