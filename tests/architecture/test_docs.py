"""Pages of docs: their links lead somewhere, their commands exist, their addresses answer, their Python is true."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import httpx
import pytest

import t2i_core as t2i
from t2i_core.exchange import FORMATS
from t2i_core.importers import IMPORTERS
from t2i_core.serving.answers import Answers
from t2i_core.serving.http import make_app
from t2i_core.serving.limits import Limits
from tests.architecture.cli_pages import parsers
from tests.architecture.source_tree import ROOT
from tests.core.running_app import running

DOCS = ROOT / "docs"
# docs/cli.md is made of --help; `test_readme.py` compares it.
PAGES = sorted(path for path in DOCS.glob("*.md") if path.name != "cli.md")
COMMAND = re.compile(r"^ {4}(?:\w+=\S+ )*(?:python -m t2i_core|t2i) (?P<command>[a-z]+)(?P<rest>.*)$", re.MULTILINE)
ADDRESS = re.compile(
    r"^ {4}curl '?http://127\.0\.0\.1:8770(?P<path>[^'\s]+)'?(?: --data '(?P<sent>[^']+)')?$", re.MULTILINE
)
LINK = re.compile(r"\]\((?P<place>[^)#:]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere_and_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in LINK.finditer(text):
        assert (DOCS / link["place"]).exists(), f"{page.name}: {link['place']}"
    for call in COMMAND.finditer(text):
        parser = parsers().get(call["command"])
        assert parser is not None, f"{page.name}: {call[0].strip()}"
        for option in re.findall(r"(?<!\S)--[a-z-]+", call["rest"]):
            assert option in parser._option_string_actions, f"{page.name}: {call[0].strip()} has no {option}"


def test_every_page_is_listed() -> None:
    listed = {link["place"] for link in LINK.finditer((DOCS / "README.md").read_text(encoding="utf-8"))}
    assert {path.name for path in DOCS.glob("*.md") if path.name != "README.md"} <= listed
    assert sum(len(COMMAND.findall(page.read_text(encoding="utf-8"))) for page in PAGES) > 8


def test_the_page_of_formats_names_each() -> None:
    text = (DOCS / "formats.md").read_text(encoding="utf-8")
    assert [name for name in {*IMPORTERS, *FORMATS} if f"`{name}`" not in text] == []


@pytest.mark.slow
def test_addresses_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("T2I_IMAGES", "T2I_MODEL", "T2I_MODEL_DIR"):
        monkeypatch.delenv(name, raising=False)
    told = list(ADDRESS.finditer((DOCS / "http.md").read_text(encoding="utf-8")))
    assert len(told) > 4
    assert any(found["sent"] for found in told)
    with running(make_app(Answers(t2i.open("data")), limits=Limits(rate=0, seconds=600))) as address:
        for found in told:
            how = "POST" if found["sent"] else "GET"
            answer = httpx.request(how, address + found["path"], content=found["sent"], timeout=60, trust_env=False)
            assert answer.status_code == 200, f"{found[0]}: {answer.text}"


@pytest.mark.slow
def test_python_examples_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("T2I_IMAGES", "T2I_MODEL", "T2I_MODEL_DIR"):
        monkeypatch.delenv(name, raising=False)
    done = doctest.testfile(str(DOCS / "python.md"), module_relative=False, encoding="utf-8")
    assert done.attempted > 15
    assert done.failed == 0, "see what is printed above"
