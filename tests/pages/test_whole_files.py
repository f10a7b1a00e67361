"""Files are sent in one piece where they are small, and whole where they are not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import FileResponse

from pages._ui.serving import whole_files
from pages._ui.serving.gatekeeper import Gatekeeper
from tests.own_loop import run_apart


@pytest.fixture(params=[0, 1, 70_000, 1_000_000])
def file(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file of so many bytes; the last is a large one here, sent in more than one piece."""
    monkeypatch.setattr(whole_files, "SMALL_BYTES", 80_000)
    monkeypatch.setattr(whole_files, "PIECE_BYTES", 300_000)
    path = tmp_path / "script.js"
    path.write_bytes(bytes(range(256)) * (request.param // 256) + b"x" * (request.param % 256))
    yield path


def answer(file: Path, *headers: tuple[bytes, bytes], method: str = "GET") -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def receive() -> Any:
        await asyncio.Event().wait()  # nobody goes away

    scope = {"type": "http", "path": "/", "method": method, "headers": [(b"host", b"localhost"), *headers]}
    run_apart(Gatekeeper(FileResponse(file))(scope, receive, send))
    return sent


def test_a_file_is_sent_whole(file: Path) -> None:
    start, *pieces = answer(file)
    assert start["status"] == 200
    assert dict(start["headers"])[b"content-length"] == str(file.stat().st_size).encode()
    assert b"".join(one["body"] for one in pieces) == file.read_bytes()
    assert [one.get("more_body", False) for one in pieces] == [True] * (len(pieces) - 1) + [False]
    assert {one["type"] for one in pieces} == {"http.response.body"}
    assert len(pieces) == (1 if file.stat().st_size <= whole_files.SMALL_BYTES else 5)


def test_a_part_and_the_headers_alone_are_sent_as_before(file: Path) -> None:
    size = file.stat().st_size
    if size:
        start, *pieces = answer(file, (b"range", b"bytes=0-0"))
        assert (start["status"], b"".join(one["body"] for one in pieces)) == (206, file.read_bytes()[:1])
    start, *pieces = answer(file, method="HEAD")
    assert (start["status"], b"".join(one["body"] for one in pieces)) == (200, b"")
