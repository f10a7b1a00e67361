"""CREDITS.csv beside pictures: who made them and under which licence."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from t2i_core.dataset.text_decoding import decode_text
from t2i_core.errors import DatasetError

CREDITS_NAME = "CREDITS.csv"


@dataclass(frozen=True)
class Credit:
    """Author, licence and source of one picture; empty where the file says nothing."""

    author: str = ""
    licence: str = ""
    source: str = ""
    changes: str = ""


def read_credits(images_dir: Path) -> dict[str, Credit]:
    """Credits by picture, from ``CREDITS.csv`` in the picture folder; empty when there is none.

    The file is optional and only shown, so a broken one counts as none.
    """
    try:
        path = images_dir / CREDITS_NAME
        text, _ = decode_text(path.read_bytes(), path)
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except (OSError, csv.Error, DatasetError):
        return {}
    fields = ("author", "licence", "source", "changes")
    return {row["image"]: Credit(**{name: row.get(name) or "" for name in fields}) for row in rows if row.get("image")}
