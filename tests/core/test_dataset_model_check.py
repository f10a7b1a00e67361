"""Whether stored embeddings come from the loaded model, said in words an analyst understands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from t2i_core.dataset import check_embeddings, check_gallery, read_gallery, without_text_embeddings
from t2i_core.types import Gallery
from tests.core.small_galleries import COLOURS, ColourEncoder, save_original, save_ours


@pytest.fixture
def encoder() -> ColourEncoder:
    return ColourEncoder("ViT-B/32")


def original(tmp_path: Path, encoder: ColourEncoder, **changes: np.ndarray) -> Gallery:
    return read_gallery(save_original(tmp_path / "data", encoder, **changes), tmp_path / "images")


def rebuild(tmp_path: Path, model: str = "ViT-B/32") -> str:
    return (
        f"Rebuild: python -m t2i_core build --images {tmp_path / 'images'} --data {tmp_path / 'data'} --model {model}"
    )


def test_rows_of_the_model_raise_nothing(tmp_path: Path, encoder: ColourEncoder) -> None:
    gallery = original(tmp_path, encoder)
    assert check_embeddings(gallery, encoder) == []
    assert check_gallery(gallery, encoder) is gallery


def test_half_precision_raises_nothing(tmp_path: Path, encoder: ColourEncoder) -> None:
    folder = save_original(tmp_path / "data", encoder)
    with np.load(folder / "aligned_embeddings.npz") as stored:
        arrays = {name: stored[name].astype(np.float16) for name in stored.files}
    np.savez(folder / "aligned_embeddings.npz", **arrays)
    assert check_embeddings(read_gallery(folder, tmp_path / "images"), encoder) == []


def test_text_rows_of_a_language_model(tmp_path: Path, encoder: ColourEncoder) -> None:
    # As in the original project: BERT's mean-pooled output, longer than 1, cut to the pictures' dimension.
    bert = np.random.default_rng(0).standard_normal((6, 8)).astype(np.float32) * 3
    gallery = original(tmp_path, encoder, text=bert)
    assert "text_rows_scaled" in {problem.code for problem in gallery.problems}
    (problem,) = check_embeddings(gallery, encoder)
    assert gallery.text_embeddings is not None
    own = np.einsum("bd,bd->b", gallery.text_embeddings, encoder.encode_text(gallery.captions))
    assert str(problem) == (
        "warning: The text rows were not made by the model ViT-B/32: encoding 6 captions again gave a median cosine of "
        f"{np.median(own):.2f} with the stored rows (1 is the same). They come from another model, perhaps a language model "
        "that knows no pictures. Pictures can be searched, caption similarities are switched off. "
        f"{rebuild(tmp_path)}"
    )
    checked = check_gallery(gallery, encoder)
    assert checked.text_embeddings is None
    assert checked.problems == (*gallery.problems, problem)
    assert checked.captions == gallery.captions
    assert checked.key != gallery.key


def test_another_dimension_names_both(tmp_path: Path, encoder: ColourEncoder) -> None:
    gallery = original(tmp_path, encoder)
    (problem,) = check_embeddings(gallery, ColourEncoder("RN50", dimension=16))
    assert str(problem) == (
        "fatal: The stored embeddings have 8 numbers per picture and the model RN50 makes 16, so they come from another model "
        f"and cannot be compared with a query. {rebuild(tmp_path, 'RN50')}"
    )


def test_image_rows_of_another_model(tmp_path: Path, encoder: ColourEncoder) -> None:
    gallery = original(tmp_path, encoder)
    found = {problem.code: problem for problem in check_embeddings(gallery, ColourEncoder("mini"))}
    assert found.keys() == {"images_other_model", "text_other_model"}
    problem = found["images_other_model"]
    assert problem.severity == "warning"
    assert problem.message.startswith(
        "The image rows were not made by the model mini: encoding 4 pictures again gave a median cosine of "
    )
    assert problem.message.endswith(" with the stored rows (1 is the same), so search results mean nothing.")
    assert problem.fix.startswith(
        "Name the model that made them (--model on the command line, T2I_MODEL for the app), or rebuild: python -m t2i_core build "
    )


def test_rows_in_another_order(tmp_path: Path, encoder: ColourEncoder) -> None:
    # As in the original project, whose image rows follow the folder's listing instead of the captions.
    folder = save_original(tmp_path / "data", encoder)
    with np.load(folder / "aligned_embeddings.npz") as stored:
        image, text = stored["image"][[2, 2, 3, 5, 5, 0]], np.roll(stored["text"], 1, axis=0)
    np.savez(folder / "aligned_embeddings.npz", image=image, text=text)
    problems = check_embeddings(read_gallery(folder, tmp_path / "images"), encoder)
    assert [problem.message for problem in problems] == [
        "The image rows are in another order than the pictures: encoding 4 pictures again gave rows that stand at other "
        "pictures' places, so a search shows the wrong pictures.",
        "The text rows are in another order than the captions: encoding 6 captions again gave rows that stand at other "
        "captions' places. Caption similarities are switched off.",
    ]
    assert check_gallery(read_gallery(folder, tmp_path / "images"), encoder).text_embeddings is None


def test_a_replaced_picture(tmp_path: Path, encoder: ColourEncoder) -> None:
    gallery = original(tmp_path, encoder)
    Image.new("RGB", (6, 4), (99, 0, 99)).save(tmp_path / "images" / "meadow.png")
    (problem,) = check_embeddings(gallery, encoder)
    assert problem.code == "pictures_changed"
    assert problem.message.startswith("Of 4 sampled pictures, 1 no longer fits its row (cosine ")
    assert problem.message.endswith(
        " at worst, 1 is the same): 'meadow.png'. Such pictures were probably replaced after the embeddings were made."
    )


def test_pictures_that_cannot_be_opened_are_passed_over(tmp_path: Path, encoder: ColourEncoder) -> None:
    gallery = original(tmp_path, encoder)
    (tmp_path / "images" / "birds" / "swan.png").write_bytes(b"no picture")
    assert check_embeddings(gallery, encoder) == []
    for name in COLOURS:
        (tmp_path / "images" / name).unlink()
    (problem,) = check_embeddings(gallery, encoder)
    assert str(problem) == (
        f"note: None of the pictures could be opened in {tmp_path / 'images'}, so nobody checked whether the image rows come "
        "from the model ViT-B/32. Name the right folder with --images."
    )


def test_the_sample_is_as_small_as_asked(tmp_path: Path, encoder: ColourEncoder) -> None:
    gallery = original(tmp_path, encoder)
    encoder.texts.clear()
    check_embeddings(gallery, encoder, sample=2)
    assert encoder.texts == ["A swan on a lake", "Green grass, seen from afar"]


def test_without_captions_only_pictures_are_checked(tmp_path: Path, encoder: ColourEncoder) -> None:
    save_ours(tmp_path / "data", encoder, captions=False)
    gallery = read_gallery(tmp_path / "data", tmp_path / "images")
    assert check_embeddings(gallery, encoder) == []
    assert without_text_embeddings(gallery) is gallery
