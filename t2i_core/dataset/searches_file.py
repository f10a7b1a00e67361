"""``searches.json`` beside a dataset: searches that people keep under a name, and what they found when they were kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from t2i_core.dataset.short_name import short_name, visible
from t2i_core.dataset.stored_files import replace_file
from t2i_core.dataset.whole_file import read_whole
from t2i_core.errors import DatasetError, QueryError
from t2i_core.query import SearchRequest

SEARCHES_NAME = "searches.json"
FORMAT_VERSION = 1
MOST_BYTES = 2**26
MOST_SEARCHES = 10_000
LONGEST_NAME = 120
_FIX = "Move it away to begin anew, or mend it in an editor."


@dataclass(frozen=True)
class SavedSearch:
    """A search under a name.

    Attributes
    ----------
    name : str
        As `search_name` makes it.
    request : SearchRequest
    first : tuple of str
        Names of the first hits when it was saved, best first.
    saved : str
        When, as ISO 8601 in UTC.
    dataset_sha256 : str
        Of the dataset as it was then; empty where it had no manifest.
    """

    name: str
    request: SearchRequest
    first: tuple[str, ...] = ()
    saved: str = ""
    dataset_sha256: str = ""

    def to_record(self) -> dict[str, Any]:
        """The search as JSON."""
        return {
            "name": self.name,
            "request": self.request.to_record(),
            "first": list(self.first),
            "saved": self.saved,
            "dataset_sha256": self.dataset_sha256,
        }


def searches_path(data_dir: Path) -> Path:
    """Where the saved searches of a dataset lie."""
    return Path(data_dir) / SEARCHES_NAME


def search_name(text: str) -> str:
    """A name as it is kept: accents stored in one way, blanks single and none at the ends.

    Raises
    ------
    DatasetError
        When nothing is left, it is longer than `LONGEST_NAME` characters, or it holds what no screen shows.
    """
    return short_name(text, rule="A saved search has a name of", longest=LONGEST_NAME)


def read_searches(data_dir: Path) -> tuple[SavedSearch, ...]:
    """All saved searches of a dataset, in the order they were first saved; none where there is no file.

    Raises
    ------
    DatasetError
        When the file cannot be read, or any of it is not what this program writes: the message says which search.
    """
    path = searches_path(data_dir)
    if not path.exists():
        return ()
    data = read_whole(path, what="The file of saved searches", at_most=MOST_BYTES, fix=_FIX)
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path} must be JSON, and cannot be read as that ({error}). {_FIX}") from error
    version = record.get("version") if isinstance(record, dict) else None
    listed = record.get("searches") if isinstance(record, dict) else None
    if version != FORMAT_VERSION or isinstance(version, bool) or not isinstance(listed, list):
        raise DatasetError(
            f"{path} must be an object with version {FORMAT_VERSION} and searches, got version {version!r:.40}. {_FIX}"
        )
    searches: dict[str, SavedSearch] = {}
    for number, one in enumerate(listed, start=1):
        try:
            search = _search(one)
        except (DatasetError, QueryError) as error:
            raise DatasetError(f"{path}, search {number}: {error} {_FIX}") from error
        if search.name in searches:
            raise DatasetError(f"{path} must have each name once, got {search.name!r:.100} twice. {_FIX}")
        searches[search.name] = search
    return tuple(searches.values())


def write_searches(data_dir: Path, searches: Iterable[SavedSearch]) -> None:
    """Write the file anew: readers see the old one or the new one. Whoever reads it before, to change it, holds it (`held`).

    Raises
    ------
    DatasetError
        When there are more than `MOST_SEARCHES`, or it cannot be written.
    """
    records = [search.to_record() for search in searches]
    if len(records) > MOST_SEARCHES:
        raise DatasetError(f"At most {MOST_SEARCHES:,} searches are kept, got {len(records):,}. Remove some.")
    text = json.dumps({"version": FORMAT_VERSION, "searches": records}, allow_nan=False, indent=1)
    replace_file(searches_path(data_dir), lambda file: file.write(f"{text}\n".encode("ascii")))


def _search(record: object) -> SavedSearch:
    if not isinstance(record, Mapping):
        raise DatasetError(f"A saved search is an object, got {record!r:.80}.")
    first = record.get("first", [])
    texts = [record.get(name, "") for name in ("name", "saved", "dataset_sha256")]
    if not isinstance(first, list) or not all(isinstance(one, str) for one in (*first, *texts)):
        raise DatasetError("A saved search has a name and a list of the first names it found, got something else.")
    if len(set(first)) != len(first):
        raise DatasetError("A saved search names each picture it found once, got one twice.")
    name, saved, sha256 = texts
    # Earlier versions kept marks of direction.
    return SavedSearch(
        search_name(visible(name)), SearchRequest.from_record(record.get("request")), tuple(first), saved, sha256
    )
