"""What a folder holds besides pictures to be taken: left out, counted and told; and what links bring in."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any

import pytest

from t2i_core.commands.build import report_record, show
from t2i_core.commands.console import Console
from t2i_core.errors import BuildError, ImageError
from t2i_core.pictures import kinds
from t2i_core.pictures.images import list_pictures, look_through, open_image, picture_path
from tests.core.build_rooms import Room
from tests.core.picture_files import encoded, halves, noise, put

PICTURE = encoded(halves(), "JPEG")


def told(folder: Path) -> list[str]:
    return [str(one) for one in look_through(folder).left_out]


@pytest.fixture
def without_heif(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "heif_is_read", lambda: False)
    monkeypatch.setattr("t2i_core.pictures.folder.PICTURE_SUFFIXES", kinds.read_suffixes())


@pytest.mark.parametrize(
    "folder",
    [
        *("@eaDir/IMG_1.jpg", "#recycle", "$RECYCLE.BIN/S-1-5", "__MACOSX", ".Trash", ".Trash-1000/files"),
        *(".thumbnails/large", ".AppleDouble", "lost+found", "System Volume Information", "@Recycle"),
        *("trip/@EADIR/x", ".@__thumb"),
    ],
)
def test_folders_of_systems_are_left_out(tmp_path: Path, folder: str) -> None:
    put(tmp_path, "IMG_1.jpg", PICTURE)
    for number in range(2):
        put(tmp_path, f"{folder}/x{number}.jpg", PICTURE)
    put(tmp_path, f"{folder}/notes.txt", b"x")
    contents = look_through(tmp_path)
    assert contents.pictures == ("IMG_1.jpg",)
    [one] = contents.left_out
    assert (one.count, one.kind) == (2, "pictures in folders of the system")


def test_files_of_systems_are_left_out(tmp_path: Path) -> None:
    for name in ("IMG_1.jpg", "._IMG_1.jpg", "._IMG_2.jpg", "Thumbs.db", ".DS_Store", ".hidden.png", "notes.txt"):
        put(tmp_path, name, PICTURE)
    assert list_pictures(tmp_path) == ["IMG_1.jpg"]
    found = told(tmp_path)
    assert len(found) == 3
    assert found[0].startswith("2 files that macOS keeps beside pictures left out: ._IMG_")
    assert found[1:] == ["1 hidden picture left out: .hidden.png.", "1 store of previews left out: Thumbs.db."]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.CR2", "b.nef"], "2 camera raw files left out: {}. Export them as JPEG or TIFF to have them in."),
        (["a.svg"], "1 vector drawing left out: {}. Save them as JPEG or PNG to have them in."),
        (["a.PSD"], "1 layered picture left out: {}. Save them as JPEG or PNG to have them in."),
        (["a.pdf"], "1 PDF document left out: {}. Save their pages as JPEG or PNG to have them in."),
        (["a.jxl"], "1 JPEG XL picture left out: {}. Save them as JPEG or PNG to have them in."),
        (["a.jp2"], "1 JPEG 2000 picture left out: {}. Save them as JPEG or PNG to have them in."),
        (["a.MOV", "b.mp4"], "2 videos left out: {}. Save single pictures of them to have those in."),
        (["a.tga"], "1 picture of a kind that is not read left out: {}. Save them as JPEG or PNG to have them in."),
    ],
)
def test_pictures_of_other_kinds_are_counted_and_named(tmp_path: Path, names: list[str], expected: str) -> None:
    for name in [*names, "x.jpg"]:
        put(tmp_path, name, b"x")
    assert list_pictures(tmp_path) == ["x.jpg"]
    [sentence] = told(tmp_path)
    assert sentence in {expected.format(", ".join(names)), expected.format(", ".join(reversed(names)))}


@pytest.mark.usefixtures("without_heif")
def test_heic_without_its_reader_is_named_with_the_way_out(tmp_path: Path) -> None:
    install = "python -m pip install pillow-heif==1.8.1"
    for number in range(5):
        put(tmp_path, f"IMG_{number}.HEIC", b"x")
    put(tmp_path, "x.avif", b"x")
    assert list_pictures(tmp_path) == ["x.avif"]
    [sentence] = told(tmp_path)
    assert sentence.startswith("5 HEIC pictures left out: IMG_")
    assert sentence.endswith(f" …. Install their reader, then do the same again: {install}")
    misnamed = put(tmp_path, "IMG_9.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    with pytest.raises(ImageError) as caught:
        open_image(misnamed, max_pixels=10**6)
    assert str(caught.value).endswith(install)
    assert "IMG_9.jpg" in str(caught.value)


def test_heic_is_read_by_its_package(tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener(thumbnails=False)
    content = encoded(noise(64, 48), "HEIF", quality=95)
    for name in ("phone.HEIC", "renamed.jpg"):
        put(tmp_path, name, content)
    assert list_pictures(tmp_path) == ["phone.HEIC", "renamed.jpg"]
    assert told(tmp_path) == []
    for name in list_pictures(tmp_path):
        assert open_image(tmp_path / name, max_pixels=10**6).size == (64, 48)


def test_linked_folders_are_followed_once(tmp_path: Path) -> None:
    inside, disk = tmp_path / "pictures", tmp_path / "disk"
    put(disk, "a.jpg", PICTURE)
    put(disk, "2020/b.jpg", PICTURE)
    put(inside, "own/c.jpg", PICTURE)
    (inside / "disk").symlink_to(disk, target_is_directory=True)
    (inside / "disk again").symlink_to(disk, target_is_directory=True)
    (inside / "own/2020").symlink_to(disk / "2020", target_is_directory=True)
    (disk / "back").symlink_to(inside, target_is_directory=True)
    (disk / "round").symlink_to(disk, target_is_directory=True)
    (inside / "up").symlink_to(tmp_path, target_is_directory=True)
    (inside / "gone").symlink_to(tmp_path / "gone")
    contents = look_through(inside)
    assert len(contents.pictures) == 3
    assert {name.rpartition("/")[2] for name in contents.pictures} == {"a.jpg", "b.jpg", "c.jpg"}
    for name in contents.pictures:
        assert open_image(picture_path(inside, name), max_pixels=10**6).size == (64, 48)
    kinds_told = {one.kind for one in contents.left_out}
    assert "link to a folder around the collection" in kinds_told
    assert "link that leads nowhere" in kinds_told
    assert any(kind.startswith("linked folder") for kind in kinds_told)


def test_a_snapshot_of_links_into_blobs_is_built(tmp_path: Path) -> None:
    room = Room(tmp_path)
    repository = tmp_path / "datasets--someone--photos"
    snapshot = repository / "snapshots" / "abc123"
    (snapshot / "train").mkdir(parents=True)
    for number in range(3):
        blob = put(repository / "blobs", f"{number}" * 40, encoded(noise(48, 36, seed=number), "JPEG"))
        (snapshot / "train" / f"{number}.jpg").symlink_to(Path("../../../blobs") / blob.name)
    report = room.build(images_dir=snapshot)
    assert (report.encoded, report.skipped) == (3, ())


def test_a_folder_that_cannot_be_read_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    put(tmp_path, "a.jpg", PICTURE)
    put(tmp_path, "locked/b.jpg", PICTURE)
    scan = os.scandir

    def refusing(path: Any) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr("t2i_core.pictures.folder.os.scandir", refusing)
    assert list_pictures(tmp_path) == ["a.jpg"]
    assert told(tmp_path) == [
        "1 folder that cannot be read left out: locked/. Change their permissions to have their pictures in."
    ]


def test_a_file_is_no_folder_of_pictures(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jpg", PICTURE)
    with pytest.raises(ImageError) as caught:
        list_pictures(path)
    assert str(caught.value) == (
        f"The image folder must be a folder, got a file: {path}. "
        f"Name the folder that holds the pictures, for instance {tmp_path}."
    )


def test_a_build_tells_what_it_left_out(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.put_pictures(2)
    put(room.images_dir, "@eaDir/x.jpg", PICTURE)
    put(room.images_dir, "b.cr2", b"x")
    report = room.build()
    assert [(one.kind, one.count) for one in report.left_out] == [
        ("camera raw file", 1),
        ("picture in a folder of the system", 1),
    ]
    assert report_record(report, report.manifest)["left_out"][0]["examples"] == ("b.cr2",)
    out, err = io.StringIO(), io.StringIO()
    shown = argparse.Namespace(format="text", shard=None)
    assert show(lambda **_: report, shown, Console(out, err)) == 0
    assert "1 camera raw file left out: b.cr2. Export them as JPEG or TIFF to have them in.\n" in err.getvalue()


def test_a_folder_of_nothing_that_is_read_says_what_there_is(tmp_path: Path) -> None:
    room = Room(tmp_path)
    put(room.images_dir, "a.cr2", b"x")
    with pytest.raises(BuildError, match=r"1 camera raw file left out: a\.cr2\. Export them as JPEG or TIFF"):
        room.build()


def test_what_was_scaled_is_noted_by_the_build(tmp_path: Path) -> None:
    import numpy as np
    from PIL import Image

    room = Room(tmp_path)
    room.put_pictures(1)
    values = np.linspace(0, 4_095, 48 * 36).astype(np.uint16).reshape(36, 48)
    put(room.images_dir, "deep.png", encoded(Image.fromarray(values)))
    assert room.build().notes == (
        "Scaled to the range they use, which is another than their file has room for (1): 'deep.png'.",
    )


def test_a_picture_linked_from_elsewhere_is_never_served_as_it_lies(tmp_path: Path, monkeypatch: Any) -> None:
    from pages._ui.grid import pictures
    from t2i_core.config import Settings

    static = tmp_path / "static"
    monkeypatch.setattr(pictures, "STATIC_DIR", static)
    monkeypatch.setattr(pictures, "THUMBNAILS_DIR", static / "thumbnails")
    pictures._resolved.cache_clear()
    put(static, "images/own.jpg", PICTURE)
    (static / "images/linked.jpg").symlink_to(put(tmp_path, "elsewhere/x.jpg", PICTURE))
    shown = {
        name: pictures._file(static / "images", name, 64, 48, Settings(), 640).url for name in ("own.jpg", "linked.jpg")
    }
    assert shown["own.jpg"] == "app/static/images/own.jpg"
    assert shown["linked.jpg"].startswith("app/static/thumbnails/")
