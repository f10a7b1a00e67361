"""Pages are tested over a small dataset with a tiny model, in one process, without a browser."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests"))

import demo_dataset  # noqa: E402  (tests is no package)
from page_parts import SECONDS_TO_LOAD, settle  # noqa: E402

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


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    """Caches outlive an AppTest, so every test starts without."""
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def running_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest begins every run like a fresh server, which takes ``pages/`` for Streamlit's older kind of app.

    Once Home.py has called st.navigation a server no longer does. One test undoes this.
    """
    begin = PagesManager.__init__

    def begin_later(self: PagesManager, *args: object, **options: object) -> None:
        begin(self, *args, **options)  # type: ignore[arg-type]
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", begin_later)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Future[object]]:
    """Everything the pages began behind themselves, to wait for."""
    from pages._ui import background

    found: list[Future[object]] = []
    start = background.start

    def noted(task: Callable[[], object], *, name: str, large: bool = False) -> Future[object]:
        found.append(start(task, name=name, large=large))
        return found[-1]

    monkeypatch.setattr(background, "start", noted)
    return found


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
