"""Requests of `batch`: JSON lines, a list, or saved searches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from t2i_core.errors import QueryError
from t2i_core.query import SearchRequest

MOST_BYTES = 2**26


@dataclass(frozen=True)
class NamedRequest:
    """A request of a batch with what to call it, or what is wrong with it."""

    name: str
    request: SearchRequest | QueryError


def read_batch(path: Path) -> list[NamedRequest]:
    """The requests of a file; those without a name are called by their place, ``1`` the first.

    Raises
    ------
    DatasetError
        When the file cannot be read.
    QueryError
        When it is not JSON in any of these forms, or holds no request.
    """
    from t2i_core.dataset import decode_text
    from t2i_core.dataset.whole_file import read_whole

    text, _ = decode_text(read_whole(path, what="A file of requests", at_most=MOST_BYTES), path)
    records = _records(text)
    if not records:
        raise QueryError(f"A batch needs at least one request, and {path} holds none. Write a JSON request a line.")
    return [_named(record, str(number)) for number, record in enumerate(records, start=1)]


def _records(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        # A line that is no JSON is one bad request among others.
        return [_line(line) for line in text.splitlines() if line.strip()]
    if isinstance(whole, dict) and isinstance(whole.get("searches"), list):
        return list(whole["searches"])
    return whole if isinstance(whole, list) else [whole]


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return QueryError(f"A request is a JSON object, and this line cannot be read ({error}). Check its syntax.")


def _named(record: Any, place: str) -> NamedRequest:
    name = place
    if isinstance(record, QueryError):
        return NamedRequest(name, record)
    if isinstance(record, Mapping) and "request" in record:
        given = record.get("name")
        name = given if isinstance(given, str) and given.strip() else place
        record = record["request"]
    try:
        return NamedRequest(name, SearchRequest.from_record(record))
    except QueryError as error:
        return NamedRequest(name, error)
