"""Opening pictures: every kind ends as upright RGB or as one clear message."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from t2i_core.errors import ImageError
from t2i_core.pictures.images import jpeg_preview, open_image, picture_size
from t2i_core.pictures.pixels import ORIENTATION_TAG
from tests.core.picture_files import (
    LEFT,
    RIGHT,
    colour_at,
    encoded,
    halves,
    noise,
    open_folder,
    png_header,
    put,
    rights_of_nobody,
)

LIMIT = 1_000_000
FORMATS_MESSAGE = (
    "A picture must be a JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF file, got something else: {}. Replace it or remove it."
)


def corners(image: Image.Image) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Colours near the left and the right edge."""
    pixels = np.asarray(image)
    return tuple(pixels[image.height // 2, 3].tolist()), tuple(pixels[image.height // 2, -4].tolist())


def close(seen: tuple[int, ...], wanted: tuple[int, ...], *, by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(seen, wanted, strict=True))


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "RGB", {"quality": 95}),
        ("JPEG", "RGB", {"quality": 95, "progressive": True}),
        ("JPEG", "CMYK", {"quality": 95}),
        ("MPO", "RGB", {"quality": 95, "save_all": True, "append_images": [noise(64, 48)]}),
        ("PNG", "RGB", {}),
        ("PNG", "P", {}),
        ("PNG", "RGBA", {}),
        ("GIF", "P", {}),
        ("BMP", "RGB", {}),
        ("WEBP", "RGB", {"quality": 95}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("TIFF", "RGB", {}),
        ("TIFF", "CMYK", {"compression": "tiff_lzw"}),
        ("TIFF", "LAB", {}),
        ("AVIF", "RGB", {"quality": 95}),
    ],
)
def test_every_kind_comes_out_as_the_same_rgb(kind: str, mode: str, options: dict[str, object]) -> None:
    image = halves()
    if mode == "P":
        image = image.quantize(16)
    elif mode == "LAB":
        image = Image.merge("LAB", [Image.new("L", (64, 48), value) for value in (150, 128, 128)])
    elif mode != "RGB":
        image = image.convert(mode)
    opened = open_image(encoded(image, kind, **options), max_pixels=LIMIT)
    assert (opened.mode, opened.size) == ("RGB", (64, 48))
    if mode != "LAB":
        left, right = corners(opened)
        assert close(left, LEFT)
        assert close(right, RIGHT)


@pytest.mark.parametrize("mode", ["L", "LA", "1"])
def test_grey_pictures_become_rgb(mode: str) -> None:
    opened = open_image(encoded(Image.new("L", (20, 10), 255).convert(mode)), max_pixels=LIMIT)
    assert opened.mode == "RGB"
    assert opened.getpixel((5, 5)) == (255, 255, 255)


def test_transparent_pixels_are_white_and_half_transparent_ones_lighter() -> None:
    layer = Image.new("RGBA", (4, 1))
    for position, alpha in enumerate((0, 128, 255, 0)):
        layer.putpixel((position, 0), (0, 0, 0, alpha))
    opened = open_image(encoded(layer), max_pixels=LIMIT)
    assert [colour_at(opened, x, 0)[0] for x in range(4)] == [255, 127, 0, 255]


@pytest.mark.parametrize("mode", ["P", "RGB", "L"])
def test_a_colour_marked_transparent_is_white(mode: str) -> None:
    image = Image.new(mode, (4, 4), 0)
    mark: object = (0, 0, 0) if mode == "RGB" else 0
    assert open_image(encoded(image, transparency=mark), max_pixels=LIMIT).getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(kind: str) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    opened = np.asarray(open_image(encoded(Image.fromarray(ramp), kind), max_pixels=LIMIT))
    assert np.array_equal(opened[..., 0].ravel(), np.arange(256))


def test_float_pixels_over_one_are_scaled_by_their_range() -> None:
    values = np.array([[0.0, 60.0], [100.0, np.nan]], dtype=np.float32)
    opened = np.asarray(open_image(encoded(Image.fromarray(values), "TIFF"), max_pixels=LIMIT))
    assert opened[..., 0].tolist() == [[0, 153], [255, 0]]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_undone(kind: str, orientation: int) -> None:
    turned = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = halves()
    upright.paste((240, 240, 240), (0, 0, 64, 16))  # now top and bottom can be told apart too
    stored = upright if turned is None else upright.transpose(turned)
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    content = encoded(stored, kind, exif=exif)
    opened = open_image(content, max_pixels=LIMIT)
    assert opened.size == (64, 48) == picture_size(content)
    assert close(colour_at(opened, 30, 4), (240, 240, 240), by=25)
    assert close(colour_at(opened, 4, 40), LEFT, by=25)
    assert close(colour_at(opened, 60, 40), RIGHT, by=25)


def test_a_senseless_orientation_changes_nothing() -> None:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = 77
    assert open_image(encoded(halves(), "JPEG", exif=exif), max_pixels=LIMIT).size == (64, 48)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_an_animation_is_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ((250, 0, 0), (0, 250, 0), (0, 0, 250))]
    content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert close(colour_at(open_image(content, max_pixels=LIMIT), 5, 5), (250, 0, 0))


@pytest.mark.parametrize(
    ("side", "wanted"),
    [(None, (1024, 768)), (768, (1024, 768)), (384, (512, 384)), (200, (512, 384)), (192, (256, 192)), (90, (128, 96))],
)
def test_draft_never_goes_below_the_side_asked_for(side: int | None, wanted: tuple[int, int]) -> None:
    content = encoded(noise(1024, 768), "JPEG")
    opened = open_image(content, max_pixels=LIMIT, draft_side=side)
    assert opened.size == wanted


def test_draft_turns_and_other_formats_are_decoded_whole() -> None:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = 6
    assert open_image(encoded(noise(800, 400), "JPEG", exif=exif), max_pixels=LIMIT, draft_side=100).size == (100, 200)
    assert open_image(encoded(noise(800, 400), "PNG"), max_pixels=LIMIT, draft_side=100).size == (800, 400)


def test_a_truncated_picture(tmp_path: Path) -> None:
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF"):
        content = encoded(noise(200, 200), kind)
        path = put(tmp_path, f"cut.{kind.lower()}", content[: len(content) // 2])
        with pytest.raises(ImageError) as caught:
            open_image(path, max_pixels=LIMIT)
        assert str(caught.value).startswith(f"A picture must be whole, cut.{kind.lower()} is damaged (") or str(
            caught.value
        ) == FORMATS_MESSAGE.format(path.name)
        assert " at 0x" not in str(caught.value)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL", "ignore::PIL.Image.DecompressionBombWarning")
def test_bytes_changed_at_random_never_end_in_another_error() -> None:
    random = np.random.default_rng(5)
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"):
        content = encoded(noise(40, 30), kind)
        for _ in range(60):
            broken = np.frombuffer(content, dtype=np.uint8).copy()
            broken[random.integers(0, len(broken), 6)] = random.integers(0, 256, 6)
            try:
                opened = open_image(broken.tobytes(), max_pixels=LIMIT)
            except ImageError:
                continue
            assert opened.mode == "RGB"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "A picture must hold data, got an empty file: x.jpg. Copy it again or remove it."),
        (b"<html>not found</html>", FORMATS_MESSAGE.format("x.jpg")),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", FORMATS_MESSAGE.format("x.jpg")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", FORMATS_MESSAGE.format("x.jpg")),
    ],
)
def test_what_is_no_picture(tmp_path: Path, content: bytes, message: str) -> None:
    for source in (put(tmp_path, "x.jpg", content), content):
        with pytest.raises(ImageError) as caught:
            open_image(source, max_pixels=LIMIT, name="x.jpg")
        assert str(caught.value) == message


def test_too_many_pixels_are_refused_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(*_: object) -> None:
        raise AssertionError("the picture was decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", decoded)
    with pytest.raises(ImageError) as caught:
        open_image(png_header(1500, 1000), max_pixels=LIMIT, name="big.png")
    assert str(caught.value) == (
        "A picture may have at most 1,000,000 pixels, got 1,500 × 1,000 = 1,500,000: big.png. "
        "Make it smaller, or raise the limit with T2I_MAX_PIXELS."
    )


def test_a_decompression_bomb_is_refused_before_decoding() -> None:
    with pytest.raises(ImageError) as caught:
        open_image(png_header(60_000, 60_000), max_pixels=LIMIT)
    assert str(caught.value) == (
        "A picture may have at most 1,000,000 pixels, got 60,000 × 60,000 = 3,600,000,000: the uploaded picture. "
        "Make it smaller, or raise the limit with T2I_MAX_PIXELS."
    )


def test_the_limit_counts_what_the_file_holds_not_what_is_drafted() -> None:
    with pytest.raises(ImageError, match="at most 100,000 pixels"):
        open_image(encoded(noise(800, 400), "JPEG"), max_pixels=100_000, draft_side=50)


def test_a_missing_file_a_folder_and_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    expected = {
        "gone.jpg": "A picture must exist, there is no file gone.jpg. Check its name and folder.",
        "folder.jpg": "A picture must be a file, got a folder: folder.jpg. Rename or remove it.",
        "pipe.jpg": "A picture must be a file, got a device or pipe: pipe.jpg. Rename or remove it.",
    }
    for name, message in expected.items():
        for use in (lambda path: open_image(path, max_pixels=LIMIT), picture_size):
            with pytest.raises(ImageError) as caught:
                use(tmp_path / name)
            assert str(caught.value) == message


def test_a_file_without_permission() -> None:
    with open_folder() as folder:
        path = put(folder, "locked.png", encoded(halves()))
        open_image(path, max_pixels=LIMIT)
        path.chmod(0)
        with rights_of_nobody(), pytest.raises(ImageError) as caught:
            open_image(path, max_pixels=LIMIT)
    assert str(caught.value) == "A picture must be readable, got no permission: locked.png. Change its permissions."


def test_sizes_are_read_without_decoding() -> None:
    assert picture_size(png_header(1500, 1000)) == (1500, 1000)


def test_files_are_closed(tmp_path: Path) -> None:
    path = put(tmp_path, "a.png", encoded(halves()))
    cut = put(tmp_path, "cut.png", encoded(noise(200, 200))[:3000])
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        open_image(path, max_pixels=LIMIT)
        picture_size(path)
        with pytest.raises(ImageError):
            open_image(cut, max_pixels=LIMIT)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_preview_is_a_small_jpeg() -> None:
    preview = jpeg_preview(encoded(noise(400, 200)), side=100, max_pixels=LIMIT)
    assert preview.startswith(b"\xff\xd8")
    assert picture_size(preview) == (100, 50)
