"""Upload: a file that somebody chose in the browser."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Upload:
    """A picture to search with, or a file of questions; it stays in the session and is never part of a link."""

    name: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()
