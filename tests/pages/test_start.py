"""What happens once as the server starts: hosts Streamlit itself allows, the browser, sockets, what is made ready."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator

import pytest
from streamlit import cli_util, config

from pages._ui import serving
from tests.own_loop import run_apart

OPTIONS = ("server.address", "server.allowedHosts", "server.headless", "server.port")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Addresses that a browser was opened at."""
    before = {option: config.get_option(option) for option in OPTIONS}
    found: list[str] = []
    monkeypatch.setattr(cli_util, "open_browser", found.append)
    config.set_option("server.port", 8600)
    config.set_option("server.headless", False)
    yield found
    for option, value in before.items():
        config.set_option(option, value)


def begin(make_ready: Callable[[], None] = lambda: None) -> None:
    async def live() -> None:
        async with serving.life(make_ready)(None):
            pass

    run_apart(live())


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("localhost", "http://localhost:8600"),
        ("0.0.0.0", "http://localhost:8600"),
        ("192.168.1.5", "http://192.168.1.5:8600"),
    ],
)
def test_the_browser_is_opened(opened: list[str], address: str, url: str) -> None:
    config.set_option("server.address", address)
    begin()
    assert opened == [url]


def test_not_without_a_screen(opened: list[str]) -> None:
    config.set_option("server.headless", True)
    begin()
    assert opened == []


def test_streamlits_own_list_of_hosts(opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T2I_HOSTS", "photos.example.org")
    config.set_option("server.address", "localhost")
    begin()
    assert config.get_option("server.allowedHosts") == [
        "localhost", "*.localhost", "127.0.0.1", "::1", "photos.example.org",
    ]  # fmt: skip
    config.set_option("server.address", "0.0.0.0")
    begin()
    assert config.get_option("server.allowedHosts") == ["*"]  # the gatekeeper refuses names, and knows addresses


def test_what_is_made_ready_is_begun_once(opened: list[str]) -> None:
    made: list[str] = []
    begin(lambda: made.append("ready"))
    assert made == ["ready"]


def test_answers_leave_at_once(opened: list[str]) -> None:
    """On a socket as Streamlit opens it, of which asyncio does not know that it is TCP's."""

    async def nodelay() -> int:
        accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
        with socket.socket(family=socket.AF_INET) as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            listening.setblocking(False)
            async with serving.life(lambda: None)(None):
                loop = asyncio.get_running_loop()
                reader = asyncio.StreamReader(loop=loop)
                server = await loop.create_server(
                    lambda: asyncio.StreamReaderProtocol(reader, lambda _, writer: accepted.put_nowait(writer)),
                    sock=listening,
                )
                _, asking = await asyncio.open_connection(*listening.getsockname())
                answering = await accepted.get()
                told = answering.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                for one in (asking, answering):
                    one.close()
                server.close()
        return int(told)

    assert run_apart(nodelay())
