"""The pages over a collection in a real Milvus server: the same pictures, a stated sample, and clear words when it is away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.resources import galleries
from t2i_core import remote
from t2i_core.dataset import read_gallery
from t2i_core.index import milvus
from t2i_core.index.address import Address
from t2i_core.index.milvus import MilvusCollection
from tests.milvus_server import HoldingProxy, MilvusServer
from tests.pages.page_parts import bar, component, grid, settle, texts
from tests.pages.visits import visit

OpenApp = Callable[..., AppTest]


@pytest.fixture(scope="module")
def pushed(milvus_server: MilvusServer, datasets: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The 12 pictures in the server, for tests that only read them."""
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return push(milvus_server, datasets)


@pytest.fixture
def address(pushed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where they are, and a cache of our own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return pushed


def push(server: MilvusServer, dataset: Path) -> str:
    """Push a dataset to a collection of its own; its address."""
    there = Address(server.uri, "t" + uuid4().hex[:12])
    remote.push(read_gallery(dataset), MilvusCollection(there))
    return str(there)


@contextmanager
def looked_at_a_moment_ago(monkeypatch: pytest.MonkeyPatch, key: str) -> Iterator[None]:
    """Pages take the collection for the one with this key, as for some seconds after they looked; then they look again."""
    with monkeypatch.context() as patched:
        patched.setattr(remote, "collection_key", lambda data: key)
        yield
    galleries._collection_key.clear()


def scored(app: AppTest) -> list[str]:
    """Names of the hits on the page."""
    return [picture["id"] for picture in grid(app)["pictures"] if picture["score"] is not None]


def sampled(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    opened = remote.open_collection
    monkeypatch.setattr(remote, "open_collection", lambda data, images_dir=None: opened(data, sample=count))


def test_search_shows_what_the_folder_shows(open_app: OpenApp, datasets: Path, address: str) -> None:
    local = grid(open_app(datasets, q="a mill"))["pictures"]
    app = open_app(Path(address), q="a mill")
    assert not app.exception
    assert grid(app)["pictures"] == local
    assert all(picture["src"] for picture in local)
    assert "12 pictures" in texts(app)
    assert f"Searched by Milvus at {address.split('/')[2]} (exact)" in texts(app)
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


def test_filters_of_a_sample_count_the_whole_collection(
    open_app: OpenApp, datasets: Path, address: str, monkeypatch: pytest.MonkeyPatch, begun: list[Future[object]]
) -> None:
    def facets(app: AppTest) -> dict[str, Any]:
        settle(app.button(key="filter").click().run(), begun)
        assert not app.exception
        shown = component(app, "t2i_facet_panel")
        assert not shown["counting"]
        return shown

    words = '[{"field":"words","values":["a"]}]'
    local = open_app(datasets, q="a mill", k="7", where=words)
    sampled(monkeypatch, 5)
    app = open_app(Path(address), q="a mill", k="7", where=words)
    assert scored(app) == scored(local)
    assert grid(app)["summary"] == grid(local)["summary"]
    here, there = facets(local), facets(app)
    assert (there["shown"], there["pictures"], there["words"]) == (7, 12, True)
    assert there["facets"] == here["facets"] != []
    assert "this one is in a collection" in there["hints"][0]["text"]
    browsed = open_app(Path(address), where=words)
    assert "of the sample that fit" in grid(browsed)["summary"]
    assert facets(browsed)["pictures"] == 12


@pytest.mark.parametrize("page", ["pages/captions.py", "pages/embedding_map.py"])
def test_the_other_pages_open(open_app: OpenApp, address: str, page: str) -> None:
    app = open_app(Path(address), page=page)
    assert not app.exception
    assert "Searched by Milvus at" in texts(app)


def test_a_server_that_is_away_is_explained_and_asked_again(
    open_app: OpenApp,
    address: str,
    milvus_server: MilvusServer,
    monkeypatch: pytest.MonkeyPatch,
    begun: list[Future[object]],
) -> None:
    proxy = HoldingProxy(milvus_server.port)
    try:
        proxy.hold()
        with monkeypatch.context() as hurried:
            hurried.setattr(milvus, "PATIENCE_S", 1.0)
            hurried.setattr(milvus, "CALL_S", 0.5)
            app = open_app(Path(address.replace(milvus_server.uri, proxy.uri)), settled=False)
        assert not app.exception
        assert "**This dataset cannot be read**" in texts(app)
        assert "Start the server or check the address" in texts(app)
        assert "The dataset cannot be read" in app.caption[0].value
        proxy.release()
        settle(app.button(key="ask_server_again").click().run(), begun)
        assert not app.exception
        assert "12 pictures" in texts(app)
    finally:
        proxy.close()


def test_a_server_that_goes_away_meanwhile_is_explained(
    open_app: OpenApp, address: str, milvus_server: MilvusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus, "PATIENCE_S", 1.0)
    key = remote.collection_key(address)
    proxy = HoldingProxy(milvus_server.port)
    try:
        app = open_app(Path(address.replace(milvus_server.uri, proxy.uri)))
        assert "12 pictures" in texts(app)
    finally:
        proxy.close()
    app.query_params["q"] = "a boat"
    with looked_at_a_moment_ago(monkeypatch, key):
        app.run()
        assert not app.exception
        assert "Start the server or check the address" in bar(app)["message"]
        assert scored(app) == []
    app.run()
    assert not app.exception
    assert "**This dataset cannot be read**" in texts(app)
    assert "Start the server or check the address" in texts(app)


def test_pictures_only_the_server_knows_are_explained_while_it_is_away(
    open_app: OpenApp, address: str, milvus_server: MilvusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus, "PATIENCE_S", 1.0)
    sampled(monkeypatch, 5)
    key = remote.collection_key(address)
    known = remote.open_collection(address).image_ids
    proxy = HoldingProxy(milvus_server.port)
    try:
        app = open_app(Path(address.replace(milvus_server.uri, proxy.uri)), q="a mill")
        shown = scored(app)
    finally:
        proxy.close()
    with looked_at_a_moment_ago(monkeypatch, key):
        visit(app).opened.picture = next(name for name in shown if name in known)
        app.run()
        assert not app.exception
        detail = grid(app)["detail"]
        assert detail["captions"]
        assert detail["neighbours"] == []
        assert "Start the server or check the address" in detail["neighbours_problem"]
        assert "cannot be opened" not in texts(app)

        visit(app).opened.picture = next(name for name in shown if name not in known)
        app.run()
        assert not app.exception
        assert grid(app)["open"] is None
        assert "**This picture cannot be opened**" in texts(app)
        assert "Start the server or check the address" in texts(app)
        assert scored(app) == shown


@pytest.mark.parametrize("page", ["", "pages/captions.py"])
def test_a_link_to_a_picture_that_is_nowhere_is_explained(
    open_app: OpenApp, address: str, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    sampled(monkeypatch, 5)
    app = open_app(Path(address), page=page)
    visit(app).opened.picture = "gone.jpg"
    app.run()
    assert not app.exception
    assert "**This picture cannot be opened**" in texts(app)
    assert "No picture of this collection is named 'gone.jpg'" in texts(app)


def test_a_collection_that_was_replaced_is_not_mixed(
    open_app: OpenApp,
    datasets: Path,
    milvus_server: MilvusServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    begun: list[Future[object]],
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    address = push(milvus_server, datasets)
    key = remote.collection_key(address)
    app = open_app(Path(address))
    there = Address(*address.removeprefix("milvus+").rsplit("/", 1))
    remote.push(read_gallery(datasets / "plain"), MilvusCollection(there), replace=True)
    app.query_params["q"] = "a boat"
    with looked_at_a_moment_ago(monkeypatch, key):
        app.run()
        assert not app.exception
        assert "another dataset was pushed over it since" in bar(app)["message"]
        assert scored(app) == []
    settle(app.run(), begun)
    assert not app.exception
    assert "3 pictures, no captions" in texts(app)
    assert sorted(scored(app)) == sorted(read_gallery(datasets / "plain").image_ids)
