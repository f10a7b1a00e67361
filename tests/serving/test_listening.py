"""Where the app listens, and what a real server answers: to this computer only, unless it is opened, and never to other sites."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import websockets
from websockets.typing import Origin, Subprotocol

from tests.app_server import Served, make_run, other_addresses, served
from tests.app_session import AppSession
from tests.own_loop import run_apart

WEBSOCKET = "/_stcore/stream"


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app as `make run` serves it."""
    with served(tmp_path_factory.mktemp("home"), {"T2I_HOSTS": "photos.example.org"}) as running:
        yield running


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app as `make run HOST=0.0.0.0` serves it."""
    with served(tmp_path_factory.mktemp("open"), {}, host="0.0.0.0") as running:
        yield running


def answers(address: str, port: int) -> bool:
    """Whether anything listens there."""
    try:
        with socket.create_connection((address, port), timeout=30):
            return True
    except OSError:
        return False


def ask(port: int, path: str = "/", **headers: str) -> http.client.HTTPResponse:
    """The answer to a request with these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("GET", path, skip_host=True)
    for name, value in ({"Host": f"127.0.0.1:{port}"} | headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def shakes_hands(port: int, host: str, origin: str) -> bool:
    """Whether a websocket is opened for a page of ``origin`` that asks ``host``."""

    async def shake() -> bool:
        try:
            async with websockets.connect(
                f"ws://{host}{WEBSOCKET}",
                host="127.0.0.1",
                port=port,
                origin=Origin(origin),
                subprotocols=[Subprotocol("streamlit")],
            ):
                return True
        except websockets.InvalidStatus as error:
            assert error.response.status_code == 403
            return False

    return run_apart(shake())


def test_this_computer_only(at_home: Served) -> None:
    assert answers("127.0.0.1", at_home.port)
    assert answers("localhost", at_home.port)
    for address in other_addresses():
        assert not answers(address, at_home.port), address


def test_without_make_too(tmp_path: Path) -> None:
    with served(tmp_path, {}, command=[sys.executable, "-m", "streamlit", "run", "Home.py"]) as bare:
        assert answers("localhost", bare.port)
        for address in other_addresses():
            assert not answers(address, bare.port), address
        assert ask(bare.port).getheader("X-Frame-Options") == "DENY"
        assert ask(bare.port, Host="evil.example").status == 403


def test_opened_to_others(opened: Served) -> None:
    assert "0.0.0.0" in make_run("HOST=0.0.0.0")
    for address in ("127.0.0.1", *other_addresses()):
        if ":" not in address:
            assert answers(address, opened.port), address
            assert ask(opened.port, Host=f"{address}:{opened.port}").status == 200
            assert shakes_hands(opened.port, f"{address}:{opened.port}", f"http://{address}:{opened.port}")
    assert ask(opened.port, Host="evil.example").status == 403
    assert not shakes_hands(opened.port, f"evil.example:{opened.port}", f"http://evil.example:{opened.port}")
    assert not shakes_hands(opened.port, f"127.0.0.1:{opened.port}", "http://evil.example")


@pytest.mark.parametrize(
    "path", ["/", "/build", "/_stcore/health", "/app/static/images/CREDITS.csv", "/oauth2callback"]
)
def test_a_forged_host_or_origin_is_refused(at_home: Served, path: str) -> None:
    for host in ("evil.example", f"evil.example:{at_home.port}", "192.168.1.5", "localhost.evil.example"):
        assert ask(at_home.port, path, Host=host).status == 403
    for origin in ("http://evil.example", "null", "http://localhost:1", "https://photos.example.org"):
        refused = ask(at_home.port, path, Origin=origin)
        assert refused.status == 403
        assert refused.getheader("Access-Control-Allow-Origin") is None


def test_own_pages_are_answered(at_home: Served) -> None:
    for host in (f"localhost:{at_home.port}", f"127.0.0.1:{at_home.port}", "photos.example.org"):
        for origin in ({}, {"Origin": f"http://{host}"}):
            answer = ask(at_home.port, "/app/static/images/CREDITS.csv", Host=host, **origin)
            assert answer.status == 200
            assert answer.getheader("Access-Control-Allow-Origin") is None
            assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
            assert "frame-ancestors 'none'" in (answer.getheader("Content-Security-Policy") or "")


def test_websockets(at_home: Served) -> None:
    here, port = f"localhost:{at_home.port}", at_home.port
    assert shakes_hands(port, here, f"http://{here}")
    assert shakes_hands(port, "photos.example.org", "https://photos.example.org")  # a proxy that speaks TLS
    for host, origin in (
        (here, "http://evil.example"),
        (here, "null"),
        (here, "http://localhost:1"),
        (f"evil.example:{port}", f"http://evil.example:{port}"),
        (f"192.168.1.5:{port}", f"http://192.168.1.5:{port}"),
    ):
        assert not shakes_hands(port, host, origin), (host, origin)


def test_it_stops_while_somebody_looks_at_it(tmp_path: Path) -> None:
    async def look(port: int) -> None:
        async with AppSession(f"http://127.0.0.1:{port}"):
            os.kill(process, signal.SIGTERM)
            await asyncio.sleep(0)

    with served(tmp_path, {}) as running:  # fails when the process has to be killed
        process = running.process
        run_apart(look(running.port))


def test_the_limit_of_open_files_is_raised(at_home: Served) -> None:
    limits = Path(f"/proc/{at_home.process}/limits")
    if not limits.exists():  # only Linux tells
        return
    soft, hard = next(
        line.split()[3:5] for line in limits.read_text().splitlines() if line.startswith("Max open files")
    )
    assert soft == str(min(65_536, int(hard)) if hard.isdigit() else 65_536)
