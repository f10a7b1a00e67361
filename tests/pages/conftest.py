"""Pages are tested over a small dataset with a tiny model, in one process, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from PIL import Image
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from tests import demo_dataset
from tests.pages.page_parts import SECONDS_TO_LOAD, settle

ROOT = Path(__file__).resolve().parents[2]
IMAGES = 12


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_dataset.write_checkpoint(tmp_path_factory.mktemp("model") / "tiny.pt")


@pytest.fixture(scope="session")
def datasets(tmp_path_factory: pytest.TempPathFactory, checkpoint: Path) -> Path:
    """A dataset of 12 pictures, and below it one of 3 without captions."""
    folder = tmp_path_factory.mktemp("data") / "main"
    demo_dataset.write_demo_dataset(folder, checkpoint, images=IMAGES)
    demo_dataset.write_demo_dataset(folder / "plain", checkpoint, images=3, with_captions=False)
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three pictures, one of them damaged, in a folder with a sub-folder."""
    folder = tmp_path / "photos"
    (folder / "trip").mkdir(parents=True)
    Image.new("RGB", (80, 60), (20, 90, 200)).save(folder / "blue.png")
    Image.new("RGB", (60, 80), (200, 90, 20)).save(folder / "trip" / "orange.jpg")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    return folder


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    """Caches outlive an AppTest, so every test starts without."""
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="session", autouse=True)
def installed_components() -> Iterator[None]:
    """A server looks once for components among the packages that are installed; every AppTest would, for most of its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def running_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest begins every run like a fresh server, which takes ``pages/`` for Streamlit's older kind of app.

    Once Home.py has called st.navigation a server no longer does. One test undoes this.
    """
    begin = PagesManager.__init__

    def begin_later(self: PagesManager, *args: Any, **options: Any) -> None:
        begin(self, *args, **options)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", begin_later)


@pytest.fixture(autouse=True)
def on_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest has no connection; pages take its visitor for a browser on the same computer."""
    from pages._ui.serving import permissions

    headers = (("host", "localhost:8501"), ("origin", "http://localhost:8501"))
    monkeypatch.setattr(permissions, "connection", lambda: permissions.Connection("127.0.0.1", headers))


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The runs that were drawn to their end, with what their pages wait for. An AppTest has no session that could be run again."""
    from pages._ui.frame import frame, redraw

    monkeypatch.setattr(frame, "OPENING_WAIT_S", SECONDS_TO_LOAD)  # one test shortens it
    drawn: list[object] = []
    monkeypatch.setattr(redraw.WATCHER, "drawn", lambda run, client_state: drawn.append(run))
    return drawn


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Future[object]]]:
    """Everything the pages began behind themselves, to wait for; none of it goes on in the next test."""
    from pages._ui.jobs import background

    found: list[Future[object]] = []
    start = background.start

    def noted(task: Callable[[], object], *, name: str, large: bool = False) -> Future[object]:
        found.append(start(task, name=name, large=large))
        return found[-1]

    monkeypatch.setattr(background, "start", noted)
    yield found
    assert not wait(found, SECONDS_TO_LOAD).not_done


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch, begun: list[Future[object]], checkpoint: Path) -> Callable[..., AppTest]:
    """Open the app over a dataset folder, with query parameters; the model is there when it returns."""

    from pages._ui import resources

    def open_it(data_dir: Path, *, settled: bool = True, page: str = "", **params: str) -> AppTest:
        monkeypatch.chdir(ROOT)
        monkeypatch.setenv("T2I_DATA", str(data_dir))
        monkeypatch.delenv("T2I_IMAGES", raising=False)
        resources.named_models().add(str(checkpoint))  # or nobody vouches for the file that the manifests name
        app = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=SECONDS_TO_LOAD)
        for name, value in params.items():
            app.query_params[name] = value
        app.run()
        if page:
            app.switch_page(page).run()
        return settle(app, begun) if settled else app

    return open_it
