"""ClipEncoder: shapes, unit rows, long texts, long lists, threads, and numbers that are none."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from t2i_core.encoder import OPENAI_MODELS, ClipEncoder, open_encoder, openai_towers
from t2i_core.encoder.clip_encoder import TEXT_BATCH
from t2i_core.encoder.openai_clip import clip_package
from t2i_core.encoder.openai_network import OpenAINetwork
from t2i_core.encoder.packed_transformer import PackedTransformer
from t2i_core.encoder.tokens import tokenize
from t2i_core.errors import ModelError, QueryError
from t2i_core.types import Encoder
from tests.core.clip_weights import pictures, tiny_vit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tiny") / "tiny.pt"
    torch.save(tiny_vit().state_dict(), path)
    return path


@pytest.fixture(scope="module")
def encoder(checkpoint: Path) -> ClipEncoder:
    return open_encoder(str(checkpoint), device="cpu")


@pytest.fixture(autouse=True)
def _float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compared to the last digits here; how near bfloat16 comes is another test."""
    monkeypatch.setattr(openai_towers, "multiplies_bfloat16", lambda: False)


def test_facts(encoder: ClipEncoder, checkpoint: Path) -> None:
    as_protocol: Encoder = encoder
    assert as_protocol.model_id == str(checkpoint)
    assert as_protocol.dimension == 32
    assert as_protocol.device == "cpu"
    assert as_protocol.preprocessing.startswith("shortest side to 64 px, centre crop, bicubic")
    assert encoder.input_size == 64
    assert len(as_protocol.weights_sha256) == 64


def test_texts_of_any_length_equal_clips_own_encoding(encoder: ClipEncoder) -> None:
    """Cutting the run at the longest end token, sorting and batching change nothing."""
    rng = np.random.default_rng(0)
    words = ["dog", "beach", "red", "skateboarder", "a", "of"]
    texts = [" ".join(rng.choice(words, size=rng.integers(1, 90))) for _ in range(TEXT_BATCH + 20)]
    with torch.inference_mode():
        features = tiny_vit().encode_text(clip_package.tokenize(texts, truncate=True)).numpy()
    expected = features / np.linalg.norm(features, axis=1, keepdims=True)
    np.testing.assert_allclose(encoder.encode_text(texts), expected, atol=2e-6)


def test_short_texts_run_only_to_their_end_token(monkeypatch: pytest.MonkeyPatch) -> None:
    network = OpenAINetwork(tiny_vit().state_dict(), device=torch.device("cpu"), source="tiny")
    lengths: list[int] = []
    network._model.transformer.register_forward_pre_hook(lambda _module, inputs: lengths.append(inputs[0].shape[0]))
    whole = PackedTransformer.at

    def at(self: PackedTransformer, hidden: torch.Tensor, positions: torch.Tensor, *, causal: bool) -> torch.Tensor:
        lengths.append(hidden.shape[1])
        return whole(self, hidden, positions, causal=causal)

    monkeypatch.setattr(PackedTransformer, "at", at)
    network.encode_text(tokenize(["a dog", "a dog runs"]))
    network.encode_text_in_module(tokenize(["a dog", "a dog runs"]))
    assert lengths == [5, 5]  # start, three words, end


def test_pictures_equal_clips_own_encoding(encoder: ClipEncoder) -> None:
    batch = pictures(*[(90, 70)] * 35)  # more than one batch
    transform = clip_package._transform(64)
    with torch.inference_mode():
        features = tiny_vit().encode_image(torch.stack([transform(picture) for picture in batch])).numpy()
    expected = features / np.linalg.norm(features, axis=1, keepdims=True)
    embeddings = encoder.encode_image(batch)
    assert embeddings.dtype == np.float32
    np.testing.assert_allclose(embeddings, expected, atol=2e-6)


def test_nothing_in_nothing_out(encoder: ClipEncoder) -> None:
    assert encoder.encode_text([]).shape == (0, 32)
    assert encoder.encode_image([]).shape == (0, 32)


def test_one_string_is_not_a_list_of_letters(encoder: ClipEncoder) -> None:
    with pytest.raises(QueryError) as caught:
        encoder.encode_text("a dog")
    assert str(caught.value) == "encode_text takes a list of texts, got one string. Put it into a list: [text]."


@pytest.mark.parametrize("text", ["", "   ", "🐶", "naïve café ﬁlm", "<|endoftext|> twice", "a\x00b"])
def test_unusual_texts_get_a_unit_row(encoder: ClipEncoder, text: str) -> None:
    [row] = encoder.encode_text([text])
    assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-5)


def test_cut_text(encoder: ClipEncoder) -> None:
    assert encoder.cut_text("word " * 75) is None
    assert encoder.cut_text("Word " * 76) == ("Word " * 75).strip()
    assert encoder.cut_text("A Dog, " * 60) == ("A Dog, " * 25).strip()
    assert encoder.cut_text("") is None


def test_cut_text_of_one_endless_word(encoder: ClipEncoder) -> None:
    read = encoder.cut_text("z" * 5_000)
    assert read is not None
    assert set(read) == {"z"}
    assert 75 <= len(read) < 5_000


def test_the_part_read_decides_the_embedding(encoder: ClipEncoder) -> None:
    long = " ".join(["dog"] * 75 + ["beach"] * 20)
    read = encoder.cut_text(long)
    assert read is not None
    np.testing.assert_allclose(encoder.encode_text([long]), encoder.encode_text([read]), atol=2e-6)


def test_threads_share_one_encoder(encoder: ClipEncoder) -> None:
    texts = [["dog " * (1 + position % 30)] for position in range(40)]
    alone = [encoder.encode_text(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(encoder.encode_text, texts))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_values_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    model = tiny_vit()
    model.text_projection.data[0, 0] = float("nan")
    model.visual.proj.data.zero_()
    path = tmp_path / "broken.pt"
    torch.save(model.state_dict(), path)
    broken = open_encoder(str(path), device="cpu")
    with pytest.raises(ModelError) as caught:
        broken.encode_text(["a dog", "a cat"])
    assert str(caught.value) == (
        f"Embeddings must be finite and not zero, and {path} on cpu made 2 of 2 otherwise, the first for text 1. "
        "The weights may be damaged: fetch them again; on a GPU, try --device cpu."
    )
    with pytest.raises(ModelError, match="made 1 of 1 otherwise, the first for picture 1"):
        broken.encode_image(pictures((64, 64)))


def test_names_are_those_of_the_installed_package() -> None:
    assert list(OPENAI_MODELS) == clip_package.available_models()


def test_opening_and_encoding_print_nothing(checkpoint: Path) -> None:
    code = (
        "import sys; from t2i_core.encoder import open_encoder; "
        "open_encoder(sys.argv[1], device='cpu').encode_text(['a dog'])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(checkpoint)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
