"""Samples of more than 8 bits come out as the picture they show, however many of their bits are used."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from t2i_core.pictures.images import is_plain, make_thumbnail, read_image
from tests.core.picture_files import encoded, noise, png_chunk, put

LIMIT = 10_000_000
SCALED = "Scaled to the range they use, which is another than their file has room for"
GREY = np.asarray(noise(90, 60).convert("L")).astype(np.float64) / 255
GREY = GREY / GREY.max()


def opened(content: bytes) -> tuple[np.ndarray, str]:
    """Grey values on a scale of 0 to 1, and the note."""
    decoded = read_image(content, max_pixels=LIMIT)
    assert decoded.image.mode == "RGB"
    return np.asarray(decoded.image).astype(np.float64) / 255, decoded.note


def png16(values: np.ndarray, *, before: bytes = b"") -> bytes:
    """A PNG of 16 bits with 1 to 4 channels: (h, w) or (h, w, C)."""
    values = values.reshape(*values.shape[:2], -1)
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[values.shape[2]]
    header = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, colour, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    kinds = png_chunk(b"IHDR", header) + before + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + kinds


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("bits", [9, 10, 11, 12, 13, 14, 15])
def test_few_bits_in_sixteen(kind: str, bits: int) -> None:
    values = np.round(GREY * ((1 << bits) - 1)).astype(np.uint16)
    seen, note = opened(encoded(Image.fromarray(values), kind))
    assert np.abs(seen[..., 0] - GREY).max() < 0.01
    assert note == SCALED


def test_all_sixteen_bits_are_taken_as_they_are() -> None:
    seen, note = opened(encoded(Image.fromarray(np.round(GREY * 65_535).astype(np.uint16))))
    assert np.abs(seen[..., 0] - GREY).max() < 0.01
    assert note == ""


@pytest.mark.parametrize("channels", [2, 3, 4])
@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("alpha_bits", [16, 0])
def test_colours_and_transparency_of_few_bits(channels: int, bits: int, alpha_bits: int) -> None:
    values = np.repeat(np.round(GREY * ((1 << bits) - 1))[..., None], channels, axis=2)
    if channels != 3:
        values[..., -1] = (1 << (alpha_bits or bits)) - 1
    seen, note = opened(png16(values))
    assert np.abs(seen[..., 0] - GREY).max() < 0.01
    assert note == (SCALED if bits < 16 else "")


@pytest.mark.parametrize("order", ["II", "MM"])
@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_colour_tiffs_of_few_bits(order: str, compression: str | None) -> None:
    values = np.repeat(np.round(GREY * 4_095)[..., None], 3, axis=2).astype(np.uint16)
    content = colour_tiff(values, order)
    if compression:
        content = recompressed(values)
    seen, note = opened(content)
    assert np.abs(seen[..., 0] - GREY).max() < 0.01
    assert note == SCALED


def test_what_the_file_says_goes_before_what_it_uses() -> None:
    dark = np.round(GREY * 500).astype(np.uint16)
    said = png16(dark, before=png_chunk(b"sBIT", b"\x0c"))
    assert opened(said)[0].max() == pytest.approx(500 / 4_095, abs=0.01)
    widened = png16(np.round(GREY * 4_095).astype(np.uint16) << 4, before=png_chunk(b"sBIT", b"\x0c"))
    assert np.abs(opened(widened)[0][..., 0] - GREY).max() < 0.01
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[281] = 4_095  # MaxSampleValue
    told = encoded(Image.fromarray(dark), "TIFF", tiffinfo=info)
    assert opened(told)[0].max() == pytest.approx(500 / 4_095, abs=0.01)
    assert opened(told)[1] == ""


@pytest.mark.parametrize("most", [255, 1_000, 65_535, 70_000, 2**31 - 1])
def test_whole_numbers_of_32_bits(most: int) -> None:
    seen, _ = opened(encoded(Image.fromarray(np.round(GREY * most).astype(np.int32)), "TIFF"))
    assert seen.max() > 0.9
    assert np.corrcoef(seen[..., 0].ravel(), GREY.ravel())[0, 1] > 0.999


def test_negative_numbers_and_dim_floats_use_their_own_range() -> None:
    for values in (GREY * 300 - 100, GREY * 0.01, GREY * 60, GREY - 0.5):
        for number_type in (np.float32, np.int32) if values.max() > 1 else (np.float32,):
            seen, note = opened(encoded(Image.fromarray(values.astype(number_type)), "TIFF"))
            assert seen.max() > 0.94
            assert np.corrcoef(seen[..., 0].ravel(), GREY.ravel())[0, 1] > 0.99
            assert note == SCALED
    seen, note = opened(encoded(Image.fromarray((GREY * 0.5).astype(np.float32)), "TIFF"))
    assert (round(seen.max(), 1), note) == (0.5, "")


def test_thumbnails_show_it_the_same_way(tmp_path: Path) -> None:
    content = png16(np.round(GREY * 4_095))
    put(tmp_path, "deep.png", content)
    path = make_thumbnail(tmp_path, "deep.png", side=90, cache_dir=tmp_path / "cache", max_pixels=LIMIT)
    with Image.open(path) as image:
        assert np.abs(np.asarray(image)[..., 0] / 255 - GREY).mean() < 0.02
    assert not is_plain(tmp_path / "deep.png")  # a browser would show it black
    assert is_plain(put(tmp_path, "plain.png", encoded(noise(9, 9))))


def test_nothing_but_zeros_stays_black() -> None:
    for content in (png16(np.zeros((9, 9))), png16(np.zeros((9, 9, 3))), encoded(Image.new("F", (9, 9)), "TIFF")):
        seen, note = opened(content)
        assert (seen.max(), note) == (0.0, "")


def colour_tiff(values: np.ndarray, order: str) -> bytes:
    """An uncompressed TIFF of three channels of 16 bits."""
    mark = "<" if order == "II" else ">"
    data = values.astype(f"{mark}u2").tobytes()
    tags = [
        (256, 4, 1, values.shape[1]),
        (257, 4, 1, values.shape[0]),
        (258, 3, 3, 8 + 2 + 9 * 12 + 4),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, 8 + 2 + 9 * 12 + 4 + 6),
        (277, 3, 1, 3),
        (278, 4, 1, values.shape[0]),
        (279, 4, 1, len(data)),
    ]
    table = b""
    for tag, kind, count, value in tags:
        packed = struct.pack(f"{mark}H", value) + b"\0\0" if (kind, count) == (3, 1) else struct.pack(f"{mark}I", value)
        table += struct.pack(f"{mark}HHI", tag, kind, count) + packed
    head = order.encode() + struct.pack(f"{mark}HIH", 42, 8, len(tags))
    return head + table + bytes(4) + struct.pack(f"{mark}3H", 16, 16, 16) + data


def recompressed(values: np.ndarray) -> bytes:
    """The same with Deflate, which libtiff decodes."""
    plain = colour_tiff(values, "II")
    start = 8 + 2 + 9 * 12 + 4 + 6
    packed = zlib.compress(plain[start:])
    changed = bytearray(plain[:start])
    for at in range(10, 10 + 9 * 12, 12):
        tag = struct.unpack("<H", changed[at : at + 2])[0]
        if tag == 259:
            changed[at + 8 : at + 12] = struct.pack("<I", 8)
        if tag == 279:
            changed[at + 8 : at + 12] = struct.pack("<I", len(packed))
    return io.BytesIO(bytes(changed) + packed).getvalue()
