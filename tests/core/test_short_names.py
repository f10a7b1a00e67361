"""What people call tags, clusters and saved searches: one rule, whatever is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from t2i_core.dataset.cluster_names_file import cluster_name
from t2i_core.dataset.searches_file import read_searches, search_name, searches_path
from t2i_core.dataset.tags_file import tag_name
from t2i_core.errors import DatasetError

NAMERS = (tag_name, cluster_name, search_name)


@pytest.mark.parametrize("namer", NAMERS)
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two   words ", "two words"),
        ("cafe\u0301", "café"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a Persian word that is spelled with a joiner of no width
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("\uf8ff", "\uf8ff"),  # an area of fonts' own signs
        ("🫩", "🫩"),  # newer than Python 3.11 knows
    ],
)
def test_what_is_written_somewhere_can_be_a_name(namer: Callable[[str], str], typed: str, kept: str) -> None:
    assert namer(typed) == kept == namer(kept)


@pytest.mark.parametrize("namer", NAMERS)
@pytest.mark.parametrize("typed", ["", " \t", "x" * 500, "a\x1b[31m", "a\u202eb", "a\u2066b", "a\ud800", "a\ufeffb"])
def test_what_cannot_be_seen_or_is_too_long_is_refused(namer: Callable[[str], str], typed: str) -> None:
    with pytest.raises(DatasetError, match=r"1 to \d+ characters.*got .*\. (Choose|Type)"):
        namer(typed)


def test_searches_saved_under_names_that_were_allowed_once_are_still_read(tmp_path: Path) -> None:
    search = {"name": "left\u200eright", "request": {"query": [{"words": "a dog"}]}, "first": ["a.png"]}
    searches_path(tmp_path).write_text(json.dumps({"version": 1, "searches": [search]}), encoding="utf-8")
    assert [one.name for one in read_searches(tmp_path)] == ["leftright"]
