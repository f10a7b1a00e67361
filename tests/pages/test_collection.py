"""The pages over a collection in a real Milvus server: the same pictures, a stated sample, and clear words when it is away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from page_parts import bar, grid, texts
from streamlit.testing.v1 import AppTest

from t2i_core import remote
from t2i_core.dataset import read_gallery
from t2i_core.index import milvus
from t2i_core.index.address import Address
from t2i_core.index.milvus import MilvusCollection
from tests.milvus_server import HoldingProxy, MilvusServer, free_port

OpenApp = Callable[..., AppTest]


@pytest.fixture
def address(milvus_server: MilvusServer, datasets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The 12 pictures in the server, and a cache of our own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    there = Address(milvus_server.uri, "t" + uuid4().hex[:12])
    remote.push(read_gallery(datasets), MilvusCollection(there))
    return str(there)


def sampled(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    opened = remote.open_collection
    monkeypatch.setattr(remote, "open_collection", lambda data: opened(data, sample=count))


def test_search_shows_what_the_folder_shows(open_app: OpenApp, datasets: Path, address: str) -> None:
    local = grid(open_app(datasets, q="a mill"))["pictures"]
    app = open_app(Path(address), q="a mill")
    assert not app.exception
    assert grid(app)["pictures"] == local
    assert all(picture["src"] for picture in local)
    assert "12 pictures" in texts(app)
    assert "Searched by Milvus at" in texts(app)
    assert "(exact)" in texts(app)
    assert "a sample of" not in texts(app)


def test_a_sample_is_stated_and_hits_outside_it_are_whole(
    open_app: OpenApp, datasets: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = grid(open_app(datasets, q="a mill"))["pictures"]
    sampled(monkeypatch, 5)
    app = open_app(Path(address), q="a mill")
    assert not app.exception
    assert "a sample of 5 pictures; searches look at all 12" in texts(app)
    shown = grid(app)["pictures"]
    assert [(one["id"], one["score"], one["src"]) for one in shown] == [
        (one["id"], one["score"], one["src"]) for one in local[: len(shown)]
    ]
    away = next(one["id"] for one in shown if one["id"] not in remote.open_collection(address).image_ids)
    opened = open_app(Path(address), q="a mill", picture=away)
    assert not opened.exception
    detail = grid(opened)["detail"]
    assert (detail["id"], detail["rank"]) == (away, [one["id"] for one in shown].index(away) + 1)
    assert detail["captions"]
    assert len(detail["neighbours"]) == 10


@pytest.mark.parametrize("page", ["pages/captions.py", "pages/embedding_map.py"])
def test_the_other_pages_open(open_app: OpenApp, address: str, page: str) -> None:
    app = open_app(Path(address), page=page)
    assert not app.exception
    assert "Searched by Milvus at" in texts(app)


def test_a_server_that_is_away_is_explained(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milvus, "PATIENCE_S", 0.5)
    app = open_app(Path(f"milvus+http://127.0.0.1:{free_port()}/photos"), settled=False)
    assert not app.exception
    assert "**This dataset cannot be read**" in texts(app)
    assert "Start the server or check the address" in texts(app)


def test_a_server_that_goes_away_meanwhile_is_explained(
    open_app: OpenApp, address: str, milvus_server: MilvusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus, "PATIENCE_S", 1.0)
    proxy = HoldingProxy(milvus_server.port)
    try:
        app = open_app(Path(address.replace(milvus_server.uri, proxy.uri)))
        assert "12 pictures" in texts(app)
    finally:
        proxy.close()
    app.query_params["q"] = "a boat"
    app.run()
    assert not app.exception
    told = texts(app) + (bar(app)["message"] if app.get("bidi_component") else "")
    assert "Start the server or check the address" in told


def test_a_collection_that_was_replaced_is_not_mixed(open_app: OpenApp, datasets: Path, address: str) -> None:
    app = open_app(Path(address))
    there = Address(*address.removeprefix("milvus+").rsplit("/", 1))
    remote.push(read_gallery(datasets / "plain"), MilvusCollection(there), replace=True)
    app.query_params["q"] = "a boat"
    app.run()
    assert not app.exception
    told = bar(app)["message"] + texts(app)
    assert "another dataset was pushed over it since" in told or "3 pictures" in told
