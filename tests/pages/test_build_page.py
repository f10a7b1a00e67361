"""The Build page: validation, progress, stopping, the outcome, and the way back to Search."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from t2i_core import building
from t2i_core.index import milvus
from tests import demo_dataset
from tests.milvus_server import free_port
from tests.pages.build_parts import SECONDS, fill, open_build, use_checkpoint, wait
from tests.pages.page_parts import bar, grid, texts

OpenApp = Callable[..., AppTest]


def test_form(open_app: OpenApp, datasets: Path) -> None:
    app = open_build(open_app, datasets)
    assert not app.exception
    assert app.title[0].value == "Build from your pictures"
    assert app.selectbox(key="build_model").value == "mini"
    assert "ViT-B/32" in app.selectbox(key="build_model").options


def test_link_straight_to_the_page_of_a_fresh_server(
    open_app: OpenApp, datasets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    app = open_build(open_app, datasets)  # AppTest begins each run as a fresh server does
    app.run()
    assert not app.exception
    assert app.title[0].value == "Build from your pictures"
    assert "pictures" in texts(app)


def test_start_without_a_folder(open_app: OpenApp, datasets: Path) -> None:
    app = open_build(open_app, datasets)
    app.button(key="build_start").click().run()
    assert "A build needs a folder of pictures, got none. Type its path." in texts(app)


def test_folder_that_is_not_there(open_app: OpenApp, datasets: Path) -> None:
    app = fill(open_build(open_app, datasets), images="/no/such/folder")
    told = "The folder of pictures must exist on this computer, got /no/such/folder. Check the path."
    assert texts(app).count("/no/such/folder") == texts(app).count(told) == 1
    app.button(key="build_start").click().run()
    assert texts(app).count("/no/such/folder") == texts(app).count(told) == 1


@pytest.mark.parametrize("kind", ["empty", "file", "zero byte", "too long", "text only"])
def test_one_fault_of_a_folder_is_told_once(open_app: OpenApp, datasets: Path, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "photos"
    if kind == "file":
        folder.write_text("")
    else:
        folder.mkdir()
    if kind == "text only":
        (folder / "notes.txt").write_text("")
    typed = {"zero byte": "\0", "too long": "x" * 5000}.get(kind, str(folder))
    app = fill(open_build(open_app, datasets), images=typed)
    before = [one.value for one in app.text]
    app.button(key="build_start").click().run()
    assert not app.exception
    assert [one.value for one in app.text] == before
    assert sum((one.endswith(".") and " got " in one) or typed[:20] in one or "\\x00" in one for one in before) == 1


def test_folder_is_counted(open_app: OpenApp, datasets: Path, photos: Path) -> None:
    assert "3 pictures there" in texts(fill(open_build(open_app, datasets), images=str(photos)))


@pytest.mark.parametrize("typed", ["/", "//", "/tmp/..", "/usr/../."])
def test_a_whole_disk_is_refused_before_anything_on_it_is_counted(
    open_app: OpenApp, datasets: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    app = open_build(open_app, datasets)
    looked = not_looked_through(monkeypatch)
    app = fill(app, images=typed)
    told = "The folder of pictures must be a folder on a disk, got a whole disk: "
    assert not app.exception
    assert texts(app).count(told) == 1
    app.button(key="build_start").click().run()
    assert texts(app).count(told) == 1
    assert looked == []


def test_where_a_disk_begins_nothing_is_counted_before_the_build(
    open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick, a network drive or a volume of a container: it may hold just the pictures, so it may be built from."""
    (tmp_path / "some.csv").write_text("image,caption\ngone.png,a ghost\n", encoding="utf-8")
    app = open_build(open_app, datasets)
    looked = not_looked_through(monkeypatch)
    monkeypatch.setattr("os.path.ismount", lambda path: Path(path) == photos.resolve())
    app = fill(app, images=str(photos), captions=str(tmp_path / "some.csv"))
    assert f"{photos} is a whole disk or network drive." in texts(app)
    assert not app.button(key="build_start").disabled
    assert looked == []


def not_looked_through(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Folders that were looked through from now on, which none should be."""
    from t2i_core.pictures import folder

    looked: list[str] = []
    monkeypatch.setattr(folder._Looking, "enter", lambda looking, prefix, path: looked.append(str(path)))
    return looked


def test_captions_file_that_is_none(open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "captions.csv").write_text("name,words\nblue.png,a blue field\n", encoding="utf-8")
    app = fill(open_build(open_app, datasets), images=str(photos), captions=str(tmp_path / "captions.csv"))
    app.button(key="build_start").click().run()
    assert "captions.csv" in texts(app)
    assert "caption" in texts(app)
    from pages._ui import resources

    assert resources.build_jobs().current is None


def test_captions_are_compared_before_anything_starts(
    open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "some.csv").write_text("image,caption\nBLUE.png,a field\ngone.png,a ghost\n", encoding="utf-8")
    app = fill(open_build(open_app, datasets), images=str(photos), captions=str(tmp_path / "some.csv"))
    assert "some.csv names 1 picture that the dataset does not have: 'gone.png'." in texts(app)
    assert "1 name of some.csv matched without regard to letter case" in texts(app)
    assert not app.button(key="build_start").disabled
    (tmp_path / "none.csv").write_text("image,caption\n/home/me/gone.png,a ghost\n", encoding="utf-8")
    app = fill(app, captions=str(tmp_path / "none.csv"))
    assert "name none of them. They name 1 picture: '/home/me/gone.png'." in texts(app)
    assert "The folder holds 3: 'blue.png', 'broken.jpg', 'trip/orange.jpg'." in texts(app)
    assert app.button(key="build_start").disabled
    app.checkbox(key="build_may_miss").check().run()
    assert not app.button(key="build_start").disabled


def test_quotes_of_copy_as_path_are_taken_off(open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "captions.csv").write_text("image,caption\ngone.png,a ghost\n", encoding="utf-8")
    app = fill(open_build(open_app, datasets), images=f'"{photos}"', captions=f" '{tmp_path / 'captions.csv'}' ")
    assert "3 pictures there" in texts(app)
    assert "They name 1 picture: 'gone.png'." in texts(app)
    assert app.text_input(key="build_target").placeholder.endswith("/photos")


def test_replacing_another_dataset_needs_consent(open_app: OpenApp, datasets: Path, photos: Path) -> None:
    app = fill(open_build(open_app, datasets), images=str(photos), target=str(datasets))
    assert app.button(key="build_start").disabled
    assert f"The folder {datasets} holds a dataset over other pictures" in texts(app)
    app.checkbox[0].check().run()
    assert not app.button(key="build_start").disabled


def test_build_and_open_in_search(open_app: OpenApp, tmp_path: Path, photos: Path, checkpoint: Path) -> None:
    (tmp_path / "captions.csv").write_text("image,caption\nblue.png,a blue field\n", encoding="utf-8")
    app = use_checkpoint(open_build(open_app, tmp_path / "data"), checkpoint)
    fill(app, images=str(photos), captions=str(tmp_path / "captions.csv"))
    app.button(key="build_start").click().run()
    app = wait(app)
    assert not app.exception
    assert "2 pictures encoded, 1 left out" in texts(app)
    reasons = app.dataframe[0].value
    assert reasons["Picture"].tolist() == ["broken.jpg"]
    assert "broken.jpg" in reasons["Reason"][0]
    app.button(key="build_open").click().run()
    assert bar(app)["text"] == ""
    assert sorted(picture["id"] for picture in grid(app)["pictures"]) == ["blue.png", "trip/orange.jpg"]
    assert all(picture["src"].startswith("app/static/thumbnails/") for picture in grid(app)["pictures"])


def test_beside_a_collection_a_folder_is_built_and_offered(
    open_app: OpenApp, tmp_path: Path, photos: Path, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus, "PATIENCE_S", 0.1)
    address = f"milvus+http://127.0.0.1:{free_port()}/photos"
    app = fill(open_build(open_app, Path(address)), images=str(photos))
    assert app.text_input(key="build_target").placeholder == "data/photos"
    app = fill(app, target=address)
    assert not app.exception
    assert f"A build works on a dataset folder, got the collection {address}. Name the folder" in texts(app)
    app = fill(use_checkpoint(app, checkpoint), target=str(tmp_path / "built"))
    app.button(key="build_start").click().run()
    app = wait(app)
    app.button(key="build_open").click().run()
    assert not app.exception
    assert app.selectbox(key="dataset_choice").options == ["photos", "built"]
    assert sorted(picture["id"] for picture in grid(app)["pictures"]) == ["blue.png", "trip/orange.jpg"]


def test_progress_and_stop(
    open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, stopped = threading.Event(), threading.Event()

    def slow_build(
        options: building.BuildOptions,
        *,
        on_progress: building.types.OnProgress,
        should_stop: building.types.ShouldStop,
    ) -> object:
        on_progress(building.BuildProgress("pictures", 1_200, 4_800, 96.0, 37.5, 2))
        reached.set()
        while not should_stop():
            stopped.wait(0.01)
        raise build_error

    from t2i_core.errors import BuildError

    build_error = BuildError("The build was stopped.")
    monkeypatch.setattr(building, "build", slow_build)
    app = fill(open_build(open_app, datasets), images=str(photos), target=str(tmp_path / "new"))
    app.button(key="build_start").click().run()
    assert reached.wait(SECONDS)
    app.run()
    assert "96 a second, 38 s left, 2 left out" in texts(app)
    # Somebody else sees the same build, and cannot start a second one.
    other = open_build(open_app, datasets)
    assert other.header[0].value == "Building new"
    app.button(key="build_stop").click().run()
    app = wait(app)
    assert "The build was stopped." in texts(app)
    app.button(key="build_another").click().run()
    assert app.button(key="build_start").label == "Start"


def test_second_build_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages._ui.jobs.builds import build_jobs
    from pages._ui.serving.permissions import Permit
    from t2i_core.errors import BuildError

    end = threading.Event()
    monkeypatch.setattr(building, "build", lambda *_, **__: end.wait(SECONDS))
    jobs = build_jobs()
    options = building.BuildOptions(
        images_dir=tmp_path, data_dir=tmp_path / "one", captions=None, model=None, model_dir=None, device="cpu",
        batch_size=None, max_pixels=1,
    )  # fmt: skip
    job = jobs.start(options, permit=Permit())
    try:
        with pytest.raises(BuildError, match=r"Only one build may run at a time, and one into .*one is running"):
            jobs.start(options, permit=Permit())
    finally:
        end.set()
    job.future.result(SECONDS)
    jobs.put_away(job)
    assert jobs.current is None


def test_demo_captions_are_spread_over_the_gallery() -> None:
    assert demo_dataset.demo_captions(12)["image"].nunique() == 12
