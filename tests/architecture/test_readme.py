"""README and docs tell every command and setting, and only those there are; docs/cli.md is what --help prints."""

from __future__ import annotations

import re

import pytest

from t2i_core.cli import COMMANDS, build_parser
from tests.architecture.cli_pages import PAGE, cli_page, parsers
from tests.architecture.source_tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS_PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
ONE_SCREEN = 50
CALL = re.compile(r"python -m t2i_core (?P<command>[a-z]+)(?P<rest>[^\n`#]*)")


@pytest.mark.parametrize("command", parsers())
def test_every_command_is_told(command: str) -> None:
    told = re.search(rf"^\| `{command}` \|", COMMANDS_PAGE, re.MULTILINE)
    assert told, f"docs/commands.md does not tell of the command {command}"


def test_the_readme_is_one_screen_and_leads_to_the_rest() -> None:
    lines = README.splitlines()
    assert len(lines) <= ONE_SCREEN
    assert lines[2].startswith("![")
    places = re.findall(r"\]\(([^)#:]+)\)", README)
    assert {"docs/README.md", "docs/commands.md", "docs/settings.md"} <= set(places)
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_every_module_of_commands_is_a_command() -> None:
    assert len(parsers()) == len(COMMANDS)


def test_the_readme_tells_only_what_there_is() -> None:
    calls = [*CALL.finditer(README), *CALL.finditer(COMMANDS_PAGE)]
    assert calls
    for call in calls:
        assert call["command"] in parsers(), call[0]
        parser = parsers()[call["command"]]
        for option in re.findall(r"(?<!\S)--[a-z-]+", call["rest"]):
            assert option in parser._option_string_actions, f"README.md: {call[0].strip()} has no {option}"


def test_the_page_of_the_command_line_is_what_help_prints() -> None:
    """But for where lines break, which differs between versions of Python."""
    assert PAGE.read_text(encoding="utf-8").split() == cli_page().split(), (
        "docs/cli.md is not what --help prints any more: python -m tests.architecture.cli_pages"
    )


def test_settings_of_the_command_line_are_told_by_help_and_page() -> None:
    told = set(re.findall(r"T2I_[A-Z0-9_]+", (ROOT / "t2i_core/config.py").read_text(encoding="utf-8")))
    assert "T2I_FLOAT32" in told
    for text in (build_parser().format_help(), PAGE.read_text(encoding="utf-8"), SETTINGS_PAGE):
        assert told <= set(re.findall(r"T2I_[A-Z0-9_]+", text))
