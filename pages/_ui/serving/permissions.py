"""Permit: may this visitor change files, and where. The one gate of everything on a page that reads or writes files.

A page asks `current` before it offers anything, and hands the permit to what does the work, which asks it again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from pages._ui.serving import hosts, policy
from t2i_core.errors import T2IError

# A proxy adds these. What it forwards comes from its own address, which says nothing about the visitor's.
FORWARDED = frozenset(
    {"forwarded", "via", "client-ip", "true-client-ip", "cf-connecting-ip", "fly-client-ip", "fastly-client-ip"}
)
FORWARDED_BEGINNINGS = ("x-forwarded", "x-real-ip", "x-original", "x-client-ip", "x-cluster-client-ip", "x-envoy-")

ELSEWHERE = (
    "Datasets and maps are made by a browser on the computer this app runs on, opened at localhost. There, or in a terminal: "
    "python -m t2i_core build. Whoever runs the app can allow it to everybody with T2I_ALLOW_BUILD=1 and T2I_ROOTS."
)
CLOSED = "Making datasets and maps is switched off here (T2I_ALLOW_BUILD=0). In a terminal: python -m t2i_core build."
NO_ROOTS = (
    "With T2I_ALLOW_BUILD=1 datasets and maps are made below the folders that T2I_ROOTS names, and it names none. "
    "Whoever runs the app has to set it."
)


class NotAllowedError(T2IError):
    """A visitor asked for something that changes files, or for files, that they may not have."""


@dataclass(frozen=True)
class Connection:
    """Who is at the other end: the peer's address as the server saw it, and the headers of the browser's request."""

    peer: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether it is a browser on this computer.

        Its connection comes from a loopback address, no proxy says that it passes it on, and both the address it asks
        (Host) and the page it asks from (Origin, which every browser sends) are this computer by name.
        """
        told: dict[str, list[str]] = {}
        for name, value in self.headers:
            told.setdefault(name.lower(), []).append(value)
        if not hosts.is_loopback(self.peer) or _passed_on(told):
            return False
        host, origin = told.get("host", []), told.get("origin", [])
        return (
            len(host) == len(origin) == 1
            and hosts.is_loopback(hosts.host_name(host[0]))
            and hosts.is_loopback(_origin_name(origin[0]))
        )


@dataclass(frozen=True)
class Permit:
    """What one visitor may do.

    Attributes
    ----------
    refusal : str
        Why nothing may be changed; empty when something may.
    roots : tuple of Path
        The folders below which it may, links resolved. Empty: anywhere.
    """

    refusal: str = ""
    roots: tuple[Path, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.refusal

    @property
    def where(self) -> str:
        """Where files may be read and written, as a sentence."""
        if self.refusal:
            return self.refusal
        if not self.roots:
            return "Pictures, captions and datasets may lie anywhere on this computer."
        return f"Pictures, captions and datasets must lie below {' or '.join(str(root) for root in self.roots)}."

    @property
    def short(self) -> str:
        """What every page says about it; nothing where everything is allowed."""
        if self.refusal:
            return "Search only: making datasets and maps is not open to this browser"
        return f"Datasets are made below {' or '.join(str(root) for root in self.roots)}" if self.roots else ""

    def may_use(self, path: Path) -> bool:
        """Whether files at ``path`` may be read and written; it need not exist."""
        if self.refusal or not self.roots:
            return self.allowed
        try:
            resolved = path.expanduser().resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links, no such home, a zero byte
            return False
        return any(resolved.is_relative_to(root) for root in self.roots)

    def check(self, *paths: Path | None) -> None:
        """Refuse unless every one of ``paths`` may be used; without paths, unless anything may be.

        Raises
        ------
        NotAllowedError
        """
        if self.refusal:
            raise NotAllowedError(self.refusal)
        for path in paths:
            if path is not None and not self.may_use(path):
                raise NotAllowedError(f"{self.where} Got {path}, links followed.")


def current() -> Permit:
    """What the visitor of this run may do."""
    try:
        return permit(policy.read_policy(), connection())
    except T2IError as error:
        return Permit(str(error))


def permit(allowed: policy.Policy, visitor: Connection) -> Permit:
    """What a visitor may do under a policy."""
    if allowed.who == policy.NOBODY:
        return Permit(CLOSED)
    if allowed.who == policy.EVERYBODY:
        return Permit(roots=allowed.roots) if allowed.roots else Permit(NO_ROOTS)
    return Permit(roots=allowed.roots) if visitor.is_local else Permit(ELSEWHERE)


def connection() -> Connection:
    """The connection of this run's browser, as it is now."""
    headers = st.context.headers
    told = tuple((name, value) for name in headers for value in headers.get_all(name))
    # Streamlit gives None for a loopback address, and also where there is no connection; then there are no headers.
    return Connection(st.context.ip_address or ("127.0.0.1" if told else None), told)


def _passed_on(names: Collection[str] | Mapping[str, Sequence[str]]) -> bool:
    return any(name in FORWARDED or name.startswith(FORWARDED_BEGINNINGS) for name in names)


def _origin_name(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:
        return None
