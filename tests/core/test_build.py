"""Building: what comes out, what is left out with a reason, and what stops a build."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from t2i_core.building import BuildProgress
from t2i_core.dataset import read_gallery
from t2i_core.errors import BuildError, DatasetError, ImageError
from t2i_core.pictures.images import PICTURE_SUFFIXES
from t2i_core.types import FloatArray
from tests.core.build_rooms import BATCH, ColourEncoder, Room, kill, read_until, start_build
from tests.core.picture_files import encoded, noise, png_header, put


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_a_folder_becomes_a_gallery(room: Room) -> None:
    names = room.put_pictures(10)
    put(room.images_dir, "notes.txt", b"not a picture")
    report = room.build(captions=room.put_captions([(names[0], "a dog"), (names[3], "a cat"), (names[0], "two dogs")]))
    gallery = read_gallery(room.data_dir, room.images_dir)
    assert gallery.image_ids == tuple(names)
    assert gallery.captions == ("a dog", "a cat", "two dogs")
    assert gallery.caption_rows.tolist() == [0, 3, 0]
    assert gallery.image_sizes.tolist() == [[48, 36]] * 10
    assert [problem.code for problem in gallery.problems] == []
    for name, row in zip(names, gallery.image_embeddings, strict=True):
        assert row @ room.alone(name) > 0.999
    assert gallery.text_embeddings is not None
    assert np.allclose(gallery.text_embeddings, room.encoder.encode_text(["a dog", "a cat", "two dogs"]), atol=1e-6)
    assert (report.encoded, report.reused, report.removed, report.skipped) == (10, 0, 0, ())
    assert (report.captions_encoded, report.captions_reused, report.stopped) == (3, 0, False)
    assert report.notes == ("8 pictures without a caption: 'a/002.jpg', 'a/004.jpg', 'a/008.jpg' and 5 more.",)
    assert report.rate > 0
    assert report.manifest.model_id == "colours"
    assert (report.manifest.images, report.manifest.captions, report.manifest.dimension) == (10, 3, 16)


def test_captions_are_optional(room: Room) -> None:
    room.put_pictures(3)
    report = room.build()
    assert set(room.arrays()) == {"image", "image_ids", "image_sizes"}
    assert report.manifest.captions == 0
    assert not (room.data_dir / "captions_tokenized.csv").exists()


def test_the_dataset_s_own_captions_are_used_and_other_columns_kept(room: Room) -> None:
    names = room.put_pictures(2)
    content = f"image,split,clean_caption,source\n{names[1]},train,a bird,us\n{names[0]},test,a fish,them\n".encode()
    put(room.data_dir, "captions_tokenized.csv", content)
    room.build()
    assert (room.data_dir / "captions_tokenized.csv").read_bytes() == content
    gallery = read_gallery(room.data_dir, room.images_dir)
    assert gallery.captions == ("a bird", "a fish")
    assert gallery.caption_columns["split"] == ("train", "test")


def test_a_file_of_captions_without_a_usable_one(room: Room) -> None:
    room.put_pictures(2)
    report = room.build(captions=room.put_captions([]))
    assert report.manifest.captions == 0
    assert any("holds no usable caption" in note for note in report.notes)
    assert read_gallery(room.data_dir, room.images_dir).captions == ()


def test_what_cannot_be_used_is_skipped_with_its_reason(room: Room, tmp_path: Path) -> None:
    room.put_pictures(6)
    images = room.images_dir
    put(tmp_path, "secret.jpg", encoded(noise(9, 9), "JPEG"))
    put(images, "bad/empty.jpg", b"")
    put(images, "bad/cut.jpg", encoded(noise(200, 200), "JPEG")[:2000])
    put(images, "bad/page.png", b"<html></html>")
    put(images, "bad/bomb.png", png_header(40_000, 40_000))
    put(images, "bad/large.png", encoded(Image.new("RGB", (300, 200))))
    (images / "bad/link.jpg").symlink_to(tmp_path / "secret.jpg")
    (images / "bad/nowhere.jpg").symlink_to(images / "gone.jpg")
    os.mkfifo(images / "bad/pipe.jpg")
    (images / os.fsdecode(b"bad/caf\xe9.jpg")).write_bytes(b"x")
    put(images, "bad/ blank .jpg", b"x").rename(images / "bad/new\nline.jpg")
    report = room.build(max_pixels=50_000)
    reasons = {picture.image_id: picture.reason for picture in report.skipped}
    assert list(reasons) == sorted(reasons)
    damaged, bomb = reasons.pop("bad/cut.jpg"), reasons.pop("bad/bomb.png")
    assert damaged.startswith("A picture must be whole, bad/cut.jpg is damaged (")
    assert bomb.startswith(
        "A picture may have at most 50,000 pixels, got 40,000 × 40,000 = 1,600,000,000: bad/bomb.png."
    )
    rule = "A picture's name must be valid UTF-8 without control characters, got "
    assert reasons == {
        "bad/empty.jpg": "A picture must hold data, got an empty file: bad/empty.jpg. Copy it again or remove it.",
        "bad/page.png": "A picture must be a JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF file, got something else: "
        "bad/page.png. Replace it or remove it.",
        "bad/large.png": "A picture may have at most 50,000 pixels, got 300 × 200 = 60,000: bad/large.png. "
        "Make it smaller, or raise the limit with T2I_MAX_PIXELS.",
        "bad/nowhere.jpg": "A picture must exist, there is no file bad/nowhere.jpg. Check its name and folder.",
        "bad/pipe.jpg": "A picture must be a file, got a device or pipe: bad/pipe.jpg. Rename or remove it.",
        "bad/caf?.jpg": rule + "'bad/caf\\udce9.jpg'. Rename the file.",
        "bad/new\nline.jpg": rule + "'bad/new\\nline.jpg'. Rename the file.",
    }
    assert report.manifest.images == report.encoded == 7  # the six, and what the person linked


def test_pictures_of_other_kinds_are_built(room: Room) -> None:
    for name, mode, kind in (("cmyk.jpg", "CMYK", "JPEG"), ("alpha.png", "RGBA", "PNG"), ("moving.gif", "P", "GIF")):
        put(room.images_dir, name, encoded(noise(60, 40).convert(mode), kind))
    put(room.images_dir, "deep.png", encoded(Image.fromarray(np.arange(600, dtype=np.uint16).reshape(20, 30) * 100)))
    put(room.images_dir, " blank , back\\slash: .png", encoded(noise(30, 20)))
    put(room.images_dir, "Screenshot 3.15\u202fPM 猫.webp", encoded(noise(30, 20), "WEBP"))
    assert room.build().skipped == ()
    gallery = read_gallery(room.data_dir, room.images_dir)
    assert len(gallery) == 6
    assert gallery.problems == ()


def test_large_pictures_are_shrunk_before_they_wait(room: Room) -> None:
    put(room.images_dir, "large.png", encoded(Image.new("RGB", (5000, 4000))))
    put(room.images_dir, "large.jpg", encoded(Image.new("RGB", (5000, 4000)), "JPEG"))
    room.build()
    assert 448 <= room.encoder.largest_side <= 1200
    assert room.arrays()["image_sizes"].tolist() == [[5000, 4000]] * 2


def test_no_more_than_a_few_batches_wait(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.put_pictures(40)
    reads = [0]
    count = threading.Lock()
    from t2i_core.building.pictures import PictureReader

    plain = PictureReader.read

    def counted(self: PictureReader, image_id: str) -> object:
        with count:
            reads[0] += 1
        return plain(self, image_id)

    monkeypatch.setattr(PictureReader, "read", counted)
    ahead = []

    class Slow(ColourEncoder):
        def encode_image(self, images: Sequence[Any]) -> FloatArray:
            ahead.append(reads[0] - sum(self.images_seen))
            return super().encode_image(images)

    room.build(encoder=Slow(seconds=0.02))
    assert len(ahead) == 10
    assert max(ahead) <= 3 * BATCH


def test_progress_is_told_by_stage(room: Room) -> None:
    names = room.put_pictures(9)
    put(room.images_dir, "z.jpg", b"")
    told: list[BuildProgress] = []
    room.build(captions=room.put_captions([(names[0], "a dog"), (names[1], "a dog")]), on_progress=told.append)
    assert [progress.stage for progress in told if progress.done == progress.total] == [
        "pictures",
        "captions",
        "writing",
    ]
    assert {(progress.stage, progress.total) for progress in told} == {
        ("pictures", 10),
        ("captions", 1),
        ("writing", 1),
    }
    done = [progress.done for progress in told if progress.stage == "pictures"]
    assert done == sorted(done)
    last = [progress for progress in told if progress.stage == "pictures"][-1]
    assert (last.done, last.skipped, last.seconds_left) == (10, 1, 0.0)
    assert last.rate > 0


def test_captions_are_encoded_once_and_reported(room: Room) -> None:
    names = room.put_pictures(2)
    rows = [(names[0], "a dog"), (names[1], "a dog"), ("gone.jpg", "a ghost"), (names[0], "long " * 30)]
    report = room.build(captions=room.put_captions(rows))
    assert sorted(room.encoder.texts_seen) == ["a dog", "a ghost", ("long " * 30).strip()]
    assert report.notes == (
        "captions.csv names 1 picture that the dataset does not have: 'gone.jpg'. "
        "Their captions are kept, but find no picture.",
        "colours reads only the beginning of 1 caption, the rest is too long.",
    )
    assert len(room.arrays()["text"]) == 4


@pytest.mark.parametrize("make", [True, False])
def test_nothing_to_build(room: Room, make: bool) -> None:
    if make:
        put(room.images_dir, "notes.txt", b"x")
        put(room.images_dir, ".hidden.jpg", b"x")
    with pytest.raises(BuildError if make else ImageError) as caught:
        room.build()
    looked = ", ".join(sorted(PICTURE_SUFFIXES))
    assert str(caught.value) == (
        f"A build needs at least one picture, found none below {room.images_dir}. Looked for {looked} at any depth, "
        "hidden folders left out. 1 hidden picture left out: .hidden.jpg. Name the folder that holds the pictures."
        if make
        else f"The image folder must exist, got {room.images_dir}. Name the folder that holds the pictures."
    )
    assert not room.data_dir.exists()


def test_nothing_usable_leaves_the_old_dataset(room: Room) -> None:
    room.put_pictures(3)
    room.build()
    before = (room.data_dir / "aligned_embeddings.npz").read_bytes()
    for path in room.images_dir.rglob("*.jpg"):
        path.write_bytes(b"")
    with pytest.raises(BuildError) as caught:
        room.build()
    assert str(caught.value) == (
        f"A build needs at least one usable picture, and none of the 3 below {room.images_dir} is, first a/000.jpg: "
        "A picture must hold data, got an empty file: a/000.jpg. Copy it again or remove it."
    )
    assert (room.data_dir / "aligned_embeddings.npz").read_bytes() == before


def test_a_batch_size_that_cannot_be(room: Room) -> None:
    with pytest.raises(BuildError) as caught:
        room.build(batch_size=0)
    assert str(caught.value) == "batch_size must be at least 1, got 0. Leave it out to fit the device."


def test_bad_captions_stop_the_build_before_any_work(room: Room) -> None:
    room.put_pictures(3)
    put(room.captions.parent, room.captions.name, b"picture,text\na,b\n")
    with pytest.raises(DatasetError, match="needs the columns image and caption"):
        room.build(captions=room.captions)
    assert room.encoder.images_seen == []


def test_two_builds_into_one_folder(room: Room, tmp_path: Path) -> None:
    room.put_pictures(12)
    room.put_captions([("a/000.jpg", "a dog")])
    first = start_build(room.images_dir, room.data_dir, room.captions, wait_at="pictures 0")
    try:
        read_until(first, "pictures 0")
        with pytest.raises(BuildError) as caught:
            room.build()
        assert str(caught.value) == (
            f"Only one build at a time may write to {room.data_dir}, and process {first.pid} is building there. "
            "Wait until it is done, stop it, or choose another folder."
        )
        room.build(data_dir=tmp_path / "elsewhere")
    finally:
        kill(first)
    assert room.build().encoded == 12


def test_two_builds_in_one_process(room: Room) -> None:
    room.put_pictures(3)
    caught: list[BuildError] = []

    def again(_: BuildProgress) -> None:
        if not caught:
            with pytest.raises(BuildError) as error:
                room.build()
            caught.append(error.value)

    room.build(on_progress=again)
    assert f"process {os.getpid()} is building there" in str(caught[0])


def test_a_folder_that_cannot_be_written(room: Room) -> None:
    room.put_pictures(1)
    room.data_dir.write_text("a file")
    with pytest.raises(BuildError) as caught:
        room.build()
    assert str(caught.value) == (
        f"A build must be able to write to {room.data_dir}, got: Not a directory. Choose a folder you may write to."
    )


def test_a_full_disk_loses_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.put_pictures(12)
    savez = np.savez
    written: list[object] = []

    def full(file: Any, **arrays: Any) -> None:
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        written.append(arrays)
        savez(file, **arrays)

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(BuildError) as caught:
        room.build()
    folder = next((room.data_dir / ".build").glob("journal-*"))
    assert str(caught.value) == (
        f"A build must be able to write to {folder}, got: No space left on device. "
        "Free some space and run the same build again: it goes on from there."
    )
    assert list(folder.glob("*.tmp")) == []
    monkeypatch.setattr(np, "savez", savez)
    report = room.build()
    assert (report.encoded, report.reused) == (4, 8)


def test_a_disk_that_is_full_at_the_end(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.put_pictures(4)

    def full(*_: object, **__: object) -> None:
        raise DatasetError("data/x could not be written: No space left on device. Free some space.")

    with monkeypatch.context() as patch:
        patch.setattr("t2i_core.building.run.write_dataset", full)
        with pytest.raises(BuildError) as caught:
            room.build()
    assert str(caught.value) == (
        "data/x could not be written: No space left on device. Free some space. "
        "Then run the same build again: what is encoded is kept."
    )
    assert room.build().encoded == 0


def test_a_whole_disk_is_refused_before_it_is_looked_through(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("t2i_core.pictures.folder._Looking.enter", lambda *_: pytest.fail("looked through"))
    for disk in (Path("/"), Path("/tmp/..")):
        with pytest.raises(
            BuildError, match=rf"must be a folder on a disk, got a whole disk: {disk}\. Name the folder"
        ):
            room.build(images_dir=disk)
    assert not room.data_dir.exists()
