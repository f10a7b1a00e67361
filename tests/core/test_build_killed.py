"""Killed builds go on where they were, end with the same bytes, and leave nothing behind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.core.build_rooms import Room, kill, read_until, same, start_build
from tests.core.picture_files import put

pytestmark = pytest.mark.slow


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def captioned(names: list[str]) -> list[tuple[str, str]]:
    return [(name, f"caption number {number} of {name}") for name in names for number in range(100)]


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        ("pictures 0", 0),
        ("pictures 1", 3),
        ("pictures 5", 18),
        ("captions 0", 22),
        ("captions 256", 22),
        ("writing", 22),
        ("", 22),
    ],
)
def test_killed_at_any_moment_it_ends_with_the_same_bytes(room: Room, tmp_path: Path, after: str, kept: int) -> None:
    names = room.put_pictures(22)
    put(room.images_dir, "a/005.jpg", b"")  # skipped ones are in the batches too
    (room.images_dir / "a/007.jpg").symlink_to("/etc/passwd")
    room.put_captions(captioned(names[:6]))
    room.build(captions=room.captions)
    undisturbed = room.arrays()
    killed = Room(tmp_path / "killed")
    shutil.copytree(room.images_dir, killed.images_dir, symlinks=True)
    process = start_build(killed.images_dir, killed.data_dir, room.captions, wait_at=after)
    if after:
        read_until(process, after)
        kill(process)
    else:
        process.communicate()
    report = killed.build(captions=room.captions)
    assert same(killed.arrays(), undisturbed)
    assert report.manifest is not None
    assert report.encoded + report.reused == 22
    assert len(report.skipped) == 2
    assert report.reused == kept
    assert [path.name for path in (killed.data_dir / ".build").glob("journal-*")] == []


def test_killed_again_and_again(room: Room, tmp_path: Path) -> None:
    names = room.put_pictures(20)
    room.put_captions(captioned(names[:6]))
    room.build(captions=room.captions)
    undisturbed = room.arrays()
    room.data_dir = tmp_path / "again"
    # The third step begins when two batches are done, so every turn gets on; the kill itself falls anywhere.
    for steps in (1, 3, 2, 3, 3):
        process = start_build(room.images_dir, room.data_dir, room.captions, seconds=0.03)
        assert process.stdout is not None
        for _ in range(steps):
            process.stdout.readline()
        kill(process)
    room.build(captions=room.captions)
    assert same(room.arrays(), undisturbed)


@pytest.mark.parametrize("last_written", ["captions_tokenized.csv", "aligned_embeddings.npz"])
def test_killed_while_writing_it_leaves_no_copies(
    room: Room, monkeypatch: pytest.MonkeyPatch, last_written: str
) -> None:
    """A kill between two files: no manifest tells of those that are new, and they are nobody else's work all the same."""
    names = room.put_pictures(6)
    for turn in range(3):
        room.put_pictures(7 + turn)
        room.put_captions([(names[0], f"caption of turn {turn}")])
        with monkeypatch.context() as patch:
            _kill_after(patch, last_written)
            with pytest.raises(KeyboardInterrupt):
                room.build(captions=room.captions)
    put(room.data_dir, ".aligned_embeddings.npz.999999999.tmp", b"half of it")
    put(room.data_dir, f".captions_tokenized.csv.{os.getppid()}.tmp", b"being written")
    put(room.data_dir / ".build", "ledger-0.npz.tmp", b"half of it")
    room.put_captions([(names[1], "another caption")])
    room.build(captions=room.captions)
    assert {path.name for path in room.data_dir.iterdir()} == {
        ".build",
        f".captions_tokenized.csv.{os.getppid()}.tmp",
        "aligned_embeddings.npz",
        "captions_tokenized.csv",
        "manifest.json",
    }
    assert len(list((room.data_dir / ".build").glob("ledger-*"))) == 1
    assert "another caption" in (room.data_dir / "captions_tokenized.csv").read_text(encoding="utf-8")


def test_captions_edited_after_a_kill_are_kept(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    names = room.put_pictures(3)
    room.put_captions([(names[0], "a dog")])
    with monkeypatch.context() as patch:
        _kill_after(patch, "aligned_embeddings.npz")
        with pytest.raises(KeyboardInterrupt):
            room.build(captions=room.captions)
    put(room.data_dir, "captions_tokenized.csv", f"image,caption\n{names[0]},my own words\n".encode())
    room.build(captions=room.captions)
    assert "my own words" in (room.data_dir / "captions_tokenized.1.csv").read_text(encoding="utf-8")
    assert not (room.data_dir / "aligned_embeddings.1.npz").exists()


def _kill_after(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Stop the writing of a dataset right after the file ``name`` stands in its place."""
    rename = Path.replace

    def stop(self: Path, target: Path) -> Path:
        done = rename(self, target)
        if Path(target).name == name:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(Path, "replace", stop)
