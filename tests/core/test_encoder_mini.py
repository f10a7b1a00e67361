"""The bundled model's format through the same door: what its file says is what happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from t2i_core.encoder import ClipEncoder, mini_adapter, open_encoder, weight_files
from t2i_core.encoder.mini_network import MiniClip, load_mini
from t2i_core.encoder.tokens import tokenize
from t2i_core.errors import ModelError
from tests.core.clip_weights import pictures
from tests.core.mini_weights import DIMENSION, save_tiny_mini

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mini") / "mini.safetensors"
    save_tiny_mini(path)
    return path


@pytest.fixture(scope="module")
def encoder(path: Path) -> ClipEncoder:
    return open_encoder(str(path), device="cpu")


def test_facts_come_from_the_file(encoder: ClipEncoder) -> None:
    assert encoder.dimension == DIMENSION
    assert encoder.input_size == 64
    assert encoder.preprocessing == (
        "resized to 64 x 64 px, bicubic, mean (0.5000, 0.5000, 0.5000), std (0.5000, 0.5000, 0.5000)"
    )


def test_texts_equal_the_networks_own(encoder: ClipEncoder, path: Path) -> None:
    module, _ = load_mini(path)
    texts = ["a dog on a beach", "two red buses", "word " * 90, "x", "y", "z"]  # more than are run alone
    with torch.inference_mode():
        features = module.encode_text(tokenize(texts)).numpy()
    expected = features / np.linalg.norm(features, axis=1, keepdims=True)
    np.testing.assert_allclose(encoder.encode_text(texts), expected, atol=2e-5)
    np.testing.assert_allclose(encoder.encode_text(texts[:1]), expected[:1], atol=2e-5)


def test_pictures_equal_the_networks_own(path: Path) -> None:
    """In float32; how near the quicker numbers come is test_encoder_precision.py's."""
    encoder = open_encoder(str(path), device="cpu", float32=True)
    batch = pictures((90, 70), (64, 64), (40, 200))
    module, _ = load_mini(path)
    with torch.inference_mode():
        pixels = encoder._network.pixel_rule.pixels(batch, device=torch.device("cpu"))
        features = module.encode_image(pixels).numpy()
    expected = features / np.linalg.norm(features, axis=1, keepdims=True)
    embeddings = encoder.encode_image(batch)
    assert embeddings.dtype == np.float32
    assert (embeddings * expected).sum(axis=1).min() > 1 - 1e-5


def test_one_text_leaves_the_thread_count_as_it_was(encoder: ClipEncoder) -> None:
    usual = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        encoder.encode_text(["a dog"])
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(usual)


def test_a_model_is_opened_by_one_thread(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine several took twenty times as long, waiting for each other."""
    counts: list[int] = []

    def load(file: Path) -> tuple[MiniClip, dict[str, Any]]:
        counts.append(torch.get_num_threads())
        return load_mini(file)

    monkeypatch.setattr(mini_adapter, "load_mini", load)
    usual = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        open_encoder(str(path), device="cpu")
        assert (counts, torch.get_num_threads()) == ([1], 2)
    finally:
        torch.set_num_threads(usual)


def test_bundled_name_opens_the_bundled_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight_files, "MINI_PATH", path)
    encoder = open_encoder(device="cpu")
    assert encoder.model_id == "mini"
    assert encoder.weights_sha256 == weight_files.file_sha256(path)


def test_another_format_version(tmp_path: Path) -> None:
    path = tmp_path / "new.safetensors"
    save_tiny_mini(path, format_version=99)
    with pytest.raises(ModelError, match=r"This version reads mini models of format version 2, and .* has 99\."):
        open_encoder(str(path), device="cpu")
