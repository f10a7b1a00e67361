"""A collection keeps captions whose picture is missing, with that picture's name, and leaves a query's pictures out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from t2i_core.arrays import NO_PICTURE
from t2i_core.index.address import Address
from t2i_core.index.milvus import MilvusCollection
from t2i_core.opening import open_engine
from t2i_core.query import Query, SearchRequest
from t2i_core.remote import open_collection, push
from t2i_core.types import Gallery
from tests.core.pushed_galleries import Rows, a_name, numbers

pytestmark = pytest.mark.slow

IMAGES = 300
MISSING = {3: "gone/a.jpg", 8: "gone/b.jpg"}


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Gallery, Gallery]:
    gallery = numbers(rows=IMAGES)
    rows = gallery.caption_rows.copy()
    rows[list(MISSING)] = NO_PICTURE
    gallery = replace(gallery, caption_rows=rows, missing_pictures=MISSING)
    address = Address(str(tmp_path_factory.mktemp("lite") / "pictures.db"), a_name())
    push(gallery, MilvusCollection(address))
    return gallery, open_collection(str(address))


def test_names_of_missing_pictures_come_back(pushed: tuple[Gallery, Gallery]) -> None:
    gallery, there = pushed
    np.testing.assert_array_equal(there.caption_rows, gallery.caption_rows)
    assert there.missing_pictures == MISSING
    assert there.caption_columns == gallery.caption_columns
    sample = open_collection(there.address, sample=10)
    named = [sample.picture_name(at) for at in range(len(sample.captions)) if sample.picture_of(at) is None]
    assert sorted(named) == sorted(MISSING.values())


def test_pictures_of_the_query_are_left_out_wherever_they_are(pushed: tuple[Gallery, Gallery]) -> None:
    gallery, there = pushed
    local, sampled = open_engine(Rows(), gallery), open_collection(there.address, sample=10)
    for where in (there, sampled):
        engine = open_engine(Rows(), where)
        for query in (Query.like(["5.jpg"]), Query.like(("5.jpg", "6.jpg", "0.jpg"))):
            for top_k in (1, 7, IMAGES):
                ours, theirs = (
                    engine.search(SearchRequest.of(query, top_k=top_k)),
                    local.search(SearchRequest.of(query, top_k=top_k)),
                )
                assert [hit.image_id for hit in ours.hits] == [hit.image_id for hit in theirs.hits]
                assert ours.left_out == theirs.left_out == query.pictures
                assert len(ours.hits) == min(top_k, IMAGES - len(query.pictures))
