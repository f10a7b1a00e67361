"""Listening: an app at an address until it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from t2i_core.errors import T2IError


def listen(app: Any, host: str, port: int, *, on_start: Callable[[str], None], lifespan: bool = False) -> None:
    """Answer at a host and port until Ctrl-C.

    Parameters
    ----------
    app : ASGI app
    host, port
        Port 0 takes any that is free.
    on_start : callable
        Told the address once it answers.
    lifespan : bool
        Whether the app has work to do before and after.

    Raises
    ------
    T2IError
        When it cannot listen there.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                name = f"[{host}]" if ":" in host else host
                on_start(f"http://{name}:{self.servers[0].sockets[0].getsockname()[1]}")

    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False,
        lifespan="on" if lifespan else "off", limit_concurrency=512, timeout_keep_alive=30, timeout_graceful_shutdown=5,
        ws="none",
    )  # fmt: skip
    try:
        Server(config).run()
    except SystemExit as error:  # uvicorn has told on standard error why
        raise T2IError(
            f"The server must be able to listen at {host}:{port}, and it cannot. Name another --port."
        ) from error
