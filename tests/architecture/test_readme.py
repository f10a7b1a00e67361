"""The README tells every command, and only commands and options there are."""

from __future__ import annotations

import argparse
import re

import pytest

from t2i_core.cli import COMMANDS, build_parser
from tests.architecture.source_tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CALL = re.compile(r"python -m t2i_core (?P<command>[a-z]+)(?P<rest>[^\n`#]*)")


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command by its name."""
    [action] = [action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(action.choices)


@pytest.mark.parametrize("command", parsers())
def test_every_command_is_in_the_readme(command: str) -> None:
    told = re.search(rf"^(\| `{command}` \|| {{4}}python -m t2i_core {command}\b)", README, re.MULTILINE)
    assert told, f"README.md does not tell of the command {command}"


def test_every_module_of_commands_is_a_command() -> None:
    assert len(parsers()) == len(COMMANDS)


def test_the_readme_tells_only_what_there_is() -> None:
    calls = list(CALL.finditer(README))
    assert calls
    for call in calls:
        assert call["command"] in parsers(), call[0]
        parser = parsers()[call["command"]]
        if getattr(parser, "declare_late", None) is not None:
            parser.declare_late(parser)  # type: ignore[attr-defined]
        for option in re.findall(r"(?<!\S)--[a-z-]+", call["rest"]):
            assert option in parser._option_string_actions, f"README.md: {call[0].strip()} has no {option}"
