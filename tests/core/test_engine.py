"""SearchEngine: what a search returns, and the words for what it refuses."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from t2i_core.dataset import read_gallery, without_text_embeddings
from t2i_core.engine import SearchEngine
from t2i_core.errors import ModelError, QueryError
from t2i_core.opening import open_engine
from t2i_core.query import OutsidePicture, Query, SearchRequest, Words
from t2i_core.types import Gallery
from tests.core.small_galleries import COLOURS, ColourEncoder, make_gallery, save_original, save_ours

SHA = hashlib.sha256(b"a picture").hexdigest()


@pytest.fixture
def encoder() -> ColourEncoder:
    return ColourEncoder("mini")


@pytest.fixture
def gallery(tmp_path: Path, encoder: ColourEncoder) -> Gallery:
    save_ours(tmp_path / "data", encoder)
    return read_gallery(tmp_path / "data", tmp_path / "images")


@pytest.fixture
def engine(encoder: ColourEncoder, gallery: Gallery) -> SearchEngine:
    return open_engine(encoder, gallery)


def refused(engine: SearchEngine, query: str | Query, top_k: int = 2) -> str:
    with pytest.raises(QueryError) as caught:
        engine.search(SearchRequest.of(query, top_k=top_k))
    return str(caught.value)


def test_hits_are_ranked_by_cosine(engine: SearchEngine, encoder: ColourEncoder, gallery: Gallery) -> None:
    result = engine.search(SearchRequest.of("A red boat", top_k=4))
    cosines = gallery.image_embeddings @ encoder.encode_text(["A red boat"])[0]
    order = np.argsort(-cosines, kind="stable")
    assert [hit.row for hit in result.hits] == order.tolist()
    assert [hit.rank for hit in result.hits] == [1, 2, 3, 4]
    assert [hit.image_id for hit in result.hits] == [gallery.image_ids[row] for row in order]
    assert [hit.score for hit in result.hits] == pytest.approx(cosines[order].tolist())
    assert result.median_score == pytest.approx(float(np.median(cosines)))
    assert result.query == Query.of("A red boat")
    assert (result.images, result.notes) == (4, ())
    assert (result.hits[0].width, result.hits[0].height) == (6, 4)
    assert result.timings.encode_ms > 0 and result.timings.search_ms > 0


def test_a_picture_appears_once_however_many_captions(tmp_path: Path, encoder: ColourEncoder) -> None:
    gallery = read_gallery(save_original(tmp_path / "data", encoder), tmp_path / "images")
    hits = open_engine(encoder, gallery).search(SearchRequest.of("swan", top_k=len(gallery))).hits
    assert sorted(hit.image_id for hit in hits) == sorted(COLOURS)


def test_the_closest_caption_is_shown(engine: SearchEngine) -> None:
    captions = {hit.image_id: hit.caption for hit in engine.search(SearchRequest.of("A boat at night", top_k=4)).hits}
    assert captions["boats/blue.png"] == "A boat at night"


def test_the_first_caption_where_captions_have_no_embeddings(encoder: ColourEncoder, gallery: Gallery) -> None:
    engine = open_engine(encoder, without_text_embeddings(gallery))
    captions = {hit.image_id: hit.caption for hit in engine.search(SearchRequest.of("A boat at night", top_k=4)).hits}
    assert captions["boats/blue.png"] == "A blue boat"


def test_the_first_caption_where_a_language_model_made_the_text_rows(tmp_path: Path, encoder: ColourEncoder) -> None:
    language = ColourEncoder("bert").encode_text([str(number) for number in range(6)])
    gallery = read_gallery(save_original(tmp_path / "data", encoder, text=language), tmp_path / "images")
    engine = open_engine(encoder, gallery)
    for query in ("A boat at night", "A white bird", "anything else"):
        captions = {hit.image_id: hit.caption for hit in engine.search(SearchRequest.of(query, top_k=4)).hits}
        assert captions["boats/blue.png"] == "A blue boat"
        assert captions["birds/swan.png"] == "A swan on a lake"
    assert engine.closest_captions(0) == ()


def test_the_closest_caption_where_unnamed_text_rows_are_the_models(tmp_path: Path, encoder: ColourEncoder) -> None:
    engine = open_engine(encoder, read_gallery(save_original(tmp_path / "data", encoder), tmp_path / "images"))
    captions = {hit.image_id: hit.caption for hit in engine.search(SearchRequest.of("A boat at night", top_k=4)).hits}
    assert captions["boats/blue.png"] == "A boat at night"


def test_captions_closest_to_a_picture(engine: SearchEngine, gallery: Gallery) -> None:
    hits = engine.closest_captions(0, top_k=3)
    scores = gallery.text_embeddings @ gallery.image_embeddings[0]
    order = np.argsort(-scores, kind="stable")[:3]
    assert [(hit.rank, hit.position, hit.caption) for hit in hits] == [
        (rank, position, gallery.captions[position]) for rank, position in enumerate(order.tolist(), start=1)
    ]
    assert [hit.own for hit in hits] == [position < 2 for position in order]


def test_no_caption_where_there_is_none() -> None:
    encoder = ColourEncoder()
    engine = open_engine(encoder, make_gallery(encoder.encode_text(["a", "b"])))
    assert [hit.caption for hit in engine.search(SearchRequest.of("a", top_k=2)).hits] == [None, None]
    assert engine.captions_of(0) == ()


def test_captions_of_a_picture_stay_in_order(engine: SearchEngine) -> None:
    assert engine.captions_of(engine.gallery.rows_by_id["birds/swan.png"]) == ("A swan on a lake", "A white bird")


def test_a_picture_of_the_gallery_finds_the_others(engine: SearchEngine, gallery: Gallery) -> None:
    result = engine.search(SearchRequest.of(Query.like(["meadow.png"]), top_k=2))
    cosines = gallery.image_embeddings @ gallery.image_embeddings[gallery.rows_by_id["meadow.png"]]
    order = [row for row in np.argsort(-cosines).tolist() if gallery.image_ids[row] != "meadow.png"]
    assert [(hit.rank, hit.row) for hit in result.hits] == [(1, order[0]), (2, order[1])]
    assert result.query.label == "meadow.png"
    assert result.left_out == ("meadow.png",)
    assert len(engine.search(SearchRequest.of(Query.like(["meadow.png"]), top_k=4)).hits) == 3  # all the others


def test_pictures_of_the_query_are_left_out_and_k_hits_stay(engine: SearchEngine) -> None:
    names = ("birds/swan.png", "boats/red.png")
    for top_k, found in ((1, 1), (2, 2), (4, 2)):
        result = engine.search(SearchRequest.of(Query.like(names), top_k=top_k))
        assert len(result.hits) == found
        assert not {hit.image_id for hit in result.hits} & set(names)
        assert result.left_out == names
    where = np.array([True, False, True, False])
    limited = engine.search(SearchRequest.of(Query.like(names), top_k=4), among=where)
    assert [hit.row for hit in limited.hits] == [2]
    assert where.tolist() == [True, False, True, False]  # the mask is the caller's
    everything = Query.like(tuple(engine.gallery.image_ids))
    assert engine.search(SearchRequest.of(everything, top_k=4)).hits == ()
    assert engine.search(SearchRequest.of("a boat", top_k=4)).left_out == ()


def test_a_label_is_never_what_is_asked(engine: SearchEngine) -> None:
    plain = engine.search(SearchRequest.of("A red boat", top_k=4))
    assert plain.query.label == "A red boat"
    red, blue = (Image.new("RGB", (9, 9), COLOURS[f"boats/{colour}.png"]) for colour in ("red", "blue"))
    for name in ("", "something else", "A red boat"):
        asked = OutsidePicture(SHA, name)
        found = [
            engine.search(SearchRequest.of(Query.of(asked), top_k=1), pictures={SHA: one}).hits for one in (red, blue)
        ]
        assert [hits[0].image_id for hits in found] == ["boats/red.png", "boats/blue.png"]


def test_an_uploaded_picture(engine: SearchEngine) -> None:
    query = Query.of(OutsidePicture(SHA, "mine.png"))
    pictures = {SHA: Image.new("RGB", (9, 9), COLOURS["boats/red.png"])}
    result = engine.search(SearchRequest.of(query, top_k=1), pictures=pictures)
    assert result.hits[0].image_id == "boats/red.png"
    assert result.query == query
    with pytest.raises(QueryError, match=r"top_k must be in 1\.\.4, got 5\."):
        engine.search(SearchRequest.of(query, top_k=5), pictures=pictures)
    assert refused(engine, query) == "The picture mine.png is no longer here. Choose it again."


def test_where_limits_the_pictures(engine: SearchEngine) -> None:
    where = np.array([False, True, False, True])
    assert {hit.row for hit in engine.search(SearchRequest.of("boat", top_k=4), among=where).hits} == {1, 3}
    assert engine.search(SearchRequest.of("boat", top_k=4), among=np.zeros(4, dtype=bool)).hits == ()


def test_fewer_hits_are_the_head_of_more(engine: SearchEngine, encoder: ColourEncoder) -> None:
    full = engine.search(SearchRequest.of("boat", top_k=4))
    encoded = len(encoder.texts)
    assert full.head(2).hits == full.hits[:2]
    assert len(encoder.texts) == encoded
    assert engine.search(SearchRequest.of("boat", top_k=2)).hits == full.hits[:2]


@pytest.mark.parametrize("top_k", [500, 0, -3])
def test_top_k_out_of_range(top_k: int) -> None:
    encoder = ColourEncoder()
    engine = open_engine(encoder, make_gallery(encoder.encode_text([str(number) for number in range(108)])))
    encoder.texts.clear()
    assert refused(engine, "dog", top_k) == (
        f"top_k must be in 1..108, got {top_k}. Ask for at most as many pictures as there are."
    )
    assert encoder.texts == []  # refused before anything is encoded


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_query(engine: SearchEngine, text: str) -> None:
    assert refused(engine, text) == ("A query needs at least one word, got an empty one. Type what you want to see.")


def test_a_query_of_ten_thousand_characters(engine: SearchEngine) -> None:
    assert refused(engine, "x" * 10_000) == (
        "A query may have at most 2,000 characters, got 10,000. Keep the part that describes the picture."
    )
    assert engine.search(SearchRequest.of("x" * 2_000, top_k=1)).hits


def test_neither_words_nor_picture(engine: SearchEngine) -> None:
    with pytest.raises(
        QueryError, match=r"A query needs a sentence or a picture, got neither\. Type what you want to see\."
    ):
        Query(())


def test_an_unknown_picture(engine: SearchEngine) -> None:
    assert refused(engine, Query.like(["../../etc/passwd"])) == (
        "No picture of this gallery is named '../../etc/passwd'. Names are relative to the image folder."
    )


@pytest.mark.parametrize("text", ["🐕🏖️", "<b>dog</b>", "собака на пляже", "=1+1"])
def test_any_characters_are_a_query(engine: SearchEngine, text: str) -> None:
    result = engine.search(SearchRequest.of(text, top_k=3))
    assert len(result.hits) == 3
    assert result.query.sentence == text


def test_blanks_do_not_matter(engine: SearchEngine) -> None:
    assert (
        engine.search(SearchRequest.of("  a \n red\tboat ", top_k=4)).hits
        == engine.search(SearchRequest.of("a red boat", top_k=4)).hits
    )


def test_a_cut_query_says_where_it_was_cut(engine: SearchEngine) -> None:
    result = engine.search(SearchRequest.of("one two three four five six seven", top_k=1))
    assert result.notes == ("The model reads at most 77 tokens, so it stopped after: one two three four five",)


def test_another_model_is_refused_naming_both(gallery: Gallery, encoder: ColourEncoder) -> None:
    other = ColourEncoder("ViT-B/32")
    with pytest.raises(ModelError) as caught:
        open_engine(other, gallery)
    assert str(caught.value) == (
        f"Queries must be encoded by the model that built the gallery: it was built with mini (weights "
        f"{encoder.weights_sha256[:12]}), got ViT-B/32 (weights {other.weights_sha256[:12]}). "
        f"Use --model mini, or rebuild: python -m t2i_core build --images {gallery.images_dir} --data {gallery.data_dir} "
        "--model ViT-B/32"
    )


def test_another_dimension_is_refused_naming_both(gallery: Gallery) -> None:
    with pytest.raises(ModelError) as caught:
        open_engine(ColourEncoder("RN50", dimension=16), replace(gallery, manifest=None))
    assert str(caught.value) == (
        "The stored embeddings have 8 dimensions and RN50 makes 16. "
        "Use the model they were built with, or rebuild: "
        f"python -m t2i_core build --images {gallery.images_dir} --data {gallery.data_dir} --model RN50"
    )


def test_many_threads_get_the_same_hits(engine: SearchEngine) -> None:
    queries = [f"query {number % 7}" for number in range(70)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda query: engine.search(SearchRequest.of(query, top_k=4)).hits, queries))
    expected = {query: engine.search(SearchRequest.of(query, top_k=4)).hits for query in set(queries)}
    assert [expected[query] for query in queries] == results


def test_pictures_asked_together_are_their_mean(engine: SearchEngine, gallery: Gallery) -> None:
    names = gallery.image_ids[:2]
    query = Query.like(names)
    result = engine.search(SearchRequest.of(query, top_k=4))
    mean = gallery.image_embeddings[:2].mean(axis=0)
    cosines = gallery.image_embeddings @ (mean / np.linalg.norm(mean))
    order = [row for row in np.argsort(-cosines, kind="stable").tolist() if row > 1]
    assert [hit.row for hit in result.hits] == order
    assert [hit.score for hit in result.hits] == pytest.approx(cosines[order].tolist(), abs=1e-6)
    assert result.query == query
    np.testing.assert_allclose(engine.embedding_of(query), mean / np.linalg.norm(mean), atol=1e-6)
    assert "No picture of this gallery is named 'x.jpg'" in refused(engine, Query.like(("x.jpg",)))


def test_pictures_that_cancel_out_are_refused(encoder: ColourEncoder) -> None:
    opposite = make_gallery(np.array([[1, 0, 0, 0, 0, 0, 0, 0], [-1, 0, 0, 0, 0, 0, 0, 0]]))
    engine = open_engine(encoder, opposite)
    assert "these 2 cancel out" in refused(engine, Query.like(("0.jpg", "1.jpg")))


def test_what_a_query_is_ranked_by(engine: SearchEngine, encoder: ColourEncoder, gallery: Gallery) -> None:
    text = engine.search(SearchRequest.of("A red boat", top_k=1)).query
    np.testing.assert_array_equal(engine.embedding_of(text), encoder.encode_text(["A red boat"])[0])
    like = Query.like([gallery.image_ids[2]])
    np.testing.assert_array_equal(engine.embedding_of(like), gallery.image_embeddings[2])


def test_sentences_asked_together_are_the_mean_of_their_embeddings(
    engine: SearchEngine, encoder: ColourEncoder
) -> None:
    texts = ("A red boat", "  A blue   boat ")
    result = engine.search(SearchRequest.of(Query.of(*texts), top_k=4))
    rows = encoder.encode_text(["A red boat", "A blue boat"])
    mean = rows.sum(axis=0) / np.linalg.norm(rows.sum(axis=0))
    scores = engine.gallery.image_embeddings @ mean
    assert [hit.row for hit in result.hits] == np.argsort(-scores).tolist()
    assert [hit.score for hit in result.hits] == pytest.approx(sorted(scores.tolist(), reverse=True), abs=1e-6)
    assert [term.subject for term in result.query.terms] == [Words("A red boat"), Words("A blue boat")]
    assert result.query.label == "2 captions: A red boat / A blue boat"
    long = engine.search(SearchRequest.of(Query.of("one two three four five six", "seven"), top_k=1))
    assert long.notes == ("The model reads at most 77 tokens, so it did not read the end of 1 of 2",)


def test_sentences_asked_together_are_checked(engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(QueryError, match="A query needs at least one word"):
        Query.of("a", " ")
    assert "At most 20 sentences are asked together, got 21" in refused(engine, Query.of(*("a",) * 21))
    opposite = np.array([[1.0, 0.0], [-1.0, 0.0]], dtype=np.float32)
    monkeypatch.setattr(engine.encoder, "encode_text", lambda texts: opposite)
    assert "these 2 cancel out" in refused(engine, Query.of("a", "b"))
