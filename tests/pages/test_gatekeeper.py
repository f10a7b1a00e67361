"""The gatekeeper: foreign Host and Origin are refused, plain and websocket; every answer carries the headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit import config

from pages._ui.serving import headers, hosts
from pages._ui.serving.gatekeeper import FOREIGN_HOST, FOREIGN_ORIGIN, Gatekeeper
from tests.own_loop import run_apart

Ask = Callable[..., list[dict[str, Any]]]
HOST = "localhost:8501"


@pytest.fixture
def address() -> Iterator[Callable[[str], None]]:
    before = config.get_option("server.address")
    yield lambda told: config.set_option("server.address", told)
    config.set_option("server.address", before)


@pytest.fixture
def ask() -> Ask:
    """Send one request through a gatekeeper; what it answers."""

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        told = [(b"Access-Control-Allow-Origin", b"*"), (b"X-Frame-Options", b"ALLOWALL"), (b"etag", b"x")]
        await send({"type": "http.response.start", "status": 200, "headers": told})

    def request(*named: tuple[str, str], kind: str = "http", path: str = "/") -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            sent.append(dict(message))

        scope = {"type": kind, "path": path, "headers": [(name.encode(), told.encode()) for name, told in named]}
        run_apart(Gatekeeper(behind)(scope, None, send))  # type: ignore[arg-type]  # nobody receives
        return sent

    return request


def refused(sent: list[dict[str, Any]]) -> str:
    """Why; empty when it was passed on."""
    return sent[1]["body"].decode() if sent[0]["status"] == 403 else ""


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "192.168.1.5:8501", "a@localhost", "", "\0"]
)
def test_foreign_hosts(ask: Ask, address: Callable[[str], None], host: str) -> None:
    address("localhost")
    assert refused(ask(("host", host))) == FOREIGN_HOST
    assert ask(("host", host), kind="websocket") == [{"type": "websocket.close", "code": 1008}]


def test_a_host_named_twice_or_not_at_all(ask: Ask, address: Callable[[str], None]) -> None:
    address("localhost")
    assert refused(ask()) == FOREIGN_HOST
    assert refused(ask(("host", HOST), ("Host", "evil.example"))) == FOREIGN_HOST


@pytest.mark.parametrize("host", [HOST, "127.0.0.1:8501", "[::1]:8501", "LocalHost", "photos.example.org"])
def test_own_hosts(ask: Ask, address: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    address("localhost")
    monkeypatch.setenv("T2I_HOSTS", "nas,Photos.Example.org")
    assert refused(ask(("host", host))) == ""


def test_opened_to_others_it_answers_to_addresses_and_its_own_name(ask: Ask, address: Callable[[str], None]) -> None:
    address("0.0.0.0")
    for host in ("192.168.1.5:8501", "[2001:db8::1]:8501", next(iter(hosts.own_names())), HOST):
        assert refused(ask(("host", host))) == ""
    assert refused(ask(("host", "evil.example"))) == FOREIGN_HOST  # a name can be given any address


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "", "http://localhost:3000", "http://127.0.0.1:8501", "file://", "http://[",
     "http://localhost:8501.evil.example", "https://localhost"],
)  # fmt: skip
def test_foreign_origins(ask: Ask, origin: str) -> None:
    assert refused(ask(("host", HOST), ("origin", origin))) == FOREIGN_ORIGIN
    assert ask(("host", HOST), ("origin", origin), kind="websocket") == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    ("host", "origin"),
    [(HOST, "http://localhost:8501"), (HOST, "https://LOCALHOST:8501"), ("localhost", "http://localhost:80"),
     ("localhost:443", "https://localhost"), ("[::1]:1", "http://[::1]:1")],
)  # fmt: skip
def test_own_origins(ask: Ask, host: str, origin: str) -> None:
    assert refused(ask(("host", host), ("origin", origin))) == ""


def test_every_answer_has_our_headers_once_and_lets_no_other_site_read_it(ask: Ask) -> None:
    for sent in (ask(("host", HOST)), ask(("host", "evil.example"))):
        told = [name.lower() for name, _ in sent[0]["headers"]]
        assert b"access-control-allow-origin" not in told
        for name, value in headers.headers():
            assert told.count(name) == 1
            assert (name, value) in sent[0]["headers"]


def test_the_policy_allows_no_script_that_stands_in_a_page_but_streamlits_own() -> None:
    rules = dict(rule.split(" ", 1) for rule in headers.policy().split("; "))
    assert "'unsafe-inline'" not in rules["script-src"]
    assert len(headers.inline_script_hashes()) == 1
    assert headers.inline_script_hashes()[0] in rules["script-src"]
    assert rules["frame-ancestors"] == rules["object-src"] == "'none'"
    assert not [rule for rule in rules.values() if "http:" in rule or "https:" in rule or "*" in rule]
