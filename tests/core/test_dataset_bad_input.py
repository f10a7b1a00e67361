"""What goes wrong with dataset folders, each with the words a person gets to read."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from t2i_core.dataset import read_gallery
from tests.core.bad_datasets import CAPTIONS, EMBEDDINGS, change, folders, no_settings, problem, refused  # noqa: F401 - a fixture
from tests.core.small_galleries import save_original, save_ours


def test_missing_folder(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    assert refused(folder) == (
        f"The dataset folder must exist, got {folder}. Make it: python -m t2i_core build {folders(folder)}"
    )


def test_empty_folder(tmp_path: Path) -> None:
    assert refused(tmp_path) == (
        f"A dataset folder needs aligned_embeddings.npz, got none in {tmp_path}. "
        f"Make it: python -m t2i_core build {folders(tmp_path)}"
    )


def test_no_rows(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    change(folder, image=np.empty((0, 8), dtype=np.float32))
    assert refused(folder) == (
        f"The array image of {folder / EMBEDDINGS} must have shape (rows, dimension) and at least one row, got (0, 8). "
        f"Rebuild: python -m t2i_core build {folders(folder)}"
    )


def test_other_keys(tmp_path: Path) -> None:
    np.savez(tmp_path / EMBEDDINGS, img_emb=np.ones((2, 3)), txt_emb=np.ones((2, 3)))
    assert refused(tmp_path) == (
        f"{tmp_path / EMBEDDINGS} must hold the array image (and text, one row per caption), got 'img_emb', 'txt_emb'. "
        f"Rename its arrays, or rebuild: python -m t2i_core build {folders(tmp_path)}"
    )


def test_pickled_objects(tmp_path: Path) -> None:
    np.savez(tmp_path / EMBEDDINGS, image=np.array([{"a": 1}, None], dtype=object))
    assert refused(tmp_path) == (
        f"The array image of {tmp_path / EMBEDDINGS} must hold numbers or text, got pickled Python objects, which could run "
        "code when read. Save it again as float32, for instance with np.stack, or rebuild: "
        f"python -m t2i_core build {folders(tmp_path)}"
    )


class _Trap:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("sprung",)


@pytest.mark.parametrize("inside_zip", [True, False])
def test_pickled_code_never_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside_zip: bool) -> None:
    monkeypatch.chdir(tmp_path)
    trap = np.array([_Trap()], dtype=object)
    with (tmp_path / EMBEDDINGS).open("wb") as file:
        if inside_zip:
            np.savez(file, image=trap)
        else:
            np.save(file, trap, allow_pickle=True)
    refused(tmp_path)
    assert not (tmp_path / "sprung").exists()


def test_a_file_cut_off(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    content = (folder / EMBEDDINGS).read_bytes()
    (folder / EMBEDDINGS).write_bytes(content[: len(content) // 2])
    assert refused(folder) == (
        f"{folder / EMBEDDINGS} must be a complete npz file, got something that cannot be read (File is not a zip file). "
        f"Copy it again from where it came, or rebuild: python -m t2i_core build {folders(folder)}"
    )


def test_flipped_bytes(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    content = bytearray((folder / EMBEDDINGS).read_bytes())
    content[300] ^= 0xFF
    (folder / EMBEDDINGS).write_bytes(content)
    assert "must be a complete npz file, got something that cannot be read (Bad CRC-32 for file" in refused(folder)


def test_integers(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    change(folder, image=np.ones((6, 8), dtype=np.int64))
    assert refused(folder) == (
        f"The array image of {folder / EMBEDDINGS} must be float16, float32 or float64, got int64. "
        f"Save the embeddings as the model returned them, or rebuild: python -m t2i_core build {folders(folder)}"
    )


def test_image_rows_disagree_with_the_captions(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    change(folder, image=np.ones((7, 8), dtype=np.float32))
    assert refused(folder) == (
        "aligned_embeddings.npz and captions_tokenized.csv must have equally many rows, got 7 image rows and 6 caption rows "
        f"in {folder}. Put the pair that belongs together there. Rebuild: python -m t2i_core build {folders(folder)}"
    )


def test_text_rows_disagree_with_the_captions(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    change(folder, text=np.ones((5, 8), dtype=np.float32))
    assert problem(folder, "text_rows_disagree") == (
        "warning: aligned_embeddings.npz has 5 text rows and captions_tokenized.csv has 6 caption rows, so nobody can tell "
        "which belongs to which: pictures can be searched, caption similarities are switched off. "
        f"Rebuild: python -m t2i_core build {folders(folder)}"
    )
    assert read_gallery(folder, tmp_path / "images").text_embeddings is None


def test_no_captions_file_beside_unnamed_rows(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    (folder / CAPTIONS).unlink()
    assert refused(folder) == (
        f"{folder / EMBEDDINGS} names no pictures, so captions_tokenized.csv must stand beside it and name one per row, "
        f"got none. Copy it there. Rebuild: python -m t2i_core build {folders(folder)}"
    )


def test_image_ids_that_fit_no_rows(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    change(tmp_path / "data", image_ids=np.array(["a.png"]))
    assert refused(tmp_path / "data") == (
        f"The array image_ids of {tmp_path / 'data' / EMBEDDINGS} must hold one name for each of the 4 image rows, "
        f"got <U5 of shape (1,). Rebuild: python -m t2i_core build {folders(tmp_path / 'data')}"
    )


def test_nan_and_zero_rows_are_left_out(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    with np.load(folder / EMBEDDINGS) as stored:
        image, text = stored["image"].copy(), stored["text"].copy()
    image[2, 3], image[5] = np.nan, 0
    text[0] = np.inf
    change(folder, image=image, text=text)
    gallery = read_gallery(folder, tmp_path / "images")
    assert gallery.image_ids == ("birds/swan.png", "boats/blue.png")
    assert np.isfinite(gallery.image_embeddings).all()
    assert gallery.captions == (
        "A white bird",
        "A red boat",
        "A blue boat",
        "A boat at night",
        "Green grass, seen from afar",
    )
    assert gallery.caption_rows.tolist() == [0, -1, 1, 1, -1]
    assert problem(folder, "image_rows_bad") == (
        "warning: 2 image rows of 6 cannot be used, not a number or all zeros: rows 2, 5 ('red.png', 'meadow.png'). "
        f"Left out. Rebuild: python -m t2i_core build {folders(folder)}"
    )
    assert problem(folder, "text_rows_bad") == (
        "warning: 1 text row of 6 cannot be used, not a number or all zeros: row 0. Its caption was left out. "
        f"Rebuild: python -m t2i_core build {folders(folder)}"
    )


def test_the_next_good_row_of_a_picture_is_used(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    with np.load(folder / EMBEDDINGS) as stored:
        image = stored["image"].copy()
    image[0] = np.nan
    change(folder, image=image)
    gallery = read_gallery(folder, tmp_path / "images")
    assert gallery.image_ids[0] == "birds/swan.png"
    assert np.array_equal(gallery.image_embeddings[0], image[1])


def test_no_usable_row(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    change(folder, image=np.zeros((6, 8), dtype=np.float32))
    assert refused(folder) == (
        f"{folder / EMBEDDINGS} must hold at least one usable image row, got 6 rows, 6 of them not a number or all zeros, "
        f"0 without a usable picture name. Rebuild: python -m t2i_core build {folders(folder)}"
    )


def test_an_empty_captions_file_beside_unnamed_rows(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    (folder / CAPTIONS).write_bytes(b"")
    assert refused(folder) == (
        f"A captions file needs a first line with the column names, got an empty file: {folder / CAPTIONS}. "
        "Write image,caption in its first line and one caption per line below."
    )
