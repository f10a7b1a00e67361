"""Fine-tuning on a tiny dataset: it learns, its file loads, and a stopped run goes on."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from recipes.mini import __main__ as recipe_of_mini
from t2i_core import cli
from t2i_core.dataset import write_dataset
from t2i_core.encoder import MINI_PATH, open_encoder
from t2i_core.errors import DatasetError
from t2i_core.training import command, fine_tuning
from t2i_core.training.fine_tuning import fine_tune
from t2i_core.training.losses import caption_loss
from tests.core.small_mini import write_small_mini

pytestmark = pytest.mark.slow

_COLOURS = {"red": (220, 30, 30), "green": (30, 200, 40), "blue": (40, 60, 220), "white": (245, 245, 245)}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("start") / "start.safetensors"
    write_small_mini(path)
    return path


def make_dataset(
    folder: Path, pictures: int, words: tuple[str, ...] = tuple(_COLOURS), more: tuple[tuple[str, str], ...] = ()
) -> Path:
    """Walls with one caption each, and ``more`` captions in front of them."""
    random = np.random.default_rng(1)
    images = folder / "pictures"
    images.mkdir(parents=True)
    rows = []
    for number in range(pictures):
        colour = list(_COLOURS)[number % len(_COLOURS)]
        noise = random.integers(-25, 25, (48, 48, 3))
        pixels = np.clip(np.array(_COLOURS[colour]) + noise, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(images / f"{number:03d}.png")
        rows.append({"image": f"{number:03d}.png", "caption": f"a {words[number % len(words)]} wall"})
    rows = [*({"image": image, "caption": caption} for image, caption in more), *rows]
    embeddings = random.standard_normal((pictures, 8)).astype(np.float32)
    texts = np.resize(embeddings, (len(rows), 8))
    texts = texts / np.linalg.norm(texts, axis=1, keepdims=True)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    data = folder / "data"
    write_dataset(
        data,
        image_ids=[f"{number:03d}.png" for number in range(pictures)],
        image_embeddings=embeddings,
        image_sizes=np.full((pictures, 2), 48),
        captions=pd.DataFrame(rows),
        text_embeddings=texts,
        encoder_id="other",
        weights_sha256="0" * 64,
        preprocessing="none",
        images_dir=images,
    )
    return data


def told_apart(model: Path, data: Path, words: tuple[str, ...]) -> float:
    """Share of the walls whose own word is the closest."""
    encoder = open_encoder(str(model), device="cpu")
    texts = encoder.encode_text([f"a {word} wall" for word in words])
    images = encoder.encode_image([Image.open(path) for path in sorted((data.parent / "pictures").iterdir())])
    guesses = (images @ texts.T).argmax(axis=1)
    return float((guesses == np.arange(len(images)) % len(words)).mean())


def test_it_learns_words_it_never_knew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    data = make_dataset(tmp_path, 24, words=("zorb", "quell", "mirn", "tasp"))
    with caplog.at_level(logging.INFO, logger="t2i_core.training"):
        result = fine_tune(data, tmp_path / "tuned.safetensors", model="mini", epochs=8)
    assert (result.trained, result.held_out) == (19, 5)
    assert told_apart(MINI_PATH, data, ("zorb", "quell", "mirn", "tasp")) < 0.7
    assert told_apart(tmp_path / "tuned.safetensors", data, ("zorb", "quell", "mirn", "tasp")) > 0.9
    assert result.after["t2i@1"] >= result.before["t2i@1"]
    assert "before: 5 held-out pictures: t2i@1" in caplog.text
    assert "epoch 8 of 8: loss" in caplog.text
    assert not (tmp_path / "tuned.safetensors.work").exists()


def test_a_stopped_run_goes_on_after_its_last_whole_epoch(
    tmp_path: Path, start: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    data, out = make_dataset(tmp_path, 24), tmp_path / "tuned.safetensors"
    whole = fine_tune(data, tmp_path / "whole.safetensors", model=str(start), epochs=3)
    calls: list[object] = []

    def stop_in_the_second_epoch(*arguments: Any, **options: Any) -> torch.Tensor:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return caption_loss(*arguments, **options)

    monkeypatch.setattr(fine_tuning, "caption_loss", stop_in_the_second_epoch)
    with pytest.raises(KeyboardInterrupt):
        fine_tune(data, out, model=str(start), epochs=3)
    monkeypatch.setattr(fine_tuning, "caption_loss", caption_loss)
    assert not out.exists()
    with caplog.at_level(logging.INFO, logger="t2i_core.training"):
        resumed = fine_tune(data, out, model=str(start), epochs=3)
    assert "going on after epoch 1" in caplog.text
    assert out.is_file()
    assert resumed.after == whole.after


def test_too_few_captioned_pictures_are_refused(tmp_path: Path, start: Path) -> None:
    data = make_dataset(tmp_path, 19)
    with pytest.raises(DatasetError) as caught:
        fine_tune(data, tmp_path / "tuned.safetensors", model=str(start))
    assert str(caught.value) == (
        f"Fine-tuning needs at least 20 pictures with captions, and {data} has 19. "
        "Write more captions into captions_tokenized.csv and build again."
    )
    assert not (tmp_path / "tuned.safetensors").exists()


_GONE = tuple((f"gone{number}.png", f"a picture nobody has, number {number}") for number in range(7))


def test_captions_of_missing_pictures_teach_nothing(tmp_path: Path, start: Path) -> None:
    lesson = fine_tuning._Lesson.read(make_dataset(tmp_path / "with", 24, more=_GONE), None)
    alone = fine_tuning._Lesson.read(make_dataset(tmp_path / "without", 24), None)
    assert [path.name for path in lesson.paths] == [path.name for path in alone.paths]
    taught = [lesson.tokens[rows].tolist() for rows in lesson.captions]
    assert taught == [alone.tokens[rows].tolist() for rows in alone.captions]  # the last picture's too
    assert (lesson.train.tolist(), lesson.held_out.tolist()) == (alone.train.tolist(), alone.held_out.tolist())
    result = fine_tune(tmp_path / "with" / "data", tmp_path / "tuned.safetensors", model=str(start), epochs=1)
    usual = fine_tune(tmp_path / "without" / "data", tmp_path / "usual.safetensors", model=str(start), epochs=1)
    assert (result.trained, result.held_out) == (usual.trained, usual.held_out) == (19, 5)
    assert (result.before, result.after) == (usual.before, usual.after)


def test_captions_of_missing_pictures_do_not_count(tmp_path: Path, start: Path) -> None:
    data = make_dataset(tmp_path, 19, more=_GONE)
    with pytest.raises(DatasetError, match=r"at least 20 pictures with captions, and .* has 19\."):
        fine_tune(data, tmp_path / "tuned.safetensors", model=str(start))


def test_missing_pictures_are_refused(tmp_path: Path, start: Path) -> None:
    data = make_dataset(tmp_path, 24)
    (tmp_path / "pictures" / "003.png").unlink()
    with pytest.raises(DatasetError) as caught:
        fine_tune(data, tmp_path / "tuned.safetensors", model=str(start))
    assert str(caught.value) == (
        f"Fine-tuning needs the pictures themselves, and 1 of 24 are not in {tmp_path / 'pictures'}, "
        "the first 003.png. Name their folder: --images DIR"
    )


def test_a_foreign_work_folder_is_left_alone(tmp_path: Path, start: Path) -> None:
    data, work = make_dataset(tmp_path, 24), tmp_path / "work"
    work.mkdir()
    (work / "letter.txt").write_text("mine")
    with pytest.raises(DatasetError, match="The work folder must be new or an earlier run's"):
        fine_tune(data, tmp_path / "tuned.safetensors", model=str(start), work=work)
    assert (work / "letter.txt").read_text() == "mine"


def test_the_command_tells_what_is_wrong_and_fails(
    tmp_path: Path, start: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    data, out = make_dataset(tmp_path, 5), tmp_path / "tuned.safetensors"
    arguments = parser.parse_args(["--data", str(data), "--model", str(start), "--out", str(out)])
    assert command.run(arguments) == 1
    assert capsys.readouterr().err.startswith("error: Fine-tuning needs at least 20 pictures with captions")


def test_the_recipe_says_what_its_data_folder_must_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert recipe_of_mini.main(["--data", str(tmp_path), "--out", str(tmp_path / "m.safetensors")]) == 1
    told = capsys.readouterr().err
    assert "error: The recipe needs flickr8k/captions_train.csv, pool/labels.csv, more/text in its data folder" in told
    assert "has not flickr8k/captions_train.csv, pool/labels.csv, more/text. To fine-tune" in told


@pytest.mark.parametrize("given", [["--recipe", "mini"], ["--recipe"], ["--recipe=mini", "--data", "d", "--out", "o"]])
def test_the_option_of_before_says_where_the_recipe_is_now(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["train", *given])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.endswith(
        "error: train fine-tunes a model, got --recipe. The bundled model is made again, in a checkout of the project, by: "
        "python -m recipes.mini --data SOURCES --out OUT\n"
    )


def test_the_recipe_works_on_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert recipe_of_mini.main(["--data", "milvus+http://here:1/c", "--out", "m.safetensors"]) == 1
    assert capsys.readouterr().err.startswith("error: The recipe works on a dataset folder, got the collection")


def test_a_stopped_recipe_says_how_it_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("recipes.mini.recipe.make_mini", stop)
    assert recipe_of_mini.main(["--data", "d", "--out", "m.safetensors"]) == 130
    assert capsys.readouterr().err == "stopped; the same command goes on from there\n"
