"""Files that are sent in one piece.

Streamlit's server reads a file in pieces, each in another thread and back. A first visit asks for a hundred files, and while
a model is being loaded every change of threads waits for its turn: the scripts of a page took seconds. ASGI lets a server offer
to send a file by its path (``http.response.pathsend``); Streamlit's does not, so it is offered here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

EXTENSION = "http.response.pathsend"
SMALL_BYTES = 1 << 20  # read where it stands: less than a thousandth of a second, from a disk that is asked again
PIECE_BYTES = 1 << 22


def offered(scope: Scope) -> Scope:
    """The request, with the offer to send files by their paths."""
    if scope["type"] != "http":
        return scope
    return {**scope, "extensions": {**(scope.get("extensions") or {}), EXTENSION: {}}}


def sent(send: Send) -> Send:
    """What sends a file where an answer says its path."""

    async def send_on(message: Message) -> None:
        if message["type"] != EXTENSION:
            await send(message)
            return
        path = Path(message["path"])
        if path.stat().st_size <= SMALL_BYTES:
            await send({"type": "http.response.body", "body": path.read_bytes()})
            return
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return send_on
