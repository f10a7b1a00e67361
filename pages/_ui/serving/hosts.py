"""Host and Origin of a request: whether it was meant for this app and comes from one of its own pages.

A site that gives its own name the address of this computer would otherwise reach the app through a visitor's browser
(DNS rebinding), and any site could open a connection to it. An address in numbers cannot be given away like that.
"""

from __future__ import annotations

import ipaddress
import platform
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from streamlit import config

PORTS = {"http": 80, "https": 443}


def is_loopback(name: str | None) -> bool:
    """Whether a host name or address stands for the computer it is used on, whatever a name server says."""
    if not name:
        return False
    name = name.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = address_of(name)
    return address is not None and address.is_loopback


def address_of(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address a host is written as, IPv4 inside IPv6 unpacked; None for a name."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def host_name(host: str | None) -> str | None:
    """The name in a Host header without its port; None when it is no host at all."""
    parts = _parts(f"//{host}") if host else None
    if parts is None or parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return parts.hostname.lower().rstrip(".") if parts.hostname else None


def is_host_allowed(host: str | None, *, names: Collection[str], is_open: bool) -> bool:
    """Whether a request with this Host header is answered.

    Always: names of the computer itself (``localhost``, ``127.0.0.1``) and ``names``. When the server ``is_open``
    to other computers, also every address in numbers and the computer's own name.
    """
    name = host_name(host)
    if name is None:
        return False
    if is_loopback(name) or name in names:
        return True
    return is_open and (address_of(name) is not None or name in own_names())


def is_origin_allowed(origin: str | None, host: str | None, *, origins: Collection[str] = ()) -> bool:
    """Whether a request comes from a page of this app: its Origin, where a browser sends one, has the Host's name and port."""
    if origin is None or origin in origins:
        return True
    asked = _parts(origin)
    if asked is None or asked.scheme not in PORTS or not asked.hostname:
        return False
    here = _parts(f"{asked.scheme}://{host}")
    if here is None or not here.hostname:
        return False
    default = PORTS[asked.scheme]
    return (asked.hostname, asked.port or default) == (here.hostname, here.port or default)


def is_open() -> bool:
    """Whether the server listens for other computers too."""
    return not is_loopback(config.get_option("server.address") or "0.0.0.0")


@lru_cache(maxsize=1)
def own_names() -> frozenset[str]:
    """What this computer is called, in lower case."""
    name = platform.node().lower().rstrip(".")
    return frozenset({name, name.partition(".")[0], f"{name.partition('.')[0]}.local"} - {""})


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    return parts
