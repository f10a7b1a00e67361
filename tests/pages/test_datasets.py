"""Datasets on the page: picking one, none, a broken one, and one whose model is missing or another."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.pages.page_parts import bar, grid, settle, texts

OpenApp = Callable[..., AppTest]


def test_link_to_an_unknown_dataset_says_which_there_are(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, data="elsewhere")
    assert "The link asks for the dataset 'elsewhere', which is not here. Here are: main, plain." in texts(app)


def test_embeddings_of_another_model_are_reported_with_the_command(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets)
    assert "The image rows were not made by the model" in texts(app)
    assert "python -m t2i_core build" in texts(app)


def test_no_data_says_how_to_get_some(open_app: OpenApp, tmp_path: Path) -> None:
    app = open_app(tmp_path / "nothing", settled=False)
    assert not app.exception
    assert app.header[0].value == "No pictures yet"
    assert f"python -m t2i_core build --images DIR --data {tmp_path / 'nothing'}" in app.code[0].value
    assert "No dataset is open" in texts(app)


def test_broken_dataset_is_explained(open_app: OpenApp, tmp_path: Path) -> None:
    np.savez(tmp_path / "aligned_embeddings.npz", pictures=np.eye(3, dtype=np.float32))
    app = open_app(tmp_path, settled=False)
    assert not app.exception
    assert "**This dataset cannot be read**" in texts(app)
    assert "pictures" in texts(app)


def test_a_file_that_only_a_manifest_names_is_opened_by_a_click(
    open_app: OpenApp, datasets: Path, checkpoint: Path, tmp_path: Path, begun: list[Future[object]]
) -> None:
    shutil.copytree(datasets, tmp_path / "data")
    manifest = json.loads((tmp_path / "data" / "manifest.json").read_text())
    manifest["model_id"] = str(tmp_path / "*theirs*.pt")
    (tmp_path / "data" / "manifest.json").write_text(json.dumps(manifest))
    shutil.copy(checkpoint, tmp_path / "*theirs*.pt")
    app = open_app(tmp_path / "data", q="a mill")
    assert "**Searching needs its model**" in texts(app)
    assert f"opened only when you name it too, got '{tmp_path}/*theirs*.pt'" in texts(app)
    assert len(grid(app)["pictures"]) == 12  # browsing still works
    assert not any(picture.get("score") for picture in grid(app)["pictures"])
    assert r"/\*theirs\*\.pt" in app.button(key="open_named_model").label
    app.button(key="open_named_model").click().run()
    app = settle(app, begun)
    assert all(picture.get("score") for picture in grid(app)["pictures"])


def test_missing_weights_name_the_ways_out(
    open_app: OpenApp, datasets: Path, tmp_path: Path, begun: list[Future[object]]
) -> None:
    shutil.copytree(datasets, tmp_path / "data")
    manifest = json.loads((tmp_path / "data" / "manifest.json").read_text())
    manifest["model_id"] = str(tmp_path / "gone.pt")
    (tmp_path / "data" / "manifest.json").write_text(json.dumps(manifest))
    app = open_app(tmp_path / "data", q="a mill")
    app.button(key="open_named_model").click().run()
    app = settle(app, begun)
    assert "**Searching needs its model**" in texts(app)
    assert "gone.pt" in texts(app)
    assert len(grid(app)["pictures"]) == 12  # browsing still works
    assert app.button(key="try_again").label == "Try again"


def test_model_mismatch_names_both(open_app: OpenApp, datasets: Path, checkpoint: Path, tmp_path: Path) -> None:
    shutil.copytree(datasets, tmp_path / "data")
    manifest = json.loads((tmp_path / "data" / "manifest.json").read_text())
    manifest["weights_sha256"] = "f" * 64
    (tmp_path / "data" / "manifest.json").write_text(json.dumps(manifest))
    app = open_app(tmp_path / "data", q="a mill")
    assert "(weights ffffffffffff), got" in texts(app)
    assert str(checkpoint) in texts(app)


def test_switching_the_dataset_keeps_the_sentence(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill")
    app.selectbox(key="dataset_choice").select("plain").run()
    assert bar(app)["text"] == "a mill"
    assert app.query_params["data"] == "plain"


def test_datasets_are_listed_by_the_names_people_gave_them(open_app: OpenApp, datasets: Path, tmp_path: Path) -> None:
    shutil.copytree(datasets, tmp_path / "main")
    for folder in (tmp_path / "main", tmp_path / "main" / "plain"):
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        (folder / "manifest.json").write_text(json.dumps({"name": "Our *pictures*"} | manifest), encoding="utf-8")
    app = open_app(tmp_path / "main", settled=False)
    picker = app.selectbox(key="dataset_choice")
    assert picker.options == ["Our *pictures* (main)", "Our *pictures* (plain)"]
    picker.select_index(1).run()
    assert app.query_params["data"] == "plain"  # links go by the folder, whatever it is called
    shutil.rmtree(tmp_path / "main" / "plain")
    app = open_app(tmp_path / "main", settled=False)
    assert app.get("popover")[0].proto.popover.label == r"Our \*pictures\*"
    assert "dataset_choice" not in [one.key for one in app.selectbox]
