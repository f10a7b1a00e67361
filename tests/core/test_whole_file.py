"""Files that are read to their end: nothing that waits, and nothing that is endless."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from t2i_core.dataset import read_captions, whole_file
from t2i_core.errors import DatasetError


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**31)  # takes no space on the disk


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: os.mkfifo(path), "must be a file on a disk, got a device, pipe or socket"),
        (_socket, "must be a file on a disk, got a device, pipe or socket"),
        (lambda path: path.symlink_to("/dev/zero"), "must be a file on a disk, got a device, pipe or socket"),
        (lambda path: path.mkdir(), "must be a file on a disk, got a folder"),
        (_large, "may hold at most 1,073,741,824 bytes, got 2,147,483,648 bytes"),
        (lambda path: path.symlink_to(path), "cannot be read"),
        (lambda path: None, "cannot be read: No such file"),
    ],
)
def test_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], object], says: str
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path may only be short
    path = Path("captions.csv")
    make(path)
    with pytest.raises(DatasetError, match=f"The captions file .*{says}"):
        read_captions(path)
    with pytest.raises(DatasetError, match=f"The file .*{says}"):
        whole_file.check(path, what="The file", at_most=2**30)


def test_a_file_as_large_as_allowed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 1_000)
    assert whole_file.read_whole(path, what="The file", at_most=1_000) == b"x" * 1_000
    with pytest.raises(DatasetError, match="may hold at most 999 bytes, got 1,000 bytes"):
        whole_file.read_whole(path, what="The file", at_most=999)


def test_a_file_that_holds_more_than_it_says() -> None:
    path = Path("/proc/cpuinfo")
    if not path.is_file():  # only Linux has files that say they are empty and are not
        return
    assert whole_file.read_whole(path, what="The file", at_most=2**20).startswith(b"processor")
    with pytest.raises(DatasetError, match="may hold at most 10 bytes, got more"):
        whole_file.read_whole(path, what="The file", at_most=10)


@pytest.mark.parametrize("name", ["a\0b", "x" * 5_000])
def test_what_is_no_path(name: str) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        whole_file.read_whole(Path(name), what="The file", at_most=10)
