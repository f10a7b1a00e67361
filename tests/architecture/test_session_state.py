"""What one visit remembers is known to one room; everybody else asks it for typed objects."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields

import pytest

from pages._ui.session.asked import SETTINGS, Asked
from t2i_core.query import SearchRequest
from tests.architecture.source_tree import Source, below, import_breaches

ROOM = "pages/_ui/session/"
STATE = "session_state"


def uses(source: Source) -> Iterator[str]:
    """``file:line`` wherever session state is named, but for strings."""
    for node in source.nodes:
        named = isinstance(node, ast.Attribute) and node.attr == STATE
        named |= isinstance(node, ast.alias) and node.name.rpartition(".")[2] == STATE
        named |= isinstance(node, ast.Call) and any(
            isinstance(one, ast.Constant) and one.value == STATE for one in node.args
        )
        if named:
            yield f"{source.path}:{getattr(node, 'lineno', 0)}"


def test_session_state_is_known_to_one_room() -> None:
    files = below("pages/", "Home.py", "t2i_core/")
    assert any(list(uses(source)) for source in files if source.path.startswith(ROOM))
    assert [use for source in files if not source.path.startswith(ROOM) for use in uses(source)] == []


@pytest.mark.parametrize(
    "text",
    [
        "import streamlit as st\nst.session_state['top_k'] = 3",
        "session.session_state.get('query')",
        "from streamlit import session_state as kept",
        "getattr(st, 'session_state')",
    ],
)
def test_breaches_are_found(text: str) -> None:
    assert len(list(uses(Source("pages/x.py", text, ast.parse(text))))) == 1


def test_a_visit_holds_every_setting_of_a_request() -> None:
    """A setting that a request gains is asked by the pages, and stands in their links, once `Asked` has it."""
    held = {one.name: one.default for one in fields(Asked)}
    asked = {one.name: one.default for one in fields(SearchRequest) if one.name in SETTINGS}
    assert {name: held.get(name, "missing") for name in asked} == asked


def test_no_page_asks_what_kind_of_dataset_is_open() -> None:
    """A folder and a collection are one thing to the pages: galleries and sources say what differs."""
    kinds = ("t2i_core.remote.Collection", "t2i_core.remote.CollectionSource", "t2i_core.engine.FolderSource")
    files = below("pages/", "Home.py")
    assert import_breaches(files, (*kinds, "t2i_core.remote.reading", "t2i_core.remote.source")) == []
