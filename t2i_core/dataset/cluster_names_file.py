"""``cluster_names.json`` beside a dataset: names that people gave to clusters of its map, each with pictures of its cluster."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from t2i_core.dataset.picture_names import is_picture_name
from t2i_core.dataset.short_name import short_name
from t2i_core.dataset.stored_files import replace_file
from t2i_core.dataset.switch_record import file_stamp
from t2i_core.dataset.whole_file import read_whole
from t2i_core.errors import DatasetError

CLUSTER_NAMES_NAME = "cluster_names.json"
FORMAT_VERSION = 1
MOST_BYTES = 2**26
MOST_NAMES = 200
LONGEST_NAME = 60
MOST_PICTURES = 512
_FIX = "Move it away to begin anew, or mend it in an editor."


@dataclass(frozen=True)
class GivenName:
    """A name that somebody gave to a cluster.

    Attributes
    ----------
    name : str
        As `cluster_name` makes it.
    pictures : tuple of str
        Names of the cluster's pictures; of a large one a sample of at most `MOST_PICTURES`.
    """

    name: str
    pictures: tuple[str, ...]


def cluster_names_path(data_dir: Path) -> Path:
    """Where the names that were given to clusters of a dataset lie."""
    return Path(data_dir) / CLUSTER_NAMES_NAME


def cluster_names_stamp(data_dir: Path) -> str:
    """A short text that changes whenever the names are written."""
    return file_stamp(cluster_names_path(data_dir))


def cluster_name(text: str) -> str:
    """A name as it is kept: accents stored in one way, blanks single and none at the ends.

    Raises
    ------
    DatasetError
        When nothing is left, it is longer than `LONGEST_NAME` characters, or it holds what no screen shows.

    Examples
    --------
    >>> cluster_name("  old   mills ")
    'old mills'
    """
    return short_name(text, rule="A cluster has a name of", longest=LONGEST_NAME)


def read_cluster_names(data_dir: Path) -> tuple[GivenName, ...]:
    """All names that were given to clusters of a dataset, in the order they were given; none where there is no file.

    Raises
    ------
    DatasetError
        When the file cannot be read, or any of it is not what this program writes: it would be lost when it is written.
    """
    path = cluster_names_path(data_dir)
    if not path.exists():
        return ()
    data = read_whole(path, what="The file of names of clusters", at_most=MOST_BYTES, fix=_FIX)
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path} must be JSON, and cannot be read as that ({error}). {_FIX}") from error
    version = record.get("version") if isinstance(record, dict) else None
    listed = record.get("names") if isinstance(record, dict) else None
    if version != FORMAT_VERSION or isinstance(version, bool) or not isinstance(listed, list):
        raise DatasetError(
            f"{path} must be an object with version {FORMAT_VERSION} and names, got version {version!r:.40}. {_FIX}"
        )
    if len(listed) > MOST_NAMES:
        raise DatasetError(f"{path} may hold at most {MOST_NAMES} names, got {len(listed):,}. {_FIX}")
    names = []
    for number, one in enumerate(listed, start=1):
        try:
            names.append(_given(one))
        except DatasetError as error:
            raise DatasetError(f"{path}, name {number}: {error} {_FIX}") from error
    return tuple(names)


def write_cluster_names(data_dir: Path, names: Iterable[GivenName]) -> None:
    """Write the file anew: readers see the old one or the new one. Whoever reads it before, to change it, holds it (`held`).

    Raises
    ------
    DatasetError
        When there are more than `MOST_NAMES`, or it cannot be written.
    """
    records = [{"name": one.name, "pictures": list(one.pictures)} for one in names]
    path = cluster_names_path(data_dir)
    if len(records) > MOST_NAMES:
        raise DatasetError(
            f"At most {MOST_NAMES} names of clusters are kept, got {len(records):,}. Remove some of {path}."
        )
    text = json.dumps({"version": FORMAT_VERSION, "names": records}, allow_nan=False, indent=1)
    replace_file(path, lambda file: file.write(f"{text}\n".encode("ascii")))


def _given(record: object) -> GivenName:
    name, pictures = (record.get("name"), record.get("pictures")) if isinstance(record, Mapping) else (None, None)
    if not isinstance(name, str) or not isinstance(pictures, list):
        raise DatasetError(f"A given name is an object with a name and a list of pictures, got {record!r:.80}.")
    if not 1 <= len(pictures) <= MOST_PICTURES or not all(
        isinstance(one, str) and is_picture_name(one) for one in pictures
    ):
        raise DatasetError(f"A given name stands for 1 to {MOST_PICTURES} names of pictures, got something else.")
    if len(set(pictures)) != len(pictures):
        raise DatasetError("A given name names each picture once, got one twice.")
    return GivenName(cluster_name(name), tuple(pictures))
