"""The approximate index: exact scores, filters before the top k, and a recall that was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2i_core.arrays import l2_normalize
from t2i_core.cli import main
from t2i_core.dataset import make_ann, open_ann, read_gallery
from t2i_core.errors import QueryError, SearchIndexError
from t2i_core.index.ann import AnnFacts, AnnIndex, cell_count, make_cells, measure, open_cells, write_cells
from t2i_core.index.exact import ExactIndex
from t2i_core.opening import open_engine
from t2i_core.query import SearchRequest
from t2i_core.types import FloatArray
from tests.core.small_galleries import ColourEncoder, save_ours

IMAGES, DIMENSION = 1_500, 24


def clustered(images: int = IMAGES, seed: int = 0) -> FloatArray:
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(30, DIMENSION))
    return l2_normalize(centers[rng.integers(0, 30, images)] + 0.4 * rng.normal(size=(images, DIMENSION)))


def facts(rows: FloatArray, cells: Any, probes: int = 1) -> AnnFacts:
    images, dimension = rows.shape
    return AnnFacts(images, dimension, cells.nlist, probes, 50, 0.0, 0, "captions")


@pytest.fixture(scope="module")
def rows() -> FloatArray:
    return clustered()


@pytest.fixture(scope="module")
def cells(rows: FloatArray) -> object:
    return make_cells(rows)


@settings(max_examples=30, deadline=None)
@given(share=st.sampled_from([None, 0.0, 0.002, 0.1]), top_k=st.sampled_from([1, 50, IMAGES]), seed=st.integers(0, 99))
def test_as_many_as_there_are_with_exact_scores(
    rows: FloatArray, cells: object, share: float | None, top_k: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    queries = clustered(2, seed)
    where = None if share is None else rng.random(IMAGES) < share
    index = AnnIndex(rows, cells, facts(rows, cells))
    scores, found = index.search(queries, top_k, where)
    assert found.shape == (2, min(top_k, IMAGES if where is None else int(where.sum())))
    for query, query_scores, query_rows in zip(queries, scores, found, strict=True):
        assert len(set(query_rows.tolist())) == query_rows.size
        assert where is None or where[query_rows].all()
        np.testing.assert_allclose(query_scores, rows[query_rows] @ query, atol=1e-6)
        assert (np.diff(query_scores) <= 0).all()


def test_looking_everywhere_is_exact(rows: FloatArray, cells: object) -> None:
    queries = clustered(5, seed=3)
    index = AnnIndex(rows, cells, facts(rows, cells, probes=10**6))
    np.testing.assert_array_equal(index.search(queries, IMAGES)[1], ExactIndex(rows).search(queries, IMAGES)[1])


def test_the_measured_recall_is_reached(rows: FloatArray, cells: object) -> None:
    queries, exact = clustered(40, seed=4), ExactIndex(rows)
    measured = measure(rows, cells, exact, queries, queried_with="captions", wanted=0.9)
    index = AnnIndex(rows, cells, measured)
    truth, found = exact.search(queries, 50)[1], index.search(queries, 50)[1]
    recall = np.mean([len(set(one) & set(other)) / 50 for one, other in zip(truth, found, strict=True)])
    assert recall == pytest.approx(measured.recall, abs=1e-4)
    assert recall >= 0.9
    assert measured.probes < measured.cells
    assert (measured.queries, measured.queried_with, measured.top_k) == (40, "captions", 50)


def test_cells_of_other_rows_are_refused(rows: FloatArray, cells: object) -> None:
    with pytest.raises(SearchIndexError, match=r"of the rows it searches, \(7, 24\), got \(1500, 24\)"):
        AnnIndex(rows[:7], cells, facts(rows, cells))


def test_top_k_beyond_the_gallery_is_refused(rows: FloatArray, cells: object) -> None:
    with pytest.raises(QueryError, match=r"top_k must be in 1\.\.1500, got 1501"):
        AnnIndex(rows, cells, facts(rows, cells)).search(rows[:1], IMAGES + 1)


def test_it_is_kept_beside_the_dataset_and_opened_again(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    gallery = read_gallery(tmp_path / "data", tmp_path / "images")
    assert open_ann(gallery) is None
    made = make_ann(gallery, ExactIndex(gallery.image_embeddings), recall=0.98)
    found = open_ann(read_gallery(tmp_path / "data", tmp_path / "images"))
    assert found is not None
    assert found.facts == made
    assert made.queried_with == "captions"
    engine = open_engine(ColourEncoder(), gallery)
    exact, approximate = (
        engine.search(SearchRequest.of("swan", top_k=4)),
        engine.search(SearchRequest.of("swan", top_k=4, approximate=True)),
    )
    assert [hit.row for hit in approximate.hits] == [hit.row for hit in exact.hits]


def test_pictures_stand_in_where_there_are_no_captions(tmp_path: Path) -> None:
    save_ours(tmp_path / "data", captions=False)
    gallery = read_gallery(tmp_path / "data", tmp_path / "images")
    assert make_ann(gallery, ExactIndex(gallery.image_embeddings), recall=0.98).queried_with == "pictures"


def test_that_of_another_gallery_or_a_damaged_one_is_not_opened(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    gallery = read_gallery(tmp_path / "data", tmp_path / "images")
    make_ann(gallery, ExactIndex(gallery.image_embeddings), recall=0.98)
    path = tmp_path / "data" / ".mapped" / "ann.faiss"
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    assert open_ann(gallery) is None
    path.write_bytes(data)
    assert open_ann(gallery) is not None
    save_ours(tmp_path / "data", ColourEncoder(salt="other"))
    assert open_ann(read_gallery(tmp_path / "data", tmp_path / "images")) is None


def test_asking_for_what_is_not_there_is_refused(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    engine = open_engine(ColourEncoder(), read_gallery(tmp_path / "data", tmp_path / "images"))
    with pytest.raises(QueryError, match="An approximate search needs an index made for it, and data has none"):
        engine.search(SearchRequest.of("swan", top_k=1, approximate=True))


def test_the_command_makes_and_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_ours(tmp_path / "data")
    where = ["--data", str(tmp_path / "data"), "--images", str(tmp_path / "images")]
    assert main(["index", *where]) == 0
    assert capsys.readouterr().out == "4 pictures with 8 numbers each are ready for exact search.\n"
    assert main(["index", *where, "--ann"]) == 0
    assert "of the exact best 4 for 6 of the dataset's captions" in capsys.readouterr().out
    assert (tmp_path / "data" / ".mapped" / "ann.json").exists()
    with pytest.raises(SystemExit) as left:
        main(["index", *where, "--recall", "1.5"])
    assert left.value.code == 2


@pytest.mark.parametrize(
    ("images", "cells"), [(1, 1), (63, 1), (IMAGES, 32), (158_915, 2_048), (1_000_000, 16_384), (10_000_000, 65_536)]
)
def test_cells_grow_with_rows_and_more_slowly_with_very_many(images: int, cells: int) -> None:
    assert cell_count(images) == cells


def test_every_row_lies_in_one_cell_and_centres_are_float16(rows: FloatArray, cells: object, tmp_path: Path) -> None:
    write_cells(cells, tmp_path / "cells")
    opened = open_cells(tmp_path / "cells")
    assert opened.ntotal == IMAGES
    assert opened.quantizer.sa_code_size() == 2 * DIMENSION
    queries = clustered(3, seed=5)
    before, after = (AnnIndex(rows, one, facts(rows, one, probes=4)).search(queries, 10) for one in (cells, opened))
    np.testing.assert_array_equal(before[1], after[1])
