"""What happens once, as the server starts: limits are raised, the browser is opened, what a first visit needs is made ready."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.middleware import Middleware
from streamlit import cli_util, config
from streamlit.web.server import server_util

from pages._ui.serving import hosts, open_files, policy
from pages._ui.serving.at_once import send_at_once
from pages._ui.serving.gatekeeper import Gatekeeper

LOCAL_NAMES = ("localhost", "*.localhost", "127.0.0.1", "::1")


def middleware() -> list[Middleware]:
    """What every request passes before Streamlit sees it."""
    return [Middleware(Gatekeeper)]


def life(make_ready: Callable[[], None]) -> Callable[[object], AbstractAsyncContextManager[dict[str, object]]]:
    """The server's life, for ``st.App``; ``make_ready`` is called once it begins, and must not take long."""

    @asynccontextmanager
    async def begin(app: object) -> AsyncIterator[dict[str, object]]:
        open_files.raise_limit()
        send_at_once(asyncio.get_running_loop())
        _tell_streamlit_the_hosts()
        _open_browser()
        make_ready()
        yield {}

    return begin


def _tell_streamlit_the_hosts() -> None:
    """Streamlit compares the Host of a websocket with a list of its own; the gatekeeper, which knows addresses, was asked before."""
    config.set_option("server.allowedHosts", ["*"] if hosts.is_open() else [*LOCAL_NAMES, *policy.read_hosts()])


def _open_browser() -> None:
    """``streamlit run`` opens the browser only for apps without a server object of their own."""
    if config.get_option("server.headless"):
        return
    address = "localhost"
    for option in ("browser.serverAddress", "server.address"):
        if config.is_manually_set(option):
            address = server_util.get_display_address(config.get_option(option))
            break
    cli_util.open_browser(server_util.get_url(address))
