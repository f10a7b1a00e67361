"""Writing datasets: round trips, and files that are never lost or half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core.dataset import read_captions, read_gallery, read_name, save_captions, write_dataset, write_files
from t2i_core.errors import DatasetError
from t2i_core.types import Manifest
from tests.core.small_galleries import ColourEncoder, save_original, save_ours, save_pictures

FILES = ("aligned_embeddings.npz", "captions_tokenized.csv", "manifest.json")
printable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def write(folder: Path, **changes: object) -> Manifest:
    rows = np.eye(2, 4, dtype=np.float32)
    given_: dict[str, Any] = {
        "image_ids": ["a.jpg", "b.jpg"],
        "image_embeddings": rows,
        "image_sizes": np.full((2, 2), 9),
        "captions": pd.DataFrame({"image": ["a.jpg"], "caption": ["dog"]}),
        "text_embeddings": rows[:1],
        "encoder_id": "mini",
        "weights_sha256": "0",
        "preprocessing": "none",
        "images_dir": folder.parent / "images",
    }
    return write_dataset(folder, **(given_ | changes))


@settings(max_examples=60)
@given(st.lists(st.tuples(printable, printable), min_size=1, max_size=6))
def test_captions_round_trip(rows: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        frame = pd.DataFrame(
            {
                "image": [f"{number}.jpg" for number in range(len(rows))],
                "note": [note for note, _ in rows],
                "caption": [f"x{text}x" for _, text in rows],
            },
            dtype=object,
        )
        table = read_captions(save_captions(Path(folder), frame))
    assert table.captions == tuple(frame["caption"])
    assert table.other_columns == {"note": tuple(frame["note"])}
    assert table.problems == ()


@settings(max_examples=30)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 9), st.integers(0, 2**31))
def test_datasets_round_trip_bit_for_bit(images: int, dimension: int, captions: int, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def unit(count: int) -> np.ndarray:
        rows = rng.standard_normal((count, dimension)).astype(np.float32)
        scaled: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return scaled

    names = [f"{seed % 7}/{number}.jpg" for number in range(images)]
    image, text = unit(images), unit(captions)
    owners = rng.integers(images, size=captions)
    frame = pd.DataFrame(
        {"image": [names[owner] for owner in owners], "caption": [f"caption {number}" for number in range(captions)]}
    )
    with tempfile.TemporaryDirectory() as root:
        images_dir = Path(root) / "images"
        images_dir.mkdir()
        write(
            Path(root) / "data",
            image_ids=names,
            image_embeddings=image,
            image_sizes=rng.integers(1, 99, size=(images, 2)),
            captions=frame,
            text_embeddings=text,
            images_dir=images_dir,
        )
        gallery = read_gallery(Path(root) / "data", images_dir)
    assert gallery.image_ids == tuple(names)
    assert np.array_equal(gallery.image_embeddings, image)
    assert gallery.caption_rows.tolist() == owners.tolist()
    if captions:
        assert gallery.text_embeddings is not None and np.array_equal(gallery.text_embeddings, text)


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    first, second = write(tmp_path / "one"), write(tmp_path / "two")
    assert first.dataset_sha256 == second.dataset_sha256
    for name in FILES[:2]:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("failing", FILES)
def test_a_failed_replacement_leaves_every_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    folder = tmp_path / "data"
    save_ours(folder)
    before = contents(folder)
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target.name == failing:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(DatasetError) as caught:
        write(folder)
    assert str(caught.value) == (
        f"{folder / failing} could not be written: No space left on device. "
        "Free some space or choose a folder you may write to; the file that was there is unchanged."
    )
    after = contents(folder)
    assert after.keys() == before.keys()  # no temporary file is left
    assert after[failing] == before[failing]
    monkeypatch.undo()
    read_gallery(folder, tmp_path / "images")


def test_a_disk_that_fills_up_while_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    save_ours(folder)
    before = contents(folder)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(DatasetError, match="could not be written: No space left on device"):
        write(folder)
    assert contents(folder) == before


@pytest.mark.slow
def test_a_killed_writer_leaves_a_readable_dataset(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    save_ours(folder)
    script = (
        "import sys; sys.path.insert(0, '.')\n"
        "from pathlib import Path\n"
        "from tests.core.small_galleries import ColourEncoder, save_ours\n"
        f"for turn in range(10**6): save_ours(Path({str(folder)!r}), ColourEncoder(str(turn % 2))); print(turn, flush=True)"
    )
    for moment in (0.003, 0.011, 0.023):
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert child.stdout is not None and child.stdout.readline()
        time.sleep(moment)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        gallery = read_gallery(folder, tmp_path / "images")
        assert len(gallery) == 4
        # Either the manifest fits its neighbours, or the reader noticed that it does not.
        assert gallery.manifest is not None or "manifest_stale" in {problem.code for problem in gallery.problems}


def test_files_of_others_are_kept(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    before = contents(folder)
    write(folder)
    after = contents(folder)
    assert after["aligned_embeddings.1.npz"] == before["aligned_embeddings.npz"]
    assert after["captions_tokenized.1.csv"] == before["captions_tokenized.csv"]
    write(folder, captions=pd.DataFrame({"image": ["a.jpg"], "caption": ["cat"]}))
    assert contents(folder).keys() == after.keys()  # our own files are replaced


def test_a_name_stays_with_its_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    write(folder)
    assert read_gallery(folder).name == read_name(folder) == "data"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"name": " My  holiday "}), encoding="utf-8")
    assert read_gallery(folder).name == read_name(folder) == "My holiday"
    assert read_gallery(folder, name="other").name == "other"
    write(folder, captions=pd.DataFrame({"image": ["a.jpg"], "caption": ["cat"]}))
    assert read_name(folder) == "My holiday"
    write(folder, images_dir=tmp_path / "other pictures")
    assert read_name(folder) == "data"


@pytest.mark.parametrize("content", [None, "{", '{"format_version": 99}'])
def test_the_name_of_a_folder_without_a_manifest_is_its_own(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    assert read_name(tmp_path) == tmp_path.name


def test_saved_captions_keep_what_was_there(tmp_path: Path) -> None:
    frame = pd.DataFrame({"image": ["a.jpg"], "caption": ["dog"]})
    save_captions(tmp_path, frame)
    save_captions(tmp_path, frame)
    assert sorted(contents(tmp_path)) == ["captions_tokenized.csv"]
    save_captions(tmp_path, frame.assign(caption="cat"))
    assert sorted(contents(tmp_path)) == ["captions_tokenized.1.csv", "captions_tokenized.csv"]
    assert b"dog" in (tmp_path / "captions_tokenized.1.csv").read_bytes()


def test_embeddings_without_a_manifest(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        image_ids=["a.jpg"],
        image_embeddings=np.eye(1, 4),
        image_sizes=np.zeros((1, 2)),
        captions=None,
        text_embeddings=None,
    )
    assert sorted(contents(tmp_path)) == ["aligned_embeddings.npz"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"image_ids": ["a.jpg"]},
            "image_embeddings and image_sizes must have one row for each of the 1 image_ids, got shapes (2, 4) and (2, 2). "
            "Encode the same pictures you name.",
        ),
        (
            {"image_ids": ["a.jpg", "a.jpg"]},
            "image_ids must be unique names relative to the picture folder with forward slashes, got 'a.jpg'. "
            "Name each picture once.",
        ),
        (
            {"image_ids": ["a.jpg", "../b.jpg"]},
            "image_ids must be unique names relative to the picture folder with forward slashes, got '../b.jpg'. "
            "Name each picture once.",
        ),
        (
            {"image_embeddings": np.full((2, 4), 2.0)},
            "Rows of image_embeddings must have length 1, got 4 in row 0. Normalise them with t2i_core.arrays.l2_normalize.",
        ),
        (
            {"image_embeddings": np.array([[1, 0, 0, 0], [np.nan, 0, 0, 0]])},
            "Rows of image_embeddings must have length 1, got nan in row 1. Normalise them with t2i_core.arrays.l2_normalize.",
        ),
        (
            {"text_embeddings": np.eye(3, 4)},
            "text_embeddings must have shape (1, 4), one row per caption, got (3, 4). Encode exactly the captions you write.",
        ),
        (
            {"captions": pd.DataFrame({"file": ["a.jpg"]}), "text_embeddings": None},
            "A captions file needs the columns image and caption (or clean_caption), got 'file' in the captions table. "
            "Rename its columns in the first line.",
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(DatasetError) as caught:
        write(tmp_path / "data", **changes)
    assert str(caught.value) == message
    assert not (tmp_path / "data").exists()


def test_no_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        write(
            tmp_path / "data",
            image_ids=[],
            image_embeddings=np.empty((0, 4)),
            image_sizes=np.empty((0, 2)),
        )
    assert str(caught.value) == "A dataset needs at least one picture, got none. Choose a folder that holds pictures."


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(DatasetError, match="could not be written: "):
        write(tmp_path / "data")


def test_the_manifest_names_the_model(tmp_path: Path) -> None:
    encoder = ColourEncoder("colours")
    manifest = save_ours(tmp_path / "data", encoder)
    assert (manifest.model_id, manifest.weights_sha256) == ("colours", encoder.weights_sha256)
    assert (manifest.images, manifest.captions, manifest.dimension) == (4, 6, 8)
    save_pictures(tmp_path / "images")
    assert read_gallery(tmp_path / "data").manifest == manifest
