"""What whoever runs the app allows: who may change files and where, and the names the app answers to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from t2i_core.errors import T2IError

SAME_COMPUTER, EVERYBODY, NOBODY = "same computer", "everybody", "nobody"
_WHO = {"": SAME_COMPUTER, "1": EVERYBODY, "0": NOBODY}


@dataclass(frozen=True)
class Policy:
    """Who may change files, and below which folders.

    Attributes
    ----------
    who : str
        `SAME_COMPUTER` (``T2I_ALLOW_BUILD`` is not set), `EVERYBODY` (1) or `NOBODY` (0).
    roots : tuple of Path
        Folders below which files may be read and datasets written (``T2I_ROOTS``), links resolved. None named: with
        `SAME_COMPUTER` anywhere, with `EVERYBODY` nowhere.
    """

    who: str = SAME_COMPUTER
    roots: tuple[Path, ...] = ()


def read_policy(environ: Mapping[str, str] | None = None) -> Policy:
    """The policy from the environment (``os.environ`` when none is given).

    Raises
    ------
    T2IError
        When a variable cannot be understood; nobody may change files then.
    """
    env = os.environ if environ is None else environ
    who = env.get("T2I_ALLOW_BUILD", "").strip()
    if who not in _WHO:
        raise T2IError(
            f"T2I_ALLOW_BUILD must be 1 (everybody, below T2I_ROOTS), 0 (nobody) or not set (a browser on the same "
            f"computer), got {who!r}."
        )
    roots = []
    for named in env.get("T2I_ROOTS", "").split(os.pathsep):
        if named.strip():
            root = Path(named.strip()).expanduser()
            if not root.is_absolute() or not root.is_dir():
                raise T2IError(
                    f"Every folder in T2I_ROOTS must be there and be named from the root of the disk, got {named.strip()!r}. "
                    f"Several are separated by {os.pathsep!r}."
                )
            roots.append(root.resolve())
    return Policy(_WHO[who], tuple(roots))


def read_hosts(environ: Mapping[str, str] | None = None) -> frozenset[str]:
    """Names, besides the computer's own, under which browsers reach the app (``T2I_HOSTS``, separated by commas)."""
    env = os.environ if environ is None else environ
    return frozenset(name.strip().lower().rstrip(".") for name in env.get("T2I_HOSTS", "").split(",") if name.strip())
