"""Queries of `search --queries`: one sentence a line, or JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from t2i_core.errors import QueryError
from t2i_core.types import Problem

STANDARD_INPUT = Path("-")
QUERY_KEYS = ("query", "text", "sentence", "caption")


def read_queries(path: Path) -> tuple[list[tuple[int, str | QueryError]], Sequence[Problem]]:
    """Number and sentence of each line that holds something, or what is wrong with it; and what to say of the file.

    A line is a sentence. Where the first one begins a JSON object, or all are JSON texts, each is JSON: a text, or an
    object with ``query`` (or ``text``, ``sentence``, ``caption``), as `search --format json` writes them.

    Raises
    ------
    QueryError
        When the file cannot be read or holds nothing.
    DatasetError
        When it holds no text, or nobody can tell its encoding.
    """
    from t2i_core.dataset import decode_text, text_lines

    try:
        data = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
    except OSError as error:
        raise QueryError(
            f"--queries needs a file with one sentence a line, got {path} ({error.strerror}). Check its name."
        ) from error
    text, problems = decode_text(data, path)
    lines = [(number, line) for number, line in enumerate(text_lines(text), start=1) if line.strip()]
    if not lines:
        raise QueryError(f"--queries needs a file with one sentence a line, and {path} holds none. Write at least one.")
    listed = _json(text) if text.lstrip().startswith("[") else None
    if isinstance(listed, list) and listed:
        return [(number, _sentence(record)) for number, record in enumerate(listed, start=1)], problems
    records = [(number, _json(line)) for number, line in lines]
    texts = all(isinstance(record, str) for _, record in records)
    if texts or lines[0][1].lstrip().startswith("{"):
        return [(number, _sentence(record)) for number, record in records], problems
    return list(lines), problems


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _sentence(record: Any) -> str | QueryError:
    if isinstance(record, dict):
        record = next((record[key] for key in QUERY_KEYS if isinstance(record.get(key), str)), None)
    if isinstance(record, str):
        return record
    return QueryError(
        'A query in JSON must be a text or an object like {"query": "a dog"}, got something else. Mend it.'
    )
