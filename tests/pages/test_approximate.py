"""The switch between exact and approximate search: only where there is something to switch to."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from t2i_core.dataset import make_ann, read_gallery
from t2i_core.index.ann import AnnIndex
from t2i_core.index.exact import ExactIndex
from tests.pages.page_parts import grid

OpenApp = Callable[..., AppTest]


@pytest.fixture
def with_ann(datasets: Path, tmp_path: Path) -> Path:
    """The demo dataset with an approximate index beside it."""
    folder = tmp_path / datasets.name
    shutil.copytree(datasets, folder, ignore=shutil.ignore_patterns("plain"))
    gallery = read_gallery(folder, datasets.parent / "images")
    make_ann(gallery, ExactIndex(gallery.image_embeddings), recall=0.98)
    return folder


def switches(app: AppTest) -> list[str]:
    return [toggle.label for toggle in app.toggle]


def test_no_switch_without_an_approximate_index(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill", approximate="1")  # a link from elsewhere asks for one
    assert not app.exception
    assert switches(app) == ["By score", "Captions"]
    assert len(grid(app)["pictures"]) == 12


def test_the_switch_asks_the_approximate_index(
    open_app: OpenApp, with_ann: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    search = AnnIndex.search

    def counted(self: AnnIndex, *args: Any) -> Any:
        asked.append(1)
        return search(self, *args)

    monkeypatch.setattr(AnnIndex, "search", counted)
    app = open_app(with_ann, q="a mill")
    assert switches(app) == ["By score", "Captions", "Approximate"]
    switch = app.toggle(key="approximate_choice")
    assert switch.value is False
    assert "of the exact best 12" in switch.help
    exact = [picture["id"] for picture in grid(app)["pictures"]]
    assert asked == []
    switch.set_value(True).run()
    assert not app.exception
    assert asked == [1]
    assert sorted(picture["id"] for picture in grid(app)["pictures"]) == sorted(exact)
    app.toggle(key="approximate_choice").set_value(False).run()
    assert [picture["id"] for picture in grid(app)["pictures"]] == exact
    assert asked == [1]  # the session has both rankings


def test_a_link_keeps_the_switch(open_app: OpenApp, with_ann: Path) -> None:
    assert open_app(with_ann, q="a mill", approximate="1").toggle(key="approximate_choice").value is True
