"""Saved searches: kept under a name, validated when read, and what came, went and moved after a rebuild."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from t2i_core.dataset import read_gallery, write_dataset
from t2i_core.dataset.searches_file import SavedSearch, read_searches, searches_path, write_searches
from t2i_core.engine import FolderSource, SearchEngine
from t2i_core.errors import DatasetError, QueryError
from t2i_core.marks import tag_pictures
from t2i_core.marks.searches import (
    NameTakenError,
    changes_of,
    find_search,
    remove_search,
    rename_search,
    restore_search,
    save_search,
)
from t2i_core.query import Condition, OutsidePicture, Query, SearchRequest
from tests.core.small_galleries import COLOURS, ColourEncoder, encode_pictures, save_ours, save_pictures

SWAN, RED, BLUE, MEADOW = COLOURS


@pytest.fixture
def data(tmp_path: Path) -> Path:
    save_ours(tmp_path / "data")
    return tmp_path / "data"


def engine_of(data: Path) -> SearchEngine:
    return SearchEngine(ColourEncoder(), FolderSource(read_gallery(data)))


def kept(data: Path, name: str, request: SearchRequest) -> SavedSearch:
    engine = engine_of(data)
    return save_search(data, name, engine.search(request), engine.gallery)


def rebuild(data: Path, names: list[str], rows: np.ndarray) -> None:
    encoder = ColourEncoder()
    write_dataset(
        data, image_ids=names, image_embeddings=rows, image_sizes=np.full((len(names), 2), 6), captions=None,
        text_embeddings=None, encoder_id=encoder.model_id, weights_sha256=encoder.weights_sha256,
        preprocessing=encoder.preprocessing, images_dir=save_pictures(data.parent / "images"),
    )  # fmt: skip


def test_saved_found_and_removed(data: Path) -> None:
    assert read_searches(data) == ()
    request = SearchRequest.of("a boat", top_k=2, where=(Condition("folder", ("boats",)),), liked=(SWAN,))
    search = kept(data, " my  boats ", request)
    assert (search.name, search.request, len(search.first)) == ("my boats", request, 2)
    assert search.dataset_sha256
    other = kept(data, "all", SearchRequest.of("grass", top_k=4))
    assert read_searches(data) == (search, other)
    again = kept(data, "my boats", SearchRequest.of("a ship", top_k=1))
    assert read_searches(data) == (again, other)
    assert find_search(data, "my boats") == again
    assert remove_search(data, "my boats") == again
    assert read_searches(data) == (other,)
    with pytest.raises(DatasetError, match="one of these names: all; got 'my boats'"):
        remove_search(data, "my boats")


def test_nothing_changes_where_nothing_did(data: Path) -> None:
    changes = changes_of(kept(data, "all", SearchRequest.of("a boat", top_k=3)), engine_of(data))
    assert (changes.any, changes.stayed) == (False, 3)


def test_what_came_went_and_moved_after_a_rebuild(data: Path) -> None:
    search = kept(data, "first", SearchRequest.of("a boat", top_k=3))
    rows = dict(zip(COLOURS, encode_pictures(ColourEncoder(), list(COLOURS)), strict=True))
    first, second, third = search.first
    [fourth] = set(COLOURS) - set(search.first)
    # A new picture that fits exactly; the second is gone; the third swaps rows with the one that was not among them.
    query = ColourEncoder().encode_text(["a boat"])[0]
    rebuild(data, ["new.png", first, third, fourth], np.stack([query, rows[first], rows[fourth], rows[third]]))
    changes = changes_of(search, engine_of(data))
    assert changes.came == (("new.png", 1), (fourth, 3))
    assert changes.went == ((second, 2), (third, 3))
    assert changes.gone == (second,)
    assert changes.moved == ((first, 1, 2),)
    assert changes.stayed == 0


def test_a_search_that_found_less_than_it_asked_for_notices_what_came(data: Path) -> None:
    tag_pictures(data, [RED], add=["keep"])
    search = kept(data, "kept", SearchRequest.of("a boat", top_k=4, where=(Condition("tag", ("keep",)),)))
    assert search.first == (RED,)
    tag_pictures(data, [BLUE], add=["keep"])
    assert [name for name, _ in changes_of(search, engine_of(data)).came] == [BLUE]


def test_a_smaller_dataset_is_asked_for_what_it_has(data: Path) -> None:
    search = kept(data, "all", SearchRequest.of("a boat", top_k=4))
    rebuild(data, [RED], encode_pictures(ColourEncoder(), [RED]))
    changes = changes_of(search, engine_of(data))
    assert (len(changes.went), len(changes.gone), changes.came) == (3, 3, ())


def test_a_search_with_a_picture_that_is_gone_says_so(data: Path) -> None:
    search = kept(data, "like", SearchRequest(Query.like([SWAN]), top_k=2))
    rebuild(data, [RED, BLUE], encode_pictures(ColourEncoder(), [RED, BLUE]))
    with pytest.raises(QueryError, match=r"No picture of this gallery is named 'birds/swan\.png'"):
        changes_of(search, engine_of(data))


def test_a_picture_from_outside_is_not_saved(data: Path) -> None:
    from PIL import Image

    asked = OutsidePicture("ab" * 32, "mine.png")
    engine = engine_of(data)
    request = SearchRequest(Query.of(asked), top_k=1)
    result = engine.search(request, pictures={asked.sha256: Image.new("RGB", (4, 4))})
    with pytest.raises(DatasetError, match="with a picture from outside"):
        save_search(data, "mine", result, engine.gallery)
    assert not searches_path(data).exists()


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\x1b[31m"])
def test_what_can_be_no_name_is_refused(data: Path, name: str) -> None:
    with pytest.raises(DatasetError, match="has a name of 1 to 120"):
        kept(data, name, SearchRequest.of("a boat", top_k=1))


GOOD = {"name": "a", "request": {"query": [{"words": "a dog"}]}, "first": ["a.png"]}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ([], "must be an object with version 1"),
        ({"version": 2, "searches": []}, "got version 2"),
        ({"version": True, "searches": []}, "got version True"),
        ({"version": 1, "searches": {}}, "must be an object"),
        ({"version": 1, "searches": [GOOD, 7]}, "search 2: A saved search is an object"),
        ({"version": 1, "searches": [GOOD, GOOD]}, "got 'a' twice"),
        ({"version": 1, "searches": [GOOD | {"first": "a.png"}]}, "search 1: .* list of the first names"),
        ({"version": 1, "searches": [GOOD | {"first": ["a.png", "a.png"]}]}, "got one twice"),
        ({"version": 1, "searches": [GOOD | {"name": ""}]}, "search 1: .*has a name"),
        ({"version": 1, "searches": [GOOD | {"request": {"query": []}}]}, "search 1: .*needs a sentence"),
        ({"version": 1, "searches": [GOOD | {"request": None}]}, "search 1: A request is a JSON object"),
    ],
)
def test_a_file_of_something_else_is_refused_and_left(data: Path, record: object, message: str) -> None:
    searches_path(data).write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(DatasetError, match=message):
        kept(data, "b", SearchRequest.of("a boat", top_k=1))
    assert json.loads(searches_path(data).read_text(encoding="utf-8")) == record


def test_what_is_written_is_read(data: Path) -> None:
    named = SavedSearch("ä 'b'", SearchRequest.of("Straße"), ("a.png", "ü.png"), "2026", "ab")
    searches = (named, SavedSearch("c", SearchRequest.of("x")))
    write_searches(data, searches)
    assert read_searches(data) == searches


def test_no_search_is_lost_when_many_save_at_once(data: Path) -> None:
    engine = engine_of(data)
    result = engine.search(SearchRequest.of("a boat", top_k=1))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: save_search(data, f"search {number}", result, engine.gallery), range(30)))
    assert {one.name for one in read_searches(data)} == {f"search {number}" for number in range(30)}


def test_a_name_that_is_taken_is_replaced_only_when_that_is_meant(data: Path) -> None:
    engine = engine_of(data)
    first = kept(data, "boats", SearchRequest.of("a boat", top_k=1))
    other = engine.search(SearchRequest.of("a ship", top_k=1))
    with pytest.raises(NameTakenError, match="'boats' is taken by one for 'a boat'") as refused:
        save_search(data, " boats", other, engine.gallery, replacing=False)
    assert refused.value.search == first
    assert read_searches(data) == (first,)
    save_search(data, "boats", other, engine.gallery)
    assert [one.request.query.label for one in read_searches(data)] == ["a ship"]


def test_a_search_is_renamed_where_it_stands(data: Path) -> None:
    first, second = (kept(data, name, SearchRequest.of(name, top_k=1)) for name in ("a boat", "a ship"))
    with pytest.raises(NameTakenError):
        rename_search(data, "a boat", "a  ship")
    renamed = rename_search(data, "a boat", " boats ")
    assert (renamed.name, renamed.request, renamed.saved) == ("boats", first.request, first.saved)
    assert read_searches(data) == (renamed, second)
    assert rename_search(data, "boats", "boats") == renamed
    with pytest.raises(DatasetError, match="got 'a boat'"):
        rename_search(data, "a boat", "other")


def test_a_removed_search_comes_back_to_its_place(data: Path) -> None:
    request = SearchRequest.of("a boat", top_k=1)
    searches = tuple(SavedSearch(name, request, saved=f"2026-01-0{name}T00:00:00Z") for name in "123")
    write_searches(data, searches)
    restore_search(data, remove_search(data, "2"))
    assert read_searches(data) == searches
    remove_search(data, "2")
    again = kept(data, "2", request)
    with pytest.raises(NameTakenError):
        restore_search(data, searches[1])
    assert read_searches(data) == (searches[0], searches[2], again)
