"""Where a collection in Milvus is: ``milvus+http://HOST:PORT/COLLECTION`` or ``milvus+file:PATH.db/COLLECTION``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from t2i_core.errors import DatasetError

FORMS = "milvus+http://HOST:PORT/COLLECTION, milvus+https://… or milvus+file:PATH.db/COLLECTION"
# A Path keeps one of two slashes, so one is enough: settings and options hold addresses and folders alike.
_SERVER = re.compile(r"^(?:milvus\+)?(https?):/{1,2}([^/]+)(?:/(.*))?$")
_FILE = re.compile(r"^(?:milvus\+)?file:(.*)$")
_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,199}$")


@dataclass(frozen=True)
class Address:
    """A server (``http://host:port``) or a local file, and the collection there; empty while none is named."""

    uri: str
    collection: str = ""

    def __str__(self) -> str:
        scheme = "milvus+" if self.uri.startswith("http") else "milvus+file:"
        return f"{scheme}{self.uri}/{self.collection}"


def is_address(data: Path | str) -> bool:
    """Whether a dataset is a collection in Milvus, not a folder."""
    return str(data).startswith("milvus+")


def refuse_address(data: Path | str, *, task: str) -> None:
    """Refuse a collection where a task works on the files of a folder.

    Raises
    ------
    DatasetError
        When ``data`` is the address of a collection.
    """
    if is_address(data):
        written = re.sub(r"^(milvus\+https?):/(?!/)", r"\1://", str(data))
        raise DatasetError(
            f"{task} works on a dataset folder, got the collection {written}. Name the folder it was pushed from, or a new one."
        )


def parse_address(text: Path | str, *, collection: str | None = None, default: str = "") -> Address:
    """An address in its parts; ``collection`` counts before the one it names, ``default`` where there is neither.

    Raises
    ------
    DatasetError
        When it is no address, or no collection can be called so.
    """
    text = str(text)
    server, file = _SERVER.match(text), _FILE.match(text)
    if server is not None:
        uri, name = f"{server[1]}://{server[2]}", (server[3] or "").strip("/")
    elif file is not None:
        path, _, name = file[1].rpartition("/")
        if name.endswith(".db"):
            path, name = file[1], ""
        uri = path
    else:
        uri, name = "", ""
    if not uri or (server is None and not uri.endswith(".db")):
        raise DatasetError(f"A collection in Milvus must be named as {FORMS}, got {text}.")
    name = collection or name or default
    if not _NAME.match(name):
        raise DatasetError(
            f"A collection's name must be letters, digits and _, got {name!r} in {text}. Name one: {FORMS}"
        )
    return Address(uri, name)
