"""What the first visit needs is made ready as the server starts, and what goes wrong with it is told to nobody but visitors."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest

from pages._ui import resources, warming
from pages._ui.resources import engines
from t2i_core import config, dataset, encoder
from t2i_core.errors import DatasetError
from tests.pages.page_parts import SECONDS_TO_LOAD


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, datasets: Path, checkpoint: Path) -> list[str]:
    """What is opened: datasets and models, in order."""
    monkeypatch.setenv("T2I_DATA", str(datasets))
    monkeypatch.setenv("T2I_MODEL", str(checkpoint))
    found: list[str] = []
    read = dataset.read_gallery

    def noted_gallery(folder: Path, images_dir: Path | None = None) -> object:
        found.append(f"dataset {folder.name}")
        return read(folder, images_dir)

    def noted_model(model: str | None = None, **options: object) -> object:
        found.append(f"model {Path(str(model)).name}")
        return encoder.open_encoder(model, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(dataset, "read_gallery", noted_gallery)
    monkeypatch.setattr(engines, "open_encoder", noted_model)
    return found


def test_the_first_visit_finds_its_dataset_and_model_open(opened: list[str]) -> None:
    warming.warm()
    assert opened == ["dataset main", "model tiny.pt"]
    settings = config.read_settings()
    gallery = resources.gallery(resources.datasets(settings)[0])
    assert gallery.done()
    assert resources.engine_state(gallery.result(), settings).engine is not None
    assert opened == ["dataset main", "model tiny.pt"]  # nothing was opened twice
    assert set(warming.FIRST_PAGE) <= sys.modules.keys()


def test_a_dataset_that_cannot_be_read_is_told_to_whoever_visits(
    opened: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "aligned_embeddings.npz").write_bytes(b"not a zip")
    monkeypatch.setenv("T2I_DATA", str(tmp_path))
    warming.warm()
    first = resources.datasets(config.read_settings())[0]
    with pytest.raises(DatasetError):
        resources.opened(first, resources.gallery(first))


@pytest.mark.parametrize(("name", "value"), [("T2I_DATA", "nowhere"), ("T2I_DEVICE", "abacus")])
def test_nothing_to_open_is_no_error(
    opened: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.setenv(name, str(tmp_path / value) if name == "T2I_DATA" else value)
    warming.warm()
    assert opened == []


def test_a_collection_is_not_asked_for(opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its server may be away, and nobody is there yet to be told so."""
    monkeypatch.setenv("T2I_DATA", "http://127.0.0.1:1/pictures")
    warming.warm()
    assert opened == []


def test_garbage_is_looked_for_again_afterwards(opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    collecting: list[bool] = []

    def look(*_: object) -> object:
        collecting.append(gc.isenabled())
        return _refused()

    monkeypatch.setattr(dataset, "read_gallery", look)
    warming.warm()
    assert (collecting, gc.isenabled()) == ([False], True)


def test_it_keeps_nobody_waiting(opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event

    may_read = Event()
    monkeypatch.setattr(dataset, "read_gallery", lambda *_: may_read.wait(SECONDS_TO_LOAD) and _refused())
    warming.begin()  # and comes back before anything may be read
    may_read.set()


def _refused() -> object:
    raise DatasetError("A dataset must be readable.")
