"""The bundled model's network and file: shapes, rounding, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from t2i_core.encoder.mini_network import FORMAT, ImageTrunk, load_mini
from t2i_core.encoder.tokens import tokenize
from t2i_core.errors import ModelError
from tests.core.small_mini import small_config, small_mini, write_small_mini

pytestmark = pytest.mark.slow


def noise(pictures: int) -> torch.Tensor:
    """Pixels (B, 3, 64, 64), the same on every processor."""
    rows = np.random.default_rng(0).standard_normal((pictures, 3, 64, 64), dtype=np.float32)
    return torch.from_numpy(rows)


def test_both_towers_give_the_dimension_the_config_names() -> None:
    module = small_mini()
    with torch.inference_mode():
        assert module.encode_image(noise(3)).shape == (3, 32)
        assert module.encode_text(tokenize(["a dog", "two cats on a sofa"])).shape == (2, 32)


def test_what_follows_the_longest_end_token_of_a_batch_changes_nothing() -> None:
    module = small_mini()
    with torch.inference_mode():
        alone = module.encode_text(tokenize(["a dog"]))
        beside_a_long_one = module.encode_text(tokenize(["a dog", "a very long sentence about many other things"]))[:1]
    torch.testing.assert_close(alone, beside_a_long_one, rtol=1e-4, atol=1e-5)


def test_word_order_matters() -> None:
    module = small_mini()
    with torch.inference_mode():
        one, other = module.encode_text(tokenize(["a man bites a dog", "a dog bites a man"]))
    assert not torch.allclose(one, other)


def test_the_trunk_gives_the_means_of_its_backbones_side_by_side() -> None:
    trunk = ImageTrunk(["lite0", "lite1"]).eval()
    pixels = noise(2)
    with torch.inference_mode():
        features = trunk(pixels)
        alone = trunk.parts[1](pixels)
    assert features.shape == (2, 2560) and alone.shape == (2, 1280, 2, 2)
    torch.testing.assert_close(features[:, 1280:], alone.mean(dim=(2, 3)))


def test_a_saved_model_gives_nearly_the_same_embeddings(tmp_path: Path) -> None:
    module = write_small_mini(tmp_path / "m.safetensors")
    loaded, config = load_mini(tmp_path / "m.safetensors")
    assert config == small_config()
    pixels, tokens = noise(4), tokenize(["a dog", "a red castle", "snow", "a boat at night"])
    with torch.inference_mode():
        for before, after in (
            (module.encode_image(pixels), loaded.encode_image(pixels)),
            (module.encode_text(tokens), loaded.encode_text(tokens)),
        ):
            assert torch.cosine_similarity(before, after).min() > 0.999


def test_a_model_is_opened_without_drawing_weights_first(tmp_path: Path) -> None:
    """They would be thrown away at once. All that is drawn is what the network's own code makes of random numbers."""
    write_small_mini(tmp_path / "m.safetensors")
    shape = small_mini().text.positional_embedding.shape
    torch.manual_seed(3)
    torch.randn(shape)
    expected = torch.get_rng_state()
    torch.manual_seed(3)
    load_mini(tmp_path / "m.safetensors")
    assert torch.equal(torch.get_rng_state(), expected)


def test_what_is_loaded_is_nobody_elses_memory(tmp_path: Path) -> None:
    """A model that is trained further must not write into its file, nor one of two into the other."""
    write_small_mini(tmp_path / "m.safetensors")
    content = (tmp_path / "m.safetensors").read_bytes()
    (one, _), (other, _) = load_mini(tmp_path / "m.safetensors"), load_mini(tmp_path / "m.safetensors")
    with torch.no_grad():
        for parameter in one.parameters():
            assert parameter.requires_grad
            parameter.add_(1)
    assert all(not torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert (tmp_path / "m.safetensors").read_bytes() == content


@pytest.mark.parametrize("name", ["text.token_embedding.weight", "backbone.parts.0.last.conv.weight"])
def test_big_matrices_are_stored_as_bytes_within_half_a_step(tmp_path: Path, name: str) -> None:
    module = write_small_mini(tmp_path / "m.safetensors")
    stored = load_file(tmp_path / "m.safetensors")
    assert stored[name].dtype == torch.int8
    scale = stored[f"{name}.scale"][:, None]
    error = (stored[name].float().flatten(1) * scale - module.state_dict()[name].flatten(1)).abs()
    assert bool((error <= scale * 0.5001).all())


def test_what_filters_each_channel_alone_is_stored_in_half_precision(tmp_path: Path) -> None:
    write_small_mini(tmp_path / "m.safetensors")
    stored = load_file(tmp_path / "m.safetensors")
    assert stored["backbone.parts.0.blocks.0.depthwise.conv.weight"].dtype == torch.float16


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    write_small_mini(tmp_path / "m.safetensors")
    whole = (tmp_path / "m.safetensors").read_bytes()
    (tmp_path / "m.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(
        ModelError, match=r"must be a readable safetensors file, and .*m\.safetensors is not .*Fetch it"
    ):
        load_mini(tmp_path / "m.safetensors")


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"x": torch.zeros(2)}, str(path), metadata={"format": "pt"})
    with pytest.raises(ModelError) as caught:
        load_mini(path)
    assert str(caught.value) == (
        f"A mini model's file must say format 'mini-clip' in its metadata, and {path} says 'pt'. "
        "Give a file that `python -m t2i_core train` wrote."
    )


def test_a_later_format_version_is_refused(tmp_path: Path) -> None:
    path = _with_config(tmp_path, {**small_config(), "format_version": 3})
    with pytest.raises(ModelError) as caught:
        load_mini(path)
    assert str(caught.value) == (
        f"This version reads mini models of format version 2, and {path} has 3. Use the project's version that wrote it."
    )


def test_weights_that_do_not_fit_their_config_are_refused(tmp_path: Path) -> None:
    config = small_config()
    config["dimension"] = 40
    with pytest.raises(ModelError, match=r"(?s)do not fit its own config .*Fetch the file again\."):
        load_mini(_with_config(tmp_path, config))


def _with_config(folder: Path, config: dict[str, Any]) -> Path:
    write_small_mini(folder / "m.safetensors")
    path = folder / "changed.safetensors"
    weights = load_file(folder / "m.safetensors")
    save_file(weights, str(path), metadata={"format": FORMAT, "config": json.dumps(config)})
    return path
