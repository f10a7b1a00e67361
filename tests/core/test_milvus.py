"""Search in a real Milvus server and in a local file gives the rows and scores of the exact oracle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from t2i_core.dataset import FEW_WORDS, PICTURES, Balance, read_gallery, write_balance
from t2i_core.errors import DatasetError, ExtraMissingError, ModelError, QueryError, SearchIndexError
from t2i_core.index import milvus
from t2i_core.index.address import Address, parse_address
from t2i_core.index.exact import ExactIndex
from t2i_core.index.milvus import MilvusCollection
from t2i_core.index.milvus_index import expression
from t2i_core.opening import open_engine
from t2i_core.query import Query, SearchRequest, parse_query, read_condition
from t2i_core.remote import listing, open_collection, push
from t2i_core.types import Gallery
from tests.core.pushed_galleries import ROWS, Rows, a_name, index_of, numbers, queries
from tests.core.small_galleries import make_gallery, save_ours
from tests.milvus_server import HoldingProxy, MilvusServer, free_port

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["server", "file"])
def pushed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Gallery, Gallery]:
    """The same rows here and there: on the real server, then in a local file."""
    if request.param == "server":
        uri = request.getfixturevalue("milvus_server").uri
    else:
        uri = str(tmp_path_factory.mktemp("lite") / "pictures.db")
    gallery, address = numbers(), Address(uri, a_name())
    report = push(gallery, MilvusCollection(address))
    assert (report.images, report.captions, report.written, report.verified) == (ROWS, 2 * ROWS, 3 * ROWS, 64)
    return gallery, open_collection(str(address))


MASKS = {
    "all": None,
    "none": np.zeros(ROWS, dtype=np.bool_),
    "every third": np.arange(ROWS) % 3 == 0,
    "a run and some": np.isin(np.arange(ROWS), [*range(90, 400), 5, 900, 1_199]),
    "five": np.isin(np.arange(ROWS), [1, 150, 151, 152, 1_000]),
}


@pytest.mark.parametrize("top_k", [1, 10, 50, ROWS])
@pytest.mark.parametrize("mask", MASKS)
def test_rows_and_scores_are_the_oracles(pushed: tuple[Gallery, Gallery], mask: str, top_k: int) -> None:
    gallery, there = pushed
    asked = queries(gallery)
    scores, rows = index_of(there).search(asked, top_k, MASKS[mask])
    exact_scores, exact_rows = ExactIndex(gallery.image_embeddings).search(asked, top_k, MASKS[mask])
    np.testing.assert_array_equal(rows, exact_rows)
    np.testing.assert_array_equal(scores, exact_scores)


def test_everything_comes_back(pushed: tuple[Gallery, Gallery]) -> None:
    gallery, there = pushed
    assert not there.sampled
    assert (there.image_ids, there.captions) == (gallery.image_ids, gallery.captions)
    np.testing.assert_array_equal(there.image_embeddings, gallery.image_embeddings)
    np.testing.assert_array_equal(there.text_embeddings, gallery.text_embeddings)
    np.testing.assert_array_equal(there.caption_rows, gallery.caption_rows)
    assert there.caption_columns == gallery.caption_columns
    assert there.manifest == gallery.manifest


def test_answers_that_milvus_cuts_are_asked_for_in_parts(
    pushed: tuple[Gallery, Gallery], monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery, there = pushed
    monkeypatch.setattr(milvus, "MOST_HITS", 50)
    again = open_collection(there.address)
    assert again.captions == gallery.captions
    assert again.image_ids == gallery.image_ids
    monkeypatch.setattr(milvus, "MOST_HITS", 1)
    with pytest.raises(DatasetError, match="must have fewer than 1 captions in Milvus"):
        open_collection(there.address)


def test_captions_of_hits_outside_the_sample_are_whole_where_milvus_cuts_them(
    pushed: tuple[Gallery, Gallery], monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery, whole = pushed
    there = open_collection(whole.address, sample=100)
    collection, counts = index_of(there).collection, []
    fetch = collection.fetch

    def counted(name: str, filter: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        found = fetch(name, filter, fields)
        counts.append(len(found))
        return found

    monkeypatch.setattr(collection, "fetch", counted)
    monkeypatch.setattr(milvus, "MOST_HITS", 50)
    ours = open_engine(Rows(), there).search(SearchRequest.of("anything", top_k=60)).hits
    theirs = open_engine(Rows(), gallery).search(SearchRequest.of("anything", top_k=60)).hits
    away = sum(hit.row is None for hit in ours)
    assert counts[0] == 50 < 2 * away  # the first answer was cut: two captions a picture were asked for
    assert [(hit.image_id, hit.caption) for hit in ours] == [(hit.image_id, hit.caption) for hit in theirs]


def test_a_sample_is_stated_and_searches_stay_whole(pushed: tuple[Gallery, Gallery]) -> None:
    gallery, whole = pushed
    there = open_collection(whole.address, sample=100)
    assert (len(there), there.images, there.sampled) == (100, ROWS, True)
    assert there.key != whole.key
    encoder = Rows()
    engine, local = open_engine(encoder, there), open_engine(encoder, gallery)
    ours, theirs = (
        engine.search(SearchRequest.of("anything", top_k=40)),
        local.search(SearchRequest.of("anything", top_k=40)),
    )
    assert ours.images == ROWS
    assert [(h.image_id, h.score, h.caption) for h in ours.hits] == [
        (h.image_id, h.score, h.caption) for h in theirs.hits
    ]
    for hit in ours.hits:
        assert hit.row == (there.rows_by_id.get(hit.image_id))
    away = next(hit.image_id for hit in ours.hits if hit.row is None)
    liked = engine.search(SearchRequest.of(Query.like([away]), top_k=5))
    assert [h.image_id for h in liked.hits] == [
        h.image_id for h in local.search(SearchRequest.of(Query.like([away]), top_k=5)).hits
    ]
    with pytest.raises(QueryError, match="No picture of this collection is named"):
        engine.search(SearchRequest.of(Query.like(['no"such.jpg']), top_k=5))


def test_likes_and_dislikes_rank_a_collection_as_its_folder(pushed: tuple[Gallery, Gallery]) -> None:
    asked = SearchRequest.of("anything", top_k=40, liked=("3.jpg", "900.jpg"), disliked=("5.jpg", "7.jpg"), aim="one")
    here, there = (
        open_engine(Rows(), gallery).search(asked, passed_over=("8.jpg",)).hits for gallery in reversed(pushed)
    )
    assert [(hit.image_id, hit.score, hit.caption) for hit in here] == [
        (hit.image_id, hit.score, hit.caption) for hit in there
    ]
    assert not {hit.image_id for hit in here} & {"5.jpg", "7.jpg", "8.jpg"}


def test_filters_of_a_sampled_collection_are_those_of_its_folder(
    pushed: tuple[Gallery, Gallery], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hits, counts and order, also of pictures outside the sample; the list of pictures is read once, in few calls."""
    gallery, there = pushed
    here, sampled = (open_engine(Rows(), one) for one in (gallery, open_collection(there.address, sample=50)))
    asked: list[str] = []
    fetch = MilvusCollection.fetch

    def noted(self: MilvusCollection, collection: str, filter: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        asked.append(filter)
        return fetch(self, collection, filter, fields)

    monkeypatch.setattr(MilvusCollection, "fetch", noted)
    plain = SearchRequest.of("anything", top_k=20)
    sampled.search(plain)
    assert not any("position >=" in one for one in asked)  # without filters nothing is listed
    conditions = (
        (read_condition("column:number=300..1100"), read_condition("not picture=200.jpg|301.jpg")),
        (read_condition("picture=3.jpg|900.jpg|1199.jpg"),),
        (read_condition("column:number>=5000"),),
    )
    for where in conditions:
        request = replace(plain, where=where, order="-column:number", cutoff=-0.5)
        ours, theirs = (engine.search(request) for engine in (sampled, here))
        assert [(hit.image_id, hit.score, hit.rank, hit.caption) for hit in ours.hits] == [
            (hit.image_id, hit.score, hit.rank, hit.caption) for hit in theirs.hits
        ]
        assert ours.fitting == theirs.fitting
        names = ("column:number", "type", "width")
        assert sampled.narrowing.count(ours, names) == here.narrowing.count(theirs, names)
    listed = [one for one in asked if ">=" in one]
    assert len(listed) == 2  # 1,200 pictures and 2,400 captions
    assert len(sampled.gallery) == 50
    monkeypatch.setattr(listing, "MOST_LISTED", 3_599)
    again = open_engine(Rows(), open_collection(there.address, sample=50))
    with pytest.raises(QueryError, match="at most 3,599 of them, and here are 3,600"):
        again.search(replace(plain, where=conditions[0]))


def test_a_balanced_ranking_of_a_collection_is_that_of_its_folder(milvus_server: MilvusServer, tmp_path: Path) -> None:
    """Also far from the best cosines, for pictures outside the sample, for weighted terms of both kinds and with likes."""
    gallery = replace(numbers(rows=400), data_dir=tmp_path)
    address = Address(milvus_server.uri, a_name())
    assert push(gallery, MilvusCollection(address)).written == 1_200
    asked = SearchRequest.of("an old sentence of six words", top_k=12, ranking="balanced")
    with pytest.raises(QueryError, match="got a collection that was pushed without a balance"):
        open_engine(Rows(), open_collection(str(address))).search(asked)
    nearness = np.random.default_rng(3).uniform(0.0, 0.9, size=(2, 400)).astype(np.float32)
    for of, near in zip((PICTURES, FEW_WORDS), nearness, strict=True):
        assert write_balance(gallery, Balance(near, 0.5, 0.03, 0.01, 0.05, 900), of)
    with pytest.raises(DatasetError, match="as it was before balanced ranking was measured"):
        push(gallery, MilvusCollection(address))
    push(gallery, MilvusCollection(address), replace=True)
    assert push(gallery, MilvusCollection(address)).written == 0
    sampled, whole = (open_engine(Rows(), open_collection(str(address), sample=sample)) for sample in (50, 400))
    here = open_engine(Rows(), gallery)
    assert sampled.balance is not None and sampled.balance.offered
    both = parse_query('"an old sentence of six words" - 0.5*snow + [9.jpg]')
    # Terms are weighed, and likes counted, by the scores of what is at hand: there they agree where that is all.
    liking = replace(asked, liked=("3.jpg",), disliked=("5.jpg",))
    for there, request in ((sampled, asked), (whole, replace(asked, query=both)), (whole, liking)):
        ours, theirs, plain = (
            [(hit.image_id, hit.score, hit.caption) for hit in engine.search(one).hits]
            for engine, one in ((there, request), (here, request), (here, replace(request, ranking="cosine")))
        )
        assert ours == theirs != plain


def test_another_model_or_dimension_is_refused(pushed: tuple[Gallery, Gallery]) -> None:
    _, there = pushed
    with pytest.raises(ModelError, match="built with colours"):
        open_engine(Rows("b" * 64), there)
    with pytest.raises(ModelError, match="32 dimensions and colours makes 16"):
        open_engine(Rows(dimension=16), there)
    with pytest.raises(SearchIndexError, match=r"must have shape \(Q, 32\), got \(1, 16\)"):
        index_of(there).search(np.ones((1, 16), dtype=np.float32), 3)


def test_pushing_again_writes_nothing_and_another_dataset_is_refused(
    pushed: tuple[Gallery, Gallery],
) -> None:
    gallery, there = pushed
    collection = index_of(there).collection
    assert push(gallery, collection).written == 0
    with pytest.raises(DatasetError, match="must be new or hold this dataset"):
        push(numbers(1, key="others"), collection)
    facts = collection.facts()
    assert facts is not None and facts["key"] == gallery.key


def test_wrong_collections_are_named(milvus_server: MilvusServer) -> None:
    with pytest.raises(DatasetError, match="There must be a collection gone at"):
        open_collection(f"milvus+{milvus_server.uri}/gone")
    foreign = a_name()
    collection = MilvusCollection(Address(milvus_server.uri, foreign))
    collection._create(foreign, {"row": {"datatype": 5}, "vector": {"datatype": 101, "dim": 8}}, "mine", "FLAT")
    with pytest.raises(DatasetError, match="was not made by this program"):
        open_collection(f"milvus+{milvus_server.uri}/{foreign}")


def test_a_push_cut_short_goes_on(milvus_server: MilvusServer) -> None:
    gallery = numbers(rows=2_500)
    collection = MilvusCollection(Address(milvus_server.uri, a_name()))

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        push(gallery, collection, on_progress=stop)
    with pytest.raises(DatasetError, match="its push was cut short"):
        open_collection(str(collection.address))
    assert push(gallery, collection).written == 3 * 2_500 - 1_000
    assert len(open_collection(str(collection.address))) == 2_500


def test_approximate_indexes_say_so_and_score_exactly(milvus_server: MilvusServer) -> None:
    gallery = numbers()
    for kind in ("IVF_FLAT", "HNSW"):
        address = Address(milvus_server.uri, a_name())
        push(gallery, MilvusCollection(address), index_type=kind)
        there = open_collection(str(address))
        result = open_engine(Rows(), there).search(SearchRequest.of("x", top_k=20), among=MASKS["every third"])
        assert f"approximately ({kind})" in result.notes[0]
        assert len(result.hits) == 20
        local = open_engine(Rows(), gallery).search(SearchRequest.of("x", top_k=ROWS))
        known = {hit.row: hit.score for hit in local.hits}
        assert all(hit.row is not None and known[hit.row] == hit.score and hit.row % 3 == 0 for hit in result.hits)


def test_a_server_that_is_away_is_told_after_a_limit() -> None:
    uri = f"http://127.0.0.1:{free_port()}"
    collection = MilvusCollection(Address(uri, "photos"), patience_s=1.0, call_s=0.5)
    with pytest.raises(DatasetError, match=r"must answer within 1 s, and \d+ tries failed.*nothing is lost"):
        open_collection(f"milvus+{uri}/photos", collection=collection)


def test_a_slow_server_is_told_and_answers_later(milvus_server: MilvusServer) -> None:
    gallery, name = numbers(), a_name()
    push(gallery, MilvusCollection(Address(milvus_server.uri, name)))
    proxy = HoldingProxy(milvus_server.port)
    try:
        collection = MilvusCollection(Address(proxy.uri, name), patience_s=3.0, call_s=1.0)
        there = open_collection(f"milvus+{proxy.uri}/{name}", collection=collection)
        asked = queries(gallery)
        proxy.hold()
        with pytest.raises(DatasetError, match="must answer within 3 s"):
            index_of(there).search(asked, 10)
        proxy.release()
        patient = MilvusCollection(Address(proxy.uri, name))
        there = open_collection(f"milvus+{proxy.uri}/{name}", collection=patient)
        np.testing.assert_array_equal(
            index_of(there).search(asked, 10)[1], ExactIndex(gallery.image_embeddings).search(asked, 10)[1]
        )
    finally:
        proxy.close()


def test_connections_cut_in_the_middle_lose_nothing(milvus_server: MilvusServer) -> None:
    gallery = numbers(rows=2_500)
    proxy = HoldingProxy(milvus_server.port)
    try:
        collection = MilvusCollection(Address(proxy.uri, a_name()))
        cuts = []

        def cut(done: int, total: int) -> None:
            cuts.append(done)
            proxy.cut()

        push(gallery, collection, on_progress=cut)  # the same client before and after
        assert cuts[0] == 1_000
        index = index_of(open_collection(str(collection.address), collection=collection))
        proxy.cut()
        asked = queries(gallery)
        truth = ExactIndex(gallery.image_embeddings).search(asked, 50)
        scores, rows = index.search(asked, 50)
        np.testing.assert_array_equal(rows, truth[1])
        np.testing.assert_array_equal(scores, truth[0])
    finally:
        proxy.close()


def test_a_missing_package_names_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pymilvus", None)
    with pytest.raises(ExtraMissingError, match=r"pip install pymilvus==3\.0\.2"):
        MilvusCollection(Address("http://127.0.0.1:1", "photos"))


def test_a_dataset_without_a_model_is_not_pushed(tmp_path: Path) -> None:
    nameless = make_gallery(np.eye(3, dtype=np.float32))
    with pytest.raises(DatasetError, match="must name the model"):
        push(nameless, MilvusCollection(Address(str(tmp_path / "a.db"), "photos")))


def test_pictures_of_another_machine_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("T2I_IMAGES", raising=False)
    save_ours(tmp_path / "data")
    address = Address(str(tmp_path / "a.db"), "photos")
    push(read_gallery(tmp_path / "data"), MilvusCollection(address))
    assert open_collection(str(address)).problems == ()
    (tmp_path / "images").rename(tmp_path / "elsewhere")
    [problem] = open_collection(str(address)).problems
    assert "not on this machine" in problem.message
    assert "T2I_IMAGES" in problem.fix
    monkeypatch.setenv("T2I_IMAGES", str(tmp_path / "elsewhere"))
    assert open_collection(str(address)).problems == ()


@pytest.mark.parametrize(
    ("text", "uri", "name"),
    [
        ("milvus+http://host:19530/photos", "http://host:19530", "photos"),
        (Path("milvus+http://host:19530/photos"), "http://host:19530", "photos"),
        ("milvus+https://host/photos", "https://host", "photos"),
        ("milvus+file:here/a.db/photos", "here/a.db", "photos"),
        (Path("milvus+file:/abs/a.db/photos"), "/abs/a.db", "photos"),
    ],
)
def test_addresses(text: str | Path, uri: str, name: str) -> None:
    assert parse_address(text) == Address(uri, name)
    assert parse_address(str(parse_address(text))) == Address(uri, name)


@pytest.mark.parametrize("text", ["milvus+http://host:1", "milvus+ftp://a/b", "milvus+file:a/b", "milvus+http://h/a-b"])
def test_bad_addresses_are_refused(text: str) -> None:
    with pytest.raises(DatasetError, match="milvus"):
        parse_address(text)


def test_masks_become_short_expressions() -> None:
    where = np.zeros(100, dtype=np.bool_)
    where[[3, 50, 51]] = where[10:40] = True
    assert expression(where) == "(row >= 10 and row < 40) or row in [3, 50, 51]"
    assert expression(np.ones(5, dtype=np.bool_)) == "(row >= 0 and row < 5)"
