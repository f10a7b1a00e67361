"""What happens once as the server starts: the hosts Streamlit itself allows, and the browser that is opened."""

from __future__ import annotations

from collections.abc import Iterator

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


def begin() -> None:
    async def live() -> None:
        async with serving.begin(None):
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
