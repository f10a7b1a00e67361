"""The authorisation code flow against a provider on loopback, by an HTTP client: only then are pictures given out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app_server import ROOT
from tests.oidc_server import CLIENT_ID, CLIENT_SECRET, provider

URL = "http://127.0.0.1:8501"
PICTURE = "/app/static/images/CREDITS.csv"
SECRETS = f"""
[auth]
redirect_uri = "{URL}/oauth2callback"
cookie_secret = "nobody guesses this one, it is long enough"
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"
server_metadata_url = "{{issuer}}/.well-known/openid-configuration"

[people]
allowed = ["ada@example.org"]
"""
# In a process of its own: there is one Streamlit server in a process, and tests of pages have another.
CLIENT = f"""
import json, sys
from urllib.parse import urlsplit
import httpx
from starlette.testclient import TestClient
from streamlit import config
config.set_option("secrets.files", [sys.argv[1]])
config.set_option("server.headless", True)
import Home
from streamlit.auth_util import encode_provider_token
with TestClient(Home.app, base_url="{URL}", follow_redirects=False) as client:
    seen = [client.get("{PICTURE}").status_code]
    asked = client.get("/auth/login", params={{"provider": encode_provider_token("default")}})
    back = urlsplit(httpx.get(asked.headers["location"]).headers["location"])
    client.get(f"{{back.path}}?{{back.query}}")
    seen.append(client.get("{PICTURE}").status_code)
    other = TestClient(Home.app, base_url="{URL}", follow_redirects=False)
    other.get(f"{{back.path}}?{{back.query}}")  # the same answer of the provider in somebody else's browser
    seen.append(other.get("{PICTURE}").status_code)
    client.get("/auth/logout")
    seen.append(client.get("{PICTURE}").status_code)
print(json.dumps(seen))
"""


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ({"email": "ada@example.org", "email_verified": True}, [401, 200, 401, 401]),
        ({"email": "ada@example.org", "email_verified": False}, [401, 401, 401, 401]),
        ({"email": "eve@example.org", "email_verified": True}, [401, 401, 401, 401]),
    ],
)
def test_pictures_are_for_people_on_the_list_who_signed_in(
    tmp_path: Path, person: dict[str, object], seen: list[int]
) -> None:
    with provider() as oidc:
        oidc.person = {"sub": "1"} | person
        secrets = tmp_path / "secrets.toml"
        secrets.write_text(SECRETS.format(issuer=oidc.issuer), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", CLIENT, str(secrets)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout.strip().splitlines()[-1]) == seen
        assert oidc.asked.count("/token") == 1
