"""Signing in with Streamlit's own login (OpenID Connect), where ``.streamlit/secrets.toml`` configures it.

``[auth]`` there is Streamlit's. Ours is ``[people]``: ``allowed``, a list of e-mail addresses and ``*@domain``, and
``accept_unverified``, for providers that do not say whether they verified an address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

import streamlit as st
from streamlit import auth_util, config
from streamlit.web.server import server_util
from streamlit.web.server.starlette import starlette_app_utils
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from pages._ui.frame.plain_text import plain

UNREADABLE = (
    "A file of secrets that is there must be valid TOML, and one is not: {files}. Until it is mended nobody may see anything here, "
    "because it may say who has to sign in."
)
INCOMPLETE = (
    "[auth] in {files} must have {needed}, and {missing} is missing. Until it is there nobody can sign in, so nobody may see "
    "anything here. Whoever runs the app can add it, or take [auth] out to let everybody in."
)
# What Streamlit's login needs: of all providers together, and of each.
OF_ALL, OF_EACH = ("redirect_uri", "cookie_secret"), ("client_id", "client_secret", "server_metadata_url")


def problem() -> str:
    """Why nobody can be told to sign in or let in; empty when all is well."""
    there = ", ".join(str(file) for file in config.get_option("secrets.files") if Path(file).exists())
    if not st.secrets.load_if_toml_exists():
        return UNREADABLE.format(files=there) if there else ""
    missing = _missing(st.secrets["auth"]) if "auth" in st.secrets else []
    needed = ", ".join((*OF_ALL, *OF_EACH))
    return INCOMPLETE.format(files=there, needed=needed, missing=", ".join(missing)) if missing else ""


def _missing(auth: object) -> list[str]:
    """The names of what ``[auth]`` lacks, those of a provider with its name in front."""
    if not isinstance(auth, Mapping):
        return [*OF_ALL, *OF_EACH]
    named = {name: one for name, one in auth.items() if isinstance(one, Mapping) and name != "client_kwargs"}
    own = not named or any(key in auth for key in OF_EACH)
    missing = [key for key in (*OF_ALL, *(OF_EACH if own else ())) if not auth.get(key)]
    return missing + [f"{name}.{key}" for name, one in named.items() for key in OF_EACH if not one.get(key)]


def configured() -> bool:
    """Whether people have to sign in."""
    return bool(problem()) or "auth" in _secrets()


def let_in() -> bool:
    """Whether this visitor may use the app; otherwise what they can do about it is drawn."""
    if not configured():
        return True
    why = problem()
    if why:
        _page(why, signed_in=False)
        return False
    if st.user.to_dict().get("is_logged_in") is not True:
        _page("Sign in to search these pictures.", signed_in=False)
        return False
    why = refusal(st.user.to_dict())
    if why:
        _page(why, signed_in=True)
    return not why


def status() -> None:
    """Who is signed in, and the way out; nothing where nobody has to sign in."""
    if not configured():
        return
    st.text(f"Signed in as {name_of(st.user.to_dict())}")
    st.button("Sign out", key="sign_out", on_click=st.logout)


def name_of(person: Mapping[str, object]) -> str:
    """What somebody is called."""
    return str(person.get("email") or person.get("name") or person.get("sub") or "somebody without a name")


def refusal(person: Mapping[str, object]) -> str:
    """Why somebody who signed in may not use the app; empty when they may."""
    people = _people()
    if "allowed" not in people:
        return ""
    listed = people["allowed"]
    allowed = [str(one).strip().lower() for one in listed] if isinstance(listed, list) else []
    email = str(person.get("email") or "").strip().lower()
    name, _, domain = email.rpartition("@")
    if not name or not ({email, f"*@{domain}"} & set(allowed)):
        return f"{name_of(person)} is signed in and is not among the people who may use this app. Ask whoever runs it."
    if person.get("email_verified") is not True and people.get("accept_unverified") is not True:
        return (
            f"The address {email} is not verified by the provider that signed it in, so it could be anybody's. "
            "Verify it there; whoever runs the app can also set accept_unverified."
        )
    return ""


def may_see_files(cookies: str) -> bool:
    """Whether a request with this Cookie header may have pictures and files."""
    if not configured():
        return True
    if problem():
        return False
    person = _signed_in(cookies)
    return person is not None and person.get("is_logged_in") is True and not refusal(person)


def _signed_in(cookies: str) -> Mapping[str, object] | None:
    """What the signed cookie of Streamlit's login says; None without a valid one."""
    try:
        jar = {name: one.value for name, one in SimpleCookie(cookies).items()}
    except CookieError:
        return None
    secret = server_util.get_cookie_secret()

    def single(name: str) -> bytes | None:
        value = jar.get(name)
        if not value or not secret:
            return None
        return starlette_app_utils.decode_signed_value(secret, name, value.encode("latin-1", "replace"))

    told = auth_util.get_cookie_with_chunks(single, USER_COOKIE_NAME)
    try:
        person = json.loads(told) if told else None
    except ValueError:
        return None
    return person if isinstance(person, dict) else None


def _page(why: str, *, signed_in: bool) -> None:
    with st.container(width=560):
        st.title("Text to image search", anchor=False)
        st.text(why)
        if signed_in:
            st.button("Sign out", key="sign_out", on_click=st.logout)
        elif not problem():
            for provider in _providers():
                label = "Sign in" if provider is None else f"Sign in with {plain(provider.title())}"
                if st.button(label, key=f"sign_in_{provider}", type="primary"):
                    st.login(provider)


def _providers() -> list[str | None]:
    """The providers that ``[auth]`` names; None for one that stands in ``[auth]`` itself."""
    auth = _secrets()["auth"]
    named: list[str | None] = [
        str(name) for name, one in auth.items() if isinstance(one, Mapping) and "client_id" in one
    ]
    return [None, *named] if "client_id" in auth else named


def _secrets() -> Mapping[str, Mapping[str, object]]:
    return st.secrets if st.secrets.load_if_toml_exists() else {}


def _people() -> Mapping[str, object]:
    return _secrets().get("people", {})
