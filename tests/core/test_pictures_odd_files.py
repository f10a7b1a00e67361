"""Picture files with more, or a little less, in them than the picture: read as far as they are one."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from t2i_core.errors import ImageError
from t2i_core.pictures.images import open_image, picture_size, read_image
from t2i_core.pictures.pixels import ORIENTATION_TAG
from tests.core.picture_files import encoded, halves, noise, png_chunk

LIMIT = 10_000_000
TEXT = b'{"nodes": [' + b'{"id": 1, "type": "KSampler"}, ' * 80_000 + b"]}"
PACKED = zlib.compress(TEXT * 20, 1)  # quickly: every process of the tests does it


def with_chunk(kind: bytes, data: bytes, *, content: bytes, late: bool = False, broken: bool = False) -> bytes:
    made = png_chunk(kind, data)
    made = made[:-4] + b"\0\1\2\3" if broken else made
    at = content.index(b"IEND") - 4 if late else 33  # behind the header
    return content[:at] + made + content[at:]


def same(content: bytes, other: bytes) -> bool:
    return open_image(content, max_pixels=LIMIT).tobytes() == open_image(other, max_pixels=LIMIT).tobytes()


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (b"tEXt", b"workflow\0" + TEXT),
        (b"zTXt", b"workflow\0\0" + PACKED),
        (b"iTXt", b"workflow\0\0\0\0\0" + TEXT),
        (b"iTXt", b"workflow\0\1\0\0\0" + PACKED),
        (b"zTXt", b"workflow\0\0no zlib stream"),
        (b"iCCP", b"profile\0\0" + PACKED),
        (b"iCCP", b"profile\0\0nonsense"),
        (b"eXIf", b"nonsense"),
        (b"pHYs", b"1"),
        (b"gAMA", b""),
        (b"vpAg", bytes(70)),
        (b"acTL", b"\0"),
        (b"fcTL", bytes(26)),
        (b"cHRM", b"\xff" * 5),
    ],
)
def test_what_a_png_says_besides_is_not_the_picture(kind: bytes, data: bytes, late: bool) -> None:
    plain = encoded(noise(60, 40))
    assert same(with_chunk(kind, data, content=plain, late=late), plain)
    assert same(with_chunk(kind, data, content=plain, late=late, broken=True), plain)


def test_many_texts_are_read_as_one() -> None:
    plain = encoded(noise(60, 40))
    content = plain
    for _ in range(90):  # more than Pillow lets pass together
        content = with_chunk(b"iTXt", b"w\0\1\0\0\0" + zlib.compress(bytes(1_000_000)), content=content)
    assert same(content, plain)


def test_transparency_and_palette_of_a_png_are_kept() -> None:
    image = halves().convert("P")
    plain = encoded(image, transparency=image.getpixel((2, 2)))
    seen = open_image(with_chunk(b"tEXt", b"w\0" + TEXT, content=plain), max_pixels=LIMIT)
    assert seen.getpixel((2, 2)) == (255, 255, 255)
    assert seen.getpixel((60, 2)) != (255, 255, 255)


def test_a_png_is_turned_by_exif_wherever_it_stands() -> None:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = 6
    block = exif.tobytes().removeprefix(b"Exif\0\0")
    plain = encoded(noise(60, 40))
    for late in (False, True):
        content = with_chunk(b"eXIf", block, content=plain, late=late)
        assert open_image(content, max_pixels=LIMIT).size == (40, 60) == picture_size(content)
    assert open_image(with_chunk(b"eXIf", block, content=plain, broken=True), max_pixels=LIMIT).size == (60, 40)


def test_a_png_in_endless_pieces_is_refused() -> None:
    content = encoded(noise(60, 40))
    content = content[:33] + png_chunk(b"tEXt", b"") * 250_001 + content[33:]
    with pytest.raises(ImageError, match=r"must be readable in a few seconds, x\.png has more than 250,000 chunks"):
        open_image(content, max_pixels=LIMIT, name="x.png")


@pytest.mark.parametrize("kind", ["BMP", "PNG", "TIFF", "WEBP"])
def test_an_alpha_channel_of_zeros_is_not_in_use(kind: str) -> None:
    layer = halves().convert("RGBA")
    layer.putalpha(0)
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    content = bmp_with_alpha(layer) if kind == "BMP" else encoded(layer, kind, **options)
    assert open_image(content, max_pixels=LIMIT).tobytes() == halves().tobytes()


def test_a_grey_picture_hidden_by_its_alpha_channel_is_shown() -> None:
    layer = Image.merge("LA", [halves().convert("L"), Image.new("L", halves().size, 0)])
    assert open_image(encoded(layer), max_pixels=LIMIT).tobytes() == halves().convert("L").convert("RGB").tobytes()


def test_a_picture_that_shows_nothing_but_transparency_stays_white() -> None:
    assert open_image(encoded(Image.new("RGBA", (9, 9))), max_pixels=LIMIT).getpixel((3, 3)) == (255, 255, 255)


def bmp_with_alpha(layer: Image.Image) -> bytes:
    """A version 4 bitmap of 32 bits that declares an alpha byte, as some programs write and few fill."""
    rows = layer.transpose(Image.Transpose.FLIP_TOP_BOTTOM).tobytes("raw", "BGRA")
    offset = 14 + 108
    head = struct.pack("<2sIHHI", b"BM", offset + len(rows), 0, 0, offset)
    head += struct.pack("<IiiHHIIiiII", 108, *layer.size, 1, 32, 3, len(rows), 2835, 2835, 0, 0)
    return head + struct.pack("<4I4s", 0xFF0000, 0xFF00, 0xFF, 0xFF000000, b"BGRs") + bytes(48) + rows


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("lost", [1, 2, 3, 20])
def test_a_jpeg_without_its_end_is_read(mode: str, progressive: bool, lost: int) -> None:
    plain = encoded(noise(400, 300).convert(mode), "JPEG", progressive=progressive)
    whole, cut = (np.asarray(open_image(one, max_pixels=LIMIT)).astype(int) for one in (plain, plain[:-lost]))
    assert np.abs(whole - cut)[:280].max() <= 8
    if lost <= 2:
        assert np.array_equal(whole, cut)
        assert read_image(plain[:-lost], max_pixels=LIMIT).note == ""


def test_a_draft_of_a_jpeg_without_its_end_is_read() -> None:
    content = encoded(noise(1024, 768), "JPEG")[:-2]
    assert read_image(content, max_pixels=LIMIT, draft_side=200).image.size == (512, 384)
    assert read_image(content, max_pixels=LIMIT, draft_side=200).size == (1024, 768)


def test_missing_rows_decide_what_is_still_a_picture() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (800, 400, 3), dtype=np.uint8)
    content = encoded(Image.fromarray(pixels), "JPEG")
    decoded = read_image(content[: int(len(content) * 0.975)], max_pixels=LIMIT)
    assert decoded.note == "Used without their last rows, which their files lack"
    for share in (0.5, 0.8, 0.9):
        with pytest.raises(ImageError) as caught:
            open_image(content[: int(len(content) * share)], max_pixels=LIMIT, name="cut.jpg")
        assert "cut.jpg is damaged (image file is truncated" in str(caught.value)
        missing = int(str(caught.value).split("about ")[1].split("%")[0])
        assert missing == pytest.approx(100 * (1 - share), abs=3)


def test_a_progressive_jpeg_cut_before_all_was_sent_is_refused() -> None:
    content = encoded(noise(400, 300), "JPEG", progressive=True, quality=95)
    with pytest.raises(ImageError, match="ends before all of it was sent"):
        open_image(content[: len(content) // 3], max_pixels=LIMIT)


def test_a_png_that_lacks_its_last_rows() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (800, 400, 3), dtype=np.uint8)
    content = encoded(Image.fromarray(pixels))
    for lost in (4, 12, 16):  # the end mark, and the sum before it
        assert same(content[:-lost], content)
    assert read_image(content[: int(len(content) * 0.99)], max_pixels=LIMIT).note.startswith("Used without their last")
    with pytest.raises(ImageError, match=r"about (1.|20)% of its rows are missing"):
        open_image(content[: int(len(content) * 0.8)], max_pixels=LIMIT)
    with pytest.raises(ImageError, match="is damaged"):
        interlaced = io.BytesIO()
        Image.fromarray(pixels).save(interlaced, "GIF", interlace=True)
        open_image(interlaced.getvalue()[: len(interlaced.getvalue()) // 2], max_pixels=LIMIT)


def test_a_jpeg_of_12_bits_is_named() -> None:
    content = bytearray(encoded(noise(60, 40), "JPEG"))
    content[content.index(b"\xff\xc0") + 4] = 12
    with pytest.raises(ImageError) as caught:
        open_image(bytes(content), max_pixels=LIMIT, name="x.jpg")
    assert str(caught.value) == (
        "A JPEG must have 8 bits a sample, got 12: x.jpg. Save it as an ordinary JPEG or as PNG."
    )
