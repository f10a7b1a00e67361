"""Answers that leave at once.

Streamlit opens its socket in a way in which asyncio does not know it for TCP's, and leaves Nagle's algorithm on: what is written
while something before it is not yet acknowledged waits for that, and who receives it acknowledges after 40 ms. Every file and
every run of a page is written in several pieces.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any


def send_at_once(loop: asyncio.AbstractEventLoop) -> None:
    """Let connections of the servers that this loop begins to serve from now on send without waiting."""
    create = loop.create_server

    async def create_server(*arguments: Any, sock: socket.socket | None = None, **options: Any) -> asyncio.Server:
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # its connections take it over
        return await create(*arguments, sock=sock, **options)

    loop.create_server = create_server  # type: ignore[method-assign]
