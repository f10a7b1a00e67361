"""The Build page's gate: other computers, folders outside the roots, what is no file, and somebody else's finished build."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import registry
from t2i_core import building
from t2i_core.errors import BuildError
from tests.pages.build_parts import SECONDS, fill, open_build, use_checkpoint, wait
from tests.pages.page_parts import texts

OpenApp = Callable[..., AppTest]


def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages._ui.serving import permissions

    monkeypatch.setattr(permissions, "connection", lambda: permissions.Connection("10.0.0.2"))


def started(monkeypatch: pytest.MonkeyPatch) -> list[building.BuildOptions]:
    """Builds that were begun; none does anything."""
    begun: list[building.BuildOptions] = []

    def no_build(options: building.BuildOptions, **_: object) -> object:
        begun.append(options)
        raise BuildError("Nothing is built here.")

    monkeypatch.setattr(building, "build", no_build)
    return begun


def test_another_computer_is_offered_nothing_that_would_be_refused(
    open_app: OpenApp, datasets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch)
    app = open_build(open_app, datasets)
    assert not app.button and not app.text_input
    assert "made by a browser on the computer this app runs on" in texts(app)
    assert any("Search only" in one.value for one in app.caption)
    listed = [link.proto.label for link in app.sidebar.get("page_link")]
    assert listed == [one.title for one in registry.PAGES if not one.writes]
    assert listed[:3] == ["Search", "Map", "Captions"]
    assert "Build" not in listed
    app = open_app(tmp_path / "nothing", settled=False)
    assert not app.main.get("page_link")
    assert "made by a browser on the computer this app runs on" in texts(app)


def test_what_was_offered_before_is_refused_by_the_server(
    open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = started(monkeypatch)
    app = fill(open_build(open_app, datasets), images=str(photos), target=str(tmp_path / "new"))
    elsewhere(monkeypatch)
    app.button(key="build_start").click().run()
    assert begun == []
    assert not (tmp_path / "new").exists()


def test_the_server_refuses_a_start_without_a_permit_for_its_folders(tmp_path: Path) -> None:
    from pages._ui.jobs.builds import build_jobs
    from pages._ui.jobs.maps import MapOrder, map_jobs
    from pages._ui.serving.permissions import NotAllowedError, Permit

    inside, outside = tmp_path / "in", tmp_path / "out"
    permit = Permit(roots=(inside,))
    for options in (
        building.BuildOptions(outside, inside / "data"),
        building.BuildOptions(inside, outside / "data"),
        building.BuildOptions(inside, inside / "data", captions=outside / "captions.csv"),
    ):
        with pytest.raises(NotAllowedError):
            build_jobs().start(options, permit=permit)
    for given in (permit, Permit("closed")):
        with pytest.raises(NotAllowedError):
            map_jobs().start(MapOrder(outside, inside), permit=given)


def test_everybody_below_the_roots_only(
    open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = started(monkeypatch)
    elsewhere(monkeypatch)
    monkeypatch.setenv("T2I_ALLOW_BUILD", "1")
    monkeypatch.setenv("T2I_ROOTS", str(photos))
    secret = tmp_path / "secret.csv"
    secret.write_text("the password,is swordfish\n", encoding="utf-8")
    (photos / "link.csv").symlink_to(secret)
    app = open_build(open_app, datasets)
    assert f"must lie below {photos}" in texts(app)
    assert f"Datasets are made below {photos}" in texts(app)
    assert app.text_input(key="build_target").placeholder == str(photos / "my-pictures")
    for wrong in (
        {"images": str(tmp_path)}, {"images": str(photos / "..")}, {"target": str(tmp_path / "new")},
        {"captions": str(secret)}, {"captions": str(photos / "link.csv")}, {"captions": "/dev/zero"},
    ):  # fmt: skip
        app = fill(app, **{"images": str(photos), "target": "", "captions": ""} | wrong)
        if app.button:
            app.button(key="build_start").click().run()
        assert "must lie below" in texts(app) and "links followed" in texts(app)
        assert "pictures there" not in texts(app) or "images" not in wrong
        assert "swordfish" not in texts(app) and "password" not in texts(app)
        assert not app.exception
    assert begun == []
    fill(app, images=str(photos / "trip"), target=str(photos / "data"), captions="")
    app.button(key="build_start").click().run()
    wait(app)
    assert [one.data_dir for one in begun] == [photos / "data"]


@pytest.mark.parametrize("typed", ["/dev/zero", "a\0b", "x" * 5_000, "~nobody-of-this-name/x"])
def test_what_is_no_file_is_refused_at_once(
    open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    begun = started(monkeypatch)
    for field in ("images", "captions", "checkpoint", "target"):
        if (field, typed) == ("target", "/dev/zero"):
            continue  # the build says that it is no folder
        app = open_build(open_app, datasets)
        if field == "checkpoint":
            app.selectbox(key="build_model").select("A checkpoint file").run()
        app = fill(app, **{"images": str(photos), "target": str(tmp_path / "new")} | {field: typed})
        if app.button:
            app.button(key="build_start").click().run()
        assert not app.exception
        assert "must be" in texts(app) or "must exist" in texts(app)
    assert begun == []


def test_a_pipe_is_not_waited_for(
    open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = started(monkeypatch)
    os.mkfifo(tmp_path / "pipe")
    app = fill(open_build(open_app, datasets), images=str(photos), captions=str(tmp_path / "pipe"))
    app.button(key="build_start").click().run()
    assert "The captions file must be a file on a disk, got a device, pipe or socket" in texts(app)
    app = use_checkpoint(fill(app, captions=""), tmp_path / "pipe")
    app.button(key="build_start").click().run()
    assert "The checkpoint must be a file on a disk, got a device, pipe or socket" in texts(app)
    assert begun == []


def test_a_finished_build_is_in_nobody_elses_way(
    open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = started(monkeypatch)
    first = fill(open_build(open_app, datasets), images=str(photos), target=str(tmp_path / "one"))
    first.button(key="build_start").click().run()
    first = wait(first)
    assert "Nothing is built here." in texts(first)
    second = fill(open_build(open_app, datasets), images=str(photos), target=str(tmp_path / "two"))
    assert f"The last build here, into {tmp_path / 'one'}, has ended." in texts(second)
    second.button(key="build_start").click().run()
    wait(second)
    assert [one.data_dir.name for one in begun] == ["one", "two"]
    first.run()
    assert "Nothing is built here." in texts(first)  # its own outcome stays until it is put away
    first.button(key="build_another").click().run()
    first.button(key="build_see").click().run()
    assert first.button(key="build_go_on").label == "Go on"


def test_a_map_is_offered_where_it_may_be_made(
    open_app: OpenApp, datasets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch)
    app = open_app(datasets, page="pages/embedding_map.py")
    assert "map_make" not in [one.key for one in app.button]
    assert "made by a browser on the computer this app runs on" in texts(app)
    assert f"project --data {datasets}" in app.code[0].value
    monkeypatch.setenv("T2I_ALLOW_BUILD", "1")
    monkeypatch.setenv("T2I_ROOTS", str(tmp_path))
    app = open_app(datasets, page="pages/embedding_map.py")
    assert "map_make" not in [one.key for one in app.button]
    assert f"must lie below {tmp_path}" in texts(app)
    monkeypatch.setenv("T2I_ROOTS", str(datasets.parent))
    app = open_app(datasets, page="pages/embedding_map.py")
    assert app.button(key="map_make").label == "Make the map"


def test_who_may_not_change_files_stops_nothing(
    open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages._ui import resources

    end = threading.Event()
    monkeypatch.setattr(building, "build", lambda *_, **__: end.wait(SECONDS))
    app = fill(open_build(open_app, datasets), images=str(photos), target=str(tmp_path / "new"))
    app.button(key="build_start").click().run()
    job = resources.build_jobs().running
    assert job is not None
    try:
        app.run()
        elsewhere(monkeypatch)
        app.button(key="build_stop").click().run()
        assert not job.stopping
        assert not app.button and str(photos) not in texts(app)
    finally:
        end.set()
        job.future.exception(SECONDS)
