"""Pixels come out as openai/CLIP's own transform makes them, and the other rules do what they say."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.Image import Resampling

from t2i_core.encoder.openai_clip import clip_package
from t2i_core.encoder.preprocessing import PixelRule, openai_rule
from tests.core.clip_weights import pictures

CPU = torch.device("cpu")


@pytest.mark.parametrize("size", [(500, 375), (375, 500), (224, 224), (225, 224), (40, 31), (1000, 60), (224, 999)])
def test_openai_pixels_equal_clips_own_transform(size: tuple[int, int]) -> None:
    [picture] = pictures(size)
    expected = clip_package._transform(224)(picture)
    ours = openai_rule(224).pixels([picture], device=CPU)[0]
    np.testing.assert_allclose(ours.numpy(), expected.numpy(), atol=1e-6)


def test_pixels_of_a_batch_are_those_of_its_pictures() -> None:
    batch = pictures((300, 200), (200, 300), (64, 64))
    rule = openai_rule(96)
    together = rule.pixels(batch, device=CPU)
    assert together.shape == (3, 3, 96, 96)
    assert together.dtype == torch.float32
    for position, picture in enumerate(batch):
        assert torch.equal(together[position], rule.pixels([picture], device=CPU)[0])


def test_modes_other_than_rgb_are_converted() -> None:
    grey = Image.new("L", (50, 50), 255)
    pixels = PixelRule(8, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)).pixels([grey], device=CPU)
    assert torch.equal(pixels, torch.ones(1, 3, 8, 8))


def test_squash_sees_the_whole_picture_and_crop_only_its_middle() -> None:
    wide = np.zeros((10, 30, 3), dtype=np.uint8)
    wide[:, 10:20] = 255  # black, white, black
    picture = Image.fromarray(wide)
    squashed = PixelRule(30, (0, 0, 0), (1, 1, 1), resize="squash").square(picture)
    cropped = PixelRule(10, (0, 0, 0), (1, 1, 1), resize="crop").square(picture)
    assert squashed[:, 2].max() == 0
    assert squashed[:, -3].max() == 0
    assert cropped.min() == 255


def test_pad_keeps_the_shape_and_fills_with_the_mean() -> None:
    white = Image.new("RGB", (40, 20), "white")
    square = PixelRule(20, (0.0, 0.5, 1.0), (1, 1, 1), resize="pad").square(white)
    assert square.shape == (20, 20, 3)
    assert (square[5:15] == 255).all()
    assert square[0, 0].tolist() == [0, 128, 255]


def test_rule_says_what_it_does() -> None:
    assert str(openai_rule(224)) == (
        "shortest side to 224 px, centre crop, bicubic, mean (0.4815, 0.4578, 0.4082), std (0.2686, 0.2613, 0.2758)"
    )


@pytest.mark.parametrize("resample", ["bicubic", "bilinear", "lanczos"])
@pytest.mark.parametrize("size", [(400, 300), (61, 900), (20, 30), (64, 64)])
def test_squashing_equals_pillows_resize(size: tuple[int, int], resample: str) -> None:
    [picture] = pictures(size)
    ours = PixelRule(64, (0, 0, 0), (1, 1, 1), resize="squash", resample=resample).square(picture)
    theirs = np.asarray(picture.resize((64, 64), Resampling[resample.upper()]))
    assert ours.flags.c_contiguous
    difference = np.abs(ours.astype(int) - theirs)
    assert difference.mean() < 0.1
    assert np.quantile(difference, 0.99) <= 1
