"""A server that starts again is asked for hits only once it holds everything it held."""

from __future__ import annotations

import json
from typing import Any

import pytest

from t2i_core.errors import ServerAwayError
from t2i_core.index import milvus
from t2i_core.index.address import Address
from t2i_core.index.milvus import FORMAT, MilvusCollection

ADDRESS = Address("http://127.0.0.1:1", "pictures")


class Server:
    """A server of three pictures and six captions, which holds as much as it has read back."""

    def __init__(self) -> None:
        self.away = False
        self.counts = {"pictures": [3], "pictures_captions": [6]}  # one after the other, the last one for good
        self.facts = json.dumps({"format": FORMAT, "key": "one"})
        self.answered: list[int] = []

    def connect(self) -> Server:
        if self.away:
            self.away = False
            raise ConnectionError("refused")
        return self

    def has_collection(self, name: str, **_: Any) -> bool:
        return True

    def describe_collection(self, name: str, **_: Any) -> dict[str, Any]:
        return {"properties": {"t2i.facts": self.facts}}

    def query(self, name: str, **_: Any) -> list[dict[str, int]]:
        left = self.counts[name]
        return [{"count(*)": left.pop(0) if len(left) > 1 else left[0]}]

    def search(self, name: str, **_: Any) -> list[list[dict[str, Any]]]:
        if self.away:
            raise ConnectionError("reset")
        self.answered.append(self.counts["pictures"][0])
        return [[]]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    monkeypatch.setattr(MilvusCollection, "_connect", lambda _: made.connect())
    monkeypatch.setattr(milvus, "_PAUSES_S", (0.0,))
    return made


def opened(patience_s: float = 60.0) -> MilvusCollection:
    collection = MilvusCollection(ADDRESS, patience_s=patience_s)
    collection.check_whole(pictures=3, captions=6)
    return collection


@pytest.mark.parametrize(
    "counts", [{"pictures": [0, 1, 2, 3]}, {"pictures_captions": [0, 5, 6]}, {"pictures": [2, 3], "pictures_captions": [1, 6]}]
)  # fmt: skip
def test_hits_come_after_everything_is_read_back(server: Server, counts: dict[str, list[int]]) -> None:
    collection = opened()
    server.away = True
    server.counts |= {name: list(values) for name, values in counts.items()}
    collection.closest([1.0], 2, "")
    assert server.answered == [3]
    assert all(len(left) == 1 for left in server.counts.values())


def test_what_never_comes_back_is_told(server: Server) -> None:
    collection = opened(patience_s=0.05)
    server.away = True
    server.counts["pictures"] = [2]
    with pytest.raises(ServerAwayError, match=r"read back 2 of 3 records of pictures"):
        collection.closest([1.0], 2, "")
    assert server.answered == []


def test_another_dataset_in_its_place_is_not_waited_for(server: Server) -> None:
    collection = opened()
    server.away = True
    server.facts = json.dumps({"format": FORMAT, "key": "another"})
    server.counts["pictures"] = [1]
    collection.closest([1.0], 2, "")
    assert server.answered == [1]


def test_a_push_is_not_held_up_by_what_it_still_writes(server: Server) -> None:
    collection = MilvusCollection(ADDRESS, patience_s=60.0)
    server.away = True
    server.counts["pictures"] = [1]
    assert collection.count("pictures") == 1
