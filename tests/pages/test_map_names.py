"""Names of clusters on the map's page: renamed once, taken back, read everywhere, and offered only to who may."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.serving import permissions
from t2i_core.dataset import read_gallery
from t2i_core.dataset.cluster_names_file import LONGEST_NAME, cluster_names_path, read_cluster_names
from t2i_core.projection import read_made, rename_cluster
from tests import demo_maps
from tests.pages.page_parts import component, texts
from tests.pages.visits import visit

OpenApp = Callable[..., AppTest]
PAGE = "pages/embedding_map.py"


@pytest.fixture
def data(datasets: Path, tmp_path: Path) -> Path:
    """A copy of the dataset of 12 pictures, with a map whose clusters this test alone renames."""
    folder = Path(shutil.copytree(datasets, tmp_path / "main", ignore=shutil.ignore_patterns("plain")))
    demo_maps.write_map(folder)
    return folder


def plot(app: AppTest) -> dict[str, Any]:
    return component(app, "t2i_embedding_map")


def names(app: AppTest) -> list[str]:
    return [one["name"] for one in plot(app)["clusters"]]


def rename(app: AppTest, seq: int, **told: object) -> dict[str, Any]:
    """What the browser says, and what the map is told then."""
    visit(app).map.events = [{"type": "rename", "seq": seq, **told}]
    app.run()
    assert not app.exception
    naming: dict[str, Any] = plot(app)["naming"]
    return naming


def test_a_cluster_is_renamed_and_taken_back(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, page=PAGE)
    first, second = names(app)[:2]
    assert plot(app)["naming"] == {"seq": 0, "told": "", "problem": "", "undo": False}
    version = plot(app)["version"]
    told = rename(app, 1, label=0, was=first, name=" **Mills** ")
    assert told == {"seq": 1, "told": f"“{first}” is “**Mills**” now", "problem": "", "undo": True}
    assert names(app)[:2] == ["**Mills**", second]
    assert plot(app)["clusters"][0]["made"] == first
    assert plot(app)["version"] == version  # the points are not loaded again
    assert [one.name for one in read_cluster_names(data)] == ["**Mills**"]
    rename(app, 2, label=0, was="**Mills**", name="Old mills")
    assert rename(app, 3, undo=True) == {
        "seq": 3,
        "told": "“Old mills” is “**Mills**” again",
        "problem": "",
        "undo": True,
    }
    assert names(app)[0] == "**Mills**"
    assert rename(app, 4, undo=True)["undo"] is False
    assert names(app)[0] == first
    assert rename(app, 5, undo=True)["told"] == ""


def test_an_empty_name_gives_the_made_one_back(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, page=PAGE)
    made = names(app)[0]
    rename(app, 1, label=0, was=made, name="Mills")
    rename(app, 2, label=0, was="Mills", name=" ")
    assert names(app)[0] == made
    assert read_cluster_names(data) == ()


def test_a_wish_is_done_once_however_often_it_comes(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, page=PAGE)
    made = names(app)[0]
    rename(app, 1, label=0, was=made, name="Mills")
    rename(app, 2, undo=True)
    rename(app, 1, label=0, was=made, name="Mills")
    assert names(app)[0] == made


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"label": 0, "name": "x" * (LONGEST_NAME + 1)}, f"1 to {LONGEST_NAME} characters"),
        ({"label": 0, "name": "a\x00b"}, "can be seen"),
        ({"label": 99, "name": "Mills"}, "a number in 0.."),
        ({"label": 0, "name": "Mills", "was": "another"}, "Somebody else renamed this cluster"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(
    open_app: OpenApp, data: Path, told: dict[str, Any], why: str
) -> None:
    app = open_app(data, page=PAGE)
    before = names(app)
    answer = rename(app, 1, **{"was": before[0], **told})
    assert why in answer["problem"]
    assert (answer["told"], answer["undo"], names(app)) == ("", False, before)
    assert not cluster_names_path(data).exists()


@pytest.mark.parametrize(
    "told",
    [{}, {"label": "0", "was": "a", "name": "b"}, {"label": True, "was": "a", "name": "b"}, {"label": 0, "name": "b"}],
)
def test_nonsense_is_passed_over(open_app: OpenApp, data: Path, told: dict[str, Any]) -> None:
    app = open_app(data, page=PAGE)
    answer = rename(app, 1, **told)
    assert (answer["told"], answer["problem"]) == ("", "")
    assert not cluster_names_path(data).exists()


def test_a_given_name_is_read_wherever_the_page_names_a_cluster(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, page=PAGE)
    visit(app).map.colour = "cluster"
    rename(app, 1, label=1, was=names(app)[1], name="Mills [a](b)")
    told = plot(app)
    assert told["colour"]["names"][1] == "Mills [a](b)"
    assert told["colour"]["clusters"] is True
    visit(app).map.events = [{"type": "cluster", "label": 1}]
    app.run()
    assert "selected, Mills [a](b)" in texts(app).replace("*", "")
    rename(app, 2, label=1, was="Mills [a](b)", name="Towers")
    assert "selected, Towers" in texts(app).replace("*", "")  # it is the same cluster still
    rename(app, 3, undo=True)
    assert "selected, Mills [a](b)" in texts(app).replace("*", "")
    row = int(read_gallery(data).rows_by_id[read_cluster_names(data)[0].pictures[0]])
    visit(app).map.events = [{"type": "look", "seq": 1, "rows": [row]}]
    app.run()
    assert plot(app)["looked"]["cards"][str(row)]["cluster"] == "Mills [a](b)"


def test_what_others_rename_is_seen_and_not_taken_back_by_mistake(open_app: OpenApp, data: Path) -> None:
    app = open_app(data, page=PAGE)
    rename(app, 1, label=0, was=names(app)[0], name="Mills")
    gallery = read_gallery(data)
    made = read_made(gallery)
    assert made is not None
    rename_cluster(gallery, made, 0, "Castles")
    app.run()
    assert names(app)[0] == "Castles"
    answer = rename(app, 2, undo=True)
    assert "was 'Mills' and is 'Castles' by now" in answer["problem"]
    assert names(app)[0] == "Castles"


def test_nobody_who_may_not_is_offered_it_or_can_do_it(
    open_app: OpenApp, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(data, page=PAGE)
    made = names(app)[0]
    monkeypatch.setattr(permissions, "connection", lambda: permissions.Connection("10.0.0.7", ()))
    visit(app).map.events = [{"type": "rename", "seq": 1, "label": 0, "was": made, "name": "Mills"}]
    app.run()
    assert not app.exception
    assert plot(app)["naming"] is None
    assert names(app)[0] == made
    assert not cluster_names_path(data).exists()


def test_a_damaged_file_of_names_is_told_and_left(open_app: OpenApp, data: Path) -> None:
    cluster_names_path(data).write_text("{", encoding="ascii")
    app = open_app(data, page=PAGE)
    assert "The names given to clusters cannot be read" in texts(app)
    assert plot(app)["naming"] is None
    assert len(names(app)) == 2
    cluster_names_path(data).unlink()
    app.run()
    assert plot(app)["naming"] is not None
