"""The Build page: validation, progress, stopping, the outcome, and the way back to Search."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import demo_dataset
import pytest
from page_parts import bar, grid, texts
from PIL import Image
from streamlit.testing.v1 import AppTest

from t2i_core import build
from t2i_core.index import milvus
from tests.milvus_server import free_port

OpenApp = Callable[..., AppTest]
SECONDS = 300


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three pictures, one of them damaged, in a folder with a sub-folder."""
    folder = tmp_path / "photos"
    (folder / "trip").mkdir(parents=True)
    Image.new("RGB", (80, 60), (20, 90, 200)).save(folder / "blue.png")
    Image.new("RGB", (60, 80), (200, 90, 20)).save(folder / "trip" / "orange.jpg")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    return folder


def open_build(open_app: OpenApp, data_dir: Path) -> AppTest:
    return open_app(data_dir, settled=False, page="pages/build.py")


def fill(app: AppTest, **values: str) -> AppTest:
    for name, value in values.items():
        app.text_input(key=f"build_{name}").set_value(value)
    return app.run()


def use_checkpoint(app: AppTest, checkpoint: Path) -> AppTest:
    app.selectbox(key="build_model").select("A checkpoint file").run()
    return fill(app, checkpoint=str(checkpoint))


def wait(app: AppTest) -> AppTest:
    """Run until no build is running any more."""
    from pages._ui import resources

    job = resources.build_jobs().current
    assert job is not None
    job.future.exception(timeout=SECONDS)
    return app.run()


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
    assert "The image folder must exist, got /no/such/folder." in texts(app)
    app.button(key="build_start").click().run()
    assert "The folder of pictures must exist on this computer, got /no/such/folder. Check the path." in texts(app)


def test_folder_is_counted(open_app: OpenApp, datasets: Path, photos: Path) -> None:
    assert "3 pictures there" in texts(fill(open_build(open_app, datasets), images=str(photos)))


def test_captions_file_that_is_none(open_app: OpenApp, datasets: Path, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "captions.csv").write_text("name,words\nblue.png,a blue field\n", encoding="utf-8")
    app = fill(open_build(open_app, datasets), images=str(photos), captions=str(tmp_path / "captions.csv"))
    app.button(key="build_start").click().run()
    assert "captions.csv" in texts(app)
    assert "caption" in texts(app)
    from pages._ui import resources

    assert resources.build_jobs().current is None


def test_replacing_another_dataset_needs_consent(open_app: OpenApp, datasets: Path, photos: Path) -> None:
    app = fill(open_build(open_app, datasets), images=str(photos), target=str(datasets))
    assert app.button(key="build_start").disabled
    assert str(datasets) in app.checkbox[0].label
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

    def slow_build(options: build.BuildOptions, *, on_progress: Callable, should_stop: Callable) -> object:
        on_progress(build.BuildProgress("pictures", 1_200, 4_800, 96.0, 37.5, 2))
        reached.set()
        while not should_stop():
            stopped.wait(0.01)
        raise build_error

    from t2i_core.errors import BuildError

    build_error = BuildError("The build was stopped.")
    monkeypatch.setattr(build, "build", slow_build)
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
    from pages._ui.jobs import BuildJobs
    from t2i_core.errors import BuildError

    end = threading.Event()
    monkeypatch.setattr(build, "build", lambda *_, **__: end.wait(SECONDS))
    jobs = BuildJobs()
    options = build.BuildOptions(
        images_dir=tmp_path, data_dir=tmp_path / "one", captions=None, model=None, model_dir=None, device="cpu",
        batch_size=None, max_pixels=1,
    )  # fmt: skip
    job = jobs.start(options)
    try:
        with pytest.raises(BuildError, match=r"Only one build may run at a time, and one into .*one is running"):
            jobs.start(options)
    finally:
        end.set()
    job.future.result(SECONDS)
    jobs.put_away()
    assert jobs.current is None


def test_demo_captions_are_spread_over_the_gallery() -> None:
    assert demo_dataset.demo_captions(12)["image"].nunique() == 12
