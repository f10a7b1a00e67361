"""The datasets there are, and the gallery of each: read behind the page, and again when its files change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import streamlit as st

from pages._ui.jobs import background
from pages._ui.resources.dataset_choices import DatasetChoice, unique
from pages._ui.resources.work import built_folders
from t2i_core import config, dataset, memory, opening, remote
from t2i_core.index.address import is_address
from t2i_core.neighbours import variety
from t2i_core.types import Gallery, RowArray

EXAMPLES = 5
LOOKED_AT = 1_000  # of many rows so many are compared to choose varied ones
COLLECTION_LOOKED_AT_S = 10.0  # how long browsing may miss that a collection was replaced; a search looks itself
GENERAL_EXAMPLES = ("a dog on a beach", "people at a market", "snow on a mountain", "something red", "a boat at sea")


def datasets(settings: config.Settings) -> list[DatasetChoice]:
    """The T2I_DATA folder and its sub-folders with embeddings, or the collection; then what was built since the start."""
    folders = [settings.data_dir] if is_address(settings.data_dir) else dataset.list_datasets(settings.data_dir)
    choices = [
        DatasetChoice(folder.resolve().name if folder == settings.data_dir else folder.name, folder)
        for folder in folders
    ]
    known = {choice.folder.resolve() for choice in choices}
    built = (folder for folder in built_folders().all() if folder.resolve() not in known)
    choices += [DatasetChoice(folder.name, folder) for folder in built if folder.is_dir()]
    return unique(choices)


def titles(choices: Sequence[DatasetChoice]) -> dict[str, str]:
    """What lists call each dataset, by its name in links: the name its manifest gives it, else that one."""
    shown = {}
    for choice in choices:
        if choice.may_be_away:
            shown[choice.name] = choice.name
            continue
        title = _title(str(choice.folder), dataset.dataset_stamp(choice.folder))
        shown[choice.name] = choice.name if title == choice.folder.resolve().name else title
    count = Counter(shown.values())
    return {name: title if count[title] == 1 else f"{title} ({name})" for name, title in shown.items()}


def name_of(settings: config.Settings, folder: Path) -> str | None:
    """The name under which a folder is offered; None when it holds no dataset."""
    return next((choice.name for choice in datasets(settings) if choice.folder.resolve() == folder.resolve()), None)


def gallery(choice: DatasetChoice) -> Future[Gallery]:
    """The gallery in a folder, read behind the page and again when its files change; a collection is there at once.

    What became of it is for `opened` to say.
    """
    folder = str(choice.folder)
    if choice.may_be_away:
        return background.finished(_collection(folder, _collection_key(folder)))
    return _gallery(folder, dataset.dataset_stamp(choice.folder))


def opened(choice: DatasetChoice, opening: Future[Gallery]) -> Gallery:
    """Wait for the gallery; an error is told once, and whoever asks next tries again, however late it came."""
    try:
        return opening.result()
    except Exception:
        if not choice.may_be_away:
            _gallery.clear(str(choice.folder), dataset.dataset_stamp(choice.folder))
        raise


def first_rows(gallery: Gallery, count: int) -> list[int]:
    """Rows of a varied sample of the gallery."""
    return _first_rows(gallery.key, count, _gallery=gallery)


def some_of(gallery: Gallery, rows: RowArray, count: int) -> list[int]:
    """At most so many of these rows, varied as `first_rows` are; in order where that is all of them."""
    if len(rows) <= count:
        return [int(row) for row in rows]
    evenly = rows[np.linspace(0, len(rows) - 1, min(len(rows), LOOKED_AT)).astype(np.int64)]
    chosen = variety.varied_rows(gallery.image_embeddings[evenly], count)
    return [int(row) for row in evenly[chosen]]


def example_queries(gallery: Gallery) -> list[str]:
    """A few queries that have an answer in this gallery, or general ones when there are no captions."""
    return _example_queries(gallery.key, _gallery=gallery)


def rows_by_id(gallery: Gallery) -> Mapping[str, int]:
    """Row of each picture by its name."""
    return gallery.rows_by_id


def credits(gallery: Gallery) -> Mapping[str, dataset.Credit]:
    """Author and licence of pictures, where the picture folder says."""
    return _credits(gallery.key, str(gallery.images_dir))


@st.cache_resource(max_entries=4, show_spinner=False)
def _gallery(folder: str, stamp: str) -> Future[Gallery]:
    memory.share_heap()  # before threads work on it: a server's many threads would keep a large dataset's leavings
    return background.start(lambda: opening.open_gallery(folder), name=f"open {folder}", large=True)


@st.cache_resource(max_entries=2, show_spinner=False)
def _collection(address: str, key: str) -> Gallery:
    return opening.open_gallery(address)


@st.cache_data(max_entries=4, ttl=COLLECTION_LOOKED_AT_S, show_spinner=False)
def _collection_key(address: str) -> str:
    return remote.collection_key(address)


@st.cache_data(max_entries=256, show_spinner=False)
def _title(folder: str, stamp: str) -> str:
    return dataset.read_name(Path(folder))


@st.cache_data(max_entries=32, show_spinner=False)
def _first_rows(gallery_key: str, count: int, *, _gallery: Gallery) -> list[int]:
    rows: list[int] = variety.varied_rows(_gallery.image_embeddings, count).tolist()
    return rows


@st.cache_data(max_entries=8, show_spinner=False)
def _example_queries(gallery_key: str, *, _gallery: Gallery) -> list[str]:
    found = variety.short_captions(_gallery, EXAMPLES)
    return [query.rstrip(".") for query in found] or list(GENERAL_EXAMPLES)


@st.cache_data(max_entries=4, show_spinner=False)
def _credits(gallery_key: str, images_dir: str) -> dict[str, dataset.Credit]:
    return dataset.read_credits(Path(images_dir))
