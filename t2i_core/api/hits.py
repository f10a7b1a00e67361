"""Hits: what a search found, as a sequence, a table, an array, or cards in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from t2i_core.api.showing import MOST_SHOWN, card, framed
from t2i_core.arrays import read_only
from t2i_core.errors import ExtraMissingError, count_of
from t2i_core.export import hits_to_json
from t2i_core.types import FloatArray, Hit, SearchResult

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from t2i_core.api.dataset import Dataset
    from t2i_core.query import SearchRequest

COLUMNS = ("rank", "image_id", "score", "caption", "width", "height")


class Hits(Sequence[Hit]):
    """The best pictures for one request, best first.

    Attributes
    ----------
    result : SearchResult
        The same, with timings, notes, the query's embedding and its median score.
    dataset : Dataset
        Where they were found.
    """

    def __init__(self, result: SearchResult, dataset: Dataset) -> None:
        self.result, self.dataset = result, dataset

    def __len__(self) -> int:
        return len(self.result.hits)

    @overload
    def __getitem__(self, place: int) -> Hit: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Hit, ...]: ...
    def __getitem__(self, place: int | slice) -> Hit | tuple[Hit, ...]:
        return self.result.hits[place]

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.result.hits)

    @property
    def request(self) -> SearchRequest:
        """What was asked; any other dataset of the pictures can be asked the same."""
        return self.result.request

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the person who asked."""
        return self.result.notes

    def head(self, top_k: int) -> Hits:
        """The first of them, as if asked for so many."""
        return Hits(self.result.head(top_k), self.dataset)

    def to_pandas(self) -> pandas.DataFrame:
        """A table with `COLUMNS`, one row a hit; width and height are missing where nobody knows them."""
        import pandas

        table = self._columns()
        sizes = {name: pandas.array([side or None for side in table.pop(name)], dtype="Int64") for name in COLUMNS[4:]}
        return pandas.DataFrame({**table, **sizes}, columns=pandas.Index(COLUMNS))

    def to_arrow(self) -> pyarrow.Table:
        """The same table for Arrow.

        Raises
        ------
        ExtraMissingError
            When pyarrow is not installed.
        """
        try:
            import pyarrow
        except ImportError as error:
            raise ExtraMissingError(
                "Arrow tables need pyarrow, which is not installed. Install it: python -m pip install pyarrow"
            ) from error

        table = self._columns()
        kinds = (
            pyarrow.int32(),
            pyarrow.string(),
            pyarrow.float32(),
            pyarrow.string(),
            pyarrow.int32(),
            pyarrow.int32(),
        )
        columns = {
            name: pyarrow.array([value or None for value in table[name]] if name in COLUMNS[4:] else table[name], kind)
            for name, kind in zip(COLUMNS, kinds, strict=True)
        }
        return pyarrow.table(columns)

    def embeddings(self) -> FloatArray:
        """The stored row of each hit, ndarray of shape (K, D), float32, unit rows, read-only.

        Raises
        ------
        QueryError
            When a picture was taken out of a collection meanwhile.
        """
        source = self.dataset.engine.source
        rows = [source.picture_embedding(hit.image_id) for hit in self]
        stacked = np.stack(rows) if rows else np.empty((0, self.dataset.gallery.dimension), dtype=np.float32)
        embeddings: FloatArray = read_only(np.ascontiguousarray(stacked, dtype=np.float32))
        return embeddings

    def to_json(self) -> str:
        """Hits with the request and what is needed to get them again; `search --request` asks it."""
        return hits_to_json(self.result, dataset=self.dataset.name, manifest=self.dataset.gallery.manifest)

    def _columns(self) -> dict[str, list[Any]]:
        return {name: [getattr(hit, name) for hit in self] for name in COLUMNS}

    def __repr__(self) -> str:
        listed = [f"{hit.rank:>4}  {hit.score:.3f}  {hit.image_id}" for hit in self[: MOST_SHOWN[0]]]
        more = len(self) - len(listed)
        return "\n".join([f"<Hits: {self._heading()}>", *listed, *([f"      and {more:,} more"] if more > 0 else [])])

    def _repr_html_(self) -> str:
        """What a notebook shows: how sure it is that anything fits, notes, and the pictures, at most 50 of them."""
        most = MOST_SHOWN[1]
        told = [*([self.result.verdict.sentence] if self.result.verdict else []), *self.notes]
        if len(self) > most:
            told.append(f"The first {most} are shown; to_pandas() has all {len(self):,}.")
        cards = (
            card(self.dataset.gallery, hit.image_id, f"{hit.rank} · {hit.score:.3f}", hit.caption or "")
            for hit in self[:most]
        )
        return framed(self._heading(), told, cards)

    def _heading(self) -> str:
        return f"{count_of(len(self), 'picture')} of {self.result.images:,} for {self.result.query.label!r}"
