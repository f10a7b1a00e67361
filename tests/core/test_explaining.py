"""Why a picture was found: words, moves and crowds of a gallery whose vectors are counts of words, so that every answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from t2i_core.arrays import l2_normalize
from t2i_core.engine import FolderSource, SearchEngine, explaining
from t2i_core.errors import ModelError, QueryError
from t2i_core.index.exact import ExactIndex
from t2i_core.query import GalleryPicture, Query, SearchRequest, Term, Words
from t2i_core.types import FloatArray, Gallery
from tests.core.small_galleries import ColourEncoder, make_gallery

WORDS = ("dog", "beach", "boat", "snow", "tree", "horse")
DIMENSION = len(WORDS) + 1  # the last for all other words
IMAGE = Image.new("RGB", (40, 40))


class WordEncoder(ColourEncoder):
    """A text's vector counts its words."""

    def __init__(self) -> None:
        super().__init__("words", dimension=DIMENSION)

    def _row(self, content: str) -> FloatArray:
        counts = np.zeros((1, DIMENSION), dtype=np.float32)
        for word in content.split():
            counts[0, WORDS.index(word) if word in WORDS else -1] += 1.0 if word in WORDS else 0.5
        row: FloatArray = l2_normalize(counts)[0]
        return row


class SeeingEncoder(WordEncoder):
    """Sees the first word in the upper left, the second beside it, and so on, two places a row."""

    heat_scale: tuple[float, float] | None = (0.0, 0.5)

    def explain(
        self, image: Image.Image, query_embedding: FloatArray, *, background: FloatArray | None = None
    ) -> FloatArray:
        self.background = background
        maps = np.atleast_2d(query_embedding)[:, :4].reshape(-1, 2, 2).astype(np.float32)
        return maps if query_embedding.ndim > 1 else maps[0]

    def seen_part(self, width: int, height: int) -> tuple[float, float, float, float]:
        return 0.0, 0.0, 1.0, 1.0


def gallery_of(*pictures: dict[str, float], captions: Sequence[tuple[int, str]] = ()) -> Gallery:
    """Pictures by how much of each word they show."""
    rows = np.zeros((len(pictures), DIMENSION))
    for at, shown in enumerate(pictures):
        for word, amount in shown.items():
            rows[at, WORDS.index(word)] = amount
    encoder = WordEncoder()
    texts = encoder.encode_text([text for _, text in captions]) if captions else None
    gallery = make_gallery(l2_normalize(rows), [row for row, _ in captions], texts)
    return replace(gallery, captions=tuple(text for _, text in captions))


def engine_of(gallery: Gallery, encoder: WordEncoder | None = None) -> SearchEngine:
    return SearchEngine(encoder or SeeingEncoder(), FolderSource(gallery, ExactIndex(gallery.image_embeddings)))


DOGS = (
    {"dog": 1.0},
    {"dog": 1.0, "beach": 1.0},
    {"dog": 0.2, "snow": 1.0},
    {"boat": 1.0, "beach": 0.4},
    {"tree": 1.0},
    {"horse": 1.0, "tree": 0.5},
)


def test_a_word_counts_as_much_as_the_score_falls_without_it() -> None:
    engine = engine_of(gallery_of(*DOGS))
    falls = engine.explainer.words(Query.of("dog beach"), "0.jpg")
    assert [fall.word for fall in falls] == ["dog", "beach"]
    # The picture is a dog alone: "dog beach" scores 1/√2, "beach" 0 and "dog" 1.
    assert falls[0].falls == pytest.approx(1 / np.sqrt(2))
    assert falls[1].falls == pytest.approx(1 / np.sqrt(2) - 1)
    assert falls[1].rank == 1 and falls[0].rank == 3


def test_a_query_of_one_word_is_not_taken_apart() -> None:
    assert engine_of(gallery_of(*DOGS)).explainer.words(Query.of("dog"), "0.jpg") == ()


def test_words_of_every_term_are_left_out_with_the_terms_weights_kept() -> None:
    query = Query((Term(Words("dog snow"), 1.0), Term(Words("tree"), -0.5), Term(GalleryPicture("3.jpg"), 0.5)))
    engine = engine_of(gallery_of(*DOGS))
    falls = engine.explainer.words(query, "2.jpg")
    assert [(fall.term, fall.word) for fall in falls] == [(0, "dog"), (0, "snow")]
    whole = engine.search(SearchRequest(query, top_k=5)).hits
    score = next(hit.score for hit in whole if hit.image_id == "2.jpg")
    for fall, left in zip(falls, ("snow", "dog"), strict=True):
        shorter = Query((Term(Words(left), 1.0), *query.terms[1:]))
        hits = engine.search(SearchRequest(shorter, top_k=5)).hits
        found = next(hit for hit in hits if hit.image_id == "2.jpg")
        assert score - fall.falls == pytest.approx(found.score, abs=1e-6)


def test_words_that_raise_a_picture_are_what_it_shows_besides() -> None:
    engine = engine_of(gallery_of(*DOGS))
    moves = engine.explainer.moves(Query.of("dog"), "2.jpg")
    assert moves.rank == 3
    assert moves.raising[0].word == "snow" and moves.raising[0].rank == 1
    assert moves.apart is not None and moves.apart.other == "1.jpg" and moves.apart.more[0] == "snow"
    assert {"boat", "tree", "horse"} <= {move.word for move in moves.lowering}
    assert not {"dog"} & {move.word for move in (*moves.raising, *moves.lowering)}


def test_a_suggestion_keeps_what_it_promises() -> None:
    """Asked as it stands there, the picture has the rank that was told; with weights, pictures and less of a word too."""
    engine = engine_of(gallery_of(*DOGS))
    weighed = Query((Term(Words("dog"), 1.5), Term(Words("beach"), -0.5), Term(GalleryPicture("4.jpg"), 0.3)))
    for query, image_id in ((Query.of("dog"), "2.jpg"), (weighed, "3.jpg"), (Query.of("dog", "beach"), "3.jpg")):
        moves = engine.explainer.moves(query, image_id)
        assert moves.raising
        for move in (*moves.raising, *moves.lowering):
            hits = engine.search(SearchRequest(move.query, top_k=5)).hits
            ahead = [hit.image_id for hit in hits].index(image_id)
            others = sum(hit.score > hits[ahead].score + 1e-6 for hit in hits)
            own = set(query.pictures)
            beaten_by = [name for name in own if score_of(engine, move.query, name) > hits[ahead].score + 1e-6]
            assert move.rank == others + len(beaten_by) + 1


def score_of(engine: SearchEngine, query: Query, image_id: str) -> float:
    row = engine.gallery.rows_by_id[image_id]
    return float(engine.embedding_of(query) @ engine.gallery.image_embeddings[row])


def test_nothing_raises_the_first() -> None:
    moves = engine_of(gallery_of(*DOGS)).explainer.moves(Query.of("dog"), "0.jpg")
    assert moves.rank == 1 and moves.raising == () and moves.apart is None


def test_captions_of_others_leave_its_own_out() -> None:
    captions = [(0, "dog"), (1, "dog beach"), (2, "dog snow"), (3, "boat")]
    moves = engine_of(gallery_of(*DOGS, captions=captions)).explainer.moves(Query.of("snow"), "0.jpg")
    assert [caption for caption, _ in moves.captions] == ["dog beach", "dog snow", "boat"]
    assert moves.captions[0][1] == pytest.approx(1 / np.sqrt(2), abs=1e-6)


def test_what_sets_two_pictures_apart_is_named() -> None:
    apart = engine_of(gallery_of(*DOGS)).explainer.apart("1.jpg", "0.jpg")
    assert apart.more[0] == "beach" and apart.less[0] == "dog"
    assert apart.told.startswith("Than the picture ranked before it, this one is more like beach")
    assert engine_of(gallery_of(*DOGS)).explainer.apart("1.jpg", "1.jpg").told == ""


def test_a_picture_near_every_sentence_is_called_one() -> None:
    everything = dict.fromkeys(WORDS, 1.0)
    shown = [{word: 1.0} for word in WORDS] * 6
    engine = engine_of(gallery_of(everything, *shown))
    crowd = engine.explainer.crowd(Query.of("dog beach boat snow tree horse"), "0.jpg")
    assert crowd.rank == 1 and crowd.images == 37 and crowd.exact
    other = engine.explainer.crowd(Query.of("dog"), "1.jpg")
    assert not other.hub and any("not one that stands high for everything" in said for said in other.told)
    assert other.neighbours == 5


def test_a_hub_is_told_with_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "_BEST", 64)  # of 108 sentences, of which 36 name each word
    captions = [(row, f"{WORDS[row % 6]} {WORDS[(row + 1) % 6]}") for row in range(1, 37)]
    shown = [{word: 1.0} for word in WORDS] * 6
    engine = engine_of(gallery_of(dict.fromkeys(WORDS, 1.0), *shown, captions=captions * 3))
    crowd = engine.explainer.crowd(Query.of("dog"), "0.jpg")
    assert crowd.hub and any("balanced ranking" in said for said in crowd.told)


def test_captions_agree_where_they_ask_for_the_same() -> None:
    captions = [(row, WORDS[row]) for row in range(6)]
    shown = [{word: 1.0} for word in WORDS]
    explainer = engine_of(gallery_of(*shown, captions=captions)).explainer
    agreeing, other = explainer.crowd(Query.of("boat"), "2.jpg"), explainer.crowd(Query.of("dog"), "2.jpg")
    assert agreeing.caption == "boat" and agreeing.agreement == pytest.approx(5 / 6)
    assert other.agreement == 0.0 and any("something else" in said for said in other.told)
    without = engine_of(gallery_of(*shown)).explainer.crowd(Query.of("dog"), "2.jpg")
    assert without.agreement is None and not any("captions" in said for said in without.told)


def test_heat_of_one_sentence_is_one_map() -> None:
    [only] = engine_of(gallery_of(*DOGS)).explainer.heat(Query.of("dog"), "0.jpg", IMAGE)
    assert (only.label, only.share) == ("dog", None)
    np.testing.assert_allclose(only.heat.values, [[1, 0], [0, 0]], atol=1e-6)


def test_heat_of_terms_has_the_whole_first_and_less_of_a_word_takes_away() -> None:
    query = Query((Term(Words("dog"), 1.0), Term(Words("beach"), -1.0)))
    whole, dog, beach = engine_of(gallery_of(*DOGS)).explainer.heat(query, "1.jpg", IMAGE)
    assert (dog.label, beach.label) == ("dog", "beach")
    assert dog.heat.values[0, 0] == beach.heat.values[0, 1] == 1.0
    assert whole.heat.values[0, 0] > 0.3 and whole.heat.values[0, 1] == 0.0
    assert dog.share is not None and beach.share is not None and dog.share > 0 > beach.share


def test_pictures_are_compared_with_pictures_and_sentences_with_sentences() -> None:
    engine = engine_of(gallery_of(*DOGS))
    encoder = engine.encoder
    assert isinstance(encoder, SeeingEncoder)
    engine.explainer.heat(Query.like(["1.jpg"]), "0.jpg", IMAGE)
    assert encoder.background is not None and encoder.background.shape == (6, DIMENSION)
    engine.explainer.heat(Query.of("dog"), "0.jpg", IMAGE)
    assert encoder.background is None


def test_where_only_proportions_mean_something_a_map_is_as_bright_as_the_picture_fits() -> None:
    encoder = SeeingEncoder()
    encoder.heat_scale = None
    explainer = engine_of(gallery_of(*DOGS), encoder).explainer
    [fits] = explainer.heat(Query.of("dog"), "0.jpg", IMAGE)
    [does_not] = explainer.heat(Query.of("dog"), "4.jpg", IMAGE)
    assert fits.heat.peak > 0.9 and does_not.heat.peak == 0.0


def test_words_that_say_nothing_of_a_picture_have_no_map() -> None:
    found = engine_of(gallery_of(*DOGS)).explainer.word_heat(["a", "beach", "with", "beach"], "0.jpg", IMAGE)
    assert [one.label for one in found] == ["beach"]
    assert found[0].heat.where == "brightest in the upper right"


def test_an_encoder_that_cannot_tell_says_so() -> None:
    explainer = engine_of(gallery_of(*DOGS), WordEncoder()).explainer
    assert not explainer.shows_heat
    with pytest.raises(ModelError) as caught:
        explainer.heat(Query.of("dog"), "0.jpg", IMAGE)
    assert str(caught.value) == (
        "A heat map needs a model that tells where it sees something, and words does not. "
        "Use the bundled model, one of OpenAI's, or a checkpoint of either."
    )


def test_an_unknown_picture_is_told() -> None:
    with pytest.raises(QueryError, match="No picture of this gallery is named"):
        engine_of(gallery_of(*DOGS)).explainer.crowd(Query.of("dog"), "gone.jpg")


def test_ranks_of_a_large_gallery_come_from_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = engine_of(gallery_of(*DOGS)).explainer.crowd(Query.of("dog"), "2.jpg")
    monkeypatch.setattr(explaining, "COUNTED_ROWS", 3)
    told = engine_of(gallery_of(*DOGS)).explainer.crowd(Query.of("dog"), "2.jpg")
    assert (told.rank, told.exact, counted.exact) == (counted.rank, False, True)
    assert told.told[0].startswith("Rank about 3 of 6 pictures")
