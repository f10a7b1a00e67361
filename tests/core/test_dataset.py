"""Reading datasets: ours, and the original project's files as they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from t2i_core.dataset import dataset_stamp, list_datasets, read_gallery, write_dataset
from t2i_core.types import Gallery
from tests.core.small_galleries import (
    CAPTIONS,
    COLOURS,
    ColourEncoder,
    encode_pictures,
    save_original,
    save_ours,
    save_pictures,
)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("T2I_IMAGES", raising=False)


def codes(gallery: Gallery) -> list[str]:
    return [problem.code for problem in gallery.problems]


def test_ours_comes_back_as_written(tmp_path: Path) -> None:
    encoder = ColourEncoder()
    manifest = save_ours(tmp_path / "data", encoder)
    gallery = read_gallery(tmp_path / "data")
    assert gallery.image_ids == tuple(COLOURS)
    assert gallery.manifest == manifest
    assert gallery.problems == ()
    assert gallery.name == "data"
    assert gallery.captions == tuple(text for _, text in CAPTIONS)
    assert gallery.caption_rows.tolist() == [0, 0, 1, 2, 2, 3]
    assert gallery.image_sizes.tolist() == [[6, 4]] * 4
    assert np.array_equal(gallery.image_embeddings, encode_pictures(encoder, list(COLOURS)))
    assert gallery.text_embeddings is not None
    assert np.array_equal(gallery.text_embeddings, encoder.encode_text(gallery.captions))


def test_arrays_are_read_only(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    gallery = read_gallery(tmp_path / "data")
    for array in (gallery.image_embeddings, gallery.text_embeddings, gallery.caption_rows, gallery.image_sizes):
        assert array is not None
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_captions_are_optional(tmp_path: Path) -> None:
    save_ours(tmp_path / "data", captions=False)
    gallery = read_gallery(tmp_path / "data")
    assert (len(gallery), gallery.captions, gallery.text_embeddings) == (4, (), None)
    assert not (tmp_path / "data" / "captions_tokenized.csv").exists()


def test_original_files_are_merged_by_picture(tmp_path: Path) -> None:
    encoder = ColourEncoder()
    gallery = read_gallery(save_original(tmp_path / "data", encoder), tmp_path / "images")
    # In the order of first appearance, found by their bare names below sub-folders.
    assert gallery.image_ids == tuple(COLOURS)
    assert np.array_equal(gallery.image_embeddings, encode_pictures(encoder, list(COLOURS)))
    assert gallery.captions == tuple(text for _, text in CAPTIONS)  # clean_caption, not caption
    assert gallery.caption_rows.tolist() == [0, 0, 1, 2, 2, 3]
    assert gallery.text_embeddings is not None and gallery.text_embeddings.shape == (6, 8)
    assert gallery.caption_columns["caption"][2] == "A RED BOAT!"
    assert gallery.caption_columns["tokens"][0] == "[1, 2]"
    assert gallery.manifest is None
    assert codes(gallery) == ["manifest_missing"]


def test_a_bare_name_of_several_pictures_is_ambiguous(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    save_pictures(tmp_path / "images", {"old/swan.png": (1, 2, 3)})
    gallery = read_gallery(folder, tmp_path / "images")
    (problem,) = [item for item in gallery.problems if item.code == "pictures_ambiguous"]
    assert str(problem) == (
        "warning: 1 name could mean several pictures, first 'swan.png': 'birds/swan.png', 'old/swan.png'. "
        "They are not shown. Write the folder before the name."
    )


def test_different_rows_of_one_picture_are_reported(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    with np.load(folder / "aligned_embeddings.npz") as stored:
        image, text = stored["image"].copy(), stored["text"]
    image[1] = -image[1]
    np.savez(folder / "aligned_embeddings.npz", image=image, text=text)
    gallery = read_gallery(folder, tmp_path / "images")
    (problem,) = [item for item in gallery.problems if item.code == "image_rows_differ"]
    assert problem.message == "1 picture has several different image rows: 'swan.png'. The first row was used."
    assert np.array_equal(gallery.image_embeddings[0], image[0])


def test_rows_of_any_length_are_scaled_and_noted(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    with np.load(folder / "aligned_embeddings.npz") as stored:
        np.savez(folder / "aligned_embeddings.npz", image=stored["image"] * 9, text=stored["text"].astype(np.float16))
    gallery = read_gallery(folder, tmp_path / "images")
    assert np.allclose(np.linalg.norm(gallery.image_embeddings, axis=1), 1, atol=1e-6)
    (problem,) = [item for item in gallery.problems if item.code == "image_rows_scaled"]
    assert problem.message == "6 of 6 image rows were not of length 1 (9 to 9); they were scaled while reading."
    assert gallery.text_embeddings is not None and gallery.text_embeddings.dtype == np.float32


def test_text_of_another_dimension_is_not_used(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data", text=np.ones((6, 5), dtype=np.float32))
    gallery = read_gallery(folder, tmp_path / "images")
    assert gallery.text_embeddings is None
    (problem,) = [item for item in gallery.problems if item.code == "text_other_dimension"]
    assert problem.message == (
        "The text rows came from another model: they have 5 dimensions and the image rows 8. "
        "Pictures can be searched, caption similarities are switched off."
    )


def test_repeated_caption_rows_stay_with_their_embeddings(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    path = folder / "captions_tokenized.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[1]
    path.write_text("\n".join(lines), encoding="utf-8")
    with np.load(folder / "aligned_embeddings.npz") as stored:
        text = stored["text"]
    gallery = read_gallery(folder, tmp_path / "images")
    assert len(gallery.captions) == 5
    assert gallery.text_embeddings is not None
    assert np.array_equal(gallery.text_embeddings, text[[0, 2, 3, 4, 5]])
    (problem,) = [item for item in gallery.problems if item.code == "captions_repeated"]
    assert problem.message == (
        "1 row of captions_tokenized.csv (line 3) repeats the picture and caption of an earlier row. Read once."
    )


def test_a_missing_picture_folder_is_a_warning(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    gallery = read_gallery(tmp_path / "data", tmp_path / "elsewhere")
    (problem,) = gallery.problems
    assert problem.message == f"The picture folder {tmp_path / 'elsewhere'} does not exist."


def test_missing_pictures_are_counted(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    (tmp_path / "images" / "meadow.png").unlink()
    (problem,) = read_gallery(tmp_path / "data").problems
    assert problem.message == "1 picture of 4 cannot be found in the picture folder: 'meadow.png'."


def test_picture_folder_argument_then_environment_then_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_ours(tmp_path / "data")
    assert read_gallery(tmp_path / "data").images_dir.resolve() == (tmp_path / "images").resolve()
    monkeypatch.setenv("T2I_IMAGES", str(tmp_path / "set"))
    assert read_gallery(tmp_path / "data").images_dir == tmp_path / "set"
    assert read_gallery(tmp_path / "data", tmp_path / "given").images_dir == tmp_path / "given"


def test_pictures_and_dataset_may_have_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """photos and data/photos: seen from data, photos is the dataset itself."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("T2I_IMAGES", raising=False)
    encoder, names = ColourEncoder(), list(COLOURS)
    pictures = save_pictures(tmp_path / "photos")
    data = tmp_path / "data" / "photos"
    for _ in range(2):  # the folder is there only when it is written again
        write_dataset(
            data, image_ids=names, image_embeddings=encode_pictures(encoder, names),
            image_sizes=np.full((len(names), 2), 4), captions=None, text_embeddings=None,
            encoder_id="colours", weights_sha256=encoder.weights_sha256, preprocessing="colour", images_dir=Path("photos"),
        )  # fmt: skip
        assert read_gallery(data).images_dir.resolve() == pictures
    manifest = data / "manifest.json"
    record = json.loads(manifest.read_text(encoding="utf-8")) | {"images_dir": "photos"}  # as it was noted once
    manifest.write_text(json.dumps(record), encoding="utf-8")
    assert read_gallery(data).images_dir.resolve() == pictures


def test_picture_folder_moves_with_the_dataset(tmp_path: Path) -> None:
    save_ours(tmp_path / "one" / "data")
    (tmp_path / "one").rename(tmp_path / "two")
    assert read_gallery(tmp_path / "two" / "data").problems == ()


def test_key_changes_with_the_content_only(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    first = read_gallery(tmp_path / "data").key
    assert read_gallery(tmp_path / "data").key == first
    captions = tmp_path / "data" / "captions_tokenized.csv"
    captions.write_text(captions.read_text(encoding="utf-8").replace("A red boat", "A ship"), encoding="utf-8")
    changed = read_gallery(tmp_path / "data")
    assert changed.key != first
    assert codes(changed) == ["captions_changed"]


def test_a_manifest_of_other_embeddings_is_not_believed(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    save_ours(tmp_path / "other", ColourEncoder("elsewhere"))
    (tmp_path / "other" / "aligned_embeddings.npz").replace(tmp_path / "data" / "aligned_embeddings.npz")
    gallery = read_gallery(tmp_path / "data")
    assert gallery.manifest is None
    (problem,) = gallery.problems
    assert problem.message == (
        "aligned_embeddings.npz is not the one manifest.json tells of (image, text changed), so the model is unknown."
    )


def test_names_with_odd_characters_keep_their_captions(tmp_path: Path) -> None:
    encoder = ColourEncoder()
    # A narrow blank as in macOS screenshots, a joined emoji, blanks at the ends, a backslash.
    names = ["Shot 3.04\u202fPM.png", "\U0001f469\u200d\U0001f680.png", " blank .png", "a\\b.png"]
    save_pictures(tmp_path / "images", dict.fromkeys(names, (9, 9, 9)))
    rows = encoder.encode_text(names)
    frame = pd.DataFrame({"image": names, "caption": ["one", "two", "three", "four"]})
    write_dataset(
        tmp_path / "data",
        image_ids=names,
        image_embeddings=rows,
        image_sizes=np.full((4, 2), 6),
        captions=frame,
        text_embeddings=rows,
        encoder_id="colours",
        weights_sha256="0",
        preprocessing="none",
        images_dir=tmp_path / "images",
    )
    gallery = read_gallery(tmp_path / "data")
    assert gallery.image_ids == tuple(names)
    assert gallery.caption_rows.tolist() == [0, 1, 2, 3]
    assert gallery.problems == ()


def test_datasets_are_the_folder_and_its_sub_folders(tmp_path: Path) -> None:
    for name in ("data", "data/zoo", "data/art"):
        save_ours(tmp_path / name)
    (tmp_path / "data" / "empty").mkdir()
    assert list_datasets(tmp_path / "data") == [tmp_path / "data", tmp_path / "data" / "art", tmp_path / "data" / "zoo"]
    assert list_datasets(tmp_path / "nowhere") == []


def test_stamp_changes_when_a_file_is_written(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    before = dataset_stamp(tmp_path / "data")
    assert dataset_stamp(tmp_path / "data") == before
    save_ours(tmp_path / "data")
    assert dataset_stamp(tmp_path / "data") != before


@pytest.mark.slow
def test_a_large_dataset_is_read_whole(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    names = [f"{number:08d}.jpg" for number in range(20_000)]
    rows = rng.standard_normal((20_000, 64), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    (tmp_path / "images").mkdir()
    write_dataset(
        tmp_path / "data",
        image_ids=names,
        image_embeddings=rows,
        image_sizes=np.full((20_000, 2), 500),
        captions=pd.DataFrame({"image": np.repeat(names, 5), "caption": [f"caption {n}" for n in range(100_000)]}),
        text_embeddings=np.repeat(rows, 5, axis=0),
        encoder_id="x",
        weights_sha256="0",
        preprocessing="none",
        images_dir=tmp_path / "images",
    )
    gallery = read_gallery(tmp_path / "data")
    assert len(gallery) == 20_000
    assert len(gallery.captions) == 100_000
    assert np.array_equal(gallery.caption_rows, np.repeat(np.arange(20_000), 5))
    assert np.array_equal(gallery.image_embeddings, rows)
