"""Saved searches: keeping what was asked under a name, and what changed since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from t2i_core.dataset.holding import held
from t2i_core.dataset.searches_file import SavedSearch, read_searches, search_name, searches_path, write_searches
from t2i_core.errors import DatasetError
from t2i_core.marks.tagging import now
from t2i_core.query import SearchRequest
from t2i_core.types import Gallery, SearchResult

FIRST_KEPT = 100  # names of hits that are kept with a search


class Searching(Protocol):
    """What answers requests: a `SearchEngine`."""

    @property
    def gallery(self) -> Gallery: ...
    @property
    def images(self) -> int: ...
    def search(self, request: SearchRequest) -> SearchResult:
        """The best pictures for a request."""
        ...


@dataclass(frozen=True)
class SearchChanges:
    """What a saved search finds now, against what it found when it was saved.

    Attributes
    ----------
    came : tuple of (str, int)
        Pictures among the first now that were not then, with their rank now.
    went : tuple of (str, int)
        Pictures that were among the first then and are not now, with their rank then.
    gone : tuple of str
        Those of ``went`` that the dataset no longer holds; the others only rank lower, or fit the conditions no more.
    moved : tuple of (str, int, int)
        Pictures that are among the first both times, with their rank then and now.
    stayed : int
        How many have their rank still.
    """

    came: tuple[tuple[str, int], ...]
    went: tuple[tuple[str, int], ...]
    gone: tuple[str, ...]
    moved: tuple[tuple[str, int, int], ...]
    stayed: int

    @property
    def any(self) -> bool:
        """Whether anything is other than it was."""
        return bool(self.came or self.went or self.moved)


class NameTakenError(DatasetError):
    """A name was to be given to a search, and another one has it; ``search`` is that one."""

    def __init__(self, search: SavedSearch) -> None:
        self.search = search
        super().__init__(
            f"Each saved search has a name of its own, and {search.name!r} is taken by one for {search.request.query.label!r:.80}. "
            "Choose another name, or replace that one."
        )


def save_search(
    data_dir: Path, name: str, result: SearchResult, gallery: Gallery, *, replacing: bool = True
) -> SavedSearch:
    """Keep what was asked, and the first `FIRST_KEPT` it found, under a name; a search of that name is replaced.

    Raises
    ------
    NameTakenError
        When there is one of that name and it is not to be replaced (``replacing=False``).
    DatasetError
        When the name cannot be one, the request needs a picture from outside, or the file cannot be read or written.
    """
    if result.query.outside is not None:
        raise DatasetError(
            "A saved search is asked again from the dataset alone, got one with a picture from outside. "
            "Add that picture to the dataset, or search with one that is in it."
        )
    first = tuple(hit.image_id for hit in result.hits[:FIRST_KEPT])
    sha256 = gallery.manifest.dataset_sha256 if gallery.manifest else ""
    search = SavedSearch(search_name(name), result.request, first, now(), sha256)
    with held(searches_path(data_dir)):
        kept = {one.name: one for one in read_searches(data_dir)}
        if not replacing and search.name in kept:
            raise NameTakenError(kept[search.name])
        write_searches(data_dir, (kept | {search.name: search}).values())
    return search


def rename_search(data_dir: Path, name: str, new_name: str) -> SavedSearch:
    """Give a saved search another name; it stays where it stands among the others.

    Raises
    ------
    NameTakenError
        When another one has the new name.
    DatasetError
        When there is none of the old name, the new one cannot be a name, or the file cannot be read or written.
    """
    wanted = search_name(new_name)
    with held(searches_path(data_dir)):
        kept = {one.name: one for one in read_searches(data_dir)}
        search = _named(kept, name)
        if wanted in kept and wanted != search.name:
            raise NameTakenError(kept[wanted])
        renamed = replace(search, name=wanted)
        write_searches(data_dir, [renamed if one is search else one for one in kept.values()])
    return renamed


def restore_search(data_dir: Path, search: SavedSearch) -> None:
    """Put back a search that was removed, among the others by when it was saved.

    Raises
    ------
    NameTakenError
        When another one has its name meanwhile.
    DatasetError
        When the file cannot be read or written.
    """
    with held(searches_path(data_dir)):
        kept = list(read_searches(data_dir))
        taken = next((one for one in kept if one.name == search.name), None)
        if taken is not None:
            raise NameTakenError(taken)
        place = next((number for number, one in enumerate(kept) if one.saved > search.saved), len(kept))
        write_searches(data_dir, [*kept[:place], search, *kept[place:]])


def remove_search(data_dir: Path, name: str) -> SavedSearch:
    """Forget a saved search; what it was.

    Raises
    ------
    DatasetError
        When there is none of that name, or the file cannot be read or written.
    """
    with held(searches_path(data_dir)):
        kept = {one.name: one for one in read_searches(data_dir)}
        search = _named(kept, name)
        del kept[search.name]
        write_searches(data_dir, kept.values())
    return search


def find_search(data_dir: Path, name: str) -> SavedSearch:
    """The saved search of a name; DatasetError says which there are where it is none of them."""
    return _named({one.name: one for one in read_searches(data_dir)}, name)


def changes_of(search: SavedSearch, engine: Searching) -> SearchChanges:
    """Ask a saved search again: what came, went and moved among its first hits.

    Raises
    ------
    QueryError
        When it cannot be asked any more, for instance because a picture it asks with is gone.
    """
    return ask_again(search, engine)[1]


def ask_again(search: SavedSearch, engine: Searching) -> tuple[SearchResult, SearchChanges]:
    """What a saved search finds now, as many as it found when it was saved, and what changed since; raises as `changes_of`."""
    # As many as then: with more, what stands below would pass for new. A search that found less than it asked for had no more.
    full = len(search.first) >= min(FIRST_KEPT, search.request.top_k)
    wanted = len(search.first) if full else search.request.top_k
    result = engine.search(replace(search.request, top_k=max(1, min(wanted, engine.images))))
    then = {name: rank for rank, name in enumerate(search.first, start=1)}
    ranks = {hit.image_id: hit.rank for hit in result.hits}
    went = tuple((name, rank) for name, rank in then.items() if name not in ranks)
    both = [(name, rank, ranks[name]) for name, rank in then.items() if name in ranks]
    moved = tuple(one for one in both if one[1] != one[2])
    changes = SearchChanges(
        came=tuple((name, rank) for name, rank in ranks.items() if name not in then),
        went=went,
        gone=tuple(name for name, _ in went if name not in engine.gallery.rows_by_id)
        if not engine.gallery.sampled
        else (),
        moved=moved,
        stayed=len(both) - len(moved),
    )
    return result, changes


def _named(kept: dict[str, SavedSearch], name: str) -> SavedSearch:
    search = kept.get(search_name(name))
    if search is None:
        there = ", ".join(list(kept)[:12]) or "none yet"
        raise DatasetError(f"A saved search has one of these names: {there}; got {name!r:.100}. Check its spelling.")
    return search
