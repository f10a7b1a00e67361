"""Collections in Milvus: the only file that talks to it, and one of two on the network. Retries are limited and told.

A dataset is two collections: ``NAME`` holds the pictures (row, name, size, unit vector) and ``NAME_captions`` the
captions (position, row, text, columns, unit vector). What it was made from travels as JSON in the first's properties.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from t2i_core.errors import DatasetError, ExtraMissingError, ServerAwayError
from t2i_core.index.address import Address
from t2i_core.types import RowArray

INSTALL = "pip install pymilvus==3.0.2"
INSTALL_LITE = "pip install pymilvus==3.0.2 milvus-lite==3.2.2"
PATIENCE_S = 15.0  # as long as a person who waits for an answer does
# A server that crashed and was started again first waits 30 s for what the crashed one had registered to run out.
RESTART_PATIENCE_S = 60.0
CALL_S = 5.0
MOST_HITS = 16_384  # Milvus refuses to return more at once
INDEX_TYPES = ("FLAT", "IVF_FLAT", "HNSW")
FORMAT = "t2i-collection-1"
LONGEST_TEXT = 65_535
_FACTS = "t2i.facts"
_COUNT = ["count(*)"]
# Counting waits for everything written; after that a look at what was there a moment ago is a look at everything,
# and saves the wait for the server's next tick, 0.2 s a call.
_SETTLED = "Bounded"
_ROWS_AT_ONCE = 1_000
_LISTED_AT_ONCE = 8_192  # without vectors
_PAUSES_S = (0.2, 0.5, 1.0, 2.0)
_NOT_FOUND = 100
# Asking again does not help: unknown database, wrong parameter, no permission, wrong dimension or field.
_FINAL = frozenset({_NOT_FOUND, 800, 1100, 1400, 1401, 1700, 1701, 1702})
_BUILT: dict[str, dict[str, int]] = {"FLAT": {}, "IVF_FLAT": {"nlist": 1024}, "HNSW": {"M": 32, "efConstruction": 200}}


@dataclass(frozen=True)
class _Whole:
    """What was there when a collection was counted last: records of each of the two, and what it was made from."""

    records: dict[str, int]
    facts: str


class MilvusCollection:
    """One dataset's two collections. Safe to share between threads.

    Parameters
    ----------
    patience_s : float
        How long a call is tried again while the server is away, slow or restarting.
    call_s : float
        How long one try may take.
    """

    def __init__(self, address: Address, *, patience_s: float | None = None, call_s: float | None = None) -> None:
        self.address = address
        self._patience_s, self._call_s = patience_s or PATIENCE_S, call_s or CALL_S
        self._client: Any = None
        self._whole: _Whole | None = None
        self._library = _library()

    @property
    def pictures(self) -> str:
        return self.address.collection

    @property
    def captions(self) -> str:
        return f"{self.address.collection}_captions"

    def facts(self) -> dict[str, Any] | None:
        """What the collection was made from, as `create` was told; None when there is no such collection.

        Raises
        ------
        DatasetError
            When it was not made by ``push``.
        ServerAwayError
            When the server cannot be reached, as by every other method.
        """
        if not self._call("has_collection", self.pictures):
            return None
        described = self._call("describe_collection", self.pictures)
        try:
            facts = json.loads(_facts_in(described))
        except (ValueError, AttributeError):
            facts = None
        if not isinstance(facts, dict) or facts.get("format") != FORMAT:
            raise DatasetError(
                f"The collection {self.pictures} at {self.address.uri} was not made by this program, so nobody knows its "
                "model. Write one: python -m t2i_core push --data DIR --uri URI --collection NAME"
            )
        return facts

    def names(self) -> list[str]:
        """Names of the collections there."""
        return sorted(name for name in self._call("list_collections") if not name.endswith("_captions"))

    def create(self, facts: dict[str, Any], *, dimension: int, index_type: str, numbers: Sequence[str] = ()) -> None:
        """Make both collections, empty and ready; ``numbers`` are fields of pictures beside the usual ones."""
        kind = self._library.DataType
        text = {"datatype": kind.VARCHAR, "max_length": LONGEST_TEXT}
        number = {"datatype": kind.INT64}
        vector = {"datatype": kind.FLOAT_VECTOR, "dim": dimension}
        self._create(
            self.captions, {"position": number, "row": number, "caption": text, "columns": text, "vector": vector},
            "", "FLAT",
        )  # fmt: skip
        # Last, because its presence says that both are there.
        self._create(
            self.pictures,
            {"row": number, "name": text, "width": number, "height": number, "vector": vector}
            | {name: {"datatype": kind.FLOAT} for name in numbers},
            json.dumps({**facts, "format": FORMAT, "index_type": index_type}), index_type,
        )  # fmt: skip

    def _create(self, name: str, fields: dict[str, dict[str, Any]], facts: str, index_type: str) -> None:
        if self._call("has_collection", name):
            self._call("drop_collection", name)  # what a push that was cut short left
        schema = self._library.MilvusClient.create_schema(auto_id=False)
        for position, (field, options) in enumerate(fields.items()):
            schema.add_field(field, is_primary=position == 0, **options)
        index = self._library.MilvusClient.prepare_index_params()
        index.add_index("vector", index_type=index_type, metric_type="IP", params=_BUILT[index_type])
        self._call(
            "create_collection", name, schema=schema, index_params=index, consistency_level="Strong",
            properties={_FACTS: facts},
        )  # fmt: skip

    def drop(self) -> None:
        """Remove both collections."""
        for name in (self.pictures, self.captions):
            if self._call("has_collection", name):
                self._call("drop_collection", name)

    def write(self, collection: str, records: list[dict[str, Any]]) -> None:
        """Put records in; one with the same number is replaced, so that writing twice is writing once."""
        self._call("upsert", collection, records)

    def keep(self) -> None:
        """Have a server store what was written, so that it need not read its log again after a crash."""
        if self.address.uri.startswith("http"):
            for name in (self.pictures, self.captions):
                self._call("flush", name)

    def count(self, collection: str, filter: str = "") -> int:
        """How many records there are."""
        return _counted(self._call("query", collection, filter=filter, output_fields=_COUNT))

    def check_whole(self, *, pictures: int, captions: int) -> None:
        """Count both collections' records; DatasetError where there are not as many as there should be.

        Once they are whole they are counted again whenever the server was away: one that starts again answers before it has
        read back everything, and would call hits the best that are the best of a part.
        """
        wanted = {self.pictures: pictures, self.captions: captions}
        for name, records in wanted.items():
            if (there := self.count(name)) != records:
                raise DatasetError(
                    f"The collection {name} must hold {records:,} records, got {there:,}: its push was cut short. "
                    "Run the same push again; it goes on where it was."
                )
        self._whole = _Whole(wanted, _facts_in(self._call("describe_collection", self.pictures)))

    def fetch(self, collection: str, filter: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        """Records that a filter keeps, at most `MOST_HITS`."""
        found = self._call(
            "query", collection, filter=filter, output_fields=list(fields), limit=MOST_HITS, consistency_level=_SETTLED
        )
        return [dict(record) for record in found]

    def fetch_rows(self, collection: str, rows: RowArray, fields: Sequence[str]) -> list[dict[str, Any]]:
        """Everything that belongs to some pictures, however many records that is.

        Raises
        ------
        DatasetError
            When one picture alone has more than Milvus returns.
        """
        return [
            record
            for start in range(0, rows.size, _ROWS_AT_ONCE)
            for record in self._fetch_whole(collection, rows[start : start + _ROWS_AT_ONCE], fields)
        ]

    def fetch_all(self, collection: str, number: str, count: int, fields: Sequence[str]) -> list[dict[str, Any]]:
        """Every record in the order of its ``number``, 0 to ``count`` - 1, some thousand a call.

        Raises
        ------
        DatasetError
            When some are missing.
        """
        found: list[dict[str, Any]] = []
        for start in range(0, count, _LISTED_AT_ONCE):
            end = min(start + _LISTED_AT_ONCE, count)
            records = self.fetch(collection, f"{number} >= {start} and {number} < {end}", (number, *fields))
            found += sorted(records, key=lambda one: int(one[number]))
        if len(found) != count:
            raise DatasetError(
                f"The collection {collection} must hold {count:,} records, got {len(found):,}: it is not whole. "
                "Push the dataset again: python -m t2i_core push"
            )
        return found

    def _fetch_whole(self, collection: str, rows: RowArray, fields: Sequence[str]) -> list[dict[str, Any]]:
        records = self.fetch(collection, f"row in {rows.tolist()}", fields)
        if len(records) < MOST_HITS:
            return records
        if rows.size == 1:
            raise DatasetError(
                f"A picture must have fewer than {MOST_HITS:,} captions in Milvus, got at least as many for row {rows[0]:,}. "
                "Open the dataset from its folder instead."
            )
        # Milvus cut the answer without a word: ask for fewer pictures at a time.
        return [record for half in np.array_split(rows, 2) for record in self._fetch_whole(collection, half, fields)]

    def closest(
        self, vector: Any, limit: int, filter: str, *, effort: int = 0, numbers: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Pictures by inner product, with ``distance`` and what is known about each; ``effort`` for an approximate index."""
        fields = ["row", "name", "width", "height", "vector", *numbers]
        parameters = {"nprobe": effort, "ef": max(effort, limit)} if effort else {}
        found = self._call(
            "search", self.pictures, data=[vector], limit=limit, filter=filter, output_fields=fields, anns_field="vector",
            search_params={"metric_type": "IP", "params": parameters}, consistency_level=_SETTLED,
        )[0]  # fmt: skip
        return [{**{field: hit["entity"][field] for field in fields}, "distance": hit["distance"]} for hit in found]

    def _call(self, method: str, *arguments: Any, **options: Any) -> Any:
        """Call the client, again for as long as patience lasts where that can help."""
        until = time.monotonic() + self._patience_s
        tried = 0
        while True:
            try:
                if self._client is None:
                    client = self._connect()
                    self._check_read_back(client)
                    self._client = client
                return getattr(self._client, method)(*arguments, timeout=self._call_s, **options)
            except self._failures() as error:
                if getattr(error, "code", None) in _FINAL:
                    raise self._explained(error) from error
                pause = _PAUSES_S[min(tried, len(_PAUSES_S) - 1)]
                tried += 1
                if time.monotonic() + pause > until:
                    raise ServerAwayError(
                        f"Milvus at {self.address.uri} must answer within {self._patience_s:g} s, and {tried} tries failed. "
                        "Start the server or check the address, and try again; after a restart it needs up to a minute, and "
                        f"nothing is lost. The last try: {_short(error)}"
                    ) from error
                self._forget_client()
                time.sleep(pause)

    def _connect(self) -> Any:
        return self._library.MilvusClient(uri=self.address.uri, timeout=self._call_s)

    def _check_read_back(self, client: Any) -> None:
        """Fail like a server that is away while one that held everything holds less; another dataset there is no matter of this."""
        if self._whole is None or not client.has_collection(self.pictures, timeout=self._call_s):
            return
        if _facts_in(client.describe_collection(self.pictures, timeout=self._call_s)) != self._whole.facts:
            return
        for name, wanted in self._whole.records.items():
            there = _counted(client.query(name, filter="", output_fields=_COUNT, timeout=self._call_s))
            if there < wanted:
                raise ConnectionError(f"it has read back {there:,} of {wanted:,} records of {name}")

    def _forget_client(self) -> None:
        client, self._client = self._client, None
        close: Callable[[], None] | None = getattr(client, "close", None)
        if close is not None and self.address.uri.startswith("http"):
            try:
                close()
            except self._failures():
                return  # it is gone already

    def _failures(self) -> tuple[type[BaseException], ...]:
        import grpc

        return (self._library.MilvusException, grpc.RpcError, ConnectionError, TimeoutError)

    def _explained(self, error: BaseException) -> DatasetError:
        if getattr(error, "code", None) == _NOT_FOUND:
            return self.missing()
        return DatasetError(
            f"Milvus at {self.address.uri} refused what it was asked: {_short(error)}. "
            "Push the dataset again: python -m t2i_core push --replace"
        )

    def missing(self) -> DatasetError:
        """That there is no such collection, and which there are."""
        there = ", ".join(self.names()) or "none"
        return DatasetError(
            f"There must be a collection {self.pictures} at {self.address.uri}, and there are: {there}. Check its name, "
            "or write it: python -m t2i_core push --data DIR --uri URI --collection NAME"
        )


def _facts_in(described: Any) -> str:
    """What a collection says it was made from; empty where it says nothing."""
    return described.get("properties", {}).get(_FACTS) or ""


def _counted(answer: Any) -> int:
    """The number in an answer to `_COUNT`."""
    return int(answer[0]["count(*)"])


def _library() -> Any:
    try:
        import pymilvus
    except ImportError as error:
        raise ExtraMissingError(
            f"Milvus needs the package pymilvus, which is not installed. Install it: {INSTALL}"
        ) from error
    return pymilvus


def _short(error: BaseException) -> str:
    text = " ".join(str(getattr(error, "message", "") or error).split())
    return f"{type(error).__name__}: {text[:200]}".rstrip(": ")
