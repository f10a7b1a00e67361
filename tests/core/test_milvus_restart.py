"""The real server crashes in the middle of a push and of a search session, and is started again over the same folder."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from t2i_core.errors import DatasetError
from t2i_core.index.address import Address
from t2i_core.index.exact import ExactIndex
from t2i_core.index.milvus import RESTART_PATIENCE_S, MilvusCollection
from t2i_core.opening import open_engine
from t2i_core.query import SearchRequest
from t2i_core.remote import open_collection, push
from t2i_core.types import Gallery
from tests.core.pushed_galleries import Rows, a_name, index_of, numbers, queries
from tests.milvus_server import MilvusServer

pytestmark = pytest.mark.slow

PICTURES = 2_500
AWAY = r"must answer within 1 s, and \d+ tries failed.*Start the server or check the address.*nothing is lost"


def assert_as_the_oracle(gallery: Gallery, there: Gallery) -> None:
    asked = queries(gallery)
    scores, rows = index_of(there).search(asked, 50)
    exact_scores, exact_rows = ExactIndex(gallery.image_embeddings).search(asked, 50)
    np.testing.assert_array_equal(rows, exact_rows)
    np.testing.assert_array_equal(scores, exact_scores)


def test_a_restart_in_a_push_and_in_a_search_session_loses_nothing(milvus_server: MilvusServer) -> None:
    """One test for both, because a restart takes a dozen seconds."""
    gallery, address = numbers(rows=PICTURES), Address(milvus_server.uri, a_name())
    patient = MilvusCollection(address, patience_s=RESTART_PATIENCE_S)
    hurried = MilvusCollection(address, patience_s=1.0, call_s=0.5)
    done = []

    def crash(count: int, total: int) -> None:
        done.append(count)
        if len(done) == 1:
            milvus_server.stop()
            with pytest.raises(DatasetError, match=AWAY):
                push(gallery, hurried)
            restart.start()

    restart = threading.Thread(target=milvus_server.start)
    report = push(gallery, patient, on_progress=crash)
    restart.join()
    assert done[0] == 1_000
    assert (report.written, report.verified) == (3 * PICTURES, 64)

    there = open_collection(str(address), collection=patient)
    assert there.image_ids == gallery.image_ids
    assert there.captions == gallery.captions
    np.testing.assert_array_equal(there.image_embeddings, gallery.image_embeddings)
    np.testing.assert_array_equal(there.text_embeddings, gallery.text_embeddings)
    assert_as_the_oracle(gallery, there)

    engine, local = open_engine(Rows(), there), open_engine(Rows(), gallery)
    before = engine.search(SearchRequest.of("anything", top_k=20)).hits
    milvus_server.stop()
    with pytest.raises(DatasetError, match=AWAY):
        hurried.closest(gallery.image_embeddings[0].tolist(), 5, "")
    restart = threading.Thread(target=milvus_server.start)
    restart.start()
    after = engine.search(
        SearchRequest.of("anything", top_k=20)
    ).hits  # the same session, asked before the server is back
    restart.join()
    assert before == after
    assert [(hit.image_id, hit.score) for hit in after] == [
        (hit.image_id, hit.score) for hit in local.search(SearchRequest.of("anything", top_k=20)).hits
    ]
    assert_as_the_oracle(gallery, there)
    assert push(gallery, patient).written == 0
