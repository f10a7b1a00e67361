"""Guard: the first to see every request; refuses foreign ones and those that ask too often, and adds headers to answers."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from t2i_core.serving.limits import Limits, RateLimit, is_loopback, knows_token

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
)
# Says that a server is there, and nothing of the dataset: what looks after servers knows no token.
OPEN = frozenset({"/health"})


class Guard:
    """Middleware around the app.

    Parameters
    ----------
    token : str
        What clients must know; empty where only this computer can ask. A page of another site could then reach the
        server through a browser of this computer, so Host and Origin must be this computer's.
    """

    def __init__(self, app: App, *, limits: Limits, token: str = "") -> None:
        self._app, self._token, self._limits = app, token, limits
        self._rate = RateLimit(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is None:
            await self._app(scope, receive, _with_headers(send))
            return
        status, code, message, headers = refused
        body = json.dumps({"error": {"code": code, "message": message}}).encode()
        told = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            *headers,
            *HEADERS,
        ]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": body})

    def _refusal(self, scope: Scope) -> tuple[int, str, str, list[tuple[bytes, bytes]]] | None:
        wait = self._rate.wait((scope.get("client") or ("",))[0])
        if wait:
            message = (
                f"At most {self._limits.rate:g} requests a second are answered, got more. Ask again in {wait:.1f} s."
            )
            return 429, "too_many_requests", message, [(b"retry-after", str(math.ceil(wait)).encode())]
        if scope["path"] in OPEN:
            return None
        if self._token:
            if knows_token(_header(scope, b"authorization"), self._token):
                return None
            message = "Requests must bring the server's token as `Authorization: Bearer TOKEN`, this one does not."
            return 401, "token_needed", message, [(b"www-authenticate", b"Bearer")]
        host, origin = _header(scope, b"host"), _header(scope, b"origin")
        if not is_loopback(_name_of(host)):
            return 403, "foreign_host", f"Without a token the Host must be this computer, got {host[:100]!r}.", []
        if origin and origin.partition("://")[2] != host:
            return 403, "foreign_origin", f"Without a token only this server's pages may ask, got {origin[:100]!r}.", []
        return None


def _header(scope: Scope, name: bytes) -> str:
    """A header's value; one sent twice counts as none that fits."""
    values = [value.decode("latin-1") for one, value in scope["headers"] if one.lower() == name]
    return values[0] if len(values) == 1 else "\0" if values else ""


def _name_of(host: str) -> str:
    """A Host without its port; IPv6 addresses stand in brackets."""
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def _with_headers(send: Send) -> Send:
    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *HEADERS]}
        await send(message)

    return send_on
