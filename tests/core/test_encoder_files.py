"""Where weights are looked for, which files are read, and what is said about the others."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from t2i_core.encoder import names, open_encoder, openai_towers, weight_files
from t2i_core.encoder.openai_clip import clip_package
from t2i_core.encoder.openai_network import OpenAINetwork
from t2i_core.errors import ModelError
from tests.core.clip_weights import save_jit, tiny_vit

pytestmark = pytest.mark.slow

MODELS = "RN50, RN101, RN50x4, RN50x16, RN50x64, ViT-B/32, ViT-B/16, ViT-L/14, ViT-L/14@336px"


def message_of(model: str | Path, **options: Any) -> str:
    with pytest.raises(ModelError) as caught:
        open_encoder(str(model), **{"device": "cpu", **options})
    return str(caught.value)


@pytest.fixture(autouse=True)
def _no_weights_and_no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.delenv("T2I_MODEL_DIR", raising=False)
    monkeypatch.setattr(weight_files, "CACHE_DIR", tmp_path / "cache")
    monkeypatch.setattr(urllib.request, "urlopen", refuse)


# Files that are read


def _save_half(path: Path) -> None:
    torch.save({name: tensor.half() for name, tensor in tiny_vit().state_dict().items()}, path)


FORMATS: dict[str, Callable[[Path], object]] = {
    "state dict": lambda path: torch.save(tiny_vit().state_dict(), path),
    "state dict, old format": lambda path: torch.save(
        tiny_vit().state_dict(), path, _use_new_zipfile_serialization=False
    ),
    "JIT archive": lambda path: save_jit(tiny_vit(), path),
    "safetensors": lambda path: save_file(dict(tiny_vit().state_dict()), path),
    "training checkpoint": lambda path: torch.save({"epoch": 3, "state_dict": tiny_vit().state_dict()}, path),
    "parallel training": lambda path: torch.save(
        {f"module.{name}": tensor for name, tensor in tiny_vit().state_dict().items()}, path
    ),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_rows_in_full_precision(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_towers, "multiplies_bfloat16", lambda: False)
    path = tmp_path / "model"
    FORMATS[name](path)
    with torch.inference_mode():
        features = tiny_vit().encode_text(clip_package.tokenize(["a dog"])).numpy()
    encoder = open_encoder(str(path), device="cpu")
    np.testing.assert_allclose(encoder.encode_text(["a dog"]), features / np.linalg.norm(features), atol=2e-6)
    assert encoder.weights_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_fp16_weights_are_computed_in_fp32_on_a_cpu(tmp_path: Path) -> None:
    _save_half(tmp_path / "half.pt")
    encoder = open_encoder(str(tmp_path / "half.pt"), device="cpu")
    assert encoder.encode_text(["a dog"]).dtype == np.float32
    assert isinstance(encoder._network, OpenAINetwork)
    assert encoder._network._model.dtype == torch.float32


def test_hash_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    os.utime(path, (1, 1))
    assert weight_files.file_sha256(path) == hashlib.sha256(b"one").hexdigest()
    path.write_bytes(b"two")
    os.utime(path, (2, 2))
    assert weight_files.file_sha256(path) == hashlib.sha256(b"two").hexdigest()


# Where they are looked for


def test_official_name_is_looked_for_in_the_model_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save(tiny_vit().state_dict(), tmp_path / "ViT-B-32.pt")
    by_argument = open_encoder("ViT-B/32", model_dir=tmp_path, device="cpu")
    monkeypatch.setenv("T2I_MODEL_DIR", str(tmp_path))
    by_environment = open_encoder("ViT-B/32", device="cpu")
    assert by_argument.model_id == by_environment.model_id == "ViT-B/32"
    assert by_argument.weights_sha256 == by_environment.weights_sha256


def test_a_file_under_an_official_name_that_is_another_is_used_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    torch.save(tiny_vit().state_dict(), tmp_path / "RN50.pt")
    open_encoder("RN50", model_dir=tmp_path, device="cpu")
    assert caplog.messages == [f"{tmp_path / 'RN50.pt'} is not the file OpenAI published for RN50; using it as it is"]


def test_a_path_that_moved_is_found_by_its_name_in_the_model_folder(tmp_path: Path) -> None:
    torch.save(tiny_vit().state_dict(), tmp_path / "mine.pt")
    encoder = open_encoder("elsewhere/mine.pt", model_dir=tmp_path, device="cpu")
    assert encoder.model_id == "elsewhere/mine.pt"


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> bytes:
    """Make a tiny checkpoint the file OpenAI publishes as ViT-B/32."""
    buffer = io.BytesIO()
    torch.save(tiny_vit().state_dict(), buffer)
    content = buffer.getvalue()
    url = f"https://weights.example/{hashlib.sha256(content).hexdigest()}/ViT-B-32.pt"
    monkeypatch.setitem(clip_package._MODELS, "ViT-B/32", url)
    return content


def test_download_is_checked_and_kept(published: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(url: str, timeout: float) -> io.BytesIO:
        asked.append(url)
        return io.BytesIO(published)

    monkeypatch.setattr(urllib.request, "urlopen", answer)
    for _ in range(2):
        assert open_encoder("ViT-B/32", device="cpu").model_id == "ViT-B/32"
    assert len(asked) == 1
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["ViT-B-32.pt"]


def test_a_download_that_is_another_file_is_thrown_away(
    published: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: io.BytesIO(published[:-1]))
    assert message_of("ViT-B/32") == (
        "The weights of ViT-B/32 are not on this machine and could not be downloaded (what arrived is not the published "
        "file: its sha256 differs). Use the bundled model (--model mini), or put ViT-B-32.pt into the folder that "
        "T2I_MODEL_DIR names or give its path (--model PATH), or run this once where the network reaches weights.example."
    )
    assert list((tmp_path / "cache").iterdir()) == []


def test_half_a_download_in_the_cache_is_not_used(published: bytes, tmp_path: Path) -> None:
    cached = tmp_path / "cache" / "ViT-B-32.pt"
    cached.parent.mkdir()
    cached.write_bytes(published[:1000])
    assert "could not be downloaded" in message_of("ViT-B/32")
    cached.write_bytes(published)
    assert open_encoder("ViT-B/32", device="cpu").dimension == 32


# What is said when there is nothing to open


def test_weights_that_cannot_be_had() -> None:
    assert message_of("ViT-B/32") == (
        "The weights of ViT-B/32 are not on this machine and could not be downloaded (Name or service not known). "
        "Use the bundled model (--model mini), or put ViT-B-32.pt into the folder that T2I_MODEL_DIR names or give its "
        "path (--model PATH), or run this once where the network reaches openaipublic.azureedge.net."
    )


def test_unknown_model(tmp_path: Path) -> None:
    assert message_of("ViT-Z/99") == (
        f"A model must be mini, a name ({MODELS}) or the path of a checkpoint, got 'ViT-Z/99', and there is no such file. "
        "Check the spelling."
    )
    assert f"there is no such file (looked in {tmp_path} too)." in message_of("ViT-Z/99", model_dir=tmp_path)


def test_folder(tmp_path: Path) -> None:
    assert message_of(tmp_path) == (
        f"A model must be mini, a name ({MODELS}) or the path of a checkpoint, got the folder {str(tmp_path)!r}. "
        "Give the file in it."
    )


def test_bundled_model_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight_files, "MINI_PATH", Path("nowhere/mini.safetensors"))
    assert message_of("mini") == (
        "The bundled model must be at nowhere/mini.safetensors, and there is no such file. "
        "Restore it from the repository (git checkout), or name another model: --model PATH"
    )


def test_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save(tiny_vit().state_dict(), tmp_path / "tiny.pt")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert open_encoder(str(tmp_path / "tiny.pt")).device == "cpu"
    assert message_of(tmp_path / "tiny.pt", device="cuda") == (
        "device may be cuda only where PyTorch sees a GPU, and it sees none. Use auto or cpu."
    )
    assert message_of(tmp_path / "tiny.pt", device="tpu") == (
        "device must be auto, cpu or cuda, got 'tpu'. Use auto to take a GPU where there is one."
    )


# Files that are refused


def _damaged(path: Path) -> str:
    return (
        f"A checkpoint must be a state dict, a JIT archive or a .safetensors file, and {path.name} "
        f"({path.stat().st_size:,} bytes) cannot be read as any of them. It may be damaged or half copied: fetch it again."
    )


@pytest.mark.parametrize(
    "content", [b"", b"not a checkpoint", b"\x80\x02nonsense", b"PK\x03\x04 half a zip", b"\x20" + bytes(7) + b"{" * 99]
)
def test_nonsense(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(content)
    assert message_of(path) == _damaged(path)


@pytest.mark.parametrize("name", ["state dict", "JIT archive", "safetensors"])
@pytest.mark.parametrize("kept", [0.999, 0.5, 0.01])
def test_truncated_files(tmp_path: Path, name: str, kept: float) -> None:
    path = tmp_path / "model"
    FORMATS[name](path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert message_of(path) == _damaged(path)


class _Trap:
    """What a hostile checkpoint does: it names a function to call when it is loaded."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("protocol", ["torch", "torch, old format", "pickle"])
def test_pickled_objects_are_refused_and_not_run(tmp_path: Path, protocol: str) -> None:
    path, mark = tmp_path / "trap.pt", tmp_path / "ran"
    content = {"visual.conv1.weight": _Trap(mark)}
    if protocol == "pickle":
        path.write_bytes(pickle.dumps(content, protocol=2))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=protocol == "torch")
    assert message_of(path) == (
        "A checkpoint must hold tensors only, and trap.pt holds other Python objects, which could run code when loaded. "
        "Save it again as a state dict, torch.save(model.state_dict(), PATH), or as .safetensors."
    )
    assert not mark.exists()


@pytest.mark.parametrize(
    ("content", "kind"), [([1, 2], "list"), ({"a": 1}, "dict"), ({}, "an empty one"), (torch.ones(3), "Tensor")]
)
def test_other_contents(tmp_path: Path, content: object, kind: str) -> None:
    path = tmp_path / "model.pt"
    torch.save(content, path)
    assert message_of(path) == (
        f"A checkpoint must hold a dict of tensors, got {kind} in model.pt. "
        "Save it again as a state dict, torch.save(model.state_dict(), PATH), or as .safetensors."
    )


def test_another_kind_of_model(tmp_path: Path) -> None:
    path = tmp_path / "linear.pt"
    torch.save(torch.nn.Linear(2, 2).state_dict(), path)
    assert message_of(path) == (
        "A checkpoint must hold a CLIP of openai/CLIP's architecture, and linear.pt has no visual.conv1.weight. "
        "Give a state dict or JIT archive made for openai/CLIP, or use the bundled model: --model mini"
    )


def test_weights_that_do_not_fit_each_other(tmp_path: Path) -> None:
    weights = dict(tiny_vit().state_dict())
    del weights["transformer.resblocks.1.ln_1.weight"]
    path = tmp_path / "partial.pt"
    torch.save(weights, path)
    message = message_of(path)
    assert message.startswith("The weights in partial.pt do not fit openai/CLIP's architecture: ")
    assert "transformer.resblocks.1.ln_1.weight" in message
    assert message.endswith("Give a checkpoint made for openai/CLIP, or use the bundled model: --model mini")


def test_another_vocabulary(tmp_path: Path) -> None:
    weights = dict(tiny_vit().state_dict())
    weights["token_embedding.weight"] = weights["token_embedding.weight"][:1000].clone()
    path = tmp_path / "words.pt"
    torch.save(weights, path)
    assert message_of(path) == (
        "A checkpoint must have the vocabulary of openai/CLIP's tokenizer, 49408 tokens, and words.pt has 1000. "
        "Give a checkpoint made for openai/CLIP, or use the bundled model: --model mini"
    )


def test_mini_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    torch.save(tiny_vit().state_dict(), tmp_path / "stand_in.pt")
    monkeypatch.setattr(weight_files, "MINI_PATH", tmp_path / "stand_in.pt")
    assert open_encoder(device="cpu").model_id == open_encoder("mini", device="cpu").model_id == names.MINI_NAME
    assert names.MINI_NAME == "mini"
