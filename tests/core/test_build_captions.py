"""Captions and pictures of a build: whose caption is whose, told before anything is encoded."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from t2i_core.building import build
from t2i_core.building.shards import Shard, build_shard, merge
from t2i_core.cli import main
from t2i_core.dataset import read_gallery
from t2i_core.errors import BuildError
from tests.core.build_rooms import Room
from tests.core.picture_files import encoded, noise, put


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def pictures(room: Room, *names: str, damaged: tuple[str, ...] = ()) -> None:
    for seed, name in enumerate((*names, *damaged)):
        put(
            room.images_dir,
            name,
            b"\xff\xd8\xff\xe0 cut" if name in damaged else encoded(noise(48, 36, seed=seed), "JPEG"),
        )


def pairs(room: Room, images_dir: Path | None = None) -> dict[str, str | None]:
    gallery = read_gallery(room.data_dir, images_dir)
    rows = gallery.caption_rows.tolist()
    return {
        text: gallery.image_ids[row] if row >= 0 else None for text, row in zip(gallery.captions, rows, strict=True)
    }


@pytest.mark.parametrize(
    ("good", "skipped"),
    [
        ("val/0001.jpg", "train/0001.jpg"),
        ("0001.jpg", "train/0001.jpg"),
        ("a/b/0001.jpg", "b/0001.jpg"),
        ("x/1.JPG", "X/1.jpg"),
    ],
)
def test_a_skipped_picture_keeps_its_captions(room: Room, tmp_path: Path, good: str, skipped: str) -> None:
    pictures(room, good, damaged=(skipped,))
    report = room.build(captions=room.put_captions([(skipped, "a bucket"), (good, "a toucan")]))
    assert pairs(room) == {"a bucket": None, "a toucan": good}
    assert pairs(room, tmp_path / "away") == {"a bucket": None, "a toucan": good}  # the folder is not needed to know
    assert report.notes == (
        "1 caption describes a picture that could not be used. It is kept for when it can be, and given to no other picture.",
    )
    assert json.loads((room.data_dir / "manifest.json").read_bytes())["skipped"] == [skipped]
    pictures(room, skipped)  # mended
    room.build()
    assert pairs(room) == {"a bucket": skipped, "a toucan": good}


def test_a_picture_too_large_keeps_its_captions(room: Room) -> None:
    pictures(room, "0001.jpg")
    put(room.images_dir, "big/0001.jpg", encoded(noise(200, 100), "JPEG"))
    room.build(captions=room.put_captions([("big/0001.jpg", "large")]), max_pixels=10_000)
    assert pairs(room) == {"large": None}


def test_a_picture_that_came_later_keeps_its_captions(room: Room) -> None:
    pictures(room, "0001.jpg")
    room.build(captions=room.put_captions([("0001.jpg", "one"), ("new/0001.jpg", "two")]))
    assert pairs(room) == {"one": "0001.jpg", "two": None}


@pytest.mark.parametrize(
    "written",
    ["C:\\Users\\me\\photos\\p1.jpg", "/home/me/photos/p1.jpg", "photos/p1.jpg", "..\\photos\\p1.jpg", "./P1.JPG"],
)
def test_paths_of_elsewhere_mean_the_pictures_of_the_folder(room: Room, written: str) -> None:
    pictures(room, "p1.jpg", "x/p2.jpg")
    report = room.build(captions=room.put_captions([(written, "a toucan")]))
    assert pairs(room) == {"a toucan": "p1.jpg"}
    assert any(
        note.startswith("1 name of captions.csv matched ") and note.endswith(" as 'p1.jpg'.") for note in report.notes
    )
    room.build()  # from the dataset's own captions
    assert pairs(room) == {"a toucan": "p1.jpg"}


def test_mismatches_are_told_before_anything_is_encoded(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    pictures(room, "p1.jpg", "a/2.jpg", "b/2.jpg", "p3.jpg")
    rows = [("p1.jpg", "x"), ("2.jpg", "y"), *((f"gone{number}.jpg", "z") for number in range(7))]
    told: list[str] = []

    def encode(progress: Any) -> None:
        if not told:
            told.extend(caplog.messages)

    caplog.set_level(logging.INFO, "t2i_core.building")
    report = room.build(captions=room.put_captions(rows), on_progress=encode)
    assert told == [f"note: {note}" for note in report.notes]
    assert report.notes == (
        "captions.csv names 7 pictures that the dataset does not have: 'gone0.jpg', 'gone1.jpg', 'gone2.jpg', 'gone3.jpg', "
        "'gone4.jpg' and 2 more. Their captions are kept, but find no picture.",
        "1 name of captions.csv could mean several pictures, first '2.jpg': 'a/2.jpg', 'b/2.jpg'. Their captions are kept, "
        "but find no picture. Write the folder before the name.",
        "3 pictures without a caption: 'a/2.jpg', 'b/2.jpg', 'p3.jpg'.",
    )


def test_captions_that_match_nothing_stop_the_build(room: Room) -> None:
    pictures(room, "p1.jpg", "p2.jpg")
    room.build(captions=room.put_captions([("p1.jpg", "a toucan")]))
    room.encoder.images_seen.clear()
    lost = room.put_captions([("/home/me/q1.jpg", "a toucan"), ("q2.jpg", "x")])
    with pytest.raises(BuildError) as caught:
        room.build(captions=lost)
    assert str(caught.value) == (
        f"Captions must name pictures of the folder, and those of {lost} name none of them. They name 2 pictures: "
        "'/home/me/q1.jpg', 'q2.jpg'. The folder holds 2: 'p1.jpg', 'p2.jpg'. Name the right folder, or mend the column "
        "image. To build all the same: --captions-may-miss, or the box on the Build page."
    )
    assert room.encoder.images_seen == []
    assert pairs(room) == {"a toucan": "p1.jpg"}
    assert room.build(captions=lost, captions_may_miss=True).manifest.captions == 2


def test_a_file_without_captions_does_not_empty_a_dataset(room: Room) -> None:
    pictures(room, "p1.jpg")
    room.build(captions=room.put_captions([("p1.jpg", "a toucan")]))
    with pytest.raises(BuildError, match=r"holds no usable caption, where .*data has 1\. Name another file"):
        room.build(captions=room.put_captions([]))
    assert pairs(room) == {"a toucan": "p1.jpg"}


def test_shards_and_their_merge_stop_too(room: Room) -> None:
    pictures(room, "p1.jpg", "p2.jpg")
    lost = room.put_captions([("q1.jpg", "x")])
    with pytest.raises(BuildError, match="name none of them"):
        build_shard(room.options(captions=lost), Shard(1, 1), encoder=room.encoder)
    options = room.options(captions=lost, captions_may_miss=True)
    assert any("names 1 picture" in note for note in build_shard(options, Shard(1, 1), encoder=room.encoder).notes)
    with pytest.raises(BuildError, match="name none of them"):
        merge(room.options(captions=lost), encoder=room.encoder)
    assert merge(options, encoder=room.encoder).manifest is not None


def test_on_the_command_line(room: Room, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pictures(room, "p1.jpg", "p2.jpg")
    monkeypatch.setattr("t2i_core.building.building.open_model", lambda *_: room.encoder)
    given = ["build", "--images", f'"{room.images_dir}"', "--data", str(room.data_dir), "--batch-size", "4"]
    lost = room.put_captions([("q1.jpg", "x")])
    assert main([*given, "--captions", str(lost)]) == 1
    assert "name none of them" in capsys.readouterr().err
    assert main([*given, "--captions", str(lost), "--captions-may-miss"]) == 0
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert lines[0].startswith("note: captions.csv names 1 picture that the dataset does not have: 'q1.jpg'.")
    assert err.count("names 1 picture") == 1
    assert lines.index(next(line for line in lines if line.startswith("pictures:"))) > 0
    assert out.startswith("2 pictures and 1 caption ready, encoded with colours")


def test_what_a_foreign_path_names_is_never_opened(room: Room, tmp_path: Path) -> None:
    pictures(room, "p1.jpg")
    secret = tmp_path / "secret" / "q.jpg"
    secret.parent.mkdir()
    secret.write_bytes(encoded(noise(30, 30), "JPEG"))
    room.build(captions=room.put_captions([(str(secret), "secret"), ("p1.jpg", "a toucan")]))
    gallery = read_gallery(room.data_dir)
    assert gallery.image_ids == ("p1.jpg",)
    assert pairs(room) == {"secret": None, "a toucan": "p1.jpg"}


def test_a_build_goes_by_the_whole_folder_at_any_depth(room: Room) -> None:
    pictures(room, "2020/a.jpg", "2021/b.jpg")
    build(room.options(captions=room.put_captions([("a.jpg", "one"), ("x/b.jpg", "two")])), encoder=room.encoder)
    assert pairs(room) == {"one": "2020/a.jpg", "two": None}
