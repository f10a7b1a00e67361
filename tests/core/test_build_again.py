"""Building again: stopped builds go on where they were, finished ones touch only what changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from t2i_core.building import BuildReport
from t2i_core.building import building as build_module
from tests.core.build_rooms import BATCH, ColourEncoder, Room, same
from tests.core.picture_files import encoded, noise, put


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def done(report: BuildReport) -> tuple[int, int, int]:
    return report.encoded, report.reused, report.removed


@pytest.mark.parametrize("batches", [0, 1, 3])
def test_stopping_keeps_what_is_done(room: Room, tmp_path: Path, batches: int) -> None:
    names = room.put_pictures(18)
    captions = room.put_captions([(names[0], "a dog")])
    room.build(captions=captions, data_dir=tmp_path / "undisturbed")
    report = room.build(captions=captions, should_stop=lambda: len(room.encoder.images_seen) >= batches)
    count = BATCH * batches
    assert report.stopped
    assert report.manifest is None
    assert done(report) == (count, 0, 0)
    assert report.notes == (
        f"Stopped with {count} of 18 pictures ready. What is done is kept: "
        "run the same build again and it goes on from there.",
    )
    assert not (room.data_dir / "aligned_embeddings.npz").exists()
    again = room.build(captions=captions)
    assert done(again) == (18 - count, count, 0)
    assert not again.stopped
    stopped = room.arrays()
    room.data_dir = tmp_path / "undisturbed"
    assert same(stopped, room.arrays())


def test_stopping_during_captions(room: Room) -> None:
    names = room.put_pictures(2)
    captions = room.put_captions([(names[0], f"caption {number}") for number in range(600)])
    report = room.build(captions=captions, should_stop=lambda: len(room.encoder.texts_seen) >= 256)
    assert (report.stopped, report.encoded, report.captions_encoded) == (True, 2, 256)
    again = room.build(captions=captions)
    assert (again.encoded, again.captions_encoded, again.captions_reused) == (0, 344, 256)


def test_a_damaged_batch_is_done_again(room: Room) -> None:
    room.put_pictures(12)
    room.build(should_stop=lambda: len(room.encoder.images_seen) >= 2)
    batch = sorted((room.data_dir / ".build").glob("journal-*/pictures-*.npz"))[0]
    batch.write_bytes(batch.read_bytes()[:300])
    assert room.build().encoded == 8


def test_a_second_build_does_nothing(room: Room) -> None:
    names = room.put_pictures(9)
    captions = room.put_captions([(names[0], "a dog"), (names[1], "a cat")])
    first = room.build(captions=captions)
    before = room.arrays()
    second = room.build()
    assert done(second) == (0, 9, 0)
    assert (second.captions_encoded, second.captions_reused) == (0, 2)
    assert (room.encoder.images_seen, room.encoder.texts_seen) == ([], [])
    assert same(room.arrays(), before)
    assert second.manifest is not None
    assert second.manifest.key == first.manifest.key
    assert sorted(path.name for path in room.data_dir.iterdir()) == [
        ".build",
        "aligned_embeddings.npz",
        "captions_tokenized.csv",
        "manifest.json",
    ]
    assert len(list((room.data_dir / ".build").glob("ledger-*"))) == 1


def test_unchanged_pictures_are_not_even_read(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    names = room.put_pictures(5)
    for name in names:
        os.utime(room.images_dir / name, (10**9, 10**9))
    room.build()

    def read(*_: object, **__: object) -> bytes:
        raise AssertionError("a picture was read")

    monkeypatch.setattr("t2i_core.building.ledger.hash_picture", read)
    monkeypatch.setattr("t2i_core.building.pictures.hash_picture", read)
    assert done(room.build()) == (0, 5, 0)


def test_only_new_changed_and_deleted_files_are_touched(room: Room) -> None:
    room.put_pictures(10)
    room.build()
    before = {name: room.row(name) for name in ("a/000.jpg", "b/009.jpg", "a/004.jpg")}
    put(room.images_dir, "a/004.jpg", encoded(noise(48, 36, seed=99), "JPEG"))
    (room.images_dir / "b/003.jpg").unlink()
    room.put_pictures(2, first=10)
    report = room.build()
    assert done(report) == (3, 8, 1)
    assert sum(room.encoder.images_seen) == 3
    assert room.arrays()["image_ids"].tolist() == sorted(
        f"{'ab'[index % 2]}/{index:03d}.jpg" for index in range(12) if index != 3
    )
    for name in ("a/000.jpg", "b/009.jpg"):
        assert np.array_equal(room.row(name), before[name])
    assert not np.allclose(room.row("a/004.jpg"), before["a/004.jpg"], atol=1e-3)
    for name in room.arrays()["image_ids"].tolist():
        assert room.row(name) @ room.alone(name) > 0.999


def test_touched_copied_and_renamed_files_are_known_by_their_content(room: Room) -> None:
    room.put_pictures(6)
    room.build()
    before = room.row("b/001.jpg")
    os.utime(room.images_dir / "a/000.jpg", (10**9, 10**9))
    (room.images_dir / "b/001.jpg").rename(room.images_dir / "renamed.jpg")
    shutil.copy(room.images_dir / "a/002.jpg", room.images_dir / "copy.jpg")
    report = room.build()
    assert done(report) == (0, 7, 1)
    assert np.array_equal(room.row("renamed.jpg"), before)
    assert np.array_equal(room.row("copy.jpg"), room.row("a/002.jpg"))


def test_a_change_that_keeps_size_and_time_right_after_reading_is_seen(room: Room) -> None:
    path = room.images_dir / room.put_pictures(3)[0]
    content = encoded(noise(48, 36, seed=50), "BMP")
    path.write_bytes(content)
    room.build()
    facts = path.stat()
    path.write_bytes(encoded(noise(48, 36, seed=51), "BMP"))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert path.stat().st_size == len(content)
    assert done(room.build()) == (1, 2, 0)


def test_a_picture_put_right_comes_in_and_a_broken_one_goes(room: Room) -> None:
    names = room.put_pictures(4)
    good = (room.images_dir / names[0]).read_bytes()
    put(room.images_dir, names[0], good[:200])
    assert len(room.build().skipped) == 1
    put(room.images_dir, names[0], good)
    put(room.images_dir, names[1], b"")
    report = room.build()
    assert done(report) == (1, 2, 0)
    assert [picture.image_id for picture in report.skipped] == [names[1]]
    assert room.arrays()["image_ids"].tolist() == [names[0], *names[2:]]


def test_a_lower_limit_refuses_what_was_built(room: Room) -> None:
    room.put_pictures(3)
    put(room.images_dir, "large.png", encoded(noise(200, 100)))
    room.build()
    report = room.build(max_pixels=10_000)
    assert done(report) == (0, 3, 0)
    assert report.skipped[0].reason.startswith("A picture may have at most 10,000 pixels, got 200 × 100 = 20,000")


def test_changed_captions_redo_only_text(room: Room) -> None:
    names = room.put_pictures(5)
    room.build(captions=room.put_captions([(names[0], "a dog"), (names[1], "a cat"), (names[2], "a fish")]))
    before = room.arrays()
    report = room.build(captions=room.put_captions([(names[2], "a fish"), (names[0], "a bird"), (names[0], "a dog")]))
    assert done(report) == (0, 5, 0)
    assert (report.captions_encoded, report.captions_reused) == (1, 2)
    assert room.encoder.texts_seen == ["a bird"]
    after = room.arrays()
    assert np.array_equal(after["image"], before["image"])
    assert np.array_equal(after["text"][[0, 2]], before["text"][[2, 0]])


def test_captions_edited_in_place_redo_only_those(room: Room) -> None:
    names = room.put_pictures(3)
    room.build(captions=room.put_captions([(names[0], "a dog"), (names[1], "a cat")]))
    path = room.data_dir / "captions_tokenized.csv"
    path.write_text(path.read_text().replace("a dog", "a large dog") + f"{names[2]},a fish\n")
    report = room.build()
    assert sorted(room.encoder.texts_seen) == ["a fish", "a large dog"]
    assert report.captions_reused == 1


def test_another_model_encodes_everything_again_and_says_so(room: Room) -> None:
    names = room.put_pictures(4)
    captions = room.put_captions([(names[0], "a dog")])
    room.build(captions=captions)
    other = ColourEncoder(weights="f" * 64, model_id="other colours")
    report = room.build(encoder=other)
    assert done(report) == (4, 0, 0)
    assert report.captions_encoded == 1
    assert report.notes[0] == (
        f"The dataset in {room.data_dir} was built with colours (weights 000000000000), not with other colours "
        "(ffffffffffff), so every picture is encoded again."
    )
    assert report.manifest is not None
    assert report.manifest.model_id == "other colours"


def test_the_original_project_s_files_are_kept_beside(room: Room) -> None:
    names = room.put_pictures(3)
    room.data_dir.mkdir()
    np.savez(room.data_dir / "aligned_embeddings.npz", image=np.eye(3), text=np.eye(3))
    before = (room.data_dir / "aligned_embeddings.npz").read_bytes()
    put(
        room.data_dir, "captions_tokenized.csv", "".join(["image,caption\n", *(f"{n},a dog\n" for n in names)]).encode()
    )
    report = room.build()
    assert report.notes == (
        f"The dataset in {room.data_dir} was made by another program, so every picture is encoded again.",
    )
    assert (room.data_dir / "aligned_embeddings.1.npz").read_bytes() == before
    assert room.arrays()["image_ids"].tolist() == names


def test_without_its_record_everything_is_encoded_again(room: Room) -> None:
    room.put_pictures(3)
    room.build()
    shutil.rmtree(room.data_dir / ".build")
    report = room.build()
    assert done(report) == (3, 0, 0)
    assert report.notes == (
        f"The dataset in {room.data_dir} has no record of the files it was built from, "
        "so every picture is encoded again.",
    )


def test_embeddings_changed_by_somebody_else_are_not_reused(room: Room) -> None:
    room.put_pictures(3)
    room.build()
    arrays: dict[str, Any] = {**room.arrays()}
    arrays["image"] = np.roll(arrays["image"], 1, axis=0)
    np.savez(room.data_dir / "aligned_embeddings.npz", **arrays)
    assert room.build().encoded == 3
    assert room.row("a/000.jpg") @ room.alone("a/000.jpg") > 0.999


def test_other_settings_do_not_use_each_others_batches(room: Room) -> None:
    room.put_pictures(12)
    room.build(should_stop=lambda: len(room.encoder.images_seen) >= 2)
    other = ColourEncoder(weights="f" * 64)
    assert room.build(encoder=other).encoded == 12
    assert room.build(batch_size=5).encoded == 12


class NumbersEncoder(ColourEncoder):
    """On a processor that computes in the numbers it is told."""

    def __init__(self, numbers: str) -> None:
        super().__init__()
        self.picture_numbers = numbers


def test_a_build_that_another_kind_of_processor_goes_on_with_says_so(room: Room) -> None:
    room.put_pictures(10)
    first = NumbersEncoder("bfloat16")
    assert room.build(encoder=first, should_stop=lambda: len(first.images_seen) >= 1).notes[1:] == ()
    report = room.build(encoder=NumbersEncoder("float32"))
    assert (report.encoded, report.reused) == (6, 4)
    said = (
        "Pictures were encoded in bfloat16 and float32, by machines of more than one kind. Rows of different kinds differ "
        "a little, so pictures that score nearly the same may change places. "
        "For rows of one kind build into a new folder with T2I_FLOAT32=1."
    )
    assert report.notes == (said,)
    room.put_pictures(2, first=20)  # it is remembered: a later build with either kind says so too
    assert room.build(encoder=NumbersEncoder("float32")).notes == (said,)


def test_one_kind_of_processor_says_nothing(room: Room) -> None:
    room.put_pictures(5)
    assert room.build(encoder=NumbersEncoder("bfloat16")).notes == ()
    assert room.build(encoder=NumbersEncoder("float32")).notes == ()  # nothing was encoded
    room.put_pictures(1, first=30)
    assert len(room.build(encoder=NumbersEncoder("float32")).notes) == 1


def test_a_machine_with_other_cores_goes_on_in_the_same_batches(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    names = room.put_pictures(12)
    monkeypatch.setattr(build_module, "fitting_batch_size", lambda encoder: 3)
    whole = room.data_dir.parent / "whole"
    room.build(batch_size=None, data_dir=whole)
    room.build(batch_size=None, should_stop=lambda: len(room.encoder.images_seen) >= 2)
    monkeypatch.setattr(build_module, "fitting_batch_size", lambda encoder: 8)
    report = room.build(batch_size=None)
    assert (report.encoded, report.reused) == (len(names) - 6, 6)
    assert room.encoder.images_seen == [3, 3]
    stopped = room.arrays()
    room.data_dir = whole
    assert same(stopped, room.arrays())
    room.put_pictures(8, first=40)
    room.build(batch_size=None)
    assert room.encoder.images_seen == [8]  # a finished build leaves no batch size behind
