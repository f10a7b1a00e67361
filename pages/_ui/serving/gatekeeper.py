"""Gatekeeper: the first to see every request, plain or websocket; refuses foreign ones and adds headers to answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from streamlit import config

from pages._ui.serving import headers, hosts, policy, sign_in, whole_files

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# What holds pictures or files of the dataset; the rest is the empty app, which asks to sign in by itself.
FOR_PEOPLE_SIGNED_IN = ("/app/static/", "/media/", "/_stcore/upload_file/", "/_stcore/agent/")
FOREIGN_HOST = (
    "This app answers to localhost, to the names that T2I_HOSTS lists and, when it was opened by make run HOST=…, to "
    "this computer's addresses and name; the Host of this request is none of them."
)
FOREIGN_ORIGIN = "This app answers to its own pages only; the Origin of this request is another site."
NOT_SIGNED_IN = "Sign in on the app's page to see this."


class Gatekeeper:
    """Middleware around Streamlit's server."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        why = refusal(scope)
        if why:
            await _refuse(scope, send, why)
        else:
            await self._app(whole_files.offered(scope), receive, whole_files.sent(_with_headers(send)))


def refusal(scope: Scope) -> str:
    """Why a request is not answered; empty when it is."""
    host, origin = _header(scope, b"host"), _header(scope, b"origin")
    if not hosts.is_host_allowed(host, names=policy.read_hosts(), is_open=hosts.is_open()):
        return FOREIGN_HOST
    if not hosts.is_origin_allowed(origin, host, origins=config.get_option("server.corsAllowedOrigins")):
        return FOREIGN_ORIGIN
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    path = str(scope["path"]).removeprefix(f"/{base}" if base else "")
    if path.startswith(FOR_PEOPLE_SIGNED_IN) and not sign_in.may_see_files(_header(scope, b"cookie") or ""):
        return NOT_SIGNED_IN
    return ""


def _header(scope: Scope, name: bytes) -> str | None:
    """A header's value. One sent twice is as good as foreign: what comes behind could go by the other."""
    values = [value.decode("latin-1") for one, value in scope["headers"] if one.lower() == name]
    if not values:
        return None
    return values[0] if len(values) == 1 or name == b"cookie" else "\0"


async def _refuse(scope: Scope, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the handshake ends with 403
        return
    status = 401 if why == NOT_SIGNED_IN else 403
    told = [(b"content-type", b"text/plain; charset=utf-8"), *headers.headers()]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": why.encode()})


def _with_headers(send: Send) -> Send:
    ours = {name for name, _ in headers.headers()} | {b"access-control-allow-origin"}
    cors = config.get_option("server.corsAllowedOrigins")

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            # Streamlit lets any site read what lies below static/; ours are somebody's pictures.
            dropped = ours if not cors else ours - {b"access-control-allow-origin"}
            kept = [(name, value) for name, value in message["headers"] if name.lower() not in dropped]
            message = {**message, "headers": [*kept, *headers.headers()]}
        await send(message)

    return send_on
