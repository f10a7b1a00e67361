"""Twenty browser tabs search at once, for as long as their memory of searches takes to fill and as long again."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

from pages._ui.asking.ranking import KEPT_RANKINGS
from tests.app_session import AppSession
from tests.browser.served_app import App
from tests.own_loop import run_apart

Result = TypeVar("Result")

SESSIONS = 20
PATIENCE_SECONDS = 1_200  # for an app that hangs, not for one that is slow
# What the allocator keeps and gives back, more or less. One answer of the page is a hundredth of it, and some
# five hundred answers are given meanwhile.
WOBBLE_BYTES = 16 * 2**20


def test_twenty_sessions_get_their_own_hits_and_memory_stays_flat(app: App) -> None:
    async def soak() -> tuple[int, int]:
        async with AsyncExitStack() as tabs:
            sessions = [await tabs.enter_async_context(AppSession(app.url)) for _ in range(SESSIONS)]
            queries = [f"{caption} {number}" for number in range(3) for caption in app.captions["caption"]]
            await _search_all(sessions, queries, range(KEPT_RANKINGS))
            before = _resident(app.process)
            await _search_all(sessions, queries, range(KEPT_RANKINGS, 2 * KEPT_RANKINGS))
            return before, _resident(app.process)

    before, after = _run(soak())
    assert after - before < WOBBLE_BYTES, f"{before / 2**20:.0f} MiB after warm-up, {after / 2**20:.0f} MiB at the end"


def test_sessions_that_ask_the_same_get_the_same(app: App) -> None:
    async def ask() -> list[list[str]]:
        async with AsyncExitStack() as tabs:
            sessions = [await tabs.enter_async_context(AppSession(app.url)) for _ in range(4)]
            return await asyncio.gather(*(session.search("a castle") for session in sessions))

    first, *others = _run(ask())
    assert len(first) > 10
    assert all(other == first for other in others)


def _run(work: Coroutine[None, None, Result]) -> Result:
    return run_apart(asyncio.wait_for(work, PATIENCE_SECONDS))


async def _search_all(sessions: Sequence[AppSession], queries: Sequence[str], rounds: range) -> None:
    """Each session asks its own query in each round; `AppSession.search` refuses the hits of another's."""
    for number in rounds:
        asked = [queries[(number * len(sessions) + tab) % len(queries)] for tab in range(len(sessions))]
        await asyncio.gather(*(session.search(query) for session, query in zip(sessions, asked, strict=True)))


def _resident(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * 4096
