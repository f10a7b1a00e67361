"""CREDITS.csv beside pictures: read where it can be, none where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from t2i_core.dataset import Credit, read_credits


def test_credits_by_picture(tmp_path: Path) -> None:
    (tmp_path / "CREDITS.csv").write_text(
        '\ufeffimage,author,licence,source\nfish/a.jpg,"Doe, Jane",CC0,https://example.org\nb.jpg,,,\n',
        encoding="utf-8",
    )
    credits = read_credits(tmp_path)
    assert credits["fish/a.jpg"] == Credit("Doe, Jane", "CC0", "https://example.org")
    assert credits["b.jpg"] == Credit()


@pytest.mark.parametrize("content", [b"", b"name,author\na.jpg,me\n", b"\xff\xfe\x00", b'image,author\n"a.jpg\n'])
def test_a_broken_file_counts_as_none_or_says_nothing_wrong(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "CREDITS.csv").write_bytes(content)
    assert all(credit == Credit() for credit in read_credits(tmp_path).values())


def test_no_file(tmp_path: Path) -> None:
    assert read_credits(tmp_path) == {}
