"""What a server allows: how large, how often, how long, and who."""

from __future__ import annotations

import hmac
import ipaddress
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from t2i_core.errors import T2IError

TOKEN = "T2I_TOKEN"
SHORTEST_TOKEN = 16
_ADDRESSES_KEPT = 4_096


@dataclass(frozen=True)
class Limits:
    """What one request, and one address, may take.

    Attributes
    ----------
    body_bytes : int
        Longest request.
    rate : float
        Requests a second and address, on the long run; 0 for any number.
    burst : int
        Requests that may come at once.
    seconds : float
        What an answer may take.
    waiting : int
        Requests that may wait for a thread.
    """

    body_bytes: int = 64 * 1024
    rate: float = 50.0
    burst: int = 100
    seconds: float = 30.0
    waiting: int = 64


class RateLimit:
    """A bucket of requests for each address, filled at a steady rate; those that asked longest ago are forgotten."""

    def __init__(self, limits: Limits, *, now: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._now = limits.rate, limits.burst, now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until this address may ask; 0 when it may now, and that is then counted."""
        if not self._rate:
            return 0.0
        moment = self._now()
        left, since = self._left.pop(address, (float(self._burst), moment))
        left = min(float(self._burst), left + (moment - since) * self._rate)
        allowed = left >= 1
        self._left[address] = (left - 1 if allowed else left, moment)
        if len(self._left) > _ADDRESSES_KEPT:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._rate


def is_loopback(host: str) -> bool:
    """Whether a name or address is this computer and nothing else.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def read_token(host: str, environ: Mapping[str, str] | None = None) -> str:
    """What clients must know (``T2I_TOKEN``); empty where it is not set and only this computer can ask.

    Raises
    ------
    T2IError
        When it is missing and other computers can ask, or when it is easily guessed.
    """
    token = (os.environ if environ is None else environ).get(TOKEN, "")
    if not token and is_loopback(host):
        return ""
    if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        received = "none" if not token else f"one of {len(token)} characters"
        raise T2IError(
            f"{TOKEN} must be at least {SHORTEST_TOKEN} printable ASCII characters without blanks where other computers can ask "
            f"({host}), got {received}. Make one: python -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return token


def knows_token(authorization: str, token: str) -> bool:
    """Whether a request's Authorization header, ``Bearer TOKEN``, holds the token; compared in constant time."""
    scheme, _, told = authorization.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(told.strip().encode(), token.encode())
