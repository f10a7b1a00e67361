"""No single picture takes more than its share of memory, however it is made; large ones come reduced."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from t2i_core.encoder.preprocessing import PixelRule, openai_rule
from t2i_core.errors import ImageError
from t2i_core.pictures import cost
from t2i_core.pictures.cost import MemoryGate, decoding_bytes, most_bytes, reduction
from t2i_core.pictures.images import open_image, read_image
from t2i_core.pictures.pixels import ORIENTATION_TAG
from t2i_core.pictures.refusals import row_bits
from tests.core.picture_files import encoded, halves, noise, png_header

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
MOST_MB = 600
BOMBS = [
    "grey 16 bits, 100 MP .png",
    "RGB, 100 MP .png",
    "1 x 99,999,999 .png",
    "1 x 20,000,000 .png",
    "RGB 12 of 16 bits, 24 MP .png",
    "2,000 scans, 12 MP .jpg",
    "tile of 3.6 GB .tif",
    "2,000,000 strips .tif",
    "float, 100 MP .tif",
]


def test_no_picture_takes_more_than_its_share_of_memory() -> None:
    """In a process each, through all that is done with a picture: `benchmarks/picture_bombs.py` tells of more."""
    uses = ["build, cropping", "search", "large view"]
    command = [sys.executable, "benchmarks/picture_bombs.py", "--json", "--only", *BOMBS, "--uses", *uses]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [one["name"] for one in found] == BOMBS
    for one in found:
        assert "died" not in one, one
        for use, taken in one["costs"].items():
            assert taken["mb"] < MOST_MB, (one["name"], use, taken)
    refused = {one["name"] for one in found if one["refused"]}
    assert refused == {
        "1 x 99,999,999 .png",
        "2,000 scans, 12 MP .jpg",
        "tile of 3.6 GB .tif",
        "2,000,000 strips .tif",
    }


def test_more_is_allowed_to_whoever_allows_more_pixels() -> None:
    with pytest.raises(ImageError, match=r"at most 100,000,000 pixels, got 20,000 × 10,000"):
        open_image(png_header(20_000, 10_000), max_pixels=100_000_000)
    # Only the pixels are missing now: neither a limit of ours nor Pillow's own stands in the way.
    with pytest.raises(ImageError, match="is damaged"):
        open_image(png_header(20_000, 10_000), max_pixels=250_000_000)
    assert most_bytes(250_000_000) > decoding_bytes("PNG", "RGB", (20_000, 10_000))


def test_a_refusal_says_what_would_be_taken() -> None:
    with pytest.raises(ImageError) as caught:
        open_image(png_header(1, 99_999_999), max_pixels=100_000_000, name="strip.png")
    assert str(caught.value).startswith(
        "Opening a picture may take at most 530 MB of memory, strip.png would take about 2,"
    )
    assert "or raise the limit with T2I_MAX_PIXELS" in str(caught.value)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((6_000, 4_000), (1, 1)),
        ((10_000, 10_000), (3, 3)),
        ((24_000_000, 1), (96, 1)),
        ((1, 250_000), (1, 1)),
        ((1, 1_000_000), (1, 4)),
        ((3, 8_000_000), (1, 32)),
        ((8, 12_000_000), (1, 48)),
    ],
)
def test_reductions(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert reduction(size) == expected


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything above 60,000 pixels is large, so that it can be tried on little ones."""
    monkeypatch.setattr(cost, "WHOLE_PIXELS", 60_000)
    monkeypatch.setattr("t2i_core.pictures.decoding.WHOLE_PIXELS", 60_000)
    monkeypatch.setattr("t2i_core.pictures.depth.TILE_PIXELS", 20_000)
    monkeypatch.setattr("t2i_core.pictures.pixels.TILE_PIXELS", 20_000)


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *(("RGB", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("L", "PNG"), ("CMYK", "JPEG"), ("RGB", "JPEG")),
        *(("P", "GIF"), ("I;16", "PNG"), ("F", "TIFF"), ("RGB", "WEBP"), ("1", "PNG"), ("RGB16", "PNG")),
    ],
)
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_large_picture_comes_reduced_and_looks_the_same(mode: str, kind: str, orientation: int) -> None:
    picture = noise(701, 503)
    deep = {"I;16": np.uint16, "F": np.float32}
    options: dict[str, object] = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    if orientation != 1:
        exif = Image.Exif()
        exif[ORIENTATION_TAG] = orientation
        options["exif"] = exif
    if mode == "RGB16":
        from tests.core.test_pictures_deep import png16

        content = png16(np.asarray(picture).astype(np.uint16) * 16)
        orientation = 1
    elif mode in deep:
        values = np.asarray(picture.convert("L")).astype(np.float64) / 255
        values = values * 65_535 if mode == "I;16" else values
        content = encoded(Image.fromarray(values.astype(deep[mode])), kind, **options)
    else:
        content = encoded(picture.convert(mode), kind, **options)
    turned = orientation != 1 and kind != "GIF"
    decoded = read_image(content, max_pixels=10**7)
    assert decoded.size == ((503, 701) if turned else (701, 503))
    assert decoded.image.width * decoded.image.height <= 60_000 * 1.1
    expected = picture.convert("L" if mode in ("L", "I;16", "F") else "1" if mode == "1" else "RGB").convert("RGB")
    if turned:
        expected = expected.transpose(Image.Transpose.ROTATE_270)
    seen, wanted = (
        np.asarray(one.resize((40, 40), Image.Resampling.BOX)).astype(float) for one in (decoded.image, expected)
    )
    assert np.abs(seen - wanted).mean() < (9 if mode in ("P", "CMYK", "1") else 3)


@pytest.mark.usefixtures("small_limits")
def test_tiles_are_seamless() -> None:
    layer = noise(300, 190).convert("RGBA")
    layer.putalpha(noise(300, 190, seed=4).convert("L"))
    in_tiles = open_image(encoded(layer), max_pixels=10**7)
    white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
    assert in_tiles.tobytes() == Image.alpha_composite(white, layer).convert("RGB").tobytes()


@pytest.mark.parametrize(
    "size",
    [
        (1, 900),
        (1, 2_000),
        (3, 700),
        (2_000, 2),
        (17, 900),
        (900, 60),
        (60, 900),
        (100, 3_000),
        (3_000, 100),
        (40, 4_000),
    ],
)
@pytest.mark.parametrize("resample", ["bicubic", "bilinear", "lanczos"])
def test_a_strip_is_cropped_first_with_the_same_result(size: tuple[int, int], resample: str) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    picture, side = Image.fromarray(pixels), 48
    width, height = size
    whole = (side, int(side * height / width)) if width <= height else (int(side * width / height), side)
    resized = picture.resize(whole, Image.Resampling[resample.upper()])
    left, top = round((whole[0] - side) / 2), round((whole[1] - side) / 2)
    unbounded = np.asarray(resized.crop((left, top, left + side, top + side))).astype(int)
    square = PixelRule(side, (0, 0, 0), (1, 1, 1), resize="crop", resample=resample).square(picture)
    assert np.abs(square - unbounded).max() <= 1


def test_a_very_long_strip_is_cropped_in_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[int, ...]] = []
    resize = Image.Image.resize

    def noted(image: Image.Image, size: tuple[int, int], *options: Any, **named: Any) -> Image.Image:
        made.append(tuple(size))
        return resize(image, size, *options, **named)

    monkeypatch.setattr(Image.Image, "resize", noted)
    pixels = openai_rule(224).pixels([Image.new("RGB", (1, 40_000), (10, 200, 30))], device=torch.device("cpu"))
    assert pixels.shape == (1, 3, 224, 224)
    assert max(width * height for width, height in made) <= 224 * 224


def test_the_gate_lets_one_in_and_then_what_fits() -> None:
    gate = MemoryGate(100)
    order: list[str] = []
    inside = threading.Event()

    def small() -> None:
        with gate.held(60):
            order.append("small")

    with gate.held(1_000):
        waiting = threading.Thread(target=small)
        waiting.start()
        inside.wait(0.05)
        order.append("large")
    waiting.join()
    assert order == ["large", "small"]
    with gate.held(40), gate.held(60):
        order.append("both")
    assert order[-1] == "both"


def test_halves_survive_every_way_of_reading() -> None:
    assert open_image(encoded(halves()), max_pixels=10**6).tobytes() == halves().tobytes()


def bmp_header(width: int, height: int) -> bytes:
    head = struct.pack("<2sIHHI", b"BM", 54, 0, 0, 54)
    return head + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0) + bytes(400)


@pytest.mark.parametrize("kind", ["PNG", "BMP"])
def test_a_row_that_is_too_long_to_decode_is_told_with_its_rule(kind: str) -> None:
    content = {"PNG": png_header, "BMP": bmp_header}[kind](99_999_999, 1)
    said = (
        rf"at most 2,147,483,647 bits, .* has 2,399,999,976 \(99,999,999 × 1 pixels, 24 bits each, {kind}\)\. Save it"
    )
    with pytest.raises(ImageError, match=said):
        open_image(content, max_pixels=100_000_000)


def test_a_long_strip_is_refused_by_what_it_would_take() -> None:
    for content in (png_header(1, 99_999_999), bmp_header(1, 99_999_999)):
        with pytest.raises(ImageError, match=r"at most 530 MB of memory, .* would take about .* MB \(1 × 99,999,999"):
            open_image(content, max_pixels=100_000_000)


def test_a_picture_that_does_not_fit_into_memory_is_not_called_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(image: object) -> None:
        raise MemoryError

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", none_left)
    with pytest.raises(ImageError, match=r"must fit into the memory there is, .* does not \(64 × 48 pixels, PNG\)"):
        open_image(encoded(halves()), max_pixels=100_000_000)


def test_an_avif_with_too_long_a_side_is_told_with_its_rule() -> None:
    with pytest.raises(ImageError, match=r"An AVIF may have at most 32,768 pixels a side, got 40,000"):
        open_image(encoded(Image.new("RGB", (40_000, 1)), "AVIF"), max_pixels=10**8)
    assert open_image(encoded(Image.new("RGB", (32_768, 1)), "AVIF"), max_pixels=10**8).width == 32_768


@pytest.mark.parametrize(
    ("mode", "layout", "bits"),
    [("RGB", None, 24), ("L", "L;16B", 16), ("RGB", "RGB;16B", 48), ("RGBA", "BGRA", 32), ("1", "1;I", 1),
     ("RGB", "BGR;15", 16), ("CMYK", "CMYK", 32), ("LA", "LA;16B", 32), ("F", "F;32F", 32), ("P", "P;4", 4)],
)  # fmt: skip
def test_bits_of_a_row(mode: str, layout: str | None, bits: int) -> None:
    image = Image.new(mode, (10, 1))
    if layout is not None:
        image.tile = [("raw", (0, 0, 10, 1), 0, (layout, 0, 1))]  # type: ignore[attr-defined]  # as a file's reader has
    assert row_bits(image) == 10 * bits
