"""Signing in by OpenID Connect: nothing is seen before, who is signed in is shown, and the list of people holds."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from served_app import App

from tests.app_server import Served, free_port, served
from tests.oidc_server import CLIENT_ID, CLIENT_SECRET, Provider, provider

SECRETS = """
[auth]
redirect_uri = "{url}/oauth2callback"
cookie_secret = "nobody guesses this one, it is long enough"
client_id = "{client_id}"
client_secret = "{client_secret}"
server_metadata_url = "{issuer}/.well-known/openid-configuration"

[people]
allowed = ["Ada@example.org", "*@friends.example"]
"""


@pytest.fixture(scope="module")
def oidc() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def behind_login(app: App, oidc: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A second server over the same dataset, that asks people to sign in."""
    folder = tmp_path_factory.mktemp("sign in")
    secrets = folder / "secrets.toml"
    port = free_port()
    told = {"issuer": oidc.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    secrets.write_text(SECRETS.format(url=f"http://127.0.0.1:{port}", **told), encoding="utf-8")
    with served(folder, {"T2I_DATA": str(app.data_dir)}, "--secrets.files", str(secrets), port=port) as running:
        yield running


@pytest.fixture
def page(chromium: Any, behind_login: Served) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(120_000)
    yield context.new_page()
    context.close()


def status_of(url: str, cookies: str = "") -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Cookie": cookies}), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def cookies_of(page: Any) -> str:
    return "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())


def test_sign_in_and_out(page: Any, behind_login: Served, app: App) -> None:
    picture = f"{behind_login.url}/app/static/images/{app.captions['image'].iloc[0]}"
    assert status_of(picture) == 401
    assert status_of(picture, "_streamlit_user=made|up|cookie") == 401
    page.goto(f"{behind_login.url}/?q=a%20mill")
    expect(page.get_by_text("Sign in to search these pictures.")).to_be_visible()
    expect(page.locator(".card")).to_have_count(0)
    expect(page.get_by_role("link")).to_have_count(0)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Signed in as ada@example.org")).to_be_visible()
    expect(page.locator(".card.seen").first).to_be_visible()
    assert status_of(picture, cookies_of(page)) == 200
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("Sign in to search these pictures.")).to_be_visible()
    assert status_of(picture, cookies_of(page)) == 401


@pytest.mark.parametrize(
    ("person", "says"),
    [
        (
            {"email": "eve@example.org", "email_verified": True},
            "eve@example.org is signed in and is not among the people",
        ),
        ({"email": "ada@example.org", "email_verified": False}, "ada@example.org is not verified"),
        ({"email": "ada@example.org"}, "ada@example.org is not verified"),
        ({"email": "a@friends.example.evil", "email_verified": True}, "is not among the people"),
        ({"name": "ada@example.org", "email_verified": True}, "is not among the people"),
        ({"email": "bob@friends.example", "email_verified": True}, "Signed in as bob@friends.example"),
    ],
    ids=json.dumps,
)
def test_only_people_on_the_list(
    page: Any, behind_login: Served, oidc: Provider, app: App, person: dict[str, object], says: str
) -> None:
    picture = f"{behind_login.url}/app/static/images/{app.captions['image'].iloc[0]}"
    oidc.person = {"sub": "2"} | person
    page.goto(behind_login.url)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(says)).to_be_visible()
    allowed = says.startswith("Signed in")
    expect(page.get_by_role("link", name="Captions")).to_have_count(int(allowed))
    assert status_of(picture, cookies_of(page)) == (200 if allowed else 401)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("Sign in to search these pictures.")).to_be_visible()


def test_secrets_that_cannot_be_read_let_nobody_in(tmp_path: Path, app: App, chromium: Any) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text("[auth\nclient_id = 1", encoding="utf-8")
    with served(tmp_path, {"T2I_DATA": str(app.data_dir)}, "--secrets.files", str(secrets)) as running:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(running.url)
        expect(page.get_by_text("must be valid TOML")).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)
        assert status_of(f"{running.url}/app/static/images/{app.captions['image'].iloc[0]}") == 401
        context.close()
