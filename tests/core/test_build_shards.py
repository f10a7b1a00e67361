"""Builds in parts: merged they are the bytes of one build, and nothing is merged that does not belong together."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from t2i_core.building.selecting import EveryBatch, cut
from t2i_core.building.shards import Shard, build_shard, merge, parse_shard
from t2i_core.cli import main
from t2i_core.errors import BuildError
from tests.core.build_rooms import ColourEncoder, Room
from tests.core.picture_files import encoded, noise, put

CAPTIONS = 700  # several batches


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """22 pictures in batches of 4, two of them broken, and captions."""
    room = Room(tmp_path)
    names = room.put_pictures(22)
    put(room.images_dir, "a/004.jpg", b"broken")
    put(room.images_dir, "b/011.jpg", b"")
    room.put_captions([(names[number % 22], f"caption {number % 600} of a picture") for number in range(CAPTIONS)])
    return room


def shard_of(room: Room, number: int, count: int, **changes: Any) -> Any:
    encoder = changes.pop("encoder", None) or ColourEncoder()
    stop = changes.pop("should_stop", None)
    options = room.options(captions=room.captions, **changes)
    return build_shard(options, Shard(number, count), encoder=encoder, should_stop=stop)


def merged(room: Room, **changes: Any) -> Any:
    encoder = changes.pop("encoder", None) or ColourEncoder()
    return merge(room.options(captions=room.captions, batch_size=None, **changes), encoder=encoder)


def built_at_once(room: Room) -> dict[str, bytes]:
    whole = room.data_dir.parent / "whole"
    room.build(captions=room.captions, data_dir=whole)
    return files(whole)


def files(data_dir: Path) -> dict[str, bytes]:
    return {name: (data_dir / name).read_bytes() for name in ("aligned_embeddings.npz", "captions_tokenized.csv")}


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_merged_shards_are_the_bytes_of_one_build(room: Room, count: int) -> None:
    reports = [shard_of(room, number, count) for number in range(count, 0, -1)]
    assert sum(report.encoded for report in reports) == 20
    assert sorted(skipped.image_id for report in reports for skipped in report.skipped) == ["a/004.jpg", "b/011.jpg"]
    assert all(report.manifest is None and not report.stopped for report in reports)
    encoder = ColourEncoder()
    report = merged(room, encoder=encoder)
    assert (encoder.images_seen, encoder.texts_seen) == ([], [])
    assert report.manifest.images == 20
    assert [skipped.image_id for skipped in report.skipped] == ["a/004.jpg", "b/011.jpg"]
    assert files(room.data_dir) == built_at_once(room)
    assert not list((room.data_dir / ".build").glob("shard-*"))


def test_which_batches_a_run_takes() -> None:
    batches = cut("abcdefghij", 3)
    assert batches == [("a", "b", "c"), ("d", "e", "f"), ("g", "h", "i"), ("j",)]
    whole = EveryBatch().select(batches, known=5, kept=dict)
    assert [items for _, items in whole.left] == batches and {number for number, _ in whole.left} == {None}
    assert (whole.ready, whole.total) == (5, 15)
    second = Shard(2, 2).select(batches, known=5, kept=dict)
    assert [items for _, items in second.left] == [("d", "e", "f"), ("j",)]
    assert (second.ready, second.total) == (0, 4)
    numbers = [number for number, _ in second.left if number is not None]
    kept = {numbers[0]: ("d", "e", "f"), numbers[1]: ("another",)}  # the last one was kept of other items
    again = Shard(2, 2).select(batches, known=5, kept=lambda: kept)
    assert again.left == ((numbers[1], ("j",)),) and (again.ready, again.total) == (3, 4)


def test_a_merged_dataset_is_brought_up_to_date_like_any_other(room: Room) -> None:
    for number in (1, 2):
        shard_of(room, number, 2)
    merged(room)
    put(room.images_dir, "a/new.jpg", encoded(noise(40, 40, seed=99), "JPEG"))
    report = room.build(captions=room.captions)
    assert (report.encoded, report.reused) == (1, 20)


def test_shards_encode_only_what_an_earlier_build_did_not(room: Room) -> None:
    room.build(captions=room.captions)
    room.put_pictures(9, first=30)
    reports = [shard_of(room, number, 2) for number in (1, 2)]
    assert sum(report.encoded for report in reports) == 9
    merged(room)
    assert len(room.arrays()["image"]) == 29


def test_a_shard_that_was_stopped_goes_on(room: Room) -> None:
    asked = iter([False, True])
    stopped = shard_of(room, 1, 2, should_stop=lambda: next(asked))
    assert stopped.stopped and stopped.encoded > 0
    with pytest.raises(BuildError, match="'1/2' not finished"):
        merged(room)
    again = shard_of(room, 1, 2)
    assert again.reused == 4
    shard_of(room, 2, 2)
    merged(room)
    assert files(room.data_dir) == built_at_once(room)


def test_a_finished_shard_encodes_nothing_again(room: Room) -> None:
    shard_of(room, 2, 3)
    encoder = ColourEncoder()
    assert shard_of(room, 2, 3, encoder=encoder).encoded == 0
    assert (encoder.images_seen, encoder.texts_seen) == ([], [])


def test_a_missing_shard_is_named(room: Room) -> None:
    shard_of(room, 1, 3)
    shard_of(room, 3, 3)
    with pytest.raises(BuildError, match=r"all 3 shards, and 1 shard are not there: '2'.*build --shard 2/3"):
        merged(room)


def test_nothing_to_merge(room: Room) -> None:
    with pytest.raises(BuildError, match="got shards of no build"):
        merged(room)


def test_shards_of_two_builds_are_not_mixed(room: Room) -> None:
    shard_of(room, 1, 1)
    shard_of(room, 1, 2)
    with pytest.raises(BuildError, match=r"got shards of \[1, 2\]"):
        merged(room)


def test_shards_with_other_settings_are_refused(room: Room) -> None:
    shard_of(room, 1, 2)
    shard_of(room, 2, 2, batch_size=5)
    with pytest.raises(BuildError, match="must have the same settings, and shard 2/2 has batch_size 5"):
        merged(room)


def test_shards_of_other_pictures_are_refused(room: Room) -> None:
    shard_of(room, 1, 2)
    room.put_pictures(1, first=50)
    shard_of(room, 2, 2)
    with pytest.raises(BuildError, match="must have the same pictures"):
        merged(room)


def test_another_model_cannot_merge(room: Room) -> None:
    shard_of(room, 1, 1)
    with pytest.raises(BuildError, match="merged with the model that built them: their weights is 000"):
        merged(room, encoder=ColourEncoder(weights="1" * 64))


def test_a_picture_that_changed_since_is_encoded_again(room: Room) -> None:
    shard_of(room, 1, 1)
    put(room.images_dir, "a/000.jpg", encoded(noise(48, 36, seed=77), "JPEG"))
    assert merged(room).encoded == 1
    assert room.row("a/000.jpg") @ room.alone("a/000.jpg") > 0.999


@pytest.mark.parametrize("text", ["0/2", "3/2", "1/0", "half", "1/2/3", "-1/2", "1/99999"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(BuildError, match="shard must be"):
        parse_shard(text)


@pytest.mark.slow
def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = Room(tmp_path)
    room.put_pictures(5)
    where = ["--images", str(room.images_dir), "--data", str(room.data_dir)]
    assert main(["build", *where, "--shard", "1/2", "--batch-size", "2"]) == 0
    assert "Shard 1/2 is ready" in capsys.readouterr().out
    assert main(["merge", *where]) == 1
    assert "build --shard 2/2" in capsys.readouterr().err
    assert main(["build", *where, "--shard", "2/2", "--batch-size", "2"]) == 0
    assert main(["merge", *where]) == 0
    assert "5 pictures and 0 captions ready" in capsys.readouterr().out
    first = (room.data_dir / "aligned_embeddings.npz").read_bytes()
    shutil.rmtree(room.data_dir)
    assert main(["build", *where, "--batch-size", "2"]) == 0
    assert (room.data_dir / "aligned_embeddings.npz").read_bytes() == first


class NumbersEncoder(ColourEncoder):
    """On a processor that computes in the numbers it is told."""

    def __init__(self, numbers: str) -> None:
        super().__init__()
        self.picture_numbers = numbers


def test_shards_of_two_kinds_of_processors_are_merged_and_told_of(room: Room) -> None:
    shard_of(room, 1, 2, encoder=NumbersEncoder("bfloat16"))
    shard_of(room, 2, 2, encoder=NumbersEncoder("float32"))
    [note] = [note for note in merged(room).notes if "more than one kind" in note]
    assert note.startswith("Pictures were encoded in bfloat16 and float32,")
