"""Signing in with a browser: the button, the provider, the gallery, and the way out."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.app_server import free_port, served
from tests.browser.served_app import App
from tests.oidc_server import CLIENT_ID, CLIENT_SECRET, provider

SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "nobody guesses this one, it is long enough"
client_id = "{client_id}"
client_secret = "{client_secret}"
server_metadata_url = "{issuer}/.well-known/openid-configuration"

[people]
allowed = ["ada@example.org"]
"""


def test_somebody_signs_in_looks_around_and_signs_out(app: App, chromium: Browser, tmp_path: Path) -> None:
    port, secrets = free_port(), tmp_path / "secrets.toml"
    environment = {"T2I_DATA": str(app.data_dir), "T2I_MODEL": str(app.checkpoint)}
    with provider() as oidc:
        secrets.write_text(
            SECRETS.format(port=port, issuer=oidc.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET),
            encoding="utf-8",
        )
        with served(tmp_path, environment, "--secrets.files", str(secrets), port=port) as running:
            context = chromium.new_context()
            context.set_default_timeout(240_000)
            page = context.new_page()
            page.goto(f"{running.url}/?q=a+dog")
            expect(page.get_by_text("Sign in to search these pictures.")).to_be_visible()
            expect(page.locator(".card")).to_have_count(0)

            page.get_by_role("button", name="Sign in").click()
            page.locator(".st-key-dataset_open button").click()
            expect(page.get_by_text("Signed in as ada@example.org")).to_be_visible()
            picture = page.locator(".card.seen img").first
            expect(picture).to_be_visible()
            assert picture.evaluate("async (one) => { await one.decode(); return one.naturalWidth > 0; }")

            page.get_by_role("button", name="Sign out").click()
            expect(page.get_by_text("Sign in to search these pictures.")).to_be_visible()
            expect(page.locator(".card")).to_have_count(0)

            oidc.person = {"sub": "2", "email": "eve@example.org", "email_verified": True}
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_text("is not among the people who may use this app")).to_be_visible()
            expect(page.locator(".card")).to_have_count(0)
            context.close()
