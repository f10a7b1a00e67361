"""The request of `search --request` and `--against`: as a page exports it, as `to_json` writes it, or inside an export."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from t2i_core.commands.queries_file import STANDARD_INPUT
from t2i_core.errors import QueryError
from t2i_core.query import SearchRequest

MAX_BYTES = 2**20


def read_request(path: Path, *, option: str = "--request") -> SearchRequest:
    """The request in a JSON file; of an export of hits, the request that made it. ``option`` is what names the file.

    Raises
    ------
    QueryError
        When the file cannot be read, is too large, or holds no request.
    """
    try:
        if path == STANDARD_INPUT:
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise QueryError(f"{option} needs a JSON file, got {path} ({error.strerror}). Check its name.") from error
    if len(data) > MAX_BYTES:
        raise QueryError(f"{option} needs a file of at most {MAX_BYTES:,} bytes, {path} is larger. Name a request.")
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise QueryError(
            f"{option} needs a JSON file: a request is a JSON object, and {path} cannot be read as one ({error}). Check its syntax."
        ) from error
    exported = isinstance(record, dict) and isinstance(record.get("request"), dict) and "hits" in record
    return SearchRequest.from_record(record["request"] if exported else record)
