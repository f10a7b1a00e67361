"""Twenty sessions at once: every search is answered with its own hits, and the server's memory stays flat."""

from __future__ import annotations

import asyncio
import sys
import urllib.parse
from pathlib import Path

from served_app import ROOT, App

sys.path.append(str(ROOT / "benchmarks"))

from session_client import ask, connect

SESSIONS = 20
SEARCHES = 3
LEAK_MB = 80.0  # far more than twenty sessions hold, far less than one copy of a model a session


def test_twenty_sessions_search_at_once(app: App) -> None:
    port = urllib.parse.urlsplit(app.url).port
    server = _server_of(port)
    asyncio.run(_warm_up(port))
    memory, answers = [], 0
    for _ in range(2):
        answers += sum(asyncio.run(_all_at_once(port)))
        memory.append(_resident_mb(server))
    assert answers == 2 * SESSIONS * SEARCHES
    assert memory[1] - memory[0] < LEAK_MB, memory


async def _all_at_once(port: int) -> list[int]:
    async def person(number: int) -> int:
        async with connect(port) as socket:
            return sum([await ask(socket, f"a mill and {number} boats, {turn} times") for turn in range(SEARCHES)])

    return list(await asyncio.gather(*(person(number) for number in range(SESSIONS))))


async def _warm_up(port: int) -> None:
    """Until searches are answered: the model is loaded by then."""
    async with asyncio.timeout(300), connect(port) as socket:
        while not await ask(socket, "a mill"):
            await asyncio.sleep(0.2)


def _server_of(port: int) -> int:
    """Process id of the server that was started for this port."""
    wanted = b"--server.port\0" + str(port).encode() + b"\0"
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "cmdline").read_bytes():
                return int(folder.name)
        except OSError:
            continue
    raise AssertionError(f"no server listens on port {port}")


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1e3
