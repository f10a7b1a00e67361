"""A small JPEG of a picture that is not on disk."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from t2i_core.errors import ImageError
from t2i_core.pictures.images import jpeg_preview


def test_preview_keeps_the_shape_and_is_never_larger() -> None:
    content = io.BytesIO()
    Image.new("RGBA", (400, 200), (10, 200, 30, 128)).save(content, "PNG")
    preview = Image.open(io.BytesIO(jpeg_preview(content.getvalue(), side=96, max_pixels=10**6)))
    assert (preview.format, preview.size) == ("JPEG", (96, 48))
    small = io.BytesIO()
    Image.new("L", (20, 30)).save(small, "PNG")
    assert Image.open(io.BytesIO(jpeg_preview(small.getvalue(), side=96, max_pixels=10**6))).size == (20, 30)


def test_no_picture() -> None:
    with pytest.raises(ImageError, match="must be a JPEG"):
        jpeg_preview(b"no picture at all", side=96, max_pixels=10**6)
