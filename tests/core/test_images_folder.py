"""The folder of pictures: what is listed, and that no name leads out of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from t2i_core.errors import ImageError
from t2i_core.pictures.images import list_pictures, look_through, picture_path
from tests.core.picture_files import encoded, halves, open_folder, put, rights_of_nobody


def outside(name: str) -> str:
    return (
        f"A picture's name must stay inside the image folder, got {name!r}. "
        "Use names relative to that folder, without '..' and without links to elsewhere."
    )


def test_pictures_at_any_depth_are_listed_sorted_with_forward_slashes(tmp_path: Path) -> None:
    names = ["b.jpg", "a/z.PNG", "a/b/c.webp", "ä/Ünïcode 猫.jpeg", "Screenshot 3.15\u202fPM.png", "trailing.avif"]
    for name in names:
        put(tmp_path, name, b"x")
    for name in [
        ".hidden.jpg",
        ".git/x.jpg",
        "a/.thumbs/x.jpg",
        "notes.txt",
        "raw.cr2",
        "evil.svg",
        "evil.html",
        "jpg",
    ]:
        put(tmp_path, name, b"x")
    (tmp_path / "folder.jpg").mkdir()
    assert list_pictures(tmp_path) == sorted(names)


def test_loops_do_no_harm(tmp_path: Path) -> None:
    put(tmp_path, "a/x.jpg", b"x")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "linked.jpg").symlink_to(tmp_path / "a" / "x.jpg")
    assert list_pictures(tmp_path) == ["a/x.jpg", "linked.jpg"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ImageError) as caught:
        list_pictures(tmp_path / "gone")
    assert str(caught.value) == (
        f"The image folder must exist, got {tmp_path / 'gone'}. Name the folder that holds the pictures."
    )


def test_a_folder_without_permission() -> None:
    with open_folder() as folder:
        put(folder, "locked/x.jpg", b"x")
        put(folder, "open/y.jpg", b"x")
        (folder / "locked").chmod(0)
        with rights_of_nobody():
            contents = look_through(folder)
        assert contents.pictures == ("open/y.jpg",)
        assert list(map(str, contents.left_out)) == [
            "1 folder that cannot be read left out: locked/. Change their permissions to have their pictures in."
        ]
        folder.chmod(0)
        with rights_of_nobody(), pytest.raises(ImageError, match="A folder of pictures must be readable"):
            list_pictures(folder)
        folder.chmod(0o755)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a/../../x.jpg", "a/..", "/etc/passwd", "//etc/passwd", "a//b.jpg", "a/", "..", "a/../b.jpg"],
)
def test_names_that_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImageError) as caught:
        picture_path(tmp_path, name)
    assert str(caught.value) == outside(name)


def test_links_lead_to_what_is_listed_and_to_nothing_else(tmp_path: Path) -> None:
    inside, elsewhere = tmp_path / "pictures", tmp_path / "elsewhere"
    for name in ("secret.jpg", "passwords", ".hidden.jpg", "@eaDir/x.jpg", ".private/x.jpg"):
        put(elsewhere, name, encoded(halves()))
    inside.mkdir()
    (inside / "link.jpg").symlink_to(elsewhere / "secret.jpg")
    (inside / "passwords").symlink_to(elsewhere / "passwords")
    (inside / ".link.jpg").symlink_to(elsewhere / "secret.jpg")
    (inside / "folder").symlink_to(elsewhere, target_is_directory=True)
    (inside / ".folder").symlink_to(elsewhere, target_is_directory=True)
    (inside / "@eaDir").symlink_to(elsewhere, target_is_directory=True)
    (inside / "around").symlink_to(tmp_path, target_is_directory=True)
    (inside / "everything").symlink_to("/", target_is_directory=True)
    listed = list_pictures(inside)
    assert listed == ["folder/secret.jpg", "link.jpg"]
    for name in listed:
        assert picture_path(inside, name) == inside / name
    refused = ["passwords", ".link.jpg", "folder/passwords", "folder/.hidden.jpg", "folder/@eaDir/x.jpg"]
    refused += ["folder/.private/x.jpg", ".folder/secret.jpg", "@eaDir/secret.jpg", "around/elsewhere/secret.jpg"]
    refused += [f"everything{elsewhere}/secret.jpg"]
    for name in refused:
        with pytest.raises(ImageError) as caught:
            picture_path(inside, name)
        assert str(caught.value) == outside(name)


def test_links_that_stay_inside_are_followed(tmp_path: Path) -> None:
    put(tmp_path, "a/x.jpg", b"x")
    (tmp_path / "link.jpg").symlink_to("a/x.jpg")
    assert picture_path(tmp_path, "link.jpg").read_bytes() == b"x"


def test_the_image_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    put(tmp_path, "real/x.jpg", b"x")
    (tmp_path / "images").symlink_to("real", target_is_directory=True)
    assert picture_path(tmp_path / "images", "x.jpg").read_bytes() == b"x"


@pytest.mark.parametrize("name", ["", "a\0b.jpg", "a\nb.jpg", "a\x1b[31m.jpg"])
def test_names_that_are_no_file_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImageError) as caught:
        picture_path(tmp_path, name)
    assert str(caught.value) == (
        f"A picture's name must be a file name without control characters, got {name!r}. Rename the file."
    )


def test_a_name_in_another_encoding(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.jpg")
    with pytest.raises(ImageError) as caught:
        picture_path(tmp_path, name)
    assert str(caught.value) == "A picture's name must be valid UTF-8, got 'caf\\udce9.jpg'. Rename the file."


@pytest.mark.parametrize(
    "name", ["x.jpg", "a b/ü 猫 🐕.jpg", "Screenshot 3.15\u202fPM.png", "..x.jpg", "a/...jpg", "-rf.jpg"]
)
def test_unusual_names_are_allowed(tmp_path: Path, name: str) -> None:
    assert picture_path(tmp_path, name) == tmp_path / name
