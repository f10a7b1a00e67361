"""OpenAI's architectures, by path and from both file formats, agree with independent implementations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from t2i_core.encoder import nearness, open_encoder, openai_towers
from t2i_core.encoder.openai_clip import clip_package
from tests.core.clip_weights import hugging_face_names, pictures, rn50, save_jit, vit_b32

pytestmark = pytest.mark.slow

TEXTS = ["a dog on a beach", "two red buses in the rain, seen from above", "x"]
# Already at the network's size, so that only the networks are compared here.
PICTURES = pictures((224, 224), (224, 224), (224, 224))
FORMATS = ["state dict", "JIT archive"]


@pytest.fixture(scope="module")
def saved_vit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    yield from _saved(vit_b32(), tmp_path_factory.mktemp("vit"))


@pytest.fixture(scope="module")
def saved_rn50(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    yield from _saved(rn50(), tmp_path_factory.mktemp("rn50"))


def _saved(model: torch.nn.Module, folder: Path) -> Iterator[dict[str, Path]]:
    paths = {"state dict": folder / "weights.pt", "JIT archive": folder / "archive.pt"}
    torch.save(model.state_dict(), paths["state dict"])
    save_jit(model, paths["JIT archive"])
    yield paths
    for path in paths.values():  # several hundred MB each
        path.unlink()


def _pixels() -> torch.Tensor:
    transform = clip_package._transform(224)
    return torch.stack([transform(picture) for picture in PICTURES])


@pytest.fixture(scope="module")
def vit_reference(saved_vit: dict[str, Path]) -> tuple[np.ndarray, np.ndarray]:
    """Texts and pictures embedded by Hugging Face's CLIPModel."""
    import transformers

    with torch.device("meta"):
        model = transformers.CLIPModel(transformers.CLIPConfig())  # its defaults are ViT-B/32
    weights = torch.load(saved_vit["state dict"], weights_only=True)
    model.load_state_dict(hugging_face_names(weights), assign=True, strict=True)
    for embeddings in (model.text_model.embeddings, model.vision_model.embeddings):
        embeddings.position_ids = torch.arange(embeddings.position_embedding.num_embeddings)[None]
    with torch.inference_mode():
        model.eval()  # type: ignore[no-untyped-call]  # transformers names no types there
        text = model.text_projection(model.text_model(clip_package.tokenize(TEXTS).long()).pooler_output)
        image = model.visual_projection(model.vision_model(_pixels()).pooler_output)
    return text.numpy(), image.numpy()


@pytest.fixture(scope="module")
def rn50_reference(saved_rn50: dict[str, Path]) -> tuple[np.ndarray, np.ndarray]:
    """Texts and pictures embedded by open_clip."""
    import open_clip.model as open_clip

    model = open_clip.CLIP(
        1024,
        open_clip.CLIPVisionCfg(layers=(3, 4, 6, 3), image_size=224, width=64),
        open_clip.CLIPTextCfg(context_length=77, vocab_size=49_408, width=512, heads=8, layers=12),
        quick_gelu=True,
    )
    model.load_state_dict(torch.load(saved_rn50["state dict"], weights_only=True), strict=True)
    with torch.inference_mode():
        text = model.eval().encode_text(clip_package.tokenize(TEXTS))
        image = model.encode_image(_pixels())
    return text.numpy(), image.numpy()


def _assert_agree(
    embeddings: np.ndarray, reference: np.ndarray, *, cosine: float = 0.9999, differences: float = 0.9999
) -> None:
    reference = reference / np.linalg.norm(reference, axis=1, keepdims=True)
    assert embeddings.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1.0, atol=1e-5)
    assert (embeddings * reference).sum(axis=1).min() > cosine
    # Random networks send everything to nearly one direction, so the differences between inputs must agree too.
    ours, theirs = embeddings - embeddings.mean(axis=0), reference - reference.mean(axis=0)
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    assert ((ours * theirs).sum(axis=1) / lengths).min() > differences


@pytest.mark.parametrize("file_format", FORMATS)
def test_vit_b32_agrees_with_hugging_face(
    saved_vit: dict[str, Path],
    vit_reference: tuple[np.ndarray, np.ndarray],
    file_format: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(openai_towers, "multiplies_bfloat16", lambda: False)
    encoder = open_encoder(str(saved_vit[file_format]), device="cpu")
    assert encoder.dimension == 512
    _assert_agree(encoder.encode_text(TEXTS), vit_reference[0])
    _assert_agree(encoder.encode_image(PICTURES), vit_reference[1])


def test_bfloat16_stays_near_float32(
    saved_vit: dict[str, Path], vit_reference: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_towers, "multiplies_bfloat16", lambda: True)
    encoder = open_encoder(str(saved_vit["state dict"]), device="cpu")
    _assert_agree(encoder.encode_text(TEXTS), vit_reference[0], differences=0.999)
    _assert_agree(encoder.encode_image(PICTURES), vit_reference[1], cosine=0.999, differences=0.99)


def test_weights_that_do_not_bear_bfloat16_are_computed_in_float32(
    saved_vit: dict[str, Path], vit_reference: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_towers, "multiplies_bfloat16", lambda: True)
    monkeypatch.setattr(nearness, "TEXT_COSINE", 1.0)  # so near that no rounding will do
    monkeypatch.setattr(nearness, "IMAGE_COSINE", 1.0)
    encoder = open_encoder(str(saved_vit["state dict"]), device="cpu")
    _assert_agree(encoder.encode_text(TEXTS), vit_reference[0], differences=0.999999)
    _assert_agree(encoder.encode_image(PICTURES), vit_reference[1], differences=0.999999)


@pytest.mark.parametrize("file_format", FORMATS)
def test_rn50_agrees_with_open_clip(
    saved_rn50: dict[str, Path], rn50_reference: tuple[np.ndarray, np.ndarray], file_format: str
) -> None:
    encoder = open_encoder(str(saved_rn50[file_format]), device="cpu")
    assert encoder.dimension == 1024
    _assert_agree(encoder.encode_text(TEXTS), rn50_reference[0])
    _assert_agree(encoder.encode_image(PICTURES), rn50_reference[1])
