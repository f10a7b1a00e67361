"""Adding a page: its file, and one line in the registry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import registry
from pages._ui.captions import captions_view
from pages._ui.map import map_state
from pages._ui.registry import PAGES, PageSpec
from pages._ui.session import links
from t2i_core.query import LINK_NAMES
from tests.architecture.source_tree import ROOT
from tests.pages.page_parts import component, texts

OpenApp = Callable[..., AppTest]
FIRST_PAGES = ["Search", "Map", "Captions", "Build"]

SCRIPT = """
import streamlit as st
from pages._ui.asking import answer
from pages._ui.frame import frame, opening
from pages._ui.session import links

here = frame.current()
found = answer.answer(opening.gallery_of(here, lambda: None), here.settings)
st.text(f"{found.result.hits[0].image_id} is first of {len(found.result.hits)}" if found.result else "nothing asked")
frame.wait_for_engine(here, found.loaded)
links.write_link(first_dataset=here.first_dataset)
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page more, as somebody who joins would write it."""
    file = tmp_path / "mine.py"
    file.write_text(SCRIPT, encoding="utf-8")
    line = PageSpec(str(file), "Mine", ":material/star:", "y", shows_query=True)
    monkeypatch.setattr(registry, "PAGES", (*PAGES, line))
    return file


def test_a_new_page_is_listed_opened_by_its_key_and_linked(open_app: OpenApp, datasets: Path, own: Path) -> None:
    app = open_app(datasets, q="a mill", k="5")
    keys = component(app, "t2i_page_keys")["keys"]
    assert keys == {one.key: one.address for one in registry.PAGES if one.key}
    assert keys.items() >= {"m": "embedding_map", "c": "captions", "y": "mine"}.items()
    assert component(app, "t2i_page_keys")["current"] == 0
    listed = [one.proto.label for one in app.sidebar.get("page_link")]
    assert listed == [one.title for one in registry.PAGES]
    assert [one for one in listed if one in FIRST_PAGES] == FIRST_PAGES
    assert listed[-1] == "Mine"
    app.switch_page(str(own)).run()
    assert not app.exception
    assert "is first of 5" in texts(app)
    assert {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()} == {
        "q": "a mill",
        "k": "5",
    }
    assert component(app, "t2i_page_keys")["current"] == len(PAGES)


def test_every_page_is_there_and_has_an_address_and_a_key_of_its_own() -> None:
    assert all((ROOT / one.file).is_file() for one in PAGES)
    assert len({one.address for one in PAGES}) == len(PAGES)
    keys = [one.key for one in PAGES if one.key]
    assert len(set(keys)) == len(keys)
    assert registry.page("") is registry.page("search") is PAGES[0]


def test_no_page_takes_a_name_in_links_that_is_taken() -> None:
    shared = {*LINK_NAMES, links.SIZE, links.CAPTIONS, links.DATASET, links.PICTURE}
    assert [name for one in PAGES for name in one.own_link if name in shared] == []


def test_pages_own_what_they_write() -> None:
    names = {captions_view.FIND, captions_view.SORT, captions_view.PAGE, captions_view.ROWS, captions_view.PICKED}
    assert all(registry.page("captions").owns(name) for name in {*names, captions_view.FILTER + "rank"})
    assert all(registry.page("embedding_map").owns(name) for name in (map_state.COLOUR, map_state.VIEW))
    assert not registry.page("captions").owns("q")
    assert not registry.page("captions").owns("f")
