"""CommandParser: a parser that says what was wrong in sentences, and may put off declaring its options until it is used."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

# What argparse says, and the sentence that tells the rule and how to fix it besides.
_SENTENCES: tuple[tuple[str, str], ...] = (
    (
        r"the following arguments are required: (?P<what>.+)",
        "{what} must be given, got none. See {prog} --help.",
    ),
    (
        r"argument (?P<option>[^:]+): invalid choice: (?P<got>.+?) \(choose from (?P<choices>.+)\)",
        "argument {option}: invalid choice: {got}. Choose one of {choices}.",
    ),
    (
        r"argument (?P<option>[^:]+): invalid (?P<kind>\w+) value: (?P<got>.+)",
        "argument {option}: invalid {kind} value: {got}. Give {needed}.",
    ),
    (
        r"argument (?P<option>[^:]+): expected (?P<count>.+)",
        "argument {option} needs {count}, got none. Write it after {option}.",
    ),
    (
        r"argument (?P<option>[^:]+): ignored explicit argument (?P<got>.+)",
        "argument {option} takes no value, got {got}. Leave the value out.",
    ),
    (
        r"argument (?P<option>[^:]+): not allowed with argument (?P<other>.+)",
        "argument {option} cannot be given together with {other}. Leave one of them out.",
    ),
    (
        r"ambiguous option: (?P<got>.+?) could match (?P<choices>.+)",
        "{got} could mean several options: {choices}. Write one of them whole.",
    ),
    (
        r"one of the arguments (?P<choices>.+) is required",
        "one of {choices} must be given, got none. See {prog} --help.",
    ),
)
_KINDS = {"int": "a whole number", "float": "a number", "_positive": "a whole number above 0"}


class CommandParser(argparse.ArgumentParser):
    """Set ``declare_late`` where the options stand in a room too heavy to import for another command's sake."""

    declare_late: Callable[[argparse.ArgumentParser], None] | None = None

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """As argparse, once the options are declared."""
        if self.declare_late is not None:
            declare, self.declare_late = self.declare_late, None
            declare(self)
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(self._about_unknown(unknown))
        return known, unknown

    def error(self, message: str) -> NoReturn:
        """Usage, and what is wrong in a sentence: rule, what was received, how to fix it."""
        super().error(self._sentence(message))

    def _sentence(self, message: str) -> str:
        for pattern, sentence in _SENTENCES:
            found = re.fullmatch(pattern, message, re.DOTALL)
            if found is not None:
                parts = found.groupdict()
                # A function that checks a value itself goes by its own name in argparse's words.
                needed = _KINDS.get(parts.get("kind", ""), "another value")
                if parts.get("kind", "").startswith("_"):
                    parts["kind"] = "number"
                return sentence.format(prog=self.prog, needed=needed, **parts)
        return message

    def _about_unknown(self, unknown: Sequence[str]) -> str:
        first = next((one for one in unknown if one.startswith("-")), unknown[0])
        if not first.startswith("-"):
            return (
                f"unrecognized arguments: {' '.join(unknown)}. Put words that belong together in quotes. "
                f"See {self.prog} --help."
            )
        if first in self._option_string_actions:
            return f"options stand before --, got {first} after it. Write {first} before --."
        if any(action.dest == "text" for action in self._actions):
            return (
                f"unrecognized arguments: {' '.join(unknown)}. A sentence that begins with - stands after --: "
                f'{self.prog} -- "{first}"'
            )
        return f"unrecognized arguments: {' '.join(unknown)}. See {self.prog} --help."
