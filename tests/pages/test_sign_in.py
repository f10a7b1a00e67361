"""Who is let in by the login: the list of people, and the signed cookie that pictures ask for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit.web.server import server_util
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from pages._ui.serving import sign_in
from tests.pages.page_parts import SECONDS_TO_LOAD

SECRET = "nobody guesses this one"
# What secrets.toml must say of all providers, and of each.
WHOLE = {"redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": SECRET}
ONE = {"client_id": "t2i", "client_secret": "s", "server_metadata_url": "https://accounts.example/"}
Configure = Callable[..., None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Pretend that secrets.toml says this of people."""

    def told(**people: object) -> None:
        secrets = {"auth": {"client_id": "t2i"}} | ({"people": people} if people else {})
        monkeypatch.setattr(sign_in, "_secrets", lambda: secrets)
        monkeypatch.setattr(sign_in, "problem", lambda: "")
        monkeypatch.setattr(server_util, "get_cookie_secret", lambda: SECRET)

    return told


def cookie(person: object, *, secret: str = SECRET, name: str = "_streamlit_user") -> str:
    return f"{name}={create_signed_value(secret, '_streamlit_user', json.dumps(person)).decode()}"


ADA = {"is_logged_in": True, "email": "ada@example.org", "email_verified": True}


def test_without_configuration_nothing_changes() -> None:
    assert not sign_in.configured()
    assert sign_in.let_in()
    assert sign_in.may_see_files("")


@pytest.mark.parametrize(
    ("person", "allowed"),
    [
        (ADA, True),
        (ADA | {"email": " ADA@Example.org "}, True),
        (ADA | {"email": "bob@friends.example"}, True),
        (ADA | {"email": "ada@friends.example.evil"}, False),
        (ADA | {"email": "eve@evilfriends.example"}, False),
        (ADA | {"email": "friends.example"}, False),
        (ADA | {"email": "*@friends.example"}, True),  # an address like any other of that domain
        (ADA | {"email": ""}, False),
        (ADA | {"email": None}, False),
        (ADA | {"email_verified": False}, False),
        (ADA | {"email_verified": "false"}, False),
        ({"email": "ada@example.org"}, False),
        ({"name": "ada@example.org", "email_verified": True}, False),
    ],
)
def test_the_list_of_people(configure: Configure, person: dict[str, object], allowed: bool) -> None:
    configure(allowed=["Ada@example.org", "*@friends.example"])
    assert (sign_in.refusal(person) == "") is allowed


def test_no_list_lets_everybody_in_and_an_empty_or_wrong_one_nobody(configure: Configure) -> None:
    configure()
    assert sign_in.refusal({"sub": "1"}) == ""
    wrong_ones: tuple[object, ...] = ([], "ada@example.org", None)
    for wrong in wrong_ones:
        configure(allowed=wrong)
        assert "is not among the people" in sign_in.refusal(ADA)
    configure(allowed=["ada@example.org"], accept_unverified=True)
    assert sign_in.refusal({"email": "ada@example.org"}) == ""


def test_pictures_ask_for_the_signed_cookie(configure: Configure) -> None:
    configure(allowed=["ada@example.org"])
    assert sign_in.may_see_files(f"theme=dark; {cookie(ADA)}")
    for refused in (
        "",
        "_streamlit_user=",
        "_streamlit_user=a|b|c",
        "\0;=;;",
        cookie(ADA, secret="another"),
        cookie(ADA, name="_streamlit_user_tokens"),
        cookie(ADA)[:-3],
        cookie(ADA | {"email": "eve@example.org"}),
        cookie(ADA | {"is_logged_in": False}),
        cookie({"email": "ada@example.org", "email_verified": True}),
        cookie("ada@example.org"),
    ):
        assert not sign_in.may_see_files(refused), refused


def test_secrets_that_cannot_be_read_let_nobody_in(tmp_path: Path) -> None:
    before = config.get_option("secrets.files")
    (tmp_path / "secrets.toml").write_text("[auth\n", encoding="utf-8")
    try:
        config.set_option("secrets.files", [str(tmp_path / "gone.toml"), str(tmp_path / "secrets.toml")])
        st.secrets._reset()
        assert str(tmp_path / "secrets.toml") in sign_in.problem()
        assert sign_in.configured()
        assert not sign_in.may_see_files(cookie(ADA))
    finally:
        config.set_option("secrets.files", before)
        st.secrets._reset()
    assert sign_in.problem() == ""


def test_nothing_of_the_app_is_drawn_before(monkeypatch: pytest.MonkeyPatch, datasets: Path) -> None:
    monkeypatch.setenv("T2I_DATA", str(datasets))
    app = AppTest.from_file(str(Path(__file__).resolve().parents[2] / "Home.py"), default_timeout=SECONDS_TO_LOAD)
    app.secrets["auth"] = WHOLE | ONE | {"google": ONE}
    app.run()
    assert not app.exception
    assert [one.value for one in app.text] == ["Sign in to search these pictures."]
    assert [one.label for one in app.button] == ["Sign in", "Sign in with Google"]
    assert not app.get("bidi_component") and not app.sidebar.caption and not app.get("page_link")


@pytest.mark.parametrize(
    ("auth", "missing"),
    [
        (WHOLE | ONE, ""),
        (WHOLE | {"google": ONE}, ""),
        (WHOLE | ONE | {"client_kwargs": {"scope": "openid"}}, ""),
        (ONE, "redirect_uri, cookie_secret is missing"),
        (WHOLE, "client_id, client_secret, server_metadata_url is missing"),
        (WHOLE | {"client_id": "t2i", "client_secret": "s"}, "server_metadata_url is missing"),
        (WHOLE | {"google": {"client_id": "t2i"}}, "google.client_secret, google.server_metadata_url is missing"),
        ("yes", "redirect_uri, cookie_secret, client_id"),
    ],
)
def test_a_login_that_lacks_something_says_what(auth: object, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "st", _WithSecrets({"auth": auth}))
    if missing:
        assert missing in sign_in.problem()
        assert sign_in.configured()
        assert not sign_in.may_see_files("")
    else:
        assert sign_in.problem() == ""


class _WithSecrets:
    """Streamlit, but for its secrets."""

    def __init__(self, secrets: dict[str, object]) -> None:
        self.secrets = _Secrets(secrets)

    def __getattr__(self, name: str) -> object:
        return getattr(st, name)


class _Secrets(dict[str, object]):
    def load_if_toml_exists(self) -> bool:
        return True
