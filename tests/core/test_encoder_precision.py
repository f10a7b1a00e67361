"""Every way to compute comes near to float32, whatever this machine's processor would choose by itself.

PyTorch computes bfloat16 and fp16 on any processor, slowly where there are no instructions for them; so all ways are
tried everywhere, on a few pictures.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from t2i_core.encoder import ClipEncoder, bfloat16, mini_adapter, nearness, open_encoder, openai_towers
from t2i_core.encoder.mini_network import PRECISE_BLOCKS, LiteBackbone, load_mini
from t2i_core.encoder.openai_network import OpenAINetwork
from t2i_core.types import FloatArray
from tests.core.clip_weights import pictures, tiny_rn, tiny_vit
from tests.core.mini_weights import save_tiny_mini

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PICTURES = pictures((90, 70), (64, 64), (40, 200), (300, 200), (64, 90))
TEXTS = ["a dog on a beach", "two red buses", "word " * 90, "x", "y", "z"]
MODELS: dict[str, Callable[[Path], object]] = {
    "mini": save_tiny_mini,
    "ViT": lambda path: save_file(dict(tiny_vit().state_dict()), path),
    "RN": lambda path: save_file(dict(tiny_rn().state_dict()), path),
}
OPENAI = {"ViT": tiny_vit, "RN": tiny_rn}
# What a process must be told to compute as an older processor does.
OLDER = [{"ATEN_CPU_CAPABILITY": "avx2"}, {"ATEN_CPU_CAPABILITY": "default"}, {"ONEDNN_MAX_CPU_ISA": "AVX2"}]


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("models")
    for name, save in MODELS.items():
        save(folder / f"{name}.safetensors")
    return {name: str(folder / f"{name}.safetensors") for name in MODELS}


def opened(path: str, monkeypatch: pytest.MonkeyPatch, *, native: bool) -> ClipEncoder:
    """As on a processor that multiplies bfloat16, or on one that does not."""
    for module in (mini_adapter, openai_towers):
        monkeypatch.setattr(module, "multiplies_bfloat16", lambda: native)
    return open_encoder(path, device="cpu")


def least_cosine(rows: FloatArray, others: FloatArray) -> float:
    return float(np.einsum("bd,bd->b", rows.astype(np.float64), others.astype(np.float64)).min())


@pytest.mark.parametrize("name", MODELS)
def test_bfloat16_stays_near_float32(name: str, paths: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    precise = opened(paths[name], monkeypatch, native=False)
    expected = precise.encode_image(PICTURES), precise.encode_text(TEXTS)
    assert precise.picture_numbers == "float32"
    quick = opened(paths[name], monkeypatch, native=True)
    images, texts = quick.encode_image(PICTURES), quick.encode_text(TEXTS)
    # A ModifiedResNet is computed in float32 everywhere; its texts are not.
    assert quick.picture_numbers == ("float32" if name == "RN" else "bfloat16")
    assert least_cosine(images, expected[0]) >= 0.999
    assert least_cosine(texts, expected[1]) >= 0.9999
    if name != "RN":
        assert not np.array_equal(images, expected[0])  # or nothing was compared


@pytest.mark.parametrize("name", MODELS)
def test_the_setting_forces_float32(name: str, paths: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    plain = opened(paths[name], monkeypatch, native=False)
    expected = plain.encode_image(PICTURES), plain.encode_text(TEXTS)
    monkeypatch.setenv("T2I_FLOAT32", "1")
    forced = opened(paths[name], monkeypatch, native=True)
    assert forced.picture_numbers == "float32"
    np.testing.assert_array_equal(forced.encode_image(PICTURES), expected[0])
    np.testing.assert_array_equal(forced.encode_text(TEXTS), expected[1])


@pytest.mark.parametrize("name", MODELS)
def test_weights_that_do_not_bear_it_are_computed_in_float32(
    name: str, paths: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = opened(paths[name], monkeypatch, native=False)
    expected = plain.encode_image(PICTURES), plain.encode_text(TEXTS)
    monkeypatch.setattr(nearness, "TEXT_COSINE", 1.0)  # so near that no rounding will do
    monkeypatch.setattr(nearness, "IMAGE_COSINE", 1.0)
    strict = opened(paths[name], monkeypatch, native=True)
    assert strict.picture_numbers == "float32"
    np.testing.assert_array_equal(strict.encode_image(PICTURES), expected[0])
    np.testing.assert_array_equal(strict.encode_text(TEXTS), expected[1])


def test_what_is_no_number_is_not_near() -> None:
    rows = torch.ones(2, 4)
    assert nearness.near_enough(lambda tried: tried, lambda tried: tried * 2, rows, 0.999)
    assert not nearness.near_enough(lambda tried: tried * float("nan"), lambda tried: tried, rows, 0.999)
    assert not nearness.near_enough(
        lambda tried: tried * torch.tensor([1.0, 1, 1, 2]), lambda tried: tried, rows, 0.999
    )


def test_mini_keeps_its_first_blocks_in_float32(paths: dict[str, str]) -> None:
    module, _ = load_mini(paths["mini"])
    for number_type in (torch.bfloat16, torch.float16):
        part = mini_adapter.rounded_pictures(module, number_type).parts[0]
        assert isinstance(part, LiteBackbone)
        types = [block.dtype for block in part.blocks]
        assert part.stem.conv.weight.dtype == torch.float32
        assert types == [torch.float32] * PRECISE_BLOCKS + [number_type] * (len(types) - PRECISE_BLOCKS)
    assert {parameter.dtype for parameter in module.parameters()} == {torch.float32}  # what was copied stays


def test_a_gpus_fp16_of_mini_is_near(paths: dict[str, str]) -> None:
    """The same rounding on a processor, because few machines that run this test have a GPU."""
    module, _ = load_mini(paths["mini"])
    trunk = mini_adapter.rounded_pictures(module, torch.float16)
    pixels = nearness.tried_pixels(64).contiguous(memory_format=torch.channels_last)
    assert nearness.near_enough(lambda tried: module.head(trunk(tried).float()), module.encode_image, pixels, 0.9999)


@pytest.mark.parametrize("name", OPENAI)
@pytest.mark.parametrize("near", [True, False])
def test_a_gpus_fp16_of_openais_models_tries_itself(name: str, near: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not near:
        monkeypatch.setattr(nearness, "IMAGE_COSINE", 1.0)
    network = OpenAINetwork(OPENAI[name]().state_dict(), device=torch.device("cpu"), source="test")
    before = {key: tensor.clone() for key, tensor in network.module.state_dict().items()}
    assert network.halve_if_near() is near
    assert network.module.dtype == (torch.float16 if near else torch.float32)
    if not near:
        assert all(torch.equal(tensor, before[key]) for key, tensor in network.module.state_dict().items())


def test_this_processor_is_asked_only_once_torch_may_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    assert not bfloat16.multiplies_bfloat16()


@pytest.mark.parametrize("environ", OLDER, ids=lambda environ: "=".join(*environ.items()))
def test_an_older_processor_gives_the_rows_of_float32(
    environ: dict[str, str], paths: dict[str, str], tmp_path: Path
) -> None:
    script = (
        "import sys, numpy as np\n"
        "from tests.core.test_encoder_precision import PICTURES, TEXTS\n"
        "from t2i_core.encoder import open_encoder\n"
        "rows = {}\n"
        "for path in sys.argv[2:]:\n"
        "    encoder = open_encoder(path, device='cpu')\n"
        "    assert encoder.picture_numbers == 'float32', encoder.picture_numbers\n"
        "    rows[path] = np.concatenate([encoder.encode_image(PICTURES), encoder.encode_text(TEXTS)])\n"
        "np.savez(sys.argv[1], **{str(number): each for number, each in enumerate(rows.values())})\n"
    )
    out = tmp_path / "rows.npz"
    subprocess.run(
        [sys.executable, "-c", script, str(out), *paths.values()],
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environ,
    )
    with np.load(out) as stored:
        for number, path in enumerate(paths.values()):
            here = open_encoder(path, device="cpu", float32=True)
            expected = np.concatenate([here.encode_image(PICTURES), here.encode_text(TEXTS)])
            assert least_cosine(stored[str(number)], expected) > 1 - 1e-6
