"""Where networks see something: of each family a tiny one, made so that the right map is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from t2i_core.encoder import explaining_mini, explaining_resnet, mini_adapter, open_encoder
from t2i_core.encoder.explaining import BACKGROUND_SENTENCES, Sought
from t2i_core.encoder.explaining_mini import last_maps, place_spreads
from t2i_core.encoder.explaining_resnet import weighed_channels
from t2i_core.encoder.explaining_vit import attention_gradients
from t2i_core.encoder.mini_network import ImageTrunk
from t2i_core.encoder.openai_clip import clip_model
from t2i_core.encoder.preprocessing import PixelRule
from t2i_core.errors import QueryError
from t2i_core.types import ExplainingEncoder
from tests.core.clip_weights import pictures, tiny_rn, tiny_vit
from tests.core.mini_weights import DIMENSION, save_tiny_mini

RED, GREEN, BLUE = np.eye(3, dtype=np.float32)


def sought(*directions: np.ndarray, background: np.ndarray | None = None) -> Sought:
    others = np.stack([RED, GREEN, BLUE]) if background is None else background
    return Sought(torch.tensor(np.stack(directions)), torch.tensor(others))


def blocks(colours: dict[tuple[int, int], np.ndarray], *, count: int, side: int, rest: float = 0.0) -> torch.Tensor:
    """Pixels (1, 3, side, side): one colour a block of ``count`` by ``count``, the others grey."""
    small = np.full((count, count, 3), rest, dtype=np.float32)
    for place, colour in colours.items():
        small[place] = colour
    return torch.from_numpy(small.repeat(side // count, axis=0).repeat(side // count, axis=1)).permute(2, 0, 1)[None]


def test_the_bundled_model_is_asked_at_each_place_of_its_maps() -> None:
    """Two networks that see colours, and a head that keeps them: a place's embedding is its colour, twice."""
    trunk = ImageTrunk([])
    trunk.parts = nn.ModuleList([nn.AvgPool2d(8), nn.AvgPool2d(8)])
    head = nn.Linear(6, 3, bias=False)
    head.weight.data = torch.eye(3).repeat(1, 2)
    pixels = blocks({(1, 6): RED, (5, 2): GREEN}, count=8, side=64, rest=0.5)
    red, green = place_spreads(last_maps(trunk, pixels), head, sought(RED, GREEN)).detach().numpy()
    # Of grey all three cosines are alike: no spread, and nothing beyond the mean. Of red they are 1, 0 and 0.
    right = np.zeros((8, 8))
    right[1, 6], right[5, 2] = np.sqrt(2), -np.sqrt(1 / 2)
    np.testing.assert_allclose(red, right, atol=1e-3)
    np.testing.assert_allclose(green, np.where(right == 0, 0, np.sqrt(1 / 2) - right), atol=1e-3)


def colour_vit() -> clip_model.VisionTransformer:
    """One layer that looks everywhere alike and hands on what it sees, so that only what is seen makes a difference."""
    visual = clip_model.VisionTransformer(64, 16, 4, 1, 1, 3)
    for weights in visual.parameters():
        weights.data.zero_()
    for colour in range(3):
        visual.conv1.weight.data[colour, colour] = 1 / 256
        visual.proj.data[colour, colour] = 1.0
    block = visual.transformer.resblocks[0]
    for norm in (visual.ln_pre, visual.ln_post, block.ln_1, block.ln_2):
        norm.weight.data.fill_(1.0)
    block.attn.in_proj_weight.data[8:] = torch.eye(4)  # values only; queries and keys stay zero
    block.attn.out_proj.weight.data = torch.eye(4)
    return visual.requires_grad_(False)


def test_a_vit_is_asked_which_patch_more_attention_would_help() -> None:
    # All colours alike often, so that grey is where the picture stands already and more of it changes nothing.
    places = {(0, 3): RED, (2, 1): RED, (3, 3): GREEN, (1, 0): GREEN, (0, 0): BLUE, (2, 2): BLUE}
    pixels = blocks(places, count=4, side=64, rest=0.3)
    maps = attention_gradients(colour_vit(), pixels, sought(RED, GREEN, BLUE)).numpy()
    assert maps.shape == (3, 4, 4) and maps.min() >= 0
    for colour, heat in zip((RED, GREEN, BLUE), maps, strict=True):
        right = sorted(place for place, shown in places.items() if shown is colour)
        assert sorted(map(tuple, np.argwhere(heat > 1e-4 * heat.max()).tolist())) == right
        assert heat[right[0]] == pytest.approx(heat[right[1]], rel=1e-4)


def colour_resnet() -> clip_model.ModifiedResNet:
    """Last maps that are the colours of 4 by 4 blocks, and a pool that is their mean."""
    visual = clip_model.ModifiedResNet((1, 1, 1, 1), 3, 1, 64, 8)
    visual.conv1 = nn.Conv2d(3, 3, 1, bias=False)
    visual.conv1.weight.data = torch.eye(3)[:, :, None, None]
    for name in ("conv2", "conv3", "bn1", "bn2", "bn3", "avgpool", "layer1", "layer2", "layer3"):
        setattr(visual, name, nn.Identity())
    visual.layer4 = nn.AvgPool2d(16)
    visual.attnpool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return visual.eval().requires_grad_(False)


def test_a_resnet_is_asked_what_each_channel_alone_would_score() -> None:
    pixels = blocks({(0, 1): RED, (2, 3): GREEN, (3, 0): BLUE}, count=4, side=64)
    red, green = weighed_channels(colour_resnet(), pixels, sought(RED, GREEN)).numpy()
    right = np.zeros((4, 4))
    right[0, 1] = 1.0
    np.testing.assert_allclose(red, right, atol=1e-4)
    assert np.argwhere(green == green.max()).tolist() == [[2, 3]]


def test_a_resnet_looks_through_the_channels_with_the_largest_gradients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red and blue are asked, red more: with two channels blue is seen too, with one it is not."""
    both = (RED + 0.99 * BLUE) / np.linalg.norm(RED + 0.99 * BLUE)
    pixels = blocks({(0, 1): RED, (3, 0): BLUE}, count=4, side=64)
    seen = {}
    for channels in (2, 1):
        monkeypatch.setattr(explaining_resnet, "CHANNELS", channels)
        seen[channels] = weighed_channels(colour_resnet(), pixels, sought(both))[0].numpy()
    assert seen[2][3, 0] > 0.05 and seen[2][0, 1] > 0.05
    assert seen[1][3, 0] == 0.0 and seen[1][0, 1] == pytest.approx(1.0)


def test_a_picture_of_one_colour_has_no_channel_to_look_through() -> None:
    assert not weighed_channels(colour_resnet(), torch.zeros(1, 3, 64, 64), sought(RED)).any()


@pytest.mark.slow
@pytest.mark.parametrize("family", ["mini", "vit", "resnet"])
def test_every_family_answers_through_one_interface(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    path = tmp_path / f"{family}.safetensors"
    if family == "mini":
        save_tiny_mini(path)
    else:
        save_file((tiny_vit() if family == "vit" else tiny_rn()).state_dict(), path)
    encoder = open_encoder(str(path), device="cpu")
    assert isinstance(encoder, ExplainingEncoder)
    [image] = pictures((90, 60))
    queries = encoder.encode_text(["a dog", "a boat at sea"])
    if family != "mini":
        monkeypatch.setattr(encoder, "encode_text", None)  # only mini compares with sentences
    heat = encoder.explain(image, queries)
    assert heat.shape == (2, *{"mini": (3, 3), "vit": (4, 4), "resnet": (2, 2)}[family]) and heat.dtype == np.float32
    assert np.ptp(heat) > 0
    np.testing.assert_allclose(encoder.explain(image, queries[1]), heat[1], rtol=1e-3, atol=1e-6)
    assert encoder.seen_part(90, 60) == (
        (0.0, 0.0, 1.0, 1.0) if family == "mini" else pytest.approx((1 / 6, 0.0, 5 / 6, 1.0))
    )
    with pytest.raises(QueryError, match=r"must have \d+ numbers to be explained by .* got 3\. Embed the query"):
        encoder.explain(image, RED)


@pytest.mark.slow
def test_a_place_of_a_flat_picture_is_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked at the places is the same head over the same maps that make the picture's embedding."""
    monkeypatch.setattr(mini_adapter, "FINER", 1.0)  # the same pixels, too
    save_tiny_mini(tmp_path / "m.safetensors")
    encoder = open_encoder(str(tmp_path / "m.safetensors"), device="cpu", float32=True)
    [image] = pictures((64, 64))
    flat = Image.new("RGB", (64, 64), image.resize((1, 1)).getpixel((0, 0)))
    queries = np.eye(DIMENSION, dtype=np.float32)
    nothing = np.zeros((1, DIMENSION), dtype=np.float32)  # has no spread, so that cosines are only made larger
    # A flat picture looks alike everywhere but for its edges, so that each place is nearly the whole.
    heat = encoder.explain(flat, queries, background=nothing).reshape(DIMENSION, -1)
    assert float(np.corrcoef(heat.mean(axis=1), encoder.encode_image([flat])[0])[0, 1]) > 0.9


@pytest.mark.slow
def test_a_picture_is_looked_at_once_for_its_query_and_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_tiny_mini(tmp_path / "m.safetensors")
    encoder = open_encoder(str(tmp_path / "m.safetensors"), device="cpu")
    looked: list[torch.Tensor] = []

    def look(trunk: ImageTrunk, pixels: torch.Tensor) -> torch.Tensor:
        looked.append(pixels)
        return last_maps(trunk, pixels)

    monkeypatch.setattr(explaining_mini, "last_maps", look)
    one, other = pictures((64, 64), (64, 64))
    queries = np.eye(DIMENSION, dtype=np.float32)[:2]
    first, of_word = encoder.explain(one, queries[0]), encoder.explain(one.copy(), queries)
    assert len(looked) == 1
    np.testing.assert_array_equal(of_word[0], first)
    assert not np.array_equal(encoder.explain(other, queries[0]), first)
    np.testing.assert_array_equal(encoder.explain(one, queries[0]), first)
    assert len(looked) == 3


def test_the_background_speaks_of_64_different_things() -> None:
    assert len(BACKGROUND_SENTENCES) == len(set(BACKGROUND_SENTENCES)) == 64


@pytest.mark.parametrize(
    ("resize", "size", "part"),
    [
        ("squash", (400, 100), (0.0, 0.0, 1.0, 1.0)),
        ("crop", (100, 400), (0.0, 0.375, 1.0, 0.625)),
        ("pad", (400, 200), (0.0, -0.5, 1.0, 1.5)),
    ],
)
def test_the_part_that_is_seen(resize: str, size: tuple[int, int], part: tuple[float, ...]) -> None:
    rule = PixelRule(64, (0.5,) * 3, (0.5,) * 3, resize=resize)
    assert rule.seen_part(*size) == part
