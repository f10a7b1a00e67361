"""Headers of every answer: what a browser is to refuse when something foreign got into a page, and who may frame it."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

import streamlit

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@lru_cache(maxsize=1)
def headers() -> tuple[tuple[bytes, bytes], ...]:
    """Names and values as ASGI wants them."""
    told = {
        "content-security-policy": policy(),
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",  # addresses hold what was searched for
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",  # no other site shows our pictures
    }
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in told.items())


def policy() -> str:
    """The content security policy: scripts, pictures and connections of this server only.

    Streamlit's own page holds one script of one line, allowed by its hash; components' scripts arrive over the
    session's connection and are loaded from ``blob:`` addresses. Plotly's WebGL (regl) makes functions from text of its
    own. Styles are written into the page as it runs.
    """
    scripts = " ".join(["'self'", "blob:", "'unsafe-eval'", *inline_script_hashes()])
    rules = {
        "default-src": "'self'",
        "script-src": scripts,
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "worker-src": "'self' blob:",
        "frame-src": "'none'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@lru_cache(maxsize=1)
def inline_script_hashes() -> tuple[str, ...]:
    """Hashes of the scripts that stand in Streamlit's own page."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    digests = (hashlib.sha256(script.encode("utf-8")).digest() for script in _INLINE_SCRIPT.findall(page))
    return tuple(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)
