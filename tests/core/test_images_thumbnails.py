"""Thumbnails: made once, never stale, safe to make at the same time, and bounded."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from t2i_core.errors import ImageError
from t2i_core.pictures.images import make_thumbnail, picture_size, trim_thumbnails
from t2i_core.pictures.pixels import ORIENTATION_TAG
from tests.core.picture_files import colour_at, encoded, halves, noise, put

LIMIT = 10_000_000


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    images, cache = tmp_path / "images", tmp_path / "cache"
    put(images, "a/wide.jpg", encoded(noise(1200, 800), "JPEG"))
    return images, cache


def thumbnail(folders: tuple[Path, Path], name: str = "a/wide.jpg", *, side: int = 256) -> Path:
    return make_thumbnail(folders[0], name, side=side, cache_dir=folders[1], max_pixels=LIMIT)


def test_the_longer_side_is_the_one_asked_for(folders: tuple[Path, Path]) -> None:
    path = thumbnail(folders)
    assert picture_size(path) == (256, 171)
    with Image.open(path) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
    assert path.stat().st_size < 30_000


def test_it_looks_like_the_picture(folders: tuple[Path, Path]) -> None:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = 8
    turned = halves(640, 480).transpose(Image.Transpose.ROTATE_270)
    put(folders[0], "turned.jpg", encoded(turned, "JPEG", exif=exif))
    with Image.open(thumbnail(folders, "turned.jpg", side=64)) as image:
        assert image.size == (64, 48)
        assert colour_at(image, 5, 20)[0] > 150
        assert colour_at(image, 58, 20)[2] > 150


def test_small_pictures_are_not_enlarged(folders: tuple[Path, Path]) -> None:
    put(folders[0], "small.png", encoded(noise(40, 30)))
    assert picture_size(thumbnail(folders, "small.png")) == (40, 30)


def test_a_very_long_picture_keeps_a_pixel(folders: tuple[Path, Path]) -> None:
    put(folders[0], "line.png", encoded(noise(5000, 2)))
    assert picture_size(thumbnail(folders, "line.png", side=100)) == (100, 1)


def test_it_is_made_once(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    first = thumbnail(folders)
    monkeypatch.setattr("t2i_core.pictures.images.open_image", None)
    assert thumbnail(folders) == first


def test_a_changed_picture_and_another_side_get_another_one(folders: tuple[Path, Path]) -> None:
    first = thumbnail(folders)
    assert thumbnail(folders, side=128) != first
    path = put(folders[0], "a/wide.jpg", encoded(noise(800, 1200, seed=1), "JPEG"))
    changed = thumbnail(folders)
    assert changed != first
    assert picture_size(changed) == (171, 256)
    facts = path.stat()
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    assert thumbnail(folders) != changed


def test_threads_may_make_the_same_one(folders: tuple[Path, Path]) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: thumbnail(folders), range(24)))
    assert len(made) == 1
    assert [path for path in folders[1].rglob("*") if path.is_file()] == list(made)


def test_what_cannot_be_shown_leaves_nothing_behind(folders: tuple[Path, Path]) -> None:
    put(folders[0], "cut.jpg", encoded(noise(300, 300), "JPEG")[:3000])
    with pytest.raises(ImageError, match=r"A picture must be whole, cut.jpg is damaged \("):
        thumbnail(folders, "cut.jpg")
    with pytest.raises(ImageError, match="must stay inside the image folder"):
        thumbnail(folders, "../images/a/wide.jpg")
    with pytest.raises(ImageError) as caught:
        thumbnail(folders, side=0)
    assert str(caught.value) == "A thumbnail's side must be at least 1 pixel, got 0."
    assert not folders[1].exists()


def test_a_cache_that_cannot_be_written(folders: tuple[Path, Path]) -> None:
    folders[1].write_text("a file, not a folder")
    with pytest.raises(ImageError) as caught:
        thumbnail(folders)
    assert str(caught.value) == (
        f"Thumbnails must be written to {folders[1]}, which failed (Not a directory). "
        "Free some space or change the folder's permissions."
    )


def test_trimming_removes_what_was_not_shown_for_longest(folders: tuple[Path, Path]) -> None:
    made = [thumbnail(folders, side=side) for side in (100, 101, 102, 103)]
    for age, path in enumerate(made):
        os.utime(path, ns=(10**18 + age, path.stat().st_mtime_ns))
    thumbnail(folders, side=100)  # shown again, so now the newest
    left = put(folders[1], "aa/left.tmp", b"half")
    os.utime(left, (1, 1))
    kept = made[0].stat().st_size + made[3].stat().st_size
    total = sum(path.stat().st_size for path in made)
    assert trim_thumbnails(folders[1], max_bytes=kept) == total - kept + 4
    assert [path.exists() for path in made] == [True, False, False, True]
    assert not left.exists()


def test_trimming_nothing(tmp_path: Path) -> None:
    assert trim_thumbnails(tmp_path / "none") == 0
